"""My workspaces: choosing one, making another, reopening a closed one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from workspaces.actions.workspaces import create_workspace, reopen_workspace
from workspaces.forms.signup import WorkspaceForm
from workspaces.limits import within_limit
from workspaces.models import Invitation, Membership, User, Workspace
from workspaces.refusals import Refused


class PersonRequest(HttpRequest):
    """What a view behind the log-in is given."""

    user: User


@require_safe
def chooser(request: PersonRequest) -> HttpResponse:
    memberships = (
        Membership.objects.filter(user=request.user, workspace__in=Workspace.objects.with_schema())
        .select_related("workspace")
        .order_by("workspace__name")
    )
    invitations = Invitation.objects.open().filter(email=request.user.email).select_related("workspace", "invited_by")
    return render(request, "workspaces/chooser.html", {"memberships": memberships, "invitations": invitations})


@require_http_methods(["GET", "POST"])
def new_workspace(request: PersonRequest) -> HttpResponse:
    form = WorkspaceForm(request.POST or None)
    if form.is_valid():
        try:
            if not within_limit(request, "new_workspace"):
                raise Refused("That is a lot of workspaces for one hour. Try again later.")
            made = create_workspace(
                name=form.cleaned_data["name"],
                slug=form.cleaned_data["slug"],
                owner=request.user,
                timezone=request.user.profile.timezone,
            )
            return redirect(made.url)
        except Refused as refusal:
            form.add_error(refusal.field, f"{refusal.message} {refusal.hint}".strip())
    return render(request, "workspaces/new_workspace.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def reopening(request: PersonRequest, slug: str) -> HttpResponse:
    workspace = get_object_or_404(Workspace.objects.with_schema(), slug=slug, owner=request.user)
    reopen_workspace(workspace, by=request.user)
    messages.success(request, f"{workspace.name} is open again.")
    return redirect("workspaces:chooser")
