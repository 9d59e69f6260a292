"""The filters of a list, as a form of its own and as the address writes them down."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms

from inbox.filters import ANY
from inbox.furniture import Furniture
from inbox.models import Chat
from workspaces.models import Platform

ME, NOBODY = "me", "nobody"
Choices = list[tuple[str, str]]
STATES: Choices = [("", "As the box"), (ANY, "Any"), *Chat.State.choices]


class AssigneeField(forms.CharField):
    def clean(self, value: Any) -> str:
        said = super().clean(value)
        if said in {"", ME, NOBODY}:
            return str(said)
        return id_of(said)


class IdField(forms.CharField):
    def clean(self, value: Any) -> str:
        said = super().clean(value)
        return id_of(said) if said else ""


def id_of(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError as error:
        raise forms.ValidationError("There is no such thing.") from error


class FilterForm(forms.Form):
    """What is valid is in `cleaned_data`; what is not is left out, and `left_out` names it."""

    q = forms.CharField(label="Customer's name", required=False, max_length=100)
    state = forms.ChoiceField(label="State", required=False, choices=STATES)
    assignee = AssigneeField(label="Assigned to", required=False, widget=forms.Select)
    channel = IdField(label="Channel", required=False, widget=forms.Select)
    platform = forms.ChoiceField(label="Platform", required=False, choices=[("", "Any"), *Platform.choices])
    label = IdField(label="Label", required=False, widget=forms.Select)
    priority = forms.TypedChoiceField(
        label="Priority",
        required=False,
        choices=[("", "Any"), ("1", "High or urgent"), ("2", "Urgent")],
        coerce=int,
        empty_value=None,
    )
    waiting = forms.BooleanField(label="Waiting for an answer", required=False)
    unread = forms.BooleanField(label="Unread by me", required=False)
    mentions = forms.BooleanField(label="I am mentioned", required=False)
    closing = forms.BooleanField(label="Window closes within 4 hours", required=False)

    FLAGS = ("waiting", "unread", "mentions", "closing")
    # What can be taken away in the settings. An agent who no longer takes chats may still have some.
    THINGS = ("channel", "label")

    def __init__(self, data: Any = None, *, furniture: Furniture | None = None) -> None:
        super().__init__(data, auto_id="filter-%s")
        if furniture:
            self.furnish(furniture)

    def furnish(self, furniture: Furniture) -> None:
        people = [(str(pk), person.name) for pk, person in furniture.people.items() if person.takes_chats]
        self.offer("assignee", [("", "Anybody"), (ME, "Me"), (NOBODY, "Nobody"), *people])
        self.offer("channel", [("", "Any"), *((str(found.pk), found.name) for found in furniture.channels)])
        self.offer("label", [("", "Any"), *((str(found.pk), found.name) for found in furniture.labels)])

    def offer(self, name: str, choices: Choices) -> None:
        widget = self.fields[name].widget
        if isinstance(widget, forms.Select):
            widget.choices = choices

    def offered(self, name: str) -> dict[str, str]:
        return {str(key): str(words) for key, words in getattr(self.fields[name].widget, "choices", [])}

    @property
    def filters(self) -> dict[str, Any]:
        """Those that narrow anything."""
        if not self.is_bound:
            return {}
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def left_out(self) -> list[str]:
        return [str(self.fields[name].label or name) for name in self.errors if name in self.fields]


def as_query(filters: dict[str, Any], **more: str) -> str:
    """For an address, without a question mark."""
    return urlencode({**said(filters), **{name: value for name, value in more.items() if value}})


def said(filters: dict[str, Any]) -> dict[str, str]:
    """As a form sends them."""
    return {name: "on" if value is True else str(value) for name, value in filters.items() if value}


def chips_of(form: FilterForm, filters: dict[str, Any], sort: str) -> list[dict[str, str]]:
    """Each in words, with the address of the list without it."""
    return [
        {
            "words": in_words(form, name, value),
            "without": as_query({other: kept for other, kept in filters.items() if other != name}, sort=sort),
        }
        for name, value in filters.items()
    ]


def gone_from(form: FilterForm, filters: dict[str, Any]) -> list[str]:
    """What is asked for and is no longer there: nothing fits."""
    return [name for name, value in filters.items() if name in FilterForm.THINGS and value not in form.offered(name)]


def in_words(form: FilterForm, name: str, value: Any) -> str:
    field = form.fields[name]
    if name in FilterForm.FLAGS:
        return str(field.label)
    return f"{field.label}: {form.offered(name).get(str(value), value if name == 'q' else 'no longer there')}"
