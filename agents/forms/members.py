"""Forms about members and invitations."""

from django import forms

from agents.models import Agent, Position
from workspaces.forms.people import words
from workspaces.models import Membership, Role

TYPED = words(autocomplete="off", autocapitalize="none", spellcheck="false")


class InvitationForm(forms.Form):
    email = forms.EmailField(label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(choices=[], widget=forms.RadioSelect)
    position = forms.ModelChoiceField(queryset=Position.objects.none(), to_field_name="slug", empty_label=None)

    def __init__(self, *args: object, by: Membership, agent: Agent, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["role"].choices = [choice for choice in Role.grantable() if by.outranks(choice[0])]  # type: ignore[attr-defined]
        self.fields["role"].initial = Role.MEMBER
        self.fields["position"].queryset = Position.objects.all()  # type: ignore[attr-defined]
        self.fields["position"].initial = Position.AGENT


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.grantable())


class PositionChoiceForm(forms.Form):
    position = forms.ModelChoiceField(queryset=Position.objects.all(), to_field_name="slug", empty_label=None)


class NoteForm(forms.Form):
    note = forms.CharField(
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"placeholder": "Why? (kept in the log)"}),
    )


class SwitchForm(NoteForm):
    on = forms.BooleanField(required=False)


class AvailabilityForm(NoteForm):
    availability = forms.ChoiceField(choices=Agent.Availability.choices)


class TransferForm(forms.Form):
    # Nobody is chosen by default: this one is not undone by oneself.
    to = forms.ModelChoiceField(label="New owner", queryset=Membership.objects.none(), empty_label="Choose somebody")
    confirm = forms.CharField(label="The address, typed to confirm", widget=TYPED)

    def __init__(self, *args: object, membership: Membership, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.slug = membership.workspace.slug
        field = self.fields["to"]
        field.queryset = (  # type: ignore[attr-defined]
            membership.workspace.memberships.active().exclude(pk=membership.pk).select_related("user", "workspace")
        )
        field.label_from_instance = lambda member: f"{member.user.name} ({member.user.email})"  # type: ignore[attr-defined]

    def clean_confirm(self) -> str:
        return confirmed(self.cleaned_data["confirm"], self.slug)


class ClosingForm(forms.Form):
    note = forms.CharField(
        label="Why are you closing it?",
        required=False,
        max_length=500,
        help_text="Optional. Members read it under My workspaces.",
        widget=words(),
    )
    confirm = forms.CharField(label="The address, typed to confirm", widget=TYPED)

    def __init__(self, *args: object, slug: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.slug = slug

    def clean_confirm(self) -> str:
        return confirmed(self.cleaned_data["confirm"], self.slug)


def confirmed(typed: str, slug: str) -> str:
    if typed.strip().lower() != slug:
        raise forms.ValidationError(f"Type “{slug}” to confirm.")
    return typed
