"""Forms of who comes in: sign-up, another workspace, an invitation."""

from typing import Any
from zoneinfo import available_timezones

from allauth.account.adapter import get_adapter
from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from workspaces.actions.signup import sign_up
from workspaces.models import User, Workspace
from workspaces.names import validate_name
from workspaces.refusals import Refused
from workspaces.slugs import check_slug


class SlugField(forms.CharField):
    """The address of a workspace; what is wrong with it is said by the domain."""

    def __init__(self) -> None:
        super().__init__(
            label="Workspace address",
            max_length=63,
            help_text="Lower-case letters, digits and hyphens.",
            widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
        )

    def clean(self, value: str) -> str:
        slug = super().clean(value).strip().lower()
        try:
            check_slug(slug)
        except Refused as refusal:
            raise ValidationError(f"{refusal.message} {refusal.hint}".strip()) from refusal
        return slug


class TimezoneField(forms.CharField):
    """Filled in by the browser; nonsense becomes UTC."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False)

    def clean(self, value: str) -> str:
        return value if value in available_timezones() else "UTC"


class NameField(forms.CharField):
    default_validators = [validate_name]

    def __init__(self, *, autocomplete: str, required: bool = True, help_text: str = "") -> None:
        widget = forms.TextInput(attrs={"autocomplete": autocomplete})
        super().__init__(max_length=100, required=required, help_text=help_text, widget=widget)


class SignupForm(AllauthSignupForm):
    first_name = NameField(autocomplete="given-name")
    last_name = NameField(autocomplete="family-name", required=False)
    workspace_name = NameField(autocomplete="organization", help_text="Your business or team.")
    slug = SlugField()
    timezone = TimezoneField()
    field_order = ["first_name", "last_name", "email", "password1", "workspace_name", "slug", "timezone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "E-mail"

    def save(self, request: HttpRequest) -> User:
        data = self.cleaned_data
        return sign_up(
            email=data["email"],
            password=data["password1"],
            first_name=data["first_name"],
            last_name=data["last_name"],
            workspace_name=data["workspace_name"],
            slug=data["slug"],
            timezone=data["timezone"],
        )


class WorkspaceForm(forms.ModelForm):
    slug = SlugField()

    class Meta:
        model = Workspace
        fields = ["name"]


class JoinForm(forms.Form):
    """Who accepts an invitation without an account."""

    first_name = NameField(autocomplete="given-name")
    last_name = NameField(autocomplete="family-name", required=False)
    password = forms.CharField(
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least ten characters.",
    )
    timezone = TimezoneField()

    def __init__(self, *args: object, email: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.email = email

    def clean_password(self) -> str:
        person = User(email=self.email, first_name=self.cleaned_data.get("first_name", ""))
        password: str = get_adapter().clean_password(self.cleaned_data["password"], user=person)
        return password
