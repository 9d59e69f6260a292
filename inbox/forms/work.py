"""Until when a chat is snoozed: a choice, or a day and time of the agent's own."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from inbox.snoozing import CHOICES, until

AT = "at"


class SnoozeForm(forms.Form):
    when = forms.ChoiceField(
        choices=[*CHOICES.items(), (AT, "At")], error_messages={"invalid_choice": "Choose a time."}
    )
    at = forms.DateTimeField(
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        error_messages={"invalid": "This is no day and time."},
    )

    def clean(self) -> dict[str, Any]:
        """`until`: None for when the customer writes."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("when") == AT:
            if not data.get("at") and "at" not in self.errors:
                raise ValidationError("Say the day and the time.")
            data["until"] = data.get("at")
        elif "when" in data:
            data["until"] = until(data["when"], timezone.now())
        return data
