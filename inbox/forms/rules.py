"""Forms about the inbox's rules."""

from django import forms

from inbox.models import InboxRules


class InboxRulesForm(forms.ModelForm):
    class Meta:
        model = InboxRules
        fields = ["auto_close_days"]
        labels = {"auto_close_days": "Close a chat after"}
        help_texts = {"auto_close_days": "1 to 365. Empty: no chat is closed by itself."}
        widgets = {"auto_close_days": forms.NumberInput(attrs={"min": 1, "max": 365, "inputmode": "numeric"})}
