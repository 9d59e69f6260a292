"""Forms of a person's own account."""

from zoneinfo import available_timezones

from django import forms

from workspaces.models import User, UserAddress, UserPreferences, UserProfile

ZONES = [(name, name.replace("_", " ")) for name in sorted(available_timezones()) if "/" in name or name == "UTC"]


class PersonForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["first_name", "last_name", "contact_email"]


class ProfileForm(forms.ModelForm):
    timezone = forms.ChoiceField(label="Time zone", choices=ZONES, help_text="Every time you see is in this zone.")

    class Meta:
        model = UserProfile
        fields = ["avatar", "phone", "timezone", "language", "bio", "date_of_birth", "gender"]
        widgets = {
            "phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
            "bio": forms.Textarea(attrs={"rows": 3}),
            "date_of_birth": forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d"),
        }


class PreferencesForm(forms.ModelForm):
    class Meta:
        model = UserPreferences
        fields = ["theme", "email_notifications", "push_notifications", "privacy_profile_visibility"]
        labels = {
            "email_notifications": "E-mail me about what concerns me",
            "push_notifications": "Notify me in the browser",
            "privacy_profile_visibility": "Who sees my profile",
        }
        widgets = {"theme": forms.RadioSelect}


class AddressForm(forms.ModelForm):
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
            "street_address": forms.Textarea(attrs={"rows": 2, "autocomplete": "street-address"}),
            "postal_code": forms.TextInput(attrs={"autocomplete": "postal-code"}),
            "city": forms.TextInput(attrs={"autocomplete": "address-level2"}),
            "state_province": forms.TextInput(attrs={"autocomplete": "address-level1"}),
            "country": forms.TextInput(attrs={"autocomplete": "country-name"}),
        }
