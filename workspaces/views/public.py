"""The public site: what this is, and the way in for those who are new."""

from allauth.account.views import SignupView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from workspaces.development import read_mailbox
from workspaces.forms.signup import SignupForm
from workspaces.limits import in_words, seconds_to_wait, within_limit
from workspaces.models import Workspace
from workspaces.refusals import Refused
from workspaces.slugs import check_slug


@login_not_required
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    return render(request, "workspaces/landing.html")


class SignUp(SignupView):
    """allauth's, with a workspace in the same form: what the domain refuses goes back into it."""

    def form_valid(self, form: SignupForm) -> HttpResponse:
        # Asked before anything is made: a sign-up whose code cannot leave would be one nobody can confirm.
        if wait := seconds_to_wait(self.request, "confirm_email", key=form.cleaned_data["email"].lower()):
            form.add_error("email", f"A code went to this address a moment ago. Try again in {in_words(wait)}.")
            return self.form_invalid(form)
        try:
            return super().form_valid(form)
        except Refused as refusal:
            form.add_error(refusal.field, f"{refusal.message} {refusal.hint}".strip())
            return self.form_invalid(form)

    def get_authenticated_redirect_url(self) -> str:
        """Who is signed in has an account already."""
        return reverse(settings.LOGIN_REDIRECT_URL)

    def get_success_url(self) -> str:
        """Straight into the new workspace."""
        return Workspace.objects.with_schema().get(owner=self.user).url


@login_not_required
@require_safe
def slug_check(request: HttpRequest) -> HttpResponse:
    """While somebody types: is this address free?"""
    if not within_limit(request, "slug_check"):
        return HttpResponse(status=429)
    slug = request.GET.get("slug", "").strip().lower()[:80]
    refusal = None
    if slug:
        try:
            check_slug(slug)
        except Refused as refused:
            refusal = refused
    return render(request, "workspaces/_slug_check.html", {"slug": slug, "refusal": refusal})


@login_not_required
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    if not settings.DEBUG:
        raise Http404
    return render(request, "workspaces/styleguide.html")


@login_not_required
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """Development has no mail server: what was sent is read here."""
    if not settings.DEBUG or settings.EMAIL_URL:
        raise Http404
    return render(request, "workspaces/mailbox.html", {"mails": read_mailbox()})
