"""What the composer posts: a reply, a note, a draft, a file, a time. The field of the one is never read for another."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.timezone import localtime

from inbox.models import Draft
from pages.files import MOST_FILES
from pages.graph.limits import MOST_QUICK_REPLIES

LONGEST = 50_000
# Of the day, for what is sent in the morning.
MORNING = 9


class ManyInput(forms.MultipleHiddenInput):
    pass


class Words(forms.Field):
    """As often as the name occurs, without the empty ones."""

    widget = ManyInput

    def clean(self, value: Any) -> list[str]:
        words = [str(one).replace("\0", "").strip() for one in value or []]
        return [word for word in words if word][: MOST_QUICK_REPLIES + 1]


class Ids(forms.Field):
    widget = ManyInput

    def clean(self, value: Any) -> list[UUID]:
        try:
            return [UUID(str(one)) for one in value or []][: MOST_FILES + 1]
        except ValueError as error:
            raise ValidationError("This is no file of yours.") from error


class FilesInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name)


class Files(forms.FileField):
    """Where no script has uploaded them before."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        return [super(Files, self).clean(file, initial) for file in data or [] if file]


class WordsField(forms.CharField):
    """Spaces and lines stay as they were typed."""

    def __init__(self, **more: Any) -> None:
        super().__init__(required=False, strip=False, max_length=LONGEST, **more)

    def clean(self, value: Any) -> str:
        # Browsers post CR LF, and Meta counts both.
        return str(super().clean(value)).replace("\r\n", "\n")


class ReplyForm(forms.Form):
    reply = WordsField()
    client_id = forms.UUIDField()
    last_seen = forms.UUIDField(required=False)
    quick_reply = Words(required=False)
    reply_to = forms.UUIDField(required=False)
    upload = Ids(required=False)
    attached = Files(required=False, max_length=255)


class NoteForm(forms.Form):
    note = WordsField()
    client_id = forms.UUIDField()
    upload = Ids(required=False)
    attached = Files(required=False, max_length=255)


class DraftForm(forms.Form):
    kind = forms.ChoiceField(choices=Draft.Kind.choices)
    text = WordsField()
    quick_reply = Words(required=False)
    reply_to = forms.UUIDField(required=False)
    known = forms.CharField(required=False, max_length=40)


class UploadForm(forms.Form):
    file = forms.FileField(required=False, max_length=255, allow_empty_file=True)
    # What the microphone heard.
    recording = forms.FileField(required=False, max_length=255)
    asset = forms.UUIDField(required=False)
    for_note = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not any(cleaned.get(name) for name in ("file", "recording", "asset")):
            raise ValidationError("There is no file in this.")
        return cleaned


def in_an_hour(now: datetime) -> datetime:
    return now + timedelta(hours=1)


def tomorrow(now: datetime) -> datetime:
    return (now + timedelta(days=1)).replace(hour=MORNING, minute=0)


def monday(now: datetime) -> datetime:
    return (now + timedelta(days=7 - now.weekday())).replace(hour=MORNING, minute=0)


# In the zone of who chooses, and when it is chosen: a page may have stood open for hours.
TIMES: dict[str, tuple[str, Callable[[datetime], datetime]]] = {
    "hour": ("In 1 hour", in_an_hour),
    "tomorrow": ("Tomorrow at {morning}", tomorrow),
    "monday": ("On Monday at {morning}", monday),
}


class ScheduleForm(ReplyForm):
    preset = forms.ChoiceField(required=False, choices=[("", ""), *((key, name) for key, (name, _) in TIMES.items())])
    send_at = forms.DateTimeField(
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": "This is no time."},
    )
    cancel_on_reply = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if preset := cleaned.get("preset"):
            cleaned["send_at"] = TIMES[preset][1](localtime())
        if cleaned.get("send_at"):
            cleaned["send_at"] = cleaned["send_at"].replace(second=0, microsecond=0)
        elif not self.errors:
            self.add_error("send_at", "Choose a time.")
        return cleaned
