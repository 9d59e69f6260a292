"""Forms about labels."""

from django import forms

from inbox.models import Label
from workspaces.forms.people import words


class LabelForm(forms.ModelForm):
    class Meta:
        model = Label
        fields = ["name", "colour", "description"]
        help_texts = {"description": "When to use it; shown where labels are chosen."}
        widgets = {
            "name": words(autocomplete="off"),
            "colour": forms.RadioSelect,
            "description": words(autocomplete="off"),
        }

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())
