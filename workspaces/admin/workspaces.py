"""Workspaces as an operator handles them: suspended, let in again, reopened; never edited."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import display as plain
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from unfold.decorators import display

from workspaces.actions.workspaces import reactivate_workspace, reopen_workspace, suspend_workspace
from workspaces.admin.doors import dialog
from workspaces.admin.forms import ConfirmDialog, ReasonDialog
from workspaces.admin.operating import OperatorAdmin, OperatorInline
from workspaces.admin.showing import BAD, FAIR, GOOD, link, moment, person_header
from workspaces.admin.site import operators
from workspaces.models import Domain, Membership, Workspace
from workspaces.views.chooser import PersonRequest

STATES = {"Active": GOOD, "Suspended": BAD, "Closed": FAIR, "Erased": ""}


class DomainInline(OperatorInline):
    model = Domain
    verbose_name_plural = "Hosts"
    fields = readonly_fields = ["domain", "is_primary"]


class MemberInline(OperatorInline):
    model = Membership
    verbose_name_plural = "Members"
    fields = readonly_fields = ["person", "email", "role", "status", "joined"]
    per_page = 20

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("user", "workspace")

    def person(self, member: Membership) -> str:
        return link(operators.page_of(member), member.user.name)

    def email(self, member: Membership) -> str:
        return member.user.email

    def joined(self, member: Membership) -> str:
        return moment(member.joined_at)


@admin.register(Workspace, site=operators)
class WorkspaceAdmin(OperatorAdmin):
    title = "Workspaces"
    icon = "domain"
    in_search = True
    inlines = [DomainInline, MemberInline]
    list_display = ["what", "state", "owned_by", "members", "created", "erased_after"]
    list_filter = ["status", "requires_two_factor", "created_at"]
    list_select_related = ["owner"]
    search_fields = ["name", "slug", "schema_name", "owner__email", "owner__first_name", "owner__last_name"]
    date_hierarchy = "created_at"
    ordering = ["-created_at"]
    quick_dialogs = {"suspend": "Suspend", "reactivate": "Reactivate", "reopen": "Reopen"}
    actions_detail = ["suspend", "reactivate", "reopen"]
    fieldsets = [
        (None, {"fields": ["name", "state", "status_note", "owner_line", "description"]}),
        ("Rules", {"fields": ["visibility", "requires_two_factor"]}),
        ("Where it lives", {"fields": ["address", "schema_name", "created_at", "closed_at", "erase_after", "log"]}),
    ]
    readonly_fields = ["state", "owner_line", "address", "closed_at", "erase_after", "log"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Workspace]:
        active = Membership.objects.active().filter(workspace=OuterRef("pk")).order_by().values("workspace")
        counted = Subquery(active.annotate(count=Count("pk")).values("count"), output_field=IntegerField())
        return super().get_queryset(request).select_related("owner").annotate(member_count=Coalesce(counted, 0))

    # Columns.
    @display(description="Workspace", header=True, ordering="name")
    def what(self, workspace: Workspace) -> list[str]:
        return [workspace.name, workspace.host, workspace.name[0]]

    @display(description="Status", label=STATES, ordering="status")
    def state(self, workspace: Workspace) -> str:
        return workspace.get_status_display().partition(",")[0]

    @display(description="Owner", header=True, ordering="owner__first_name")
    def owned_by(self, workspace: Workspace) -> list[str]:
        return person_header(workspace.owner)[:2]

    @plain(description="Owner")
    def owner_line(self, workspace: Workspace) -> str:
        return link(operators.page_of(workspace.owner), f"{workspace.owner.name}, {workspace.owner.email}")

    @plain(description="Members", ordering="member_count")
    def members(self, workspace: Workspace) -> int:
        return workspace.member_count

    @plain(description="Created", ordering="created_at")
    def created(self, workspace: Workspace) -> str:
        return moment(workspace.created_at)

    @plain(description="Erased", ordering="erase_after")
    def erased_after(self, workspace: Workspace) -> str:
        if workspace.status == Workspace.Status.ERASED:
            return "Done"
        return moment(workspace.erase_after)

    def address(self, workspace: Workspace) -> str:
        return link(workspace.url, workspace.host)

    @plain(description="Audit log")
    def log(self, workspace: Workspace) -> str:
        rows = reverse("operators:workspaces_useractivity_changelist")
        return link(f"{rows}?workspace__id__exact={workspace.pk}", "What happened there")

    # Doors.
    def fitting(self, row: Workspace) -> set[str]:
        offered = {"ACTIVE": {"suspend"}, "SUSPENDED": {"reactivate"}, "CLOSED": {"reopen"}}
        return offered.get(row.status, set())

    @dialog(
        "Suspend workspace",
        may="operate",
        icon="block",
        submit="Suspend",
        danger=True,
        form=ReasonDialog,
        text="Everybody there is signed out and sees a page with this reason. Webhooks are still stored.",
    )
    def suspend(self, request: PersonRequest, workspace: Workspace, note: str) -> str:
        suspend_workspace(workspace, note=note, by=request.user)
        return f"{workspace.name} is suspended."

    @dialog(
        "Reactivate workspace",
        may="operate",
        icon="undo",
        submit="Reactivate",
        form=ConfirmDialog,
        text="Its members can come in again.",
    )
    def reactivate(self, request: PersonRequest, workspace: Workspace, note: str) -> str:
        reactivate_workspace(workspace, by=request.user)
        return f"{workspace.name} is active again."

    @dialog(
        "Reopen workspace",
        may="operate",
        icon="lock_open",
        submit="Reopen",
        form=ConfirmDialog,
        text="Its owner closed it. Reopened, it is not erased and its members can come in again.",
    )
    def reopen(self, request: PersonRequest, workspace: Workspace, note: str) -> str:
        reopen_workspace(workspace, by=request.user)
        return f"{workspace.name} is open again."

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup == "owner__id__exact" or super().lookup_allowed(lookup, value, request)
