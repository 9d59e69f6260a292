"""Members of this workspace: their role, and whether they are let in."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import display as plain
from django.db.models import OuterRef, QuerySet, Subquery
from unfold.decorators import action, display

from agents.actions import members as actions
from agents.admin.permissions import WorkspaceAdmin, may
from agents.admin.site import workspace_admin
from agents.guards import WorkspaceRequest
from agents.models import Agent
from agents.rosters import roles_for
from workspaces.admin.doors import act_on_each, dialog
from workspaces.admin.filters import TwoFactorFilter
from workspaces.admin.forms import NotedActionForm
from workspaces.admin.showing import BAD, GOOD, NOTHING, PLAIN, Person, has_second_factor, moment
from workspaces.models import Membership, Role

ROLES = {"Owner": GOOD, "Admin": GOOD, "Member": PLAIN, "Viewer": ""}


@admin.register(Membership, site=workspace_admin)
class MemberAdmin(Person, WorkspaceAdmin):
    title = "Members"
    view_code = "members.view"
    change_code = "members.manage"
    icon = "group"
    in_search = True
    action_form = NotedActionForm
    list_display = ["who", "has_role", "position", "state", "second_factor", "joined", "invited"]
    list_filter = ["role", "status", TwoFactorFilter]
    list_select_related = ["user", "invited_by", "workspace"]
    search_fields = ["user__first_name", "user__last_name", "user__email"]
    date_hierarchy = "joined_at"
    fields = ["person", "role", "state", "position", "second_factor", "joined", "invited"]
    readonly_fields = ["person", "state", "position", "second_factor", "joined", "invited"]
    quick_dialogs = {"suspend": "Suspend", "reactivate": "Reactivate"}
    actions = ["suspend_all", "reactivate_all"]
    actions_detail = ["suspend", "reactivate"]

    def get_queryset(self, request: WorkspaceRequest) -> QuerySet[Membership]:
        held = Agent.objects.filter(user=OuterRef("user")).values("position__name")
        mine = super().get_queryset(request).filter(workspace=request.workspace)
        return mine.select_related("user", "invited_by", "workspace").annotate(
            two_factor=has_second_factor("user"), position_name=Subquery(held[:1])
        )

    def has_change_permission(self, request: WorkspaceRequest, obj: Any = None) -> bool:
        """Not the owner's role, nor one's own, nor of those above."""
        fixed = isinstance(obj, Membership) and not roles_for(obj, by=request.membership)
        return may(request, self.change_code) and not fixed

    def formfield_for_choice_field(self, db_field: Any, request: WorkspaceRequest, **kwargs: Any) -> Any:
        if db_field.name == "role":
            kwargs["choices"] = [choice for choice in Role.grantable() if request.membership.outranks(choice[0])]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    # Columns.
    @display(description="Role", label=ROLES, ordering="role")
    def has_role(self, member: Membership) -> str:
        return member.get_role_display()

    @plain(description="Position", ordering="position_name")
    def position(self, member: Membership) -> str:
        return member.position_name or NOTHING  # type: ignore[attr-defined]

    @display(description="Status", label={"Active": GOOD, "Suspended": BAD}, ordering="status")
    def state(self, member: Membership) -> str:
        return member.get_status_display()

    @plain(description="Joined", ordering="joined_at")
    def joined(self, member: Membership) -> str:
        return moment(member.joined_at)

    @plain(description="Invited by")
    def invited(self, member: Membership) -> str:
        return member.invited_by.name if member.invited_by else NOTHING

    # Doors.
    def save_model(self, request: WorkspaceRequest, obj: Any, form: Any, change: bool) -> None:
        actions.change_role(obj, form.cleaned_data["role"], by=request.agent)

    def fitting(self, row: Membership) -> set[str]:
        if row.is_owner:
            return set()
        return {"suspend" if row.is_active else "reactivate"}

    @dialog(
        "Suspend member",
        may="change",
        icon="block",
        submit="Suspend",
        danger=True,
        text="Their sessions in this workspace end at once, and they cannot come back until they are reactivated.",
    )
    def suspend(self, request: WorkspaceRequest, member: Membership, note: str) -> str:
        actions.suspend_member(member, note=note, by=request.agent)
        return f"{member.user.name} is suspended."

    @dialog("Reactivate member", may="change", icon="undo", submit="Reactivate", text="They can come in again.")
    def reactivate(self, request: WorkspaceRequest, member: Membership, note: str) -> str:
        actions.reactivate_member(member, note=note, by=request.agent)
        return f"{member.user.name} is active again."

    @action(description="Suspend", permissions=["change"])
    def suspend_all(self, request: WorkspaceRequest, members: QuerySet[Membership]) -> None:
        note = request.POST.get("note", "")[:500]
        act_on_each(
            request,
            members,
            lambda member: actions.suspend_member(member, note=note, by=request.agent),
            done="Suspended",
        )

    @action(description="Reactivate", permissions=["change"])
    def reactivate_all(self, request: WorkspaceRequest, members: QuerySet[Membership]) -> None:
        note = request.POST.get("note", "")[:500]
        act_on_each(
            request,
            members,
            lambda member: actions.reactivate_member(member, note=note, by=request.agent),
            done="Reactivated",
        )
