"""The code that proves an e-mail address: typed, asked for again, or the sign-up taken back."""

from typing import Any

from allauth.account.views import ConfirmEmailVerificationCodeView
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from workspaces.actions.signup import cancel_sign_up
from workspaces.limits import in_words, seconds_to_wait


class ConfirmEmail(ConfirmEmailVerificationCodeView):
    """allauth's. What it shows is the same for an address that has an account already, which nobody is to learn."""

    @property
    def is_sign_up(self) -> bool:
        return bool(self.stage and self.stage.login.signup)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("action") == "cancel" and not request.user.is_authenticated:
            return self.cancelled()
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "is_sign_up": self.is_sign_up}

    def _resend_form_valid(self, form: Form) -> HttpResponse:
        """Too soon is said beside the button; allauth has a page of its own for it, and loses the code sent before."""
        wait = seconds_to_wait(self.request, "confirm_email", key=self._process.email.lower())
        if not wait:
            return super()._resend_form_valid(form)
        verify = self._get_verify_form_class()(code="", user=self._process.user, email=self._process.email)
        context = self.get_context_data(form=verify, wait=in_words(wait))
        return self.render_to_response(context, status=429, headers={"Retry-After": str(wait)})

    def cancelled(self) -> HttpResponse:
        if not self.is_sign_up:
            self._process.abort()
            return redirect("account_login")
        if self._process.user:
            cancel_sign_up(self._process.user)
        self._process.abort()
        messages.success(self.request, "The sign-up is cancelled: both addresses are free again.")
        return redirect("account_signup")


confirm_email = login_not_required(ConfirmEmail.as_view())
