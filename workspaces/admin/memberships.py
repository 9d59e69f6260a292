"""Members and invitations of every workspace, for operators: who suspend and reactivate, and change no role."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import display as plain
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from workspaces.actions.memberships import reactivate_member, suspend_member
from workspaces.admin.doors import dialog
from workspaces.admin.operating import OperatorAdmin
from workspaces.admin.showing import BAD, GOOD, PLAIN, Person, link, moment, state_of_invitation
from workspaces.admin.site import operators
from workspaces.models import Invitation, Membership, Workspace
from workspaces.views.chooser import PersonRequest


@admin.register(Membership, site=operators)
class MembershipAdmin(Person, OperatorAdmin):
    title = "Members"
    icon = "group"
    list_display = ["who", "place", "has_role", "state", "joined"]
    list_filter = ["role", "status"]
    list_select_related = ["user", "workspace"]
    search_fields = ["user__first_name", "user__last_name", "user__email", "workspace__name", "workspace__slug"]
    date_hierarchy = "joined_at"
    ordering = ["-joined_at"]
    fields = readonly_fields = ["person", "place", "has_role", "state", "joined"]
    actions_detail = ["suspend", "reactivate"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("user", "workspace")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # Columns.
    @plain(description="Workspace", ordering="workspace__name")
    def place(self, member: Membership) -> str:
        return link(operators.page_of(member.workspace), member.workspace.name)

    @display(description="Role", label={"Owner": GOOD, "Admin": GOOD, "Member": PLAIN}, ordering="role")
    def has_role(self, member: Membership) -> str:
        return member.get_role_display()

    @display(description="Status", label={"Active": GOOD, "Suspended": BAD}, ordering="status")
    def state(self, member: Membership) -> str:
        return member.get_status_display()

    @plain(description="Joined", ordering="joined_at")
    def joined(self, member: Membership) -> str:
        return moment(member.joined_at)

    # Doors.
    def fitting(self, row: Membership) -> set[str]:
        if not is_open_to_change(row):
            return set()
        return {"suspend" if row.is_active else "reactivate"}

    @dialog(
        "Suspend member",
        may="operate",
        icon="block",
        submit="Suspend",
        danger=True,
        text="Their sessions in this workspace end at once; elsewhere nothing changes.",
    )
    def suspend(self, request: PersonRequest, member: Membership, note: str) -> str:
        suspend_member(member, note=note, by=request.user)
        return f"{member.user.name} is suspended in {member.workspace.name}."

    @dialog("Reactivate member", may="operate", icon="undo", submit="Reactivate", text="They can come in again.")
    def reactivate(self, request: PersonRequest, member: Membership, note: str) -> str:
        reactivate_member(member, note=note, by=request.user)
        return f"{member.user.name} is active again in {member.workspace.name}."


def is_open_to_change(member: Any) -> bool:
    if not isinstance(member, Membership):
        return True
    return not member.is_owner and member.workspace.status != Workspace.Status.ERASED


@admin.register(Invitation, site=operators)
class InvitationAdmin(OperatorAdmin):
    title = "Invitations"
    icon = "mail"
    list_display = ["email", "place", "state", "role", "invited", "sent"]
    list_filter = ["role"]
    list_select_related = ["workspace", "invited_by"]
    search_fields = ["email", "workspace__name", "workspace__slug"]
    date_hierarchy = "created_at"
    fields = ["email", "place", "state", "role", "position", "invited", "sent_at", "expires_at", "accepted_at"]
    readonly_fields = ["place", "state", "invited"]

    @plain(description="Workspace", ordering="workspace__name")
    def place(self, invitation: Invitation) -> str:
        return link(operators.page_of(invitation.workspace), invitation.workspace.name)

    @display(description="Status", label={"Pending": PLAIN, "Accepted": GOOD, "Expired": BAD, "Withdrawn": ""})
    def state(self, invitation: Invitation) -> str:
        return state_of_invitation(invitation)

    @plain(description="Invited by")
    def invited(self, invitation: Invitation) -> str:
        return invitation.invited_by.name

    @plain(description="Sent", ordering="sent_at")
    def sent(self, invitation: Invitation) -> str:
        return moment(invitation.sent_at)
