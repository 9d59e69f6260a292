"""Forms of a person's own account."""

from collections import defaultdict
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from workspaces.avatars import LARGEST_FILE, NotAPicture, open_picture
from workspaces.models import User, UserAddress, UserPreferences, UserProfile


def zones() -> list[tuple[str, str | list[tuple[str, str]]]]:
    """By part of the world, so that typing "Vie" finds Vienna."""
    parts: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name in sorted(available_timezones()):
        part, _, place = name.partition("/")
        if place and part not in {"Etc", "SystemV", "US", "Brazil", "Canada", "Chile", "Mexico"}:
            parts[part].append((name, place.replace("_", " ").replace("/", ", ")))
    return [("UTC", "UTC"), *parts.items()]


ZONES = zones()


class TimezoneChoiceField(forms.ChoiceField):
    def __init__(self, *, help_text: str = "") -> None:
        super().__init__(label="Time zone", choices=ZONES, help_text=help_text)

    def valid_value(self, value: str) -> bool:
        """An older name that the list spares is still one."""
        return super().valid_value(value) or value in available_timezones()


def words(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={"dir": "auto", **attrs})


def switch() -> forms.CheckboxInput:
    return forms.CheckboxInput(attrs={"class": "switch", "role": "switch"})


class PersonForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["first_name", "last_name", "contact_email"]
        labels = {"contact_email": "Contact e-mail"}
        widgets = {
            "first_name": words(autocomplete="given-name"),
            "last_name": words(autocomplete="family-name"),
            "contact_email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }


class ProfileForm(forms.ModelForm):
    timezone = TimezoneChoiceField(help_text="Every time you see is in this zone.")

    class Meta:
        model = UserProfile
        fields = ["phone", "timezone", "language", "bio", "date_of_birth", "gender"]
        labels = {"bio": "About you"}
        help_texts = {"language": "For dates and times as well."}
        widgets = {
            "phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
            "bio": forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
            "date_of_birth": forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        keep_choice(self, "timezone")

    def clean_date_of_birth(self) -> object:
        day = self.cleaned_data["date_of_birth"]
        if day and day > timezone.localdate():
            raise ValidationError("This day has not come yet.")
        return day


class PictureForm(forms.Form):
    picture = forms.FileField(
        help_text="A JPEG, PNG, WebP or GIF of at most 5 MB. It is cut to a square.",
        error_messages={"required": "Choose a picture first."},
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )

    def clean_picture(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["picture"]
        if file.size and file.size > LARGEST_FILE:
            raise ValidationError(f"This file has {filesizeformat(file.size)}; at most 5 MB fit.")
        try:
            open_picture(file)  # type: ignore[arg-type]
        except NotAPicture as error:
            raise ValidationError(str(error)) from error
        return file


class PreferencesForm(forms.ModelForm):
    class Meta:
        model = UserPreferences
        fields = [
            "theme",
            "enter_sends",
            "shortcuts_on",
            "sound_on",
            "told_of_unassigned",
            "push_notifications",
            "notices_show_words",
            "email_notifications",
            "privacy_profile_visibility",
        ]
        labels = {
            "enter_sends": "Enter sends the message",
            "shortcuts_on": "Keyboard shortcuts",
            "sound_on": "A sound for new messages",
            "told_of_unassigned": "Also of chats that are nobody's",
            "push_notifications": "Notify my devices",
            "notices_show_words": "Show what was written",
            "email_notifications": "E-mail me about what concerns me",
            "privacy_profile_visibility": "Who sees my contact details",
        }
        help_texts = {
            "enter_sends": "Shift+Enter begins a new line. Off: Ctrl+Enter (⌘ Enter) sends, Enter begins a new line.",
            "shortcuts_on": "Single letters such as r for reply, outside of text fields. ? in the inbox lists them.",
            "sound_on": "When a customer writes, while the inbox is open in a tab.",
            "told_of_unassigned": "Off: you hear of your own chats alone, by the sound and on your devices.",
            "push_notifications": "Those you have added in a workspace, under Notifications. Off: all are silent.",
            "notices_show_words": "Off: a notification says who wrote, but not what, for whoever looks at your screen.",
            "email_notifications": "That somebody accepted your invitation, for example.",
            "privacy_profile_visibility": "Your phone number, birthday and what you wrote about yourself.",
        }
        widgets = {
            "theme": forms.RadioSelect,
            "enter_sends": switch(),
            "shortcuts_on": switch(),
            "sound_on": switch(),
            "told_of_unassigned": switch(),
            "push_notifications": switch(),
            "notices_show_words": switch(),
            "email_notifications": switch(),
            "privacy_profile_visibility": forms.RadioSelect,
        }


class AddressForm(forms.ModelForm):
    address_type = forms.ChoiceField(label="Type", choices=UserAddress.Type.choices)

    class Meta:
        model = UserAddress
        fields = [
            "address_type",
            "street_address",
            "postal_code",
            "city",
            "state_province",
            "country",
            "is_default",
        ]
        widgets = {
            "street_address": forms.Textarea(attrs={"rows": 2, "autocomplete": "street-address", "dir": "auto"}),
            "postal_code": words(autocomplete="postal-code"),
            "city": words(autocomplete="address-level2"),
            "state_province": words(autocomplete="address-level1"),
            "country": words(autocomplete="country-name"),
        }


def keep_choice(form: forms.ModelForm, name: str) -> None:
    """A value that is stored already stays one that can be chosen, though the list has become shorter."""
    field = form.fields[name]
    value = getattr(form.instance, name)
    flat = {key for _, group in field.choices if isinstance(group, list | tuple) for key, _ in group}  # type: ignore[attr-defined]
    flat |= {key for key, group in field.choices if isinstance(group, str)}  # type: ignore[attr-defined]
    if value and value not in flat:
        field.choices = [(value, value), *field.choices]  # type: ignore[attr-defined]
