"""The admin's forms: they carry what an action refused, and the note that goes into a log."""

from typing import Any

from django import forms
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


class ConfirmDialog(BaseDialogForm):
    """Nothing to fill in: are you sure?"""


class NoteDialog(BaseDialogForm):
    note = forms.CharField(
        label="Note", required=False, max_length=500, widget=UnfoldAdminTextareaWidget({"rows": 3, "placeholder": WHY})
    )


class ReasonDialog(BaseDialogForm):
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
