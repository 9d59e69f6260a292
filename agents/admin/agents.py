"""Agents: who works here, what they hold, and the two switches."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import display as plain
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from agents.actions.agents import change_agent, set_active, set_position, set_receiving
from agents.admin.permissions import WorkspaceAdmin, acting, may
from agents.admin.site import workspace_admin
from agents.admin.status_logs import StatusLogInline
from agents.availability import standing_of
from agents.models import Agent, AgentStatusLog
from workspaces.admin.doors import act_on_each, dialog
from workspaces.admin.forms import NotedActionForm, NotedForm
from workspaces.admin.showing import BAD, FAIR, GOOD, NOTHING, PLAIN, Person, has_second_factor, moment

DETAILS = ["emp_id", "contact_number", "country", "states", "max_open_chats"]
SWITCHES = ["is_active", "can_receive_new_chats"]


class AgentStatusLogInline(StatusLogInline):
    model = AgentStatusLog
    fk_name = "agent"
    view_code = "team.view"
    fields = readonly_fields = ["when", "turned", "by", "note"]

    def turned(self, log: AgentStatusLog) -> str:
        return f"{log.get_switch_display().capitalize()}: {log.get_changed_to_display().lower()}"


@admin.register(Agent, site=workspace_admin)
class AgentAdmin(Person, WorkspaceAdmin):
    title = "Agents"
    view_code = "team.view"
    icon = "support_agent"
    in_search = True
    form = NotedForm
    action_form = NotedActionForm
    inlines = [AgentStatusLogInline]
    list_display = ["who", "position", "works", "stands", "receives", "most", "second_factor", "since"]
    quick_dialogs = {"pause": "Pause", "resume": "Resume"}
    quick_permission = "team"
    list_filter = [*SWITCHES, ("position", RelatedDropdownFilter), "role"]
    list_select_related = ["user", "position"]
    search_fields = ["user__first_name", "user__last_name", "user__email", "emp_id", "contact_number"]
    readonly_fields = ["person", "role", "second_factor", "since"]
    actions = ["pause_all", "resume_all"]
    actions_detail = ["pause", "resume", "switch_off", "switch_on"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agent]:
        agents = super().get_queryset(request).select_related("user", "position")
        return agents.annotate(two_factor=has_second_factor("user"))

    # Permissions.
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, "team.manage", "members.manage")

    def has_team_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, "team.manage")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fixed = list(self.readonly_fields)
        fixed += [] if may(request, "team.manage") else [*DETAILS, *SWITCHES]
        return fixed + ([] if may(request, "members.manage") else ["position"])

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        note = ["note"] if may(request, "team.manage") else []
        return [
            (None, {"fields": ["person", "role", "position", "second_factor", "since"]}),
            ("Availability", {"fields": [*SWITCHES, *note]}),
            ("Details", {"fields": DETAILS}),
        ]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "states":
            kwargs |= {"widget": UnfoldAdminTextInputWidget, "help_text": "Two letters each, with commas: CA, NY."}
        if db_field.name == "max_open_chats":
            kwargs |= {"help_text": "No more are dealt to them. Empty: as many as their position says."}
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "position":
            field.widget = field.widget.widget
        return field

    # Columns.
    @display(description="Works here", label={"Active": GOOD, "Off": BAD}, ordering="is_active")
    def works(self, agent: Agent) -> str:
        return "Active" if agent.is_active else "Off"

    @display(description="New chats", label={"Receives": GOOD, "Paused": FAIR}, ordering="can_receive_new_chats")
    def receives(self, agent: Agent) -> str:
        return "Receives" if agent.is_active and agent.can_receive_new_chats else "Paused"

    @display(
        description="Availability",
        label={"Online": GOOD, "Away": FAIR, "Idle": FAIR, "Off": PLAIN},
        ordering="availability",
    )
    def stands(self, agent: Agent) -> str:
        """As they have said, and been seen; whether they have a page open changes by the minute."""
        return standing_of(agent, is_here=True).words

    @plain(description="Chats at most", ordering="max_open_chats")
    def most(self, agent: Agent) -> str:
        if agent.limit is None:
            return NOTHING
        return str(agent.limit) if agent.max_open_chats is not None else f"{agent.limit} (from {agent.position.name})"

    @plain(description="Since", ordering="created_at")
    def since(self, agent: Agent) -> str:
        return moment(agent.created_at)

    # Doors.
    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """What was changed in the form, verb by verb; one refusal takes back all of it."""
        given, changed = form.cleaned_data, set(form.changed_data)
        if "position" in changed:
            set_position(obj, given["position"], **acting(request))  # type: ignore[arg-type]
        if values := {name: given[name] for name in DETAILS if name in changed}:
            change_agent(obj, **acting(request), **values)  # type: ignore[arg-type]
        turn = {"is_active": set_active, "can_receive_new_chats": set_receiving}
        # Who comes back is active before chats are dealt to them, and who leaves stops receiving first.
        for name in SWITCHES if given.get("is_active") else reversed(SWITCHES):
            if name in changed:
                turn[name](obj, given[name], note=given["note"], **acting(request))  # type: ignore[arg-type]

    def fitting(self, row: Agent) -> set[str]:
        if not row.is_active:
            return {"switch_on"}
        if row.role == Agent.Role.VIEWER:
            return {"switch_off"}
        return {"switch_off", "pause" if row.can_receive_new_chats else "resume"}

    @dialog("Pause new chats", may="team", icon="pause", submit="Pause", text="No new chats are dealt to them.")
    def pause(self, request: HttpRequest, agent: Agent, note: str) -> str:
        set_receiving(agent, False, note=note, **acting(request))
        return f"{agent.name} receives no new chats."

    @dialog(
        "Resume new chats", may="team", icon="play_arrow", submit="Resume", text="New chats are dealt to them again."
    )
    def resume(self, request: HttpRequest, agent: Agent, note: str) -> str:
        set_receiving(agent, True, note=note, **acting(request))
        return f"{agent.name} receives new chats again."

    @dialog(
        "Switch off",
        may="team",
        icon="person_off",
        submit="Switch off",
        danger=True,
        text="They stay a member, but can do nothing here until somebody switches them on again.",
    )
    def switch_off(self, request: HttpRequest, agent: Agent, note: str) -> str:
        set_active(agent, False, note=note, **acting(request))
        return f"{agent.name} is switched off."

    @dialog("Switch on", may="team", icon="person_check", submit="Switch on", text="They work here again.")
    def switch_on(self, request: HttpRequest, agent: Agent, note: str) -> str:
        set_active(agent, True, note=note, **acting(request))
        return f"{agent.name} works here again."

    @action(description="Pause new chats", permissions=["team"])
    def pause_all(self, request: HttpRequest, agents: QuerySet[Agent]) -> None:
        self.turn_all(request, agents, False, "No longer receive new chats")

    @action(description="Resume new chats", permissions=["team"])
    def resume_all(self, request: HttpRequest, agents: QuerySet[Agent]) -> None:
        self.turn_all(request, agents, True, "Receive new chats")

    def turn_all(self, request: HttpRequest, agents: QuerySet[Agent], on: bool, done: str) -> None:
        note = request.POST.get("note", "")[:500]
        act_on_each(request, agents, lambda agent: set_receiving(agent, on, note=note, **acting(request)), done=done)
