"""Forms about people."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from inbox.actions.editing import checked_tag, with_tags
from inbox.contacts import SEEN
from inbox.imported_rows import COLUMNS, LONGEST_SOURCE, Rules, guessed
from inbox.models import ContactImport
from inbox.sheets import MOST_BYTES
from pages.models import Channel
from workspaces.forms.people import words
from workspaces.models import Platform
from workspaces.refusals import Refused

YES_OR_NO = [("yes", "Yes"), ("no", "No")]


def choice(label: str, anything: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[("", anything), *choices])


class ContactFilterForm(forms.Form):
    """What is not understood narrows nothing."""

    q = forms.CharField(label="Name, username or phone", required=False, max_length=100, widget=words(type="search"))
    platform = choice("Platform", "Any platform", list(Platform.choices))
    tag = forms.CharField(label="Tag", required=False, max_length=50, widget=words(autocomplete="off"))
    opted = choice("Opted in", "Anything", [*YES_OR_NO, ("unknown", "Not known")])
    blocked = choice("Blocked", "Blocked or not", YES_OR_NO)
    seen = choice("Last seen", "At any time", list(SEEN.items()))

    def understood(self) -> dict[str, str]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class UploadForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        help_text="Up to 50,000 rows. The first line says what each column is. Commas, semicolons or tabs.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv,text/tab-separated-values"}),
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB.")
        return file


class ImportForm(forms.Form):
    """What the columns are, and what is true of everybody in the file."""

    channel = forms.ModelChoiceField(
        label="For which number",
        queryset=Channel.objects.none(),
        empty_label=None,
        help_text="They can be written to from every number of the same WhatsApp portfolio.",
    )
    tags = forms.CharField(
        label="Tags for all of them", required=False, max_length=300, widget=words(autocomplete="off"),
        help_text="With commas between them.",
    )  # fmt: skip
    country_code = forms.RegexField(
        r"^\+?[1-9]\d{0,2}$", label="Country code", required=False,
        help_text="For numbers that begin with a single 0, as in 0151 2345678. 49 is Germany.",
        error_messages={"invalid": "One to three digits, as in 49."},
        widget=words(autocomplete="off", inputmode="numeric"),
    )  # fmt: skip
    all_agreed = forms.BooleanField(
        label="Everybody in this file has agreed to get messages from us on WhatsApp", required=False
    )
    source = forms.CharField(
        label="Where they agreed", required=False, max_length=LONGEST_SOURCE, widget=words(autocomplete="off"),
        help_text="As in: web shop check-out. It is kept with each of them.",
    )  # fmt: skip

    def __init__(self, *args: Any, contact_import: ContactImport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contact_import = contact_import
        channels = self.fields["channel"]
        assert isinstance(channels, forms.ModelChoiceField)
        channels.queryset = Channel.objects.filter(platform=Platform.WHATSAPP)
        for place, (title, kind) in enumerate(zip(self.head, guessed(self.head), strict=True)):
            label = title or f"Column {place + 1}"
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=label, choices=list(COLUMNS.items()), required=False, initial=kind
            )

    @property
    def head(self) -> list[str]:
        head: list[str] = self.contact_import.head
        return head

    @property
    def column_fields(self) -> list[Any]:
        return [self[f"column-{place}"] for place in range(len(self.head))]

    def clean_tags(self) -> list[str]:
        try:
            return with_tags([], [checked_tag(tag) for tag in self.cleaned_data["tags"].split(",") if tag.strip()])
        except Refused as refusal:
            raise forms.ValidationError(refusal.message) from refusal

    def clean_country_code(self) -> str:
        return str(self.cleaned_data["country_code"]).removeprefix("+")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        columns = self.columns()
        if columns.count("phone") != 1:
            self.add_error(None, "Say which column is the phone number: one, and one alone.")
        for kind in ("name", "opted_in", "source"):
            if columns.count(kind) > 1:
                self.add_error(None, f"Two columns are “{COLUMNS[kind]}”: leave one out.")
        if cleaned.get("all_agreed") and not cleaned.get("source") and "source" not in columns:
            self.add_error("source", "Say where they agreed: one day somebody will ask.")
        return cleaned

    def columns(self) -> list[str]:
        return [self.value_of(f"column-{place}") for place in range(len(self.head))]

    def value_of(self, name: str) -> str:
        if not self.is_bound:
            return str(self.fields[name].initial or "")
        return str(getattr(self, "cleaned_data", {}).get(name, ""))

    def rules(self) -> Rules:
        """As far as it is understood, which is enough for a look."""
        said = getattr(self, "cleaned_data", {})
        return Rules(
            self.head,
            self.columns(),
            said.get("country_code", ""),
            said.get("tags", []),
            bool(said.get("all_agreed")),
            said.get("source", ""),
        )
