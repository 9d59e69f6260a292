"""allauth's forms of an account, in the words of this house."""

from typing import Any

from allauth.account import forms as account
from allauth.account.fields import EmailField, PasswordField, SetPasswordField
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms

ADVICE = "At least 10 characters; a few words are better than a few signs."


class Plain:
    """Without placeholders: they repeat the label, and look like something typed."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class ChangePasswordForm(Plain, account.ChangePasswordForm):
    oldpassword = PasswordField(label="Current password", autocomplete="current-password")
    password1 = SetPasswordField(label="New password", help_text=ADVICE)
    password2 = PasswordField(label="New password, again", autocomplete="new-password")


class SetPasswordForm(Plain, account.SetPasswordForm):
    password1 = SetPasswordField(label="Password", help_text=ADVICE)
    password2 = PasswordField(label="Password, again", autocomplete="new-password")


class ResetPasswordKeyForm(Plain, account.ResetPasswordKeyForm):
    password1 = SetPasswordField(label="New password", help_text=ADVICE)
    password2 = PasswordField(label="New password, again", autocomplete="new-password")


class ResetPasswordForm(Plain, account.ResetPasswordForm):
    email = EmailField(required=True, label="E-mail")


class AddEmailForm(Plain, account.AddEmailForm):
    email = EmailField(required=True, label="New e-mail")


class AddPasskeyForm(AddWebAuthnForm):
    # Ticked: “Sign in with a passkey” is what most people add one for.
    passwordless = forms.BooleanField(
        label="Sign in with it alone, without a password",
        required=False,
        initial=True,
        help_text="It then has to ask for a fingerprint, a face or a PIN. Untick it for a key that cannot:"
        " that one is asked for after the password.",
    )
