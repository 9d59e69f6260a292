"""A routing rule as a form, and the sample that it is tried on."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db.models.functions import Lower

from agents.models import Agent, Position
from inbox.languages import LANGUAGES
from inbox.models import Chat, Label, RoutingRule
from inbox.routing import INSIDE, OUTSIDE
from inbox.rulebook import channel_said
from pages.models import Channel
from templates_app.models import MessageTemplate
from workspaces.forms.people import words
from workspaces.models import Platform

LANGUAGE_CHOICES = sorted(LANGUAGES.items(), key=lambda one: one[1])
MOST_WORDS, LONGEST_WORD = 50, 100
GUESSED = (
    "Messenger and Instagram may say which language a person uses; that is what counts. Otherwise it is guessed from "
    "what they write: by the script, and for English, Spanish, French, German and a dozen others in Latin letters by "
    "their small words. A short message such as “Hi” tells nothing, and then no language fits. "
    "Bulgarian and Serbian may be taken for Russian."
)


class ListField(forms.CharField):
    """Several, with a comma or a new line between."""

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=MOST_WORDS * (longest + 2), **kwargs)
        self.longest = longest

    def to_python(self, value: Any) -> Any:
        parts = (" ".join(part.split()) for part in re.split(r"[,،、\n]", super().to_python(value) or ""))
        return list(dict.fromkeys(part for part in parts if part))

    def validate(self, value: Any) -> None:
        if len(value) > MOST_WORDS:
            raise ValidationError(f"At most {MOST_WORDS}; these are {len(value)}.")
        if long := next((part for part in value if len(part) > self.longest), None):
            raise ValidationError(f"“{long[:30]}…” is longer than {self.longest} characters.")

    def run_validators(self, value: Any) -> None:
        super().run_validators("\n".join(value))

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value


class AgentField(forms.ModelChoiceField):
    def label_from_instance(self, agent: Any) -> str:
        return f"{agent.name}, {agent.position.name}"


class ChannelsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, channel: Any) -> str:
        return channel_said(channel)


class RuleForm(forms.ModelForm):
    platforms = forms.MultipleChoiceField(
        required=False, choices=Platform.choices, widget=forms.CheckboxSelectMultiple, label="Platforms"
    )
    channels = ChannelsField(
        Channel.objects.defer("access_token").order_by(Lower("name"), "id"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices--scrolled"}),
    )
    tags = ListField(
        longest=50,
        label="The contact has one of these tags",
        help_text="With commas between.",
        widget=words(autocomplete="off"),
    )
    languages = forms.MultipleChoiceField(
        required=False,
        choices=LANGUAGE_CHOICES,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices--scrolled"}),
        help_text=GUESSED,
    )
    words = ListField(
        longest=LONGEST_WORD,
        label="The message has one of these words",
        help_text=(
            "With commas between. Whole words or phrases; capitals and accents make no difference. Where a script has "
            "no spaces between words, or sticks endings to them (Chinese, Japanese, Thai, Korean), anywhere in it."
        ),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    hours = forms.ChoiceField(
        required=False,
        label="When",
        choices=[("", "At any time"), (INSIDE, "In business hours"), (OUTSIDE, "Outside business hours")],
    )
    returning = forms.ChoiceField(
        required=False,
        label="Who",
        choices=[("", "Anybody"), ("no", "Who writes for the first time"), ("yes", "Who has written before")],
    )
    agent = AgentField(
        Agent.objects.active().exclude(role=Agent.Role.VIEWER).with_person(),
        required=False,
        label="Give it to",
        empty_label="Nobody in particular",
        help_text="If they are on and have room. Otherwise it goes on in turn.",
    )
    position = forms.ModelChoiceField(
        Position.objects.all(),
        required=False,
        label="In turn among",
        empty_label="Whoever answers the channel",
    )
    labels = forms.ModelMultipleChoiceField(
        Label.objects.order_by(Lower("name")),
        required=False,
        label="Add labels",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices--scrolled"}),
    )
    priority = forms.TypedChoiceField(
        required=False,
        choices=[("", "As it is"), *Chat.Priority.choices],
        coerce=int,
        empty_value=None,
    )
    reply = forms.ModelChoiceField(
        MessageTemplate.objects.filter(is_shared=True),
        required=False,
        label="Answer with",
        empty_label="No answer",
        help_text="A shared canned reply, once each time a chat begins. Your agents' names in it are left out.",
    )

    class Meta:
        model = RoutingRule
        fields = ["name"]
        widgets = {"name": words(autocomplete="off")}
        help_texts = {"name": "Agents read it in the chat, as the reason."}

    CONDITIONS = ("platforms", "channels", "tags", "languages", "words", "hours", "returning")
    ACTIONS = ("agent", "position", "labels", "priority", "reply")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rule = self.instance
        self.initial = {**rule.conditions, **rule.actions, **self.initial}
        self.initial["returning"] = {True: "yes", False: "no"}.get(rule.conditions.get("returning"), "")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not self.said(self.ACTIONS):
            raise ValidationError("Say what the rule does: give the chat to somebody, label it, or answer.")
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        self.instance.conditions, self.instance.actions = self.said(self.CONDITIONS), self.said(self.ACTIONS)

    def said(self, names: Iterable[str]) -> dict[str, Any]:
        """As the rule keeps it: what is empty is not there."""
        kept = {name: kept_as(self.cleaned_data.get(name)) for name in names}
        if "returning" in kept:
            kept["returning"] = {"yes": True, "no": False}.get(kept["returning"])
        return {name: value for name, value in kept.items() if value not in (None, "", [])}


def kept_as(value: Any) -> Any:
    """As JSON has it: rows by their ids."""
    if hasattr(value, "pk"):
        return str(value.pk)
    if isinstance(value, (str, int)) or value is None:
        return value
    return [kept_as(one) for one in value]


class SampleForm(forms.Form):
    """A customer's message that nobody has written."""

    where = forms.ChoiceField(label="Channel")
    text = forms.CharField(
        label="What the customer writes",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    tags = ListField(longest=50, label="Tags of the contact", widget=words(autocomplete="off"))
    language = forms.ChoiceField(required=False, choices=[("", "Guessed from the text"), *LANGUAGE_CHOICES])
    returning = forms.BooleanField(required=False, label="Has written before")
    at = forms.DateTimeField(
        required=False,
        label="When",
        help_text="In the workspace's time. Empty: now.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
    )

    def __init__(self, data: Any = None, *, channels: Sequence[Channel], zone: ZoneInfo) -> None:
        super().__init__(data, prefix="sample")
        self.zone, self.by_id = zone, {str(channel.pk): channel for channel in channels}
        named = [(pk, channel_said(channel)) for pk, channel in self.by_id.items()]
        others = [(value, f"Another one on {label}") for value, label in Platform.choices]
        self.fields["where"].choices = [("Channels", named), ("Others", others)] if named else others  # type: ignore[attr-defined]

    def clean_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["at"]
        # Whatever zone the person is in, this is the workspace's.
        return at.replace(tzinfo=self.zone) if at else None

    @property
    def channel(self) -> Channel | None:
        return self.by_id.get(self.cleaned_data["where"])

    @property
    def channel_id(self) -> UUID | None:
        return self.channel.pk if self.channel else None

    @property
    def platform(self) -> str:
        return self.channel.platform if self.channel else str(self.cleaned_data["where"])
