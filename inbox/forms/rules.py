"""Forms about the inbox's rules: who gets which chat, what becomes of those that nobody answers, when it is open."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from agents.models import Holiday
from inbox.models import InboxRules
from workspaces.forms.people import words
from workspaces.hours import DAY_NAMES, DAYS, read_spans, write_spans

Strategy = InboxRules.Strategy
STRATEGIES = {
    Strategy.ROUND_ROBIN: "One after the other, among those who are on and have room.",
    Strategy.LEAST_LOADED: "Whoever has the fewest open chats; of equals, who is next in turn.",
    Strategy.LAST_AGENT: "Whoever last had a chat with this customer, on whatever channel; else in turn.",
    Strategy.BY_HAND: "Nobody: agents take chats from Unassigned. Routing rules that give a chat to somebody still do.",
}


def number(most: int) -> forms.NumberInput:
    return forms.NumberInput(attrs={"min": 0, "max": most, "inputmode": "numeric"})


class InboxRulesForm(forms.ModelForm):
    class Meta:
        model = InboxRules
        fields = ["strategy", "reassign_after", "tell_after", "idle_after", "away_message", "auto_close_days"]
        labels = {
            "strategy": "Who gets a new chat",
            "reassign_after": "Deal the chats of who is off again after",
            "tell_after": "Tell supervisors after",
            "idle_after": "Count an agent as away after",
            "away_message": "Away message",
            "auto_close_days": "Close a chat after",
        }
        help_texts = {
            "reassign_after": "0: at once. Empty: they keep their chats.",
            "tell_after": "Empty: nobody is told.",
            "idle_after": "5 or more, without a sign of life on any page. Empty: never.",
            "away_message": (
                "Empty: none is sent. {opens} stands for the next opening, such as “Monday 09:00”, in the workspace's "
                "time. While you are open, and where no opening is known, it stands for “soon”; {opens|in a while} "
                "says something else then."
            ),
            "auto_close_days": "1 to 365. Empty: no chat is closed by itself.",
        }
        widgets = {
            "strategy": forms.RadioSelect,
            "reassign_after": number(1440),
            "tell_after": number(1440),
            "idle_after": number(1440),
            "away_message": forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
            "auto_close_days": number(365),
        }

    def clean_away_message(self) -> str:
        return str(self.cleaned_data["away_message"]).replace("\r\n", "\n").strip()


class SpansField(forms.CharField):
    """A day's hours as a person writes them."""

    def to_python(self, value: Any) -> Any:
        return read_spans(str(value or ""))

    def prepare_value(self, value: Any) -> Any:
        return write_spans(value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return True


class HoursForm(forms.Form):
    """One field for each weekday, Monday first."""

    def __init__(self, data: Any = None, *, hours: dict[str, list[list[str]]]) -> None:
        super().__init__(data, initial={day: hours.get(day, []) for day in DAYS})
        for day, name in zip(DAYS, DAY_NAMES, strict=True):
            self.fields[day] = SpansField(
                label=name,
                required=False,
                max_length=200,
                widget=forms.TextInput(
                    attrs={"dir": "ltr", "autocomplete": "off", "placeholder": "Closed" if hours else ""}
                ),
            )


class HolidayForm(forms.ModelForm):
    class Meta:
        model = Holiday
        fields = ["date", "name"]
        labels = {"date": "Day"}
        help_texts = {"name": "Optional, such as “New Year”."}
        widgets = {
            "date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "name": words(autocomplete="off"),
        }

    def clean_date(self) -> date:
        day: date = self.cleaned_data["date"]
        today = timezone.localdate()
        if not today - timedelta(days=1) <= day <= today + timedelta(days=3660):
            raise forms.ValidationError("Choose a day from today on, within ten years.")
        return day
