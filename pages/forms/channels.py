"""Forms about channels and the Meta app that they are connected through."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import Count, Q

from agents.models import Position
from pages.models import Channel
from pages.models.channels import ChannelQuerySet
from workspaces.models import Platform

an_id = RegexValidator(r"^\d{5,30}\Z", "An id at Meta is a number of 5 to 30 digits.")
STRANGE = "This has characters in it that no token or secret has. Copy it again, without spaces or line breaks."
SET = "Set. Leave empty to keep it."
ANEW = "Enter it again."


def plain(**attrs: str) -> forms.TextInput:
    return forms.TextInput(
        attrs={"dir": "ltr", "autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", **attrs}
    )


def secret() -> forms.PasswordInput:
    """Never filled in from what is stored."""
    return forms.PasswordInput(render_value=False, attrs={"autocomplete": "off", "dir": "ltr", "spellcheck": "false"})


class SecretField(forms.CharField):
    """Any text that fits in one header: no spaces within."""

    default_validators = [RegexValidator(r"^[\x21-\x7e]+\Z", STRANGE)]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": secret(), "max_length": 1000, **kwargs})


class ChannelFilterForm(forms.Form):
    STATUSES = [
        ("", "Any status"),
        ("working", "Connected"),
        ("locked_out", "Needs reconnecting"),
        ("off", "Switched off"),
        ("gone", "Disconnected"),
    ]

    q = forms.CharField(
        label="Search by name, handle or ID",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "dir": "auto", "autocomplete": "off"}),
    )
    platform = forms.ChoiceField(choices=[("", "Any platform"), *Platform.choices], required=False)
    status = forms.ChoiceField(choices=STATUSES, required=False)

    def narrowed(self, channels: ChannelQuerySet) -> ChannelQuerySet:
        """What is no filter of ours narrows nothing."""
        self.full_clean()
        given = self.cleaned_data
        if platform := given.get("platform"):
            channels = channels.filter(platform=platform)
        if status := given.get("status"):
            channels = of_status(channels, status)
        return channels.search(given.get("q", ""))

    @property
    def is_narrow(self) -> bool:
        return any(self.cleaned_data.values())


def of_status(channels: ChannelQuerySet, status: str) -> ChannelQuerySet:
    narrowed = {
        "working": channels.working,
        "locked_out": channels.locked_out,
        "off": lambda: channels.connected().filter(is_active=False),
        "gone": lambda: channels.filter(connection_status=Channel.Connection.DISCONNECTED),
    }
    return narrowed[status]()


class PositionsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, position: Any) -> str:
        return f"{position.name} ({position.people} {'person' if position.people == 1 else 'people'})"


class AnswerersForm(forms.Form):
    """Positions, with how many hold each and work here."""

    positions = PositionsField(
        Position.objects.annotate(people=Count("agents", filter=Q(agents__is_active=True))),
        required=False,
        label="Only these positions",
        help_text="None ticked: everybody.",
        widget=forms.CheckboxSelectMultiple,
    )


class TokenForm(forms.Form):
    platform = forms.ChoiceField(choices=Platform.choices, widget=forms.RadioSelect, initial=Platform.FACEBOOK)
    token = SecretField(
        label="Access token",
        help_text="It is checked, encrypted and never shown again.",
    )
    phone_number_id = forms.CharField(
        label="Phone number ID",
        required=False,
        max_length=30,
        validators=[an_id],
        widget=plain(inputmode="numeric"),
        help_text="WhatsApp only, and only when the token does not name its business account.",
    )


class ChoiceForm(forms.Form):
    accounts = forms.MultipleChoiceField(error_messages={"required": "Choose at least one."})

    def __init__(self, *args: Any, keys: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["accounts"].choices = [(key, key) for key in keys]  # type: ignore[attr-defined]


class MetaAppForm(forms.Form):
    app_id = forms.CharField(label="App ID", max_length=30, validators=[an_id], widget=plain(inputmode="numeric"))
    app_secret = SecretField(label="App secret", required=False)
    instagram_app_id = forms.CharField(
        label="Instagram app ID",
        required=False,
        max_length=30,
        validators=[an_id],
        widget=plain(inputmode="numeric"),
        help_text="Only for Instagram accounts without a Facebook page.",
    )
    instagram_app_secret = SecretField(label="Instagram app secret", required=False)

    def __init__(self, *args: Any, has_secret: bool = False, has_instagram_secret: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, is_set in (("app_secret", has_secret), ("instagram_app_secret", has_instagram_secret)):
            if is_set:
                self.fields[name].widget.attrs["placeholder"] = SET
            # What was given is not sent back with the errors.
            if self.data.get(name):
                self.fields[name].widget.attrs["placeholder"] = ANEW
