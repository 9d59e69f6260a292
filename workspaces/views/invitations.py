"""Accepting an invitation: by who has an account, and by who makes one here."""

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from workspaces.actions.invitations import accept_invitation, find_invitation, join_as_new_person
from workspaces.forms.signup import JoinForm
from workspaces.limits import within_limit
from workspaces.models import Invitation, User
from workspaces.refusals import NotAllowed, Refused


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    if not within_limit(request, "invitation"):
        return render(request, "429.html", status=429)
    found = find_invitation(secret)
    if found is None or found.is_expired or not found.workspace.is_open:
        return render(request, "workspaces/invitation_gone.html", {"invitation": found}, status=410)
    if isinstance(request.user, User):
        return accept_as(request, request.user, found)
    if User.objects.filter(email=found.email).exists():
        return render(request, "workspaces/invitation.html", {"invitation": found, "step": "sign_in"})
    return join(request, found)


def accept_as(request: HttpRequest, user: User, found: Invitation) -> HttpResponse:
    if user.email != found.email:
        return render(request, "workspaces/invitation.html", {"invitation": found, "step": "other_person"})
    if request.method == "POST":
        try:
            accept_invitation(found, by=user)
        except NotAllowed:
            raise
        except Refused:
            if not has_joined(found):
                raise
        return redirect(found.workspace.url)
    return render(request, "workspaces/invitation.html", {"invitation": found, "step": "accept"})


def join(request: HttpRequest, found: Invitation) -> HttpResponse:
    form = JoinForm(request.POST or None, email=found.email)
    if form.is_valid():
        try:
            user = join_as_new_person(found, **form.cleaned_data)
        except Refused as refusal:
            if has_joined(found):
                return redirect(found.workspace.url)
            form.add_error(None, f"{refusal.message} {refusal.hint}".strip())
        else:
            return perform_login(request, Login(user=user, redirect_url=found.workspace.url))
    status = 422 if form.errors else 200
    return render(
        request,
        "workspaces/invitation.html",
        {"invitation": found, "step": "join", "form": form},
        status=status,
    )


def has_joined(found: Invitation) -> bool:
    """A second click comes while the first is at work: it leads where that one leads."""
    return found.workspace.memberships.filter(user__email=found.email).exists()
