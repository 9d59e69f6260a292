"""Forms about canned replies."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf.global_settings import LANGUAGES
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from agents.models import Agent
from pages.files import MOST_FILES
from pages.graph.limits import size_of
from templates_app.assets import LARGEST, look_at, problems_on, takers_of
from templates_app.models import MessageTemplate, SavedAsset
from templates_app.rendering import VARIABLES, is_broken, unknown_in
from workspaces.forms.people import words
from workspaces.models import Platform

SHORTCUT = re.compile(r"[\w][\w.-]*")
OWN, SHARED = "own", "shared"
WHOSE = [(SHARED, "Everybody who answers here"), (OWN, "Only me")]


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        return [super(FilesField, self).clean(file, initial) for file in data or [] if file]


class SearchForm(forms.Form):
    q = forms.CharField(required=False, max_length=100)
    platform = forms.ChoiceField(required=False, choices=[("", ""), *Platform.choices])

    def value(self, name: str) -> str:
        """What cannot be looked for is not looked for."""
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))


class ReplyForm(forms.ModelForm):
    whose = forms.ChoiceField(label="Who can use it", choices=WHOSE, widget=forms.RadioSelect)
    language = forms.ChoiceField(required=False, choices=[("", "Not said"), *sorted(LANGUAGES, key=lambda one: one[1])])
    platform = forms.ChoiceField(
        required=False,
        choices=[("", "All platforms"), *Platform.choices],
        help_text="Elsewhere it is not offered.",
    )
    added = FilesField(required=False, label="Add files", max_length=255)
    kept = forms.ModelMultipleChoiceField(SavedAsset.objects.none(), required=False)

    class Meta:
        model = MessageTemplate
        fields = ["name", "shortcut", "content", "category", "platform", "language"]
        labels = {"content": "Text", "category": "Folder"}
        help_texts = {
            "shortcut": "Typed after a slash in the composer. Letters, digits, dots and hyphens.",
            "category": "Any word that keeps like replies together.",
        }
        widgets = {
            "name": words(autocomplete="off"),
            "shortcut": words(autocomplete="off", autocapitalize="off", spellcheck="false"),
            "content": forms.Textarea(attrs={"rows": 7, "dir": "auto"}),
            "category": words(autocomplete="off", list="folders"),
        }

    def __init__(self, *args: Any, by: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.had: Sequence[SavedAsset] = [] if self.instance._state.adding else list(self.instance.assets.all())
        self.fields["kept"].queryset = SavedAsset.objects.filter(pk__in=[one.pk for one in self.had])  # type: ignore[attr-defined]
        self.initial["whose"] = SHARED if self.instance.is_shared else OWN
        # Only who wrote it can take it back to themselves: it would be lost to everybody else.
        mine = self.instance.created_by_id == by.pk
        allowed = {SHARED: by.can("inbox.manage"), OWN: mine}
        self.fields["whose"].choices = [choice for choice in WHOSE if allowed[choice[0]]]  # type: ignore[attr-defined]

    def clean_shortcut(self) -> str:
        shortcut = str(self.cleaned_data["shortcut"]).strip().removeprefix("/").lower()
        if shortcut and not SHORTCUT.fullmatch(shortcut):
            raise ValidationError("A shortcut is one word of letters, digits, dots, hyphens and underscores.")
        return shortcut

    def clean_category(self) -> str:
        return " ".join(str(self.cleaned_data["category"]).split())

    def clean_content(self) -> str:
        content = str(self.cleaned_data["content"]).replace("\r\n", "\n").strip()
        known = ", ".join(f"{{{{{name}}}}}" for name in VARIABLES)
        if unknown := unknown_in(content):
            raise ValidationError(f"There is no variable {', '.join(unknown)}. Those there are: {known}.")
        if is_broken(content):
            raise ValidationError(f"A variable has two braces on each side. Those there are: {known}.")
        return content

    def clean_added(self) -> list[UploadedFile]:
        files: list[UploadedFile] = self.cleaned_data["added"]
        for file in files:
            if (file.size or 0) > LARGEST:
                raise ValidationError(f"{file.name} has {size_of(file.size or 0)}; no platform takes that much.")
        return files

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "whose" in cleaned:
            self.instance.is_shared = cleaned["whose"] == SHARED
        self._check_shortcut(cleaned.get("shortcut", ""))
        if "added" in cleaned and "kept" in cleaned and "platform" in cleaned:
            self._check_files(cleaned["added"], list(cleaned["kept"]), cleaned["platform"])
            if "content" in cleaned and not (cleaned["content"] or cleaned["added"] or cleaned["kept"]):
                self.add_error("content", "Write a text, or add a file.")
        return cleaned

    def _check_shortcut(self, shortcut: str) -> None:
        other = MessageTemplate.objects.beside(self.instance).filter(shortcut=shortcut).first() if shortcut else None
        if other:
            self.add_error("shortcut", f"“/{shortcut}” is the shortcut of “{other.name}”.")

    def _check_files(self, files: list[UploadedFile], kept: list[SavedAsset], platform: str) -> None:
        if len(files) + len(kept) > MOST_FILES:
            self.add_error("added", f"Up to {MOST_FILES} files go with a reply; these are {len(files) + len(kept)}.")
        for asset in [*kept, *(look_at(file, self.instance.created_by) for file in files)]:
            if platform:
                problems = problems_on(platform, asset)
            else:
                problems = [] if takers_of(asset) else [f"No platform takes {asset.name}."]
            for problem in problems:
                self.add_error("added", problem)
