"""Forms about the workspace itself."""

from django import forms

from workspaces.forms.people import ZONES
from workspaces.models import Workspace, WorkspaceProfile


class WorkspaceForm(forms.ModelForm):
    class Meta:
        model = Workspace
        fields = ["name", "description", "visibility"]
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}


class WorkspaceProfileForm(forms.ModelForm):
    timezone = forms.ChoiceField(label="Time zone", choices=ZONES)

    class Meta:
        model = WorkspaceProfile
        fields = [
            "industry",
            "company_size",
            "website",
            "timezone",
            "currency",
            "language",
            "admin_name",
            "admin_email",
            "admin_phone",
        ]
        widgets = {"website": forms.URLInput(attrs={"placeholder": "https://"})}


class TwoFactorForm(forms.Form):
    required = forms.BooleanField(
        required=False,
        label="Every member needs a second factor",
        help_text="Members without one are asked to set it up before they get in again.",
    )


class ActivityFilterForm(forms.Form):
    person = forms.UUIDField(required=False)
    what = forms.CharField(required=False, max_length=50)
    since = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
