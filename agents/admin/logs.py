"""What happened here: the switches of agents, and the audit log. Nobody changes either."""

from django.contrib import admin
from django.contrib.admin import display as plain
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from agents.admin.filters import AgentFilter, PersonFilter
from agents.admin.permissions import Coded, WorkspaceAdmin
from agents.admin.site import workspace_admin
from agents.guards import WorkspaceRequest
from agents.models import AgentStatusLog
from workspaces.admin.activities import ActivityAdmin, AreaFilter
from workspaces.admin.showing import FAIR, GOOD, NOTHING, PLAIN, Person, moment, person_header
from workspaces.models import User, UserActivity


@admin.register(AgentStatusLog, site=workspace_admin)
class StatusLogAdmin(Person, WorkspaceAdmin):
    title = "Status log"
    view_code = "team.view"
    icon = "toggle_on"
    list_display = ["when", "who", "switch_name", "turned", "by", "note"]
    list_filter = [AgentFilter, "switch", "changed_to"]
    list_filter_submit = True
    list_select_related = ["agent__user", "changed_by__user"]
    search_fields = ["agent__user__first_name", "agent__user__last_name", "agent__user__email", "note"]
    date_hierarchy = "changed_at"
    fields = ["person", "switch_name", "turned", "by", "changed_at", "note"]

    def get_queryset(self, request: WorkspaceRequest) -> QuerySet[AgentStatusLog]:
        return super().get_queryset(request).select_related("agent__user", "changed_by__user")

    def subject(self, row: AgentStatusLog) -> User:
        return row.agent.user

    @display(description="Agent", header=True, ordering="agent__user__first_name")
    def who(self, row: AgentStatusLog) -> list[str]:
        return person_header(row.agent.user)

    @plain(description="When", ordering="changed_at")
    def when(self, log: AgentStatusLog) -> str:
        return moment(log.changed_at)

    @plain(description="Switch", ordering="switch")
    def switch_name(self, log: AgentStatusLog) -> str:
        return log.get_switch_display().capitalize()

    @display(
        description="Turned", label={"On": GOOD, "Online": GOOD, "Away": FAIR, "Off": PLAIN}, ordering="changed_to"
    )
    def turned(self, log: AgentStatusLog) -> str:
        return str(log.get_changed_to_display())

    @plain(description="By")
    def by(self, log: AgentStatusLog) -> str:
        return log.changed_by.name if log.changed_by else "The system"


@admin.register(UserActivity, site=workspace_admin)
class AuditAdmin(Coded, ActivityAdmin):
    """An operator who stepped in is one of Switchboard's: without a name, an address or a browser."""

    view_code = "audit.view"
    list_display = ["when", "who", "what", "description", "address"]
    list_filter = [AreaFilter, PersonFilter]
    list_filter_submit = True
    fields = ["person", "what", "description", "created_at", "address", "browser", "metadata"]
    readonly_fields = ["person", "what", "created_at", "address", "browser"]

    def get_queryset(self, request: WorkspaceRequest) -> QuerySet[UserActivity]:
        return super().get_queryset(request).filter(workspace=request.workspace)

    def get_search_results(
        self, request: HttpRequest, rows: QuerySet[UserActivity], term: str
    ) -> tuple[QuerySet[UserActivity], bool]:
        """By name and address nobody finds them either."""
        found, doubled = super().get_search_results(request, rows, term)
        return (found.filter(Q(by_operator=False) | Q(description__icontains=term)) if term else found), doubled

    @display(description="Person", header=True, ordering="user__first_name")
    def who(self, row: UserActivity) -> list[str]:
        return [row.actor, "", NOTHING] if row.by_operator else super().who(row)

    @plain(description="Person")
    def person(self, row: UserActivity) -> str:
        return row.actor if row.by_operator else super().person(row)

    @plain(description="IP address", ordering="ip_address")
    def address(self, row: UserActivity) -> str:
        return NOTHING if row.by_operator else row.ip_address or NOTHING

    @plain(description="Browser")
    def browser(self, row: UserActivity) -> str:
        return NOTHING if row.by_operator else row.user_agent or NOTHING
