"""Invitations of this workspace: asking somebody in is how a member is added."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import display as plain
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget

from agents.actions import members as actions
from agents.admin.filters import InvitationStateFilter
from agents.admin.permissions import WorkspaceAdmin, may
from agents.admin.site import workspace_admin
from agents.guards import WorkspaceRequest
from agents.models import Position
from workspaces.admin.doors import act_on_each, dialog
from workspaces.admin.forms import ConfirmDialog
from workspaces.admin.showing import BAD, GOOD, NOTHING, PLAIN, moment, state_of_invitation
from workspaces.limits import check_invitation_limits
from workspaces.models import Invitation, Role


@admin.register(Invitation, site=workspace_admin)
class InvitationAdmin(WorkspaceAdmin):
    title = "Invitations"
    view_code = "members.view"
    icon = "mail"
    in_search = True
    list_display = ["email", "state", "has_role", "position_name", "invited", "sent", "expires"]
    list_filter = [InvitationStateFilter, "role"]
    list_select_related = ["invited_by", "workspace"]
    search_fields = ["email", "invited_by__first_name", "invited_by__last_name", "invited_by__email"]
    date_hierarchy = "created_at"
    add_fieldsets = [(None, {"fields": ["email", "role", "position"]})]
    fields = ["email", "state", "has_role", "position_name", "invited", "sent", "expires"]
    readonly_fields = ["state", "has_role", "position_name", "invited", "sent", "expires"]
    quick_dialogs = {"resend": "Resend", "withdraw": "Withdraw"}
    quick_permission = "invite"
    actions = ["resend_all", "withdraw_all"]
    actions_detail = ["resend", "withdraw"]

    def get_queryset(self, request: WorkspaceRequest) -> QuerySet[Invitation]:
        mine = super().get_queryset(request).filter(workspace=request.workspace)
        return mine.select_related("invited_by", "workspace")

    def has_add_permission(self, request: WorkspaceRequest, obj: Any = None) -> bool:
        return may(request, "members.manage")

    has_invite_permission = has_add_permission

    def formfield_for_dbfield(self, db_field: Any, request: WorkspaceRequest, **kwargs: Any) -> Any:
        if db_field.name == "role":
            kwargs["choices"] = [choice for choice in Role.grantable() if request.membership.outranks(choice[0])]
        if db_field.name == "position":
            positions = [(position.slug, position.name) for position in Position.objects.all()]
            return forms.ChoiceField(choices=positions, initial=Position.AGENT, widget=UnfoldAdminSelectWidget())
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    # Columns.
    @display(
        description="Status",
        label={"Pending": PLAIN, "Accepted": GOOD, "Expired": BAD, "Withdrawn": ""},
    )
    def state(self, invitation: Invitation) -> str:
        return state_of_invitation(invitation)

    @plain(description="Role", ordering="role")
    def has_role(self, invitation: Invitation) -> str:
        return invitation.get_role_display()

    @plain(description="Position", ordering="position")
    def position_name(self, invitation: Invitation) -> str:
        return invitation.position.replace("-", " ").capitalize()

    @plain(description="Invited by")
    def invited(self, invitation: Invitation) -> str:
        return invitation.invited_by.name

    @plain(description="Sent", ordering="sent_at")
    def sent(self, invitation: Invitation) -> str:
        return moment(invitation.sent_at)

    @plain(description="Link expires", ordering="expires_at")
    def expires(self, invitation: Invitation) -> str:
        return moment(invitation.expires_at) if invitation.is_pending else NOTHING

    # Doors.
    def save_model(self, request: WorkspaceRequest, obj: Any, form: Any, change: bool) -> None:
        given = form.cleaned_data
        check_invitation_limits(request, given["email"])
        made = actions.invite_member(
            request.workspace,
            email=given["email"],
            role=given["role"],
            position=Position.objects.get(slug=given["position"]),
            by=request.agent,
        )
        obj.pk = made.pk

    def response_add(self, request: WorkspaceRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        messages.success(request, f"The invitation is on its way to {obj.email}.")
        return redirect(request.path if "_addanother" in request.POST else self.admin_site.list_of(self.opts))

    def fitting(self, row: Invitation) -> set[str]:
        return {"resend", "withdraw"} if row.is_pending else set()

    @dialog(
        "Send again",
        may="invite",
        icon="forward_to_inbox",
        submit="Send",
        form=ConfirmDialog,
        text="A new link is good for a week; the old one no longer works.",
    )
    def resend(self, request: WorkspaceRequest, invitation: Invitation, note: str) -> str:
        self.send(request, invitation)
        return f"A new link is on its way to {invitation.email}; the old one no longer works."

    @dialog(
        "Withdraw",
        may="invite",
        icon="cancel_schedule_send",
        submit="Withdraw",
        form=ConfirmDialog,
        danger=True,
        text="The link that was sent no longer works.",
    )
    def withdraw(self, request: WorkspaceRequest, invitation: Invitation, note: str) -> str:
        actions.withdraw_invitation(invitation, by=request.agent)
        return f"{invitation.email}'s invitation is withdrawn."

    @action(description="Send again", permissions=["invite"])
    def resend_all(self, request: WorkspaceRequest, invitations: QuerySet[Invitation]) -> None:
        act_on_each(request, invitations, lambda row: self.send(request, row), done="Sent again")

    @action(description="Withdraw", permissions=["invite"])
    def withdraw_all(self, request: WorkspaceRequest, invitations: QuerySet[Invitation]) -> None:
        act_on_each(
            request, invitations, lambda row: actions.withdraw_invitation(row, by=request.agent), done="Withdrawn"
        )

    def send(self, request: WorkspaceRequest, invitation: Invitation) -> None:
        check_invitation_limits(request, invitation.email)
        actions.resend_invitation(invitation, by=request.agent)
