"""The admin's forms: they carry what an action refused, and the note that goes into a log."""

from typing import Any

from django import forms
from django.utils.html import format_html
from unfold.forms import ActionForm, BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from workspaces.refusals import Refused

WHY = "Why? (kept in the log)"


class RefusableForm(forms.ModelForm):
    """Shown again with the reason when the action behind it said no."""

    refusal: Refused | None = None

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.refusal:
            field = self.refusal.field if self.refusal.field in self.fields else None
            self.add_error(field, words_of(self.refusal))
        return cleaned


class NotedForm(RefusableForm):
    note = forms.CharField(
        label="Why",
        required=False,
        max_length=500,
        widget=UnfoldAdminTextInputWidget(),
        help_text="Kept in the status log, next to your name.",
    )


class HouseDialog(BaseDialogForm):
    """Says whom it is about: the page behind it is blurred."""

    def render_before_template(self) -> str:
        about = getattr(self.request, "dialog_about", "")
        return format_html('<p class="look-about"><bdi>{}</bdi></p>', about) if about else ""


class ConfirmDialog(HouseDialog):
    """Nothing to fill in: are you sure?"""


class NoteDialog(HouseDialog):
    note = forms.CharField(
        label="Note", required=False, max_length=500, widget=UnfoldAdminTextareaWidget({"rows": 3, "placeholder": WHY})
    )


class ReasonDialog(HouseDialog):
    note = forms.CharField(
        label="Reason",
        max_length=500,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text="The people concerned read this.",
    )


class NotedActionForm(ActionForm):
    note = forms.CharField(
        label="",
        required=False,
        max_length=500,
        widget=UnfoldAdminTextInputWidget({"placeholder": WHY, "aria-label": WHY}),
    )


def words_of(refusal: Refused) -> str:
    return f"{refusal.message} {refusal.hint}".strip()
