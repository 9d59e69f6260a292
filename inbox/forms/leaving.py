"""What becomes of the open chats of who goes."""

from typing import Any
from uuid import UUID

from django import forms

from agents.models import Agent, Position
from inbox.actions.leaving import DEAL, HAND, KEEP


class LeavingForm(forms.Form):
    chats = forms.ChoiceField(
        choices=[(KEEP, "Keep them"), (DEAL, "Deal them again"), (HAND, "Hand them over")],
        error_messages={"required": "Say what becomes of them.", "invalid_choice": "Say what becomes of them."},
    )
    to = forms.ChoiceField(label="To whom", required=False, error_messages={"invalid_choice": "They are not here."})
    note = forms.CharField(label="Note", required=False, max_length=500)

    def __init__(self, *args: Any, agent: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            ("", "Choose"),
            ("Colleagues", [(f"agent:{one.pk}", one.name) for one in takers(agent)]),
            ("Positions", [(f"position:{one.pk}", one.name) for one in Position.objects.order_by("name")]),
        ]
        self.fields["to"].widget.attrs["aria-describedby"] = "leaving-to-help"

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("chats") == HAND and not data.get("to") and "to" not in self.errors:
            self.add_error("to", "Choose who gets them.")
        return data

    @property
    def target(self) -> Agent | Position | None:
        kind, _, pk = self.cleaned_data["to"].partition(":")
        if self.cleaned_data["chats"] != HAND or not pk:
            return None
        model: Any = Agent.objects.with_person() if kind == "agent" else Position.objects
        found: Agent | Position = model.get(pk=UUID(pk))
        return found


def takers(agent: Agent) -> list[Agent]:
    others = Agent.objects.active().exclude(role=Agent.Role.VIEWER).exclude(pk=agent.pk).with_person()
    return list(others.order_by("user__first_name", "user__last_name"))
