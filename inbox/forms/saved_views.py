"""A view's name, and who sees it."""

from typing import Any

from django import forms

from agents.models import Agent
from inbox.models import SavedView


class SavedViewForm(forms.ModelForm):
    class Meta:
        model = SavedView
        fields = ("name", "is_shared")
        labels = {"is_shared": "Shared with everybody"}
        widgets = {"name": forms.TextInput(attrs={"autofocus": True})}

    def __init__(self, *args: Any, agent: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "view-%s"
        if not agent.can("inbox.manage"):
            del self.fields["is_shared"]
