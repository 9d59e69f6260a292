"""The workspace admin's first page: how things stand, what happened last, within what this agent may see."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from agents.admin.permissions import may
from agents.guards import WorkspaceRequest
from agents.models import Agent, AgentStatusLog
from workspaces.admin.showing import card, has_second_factor, moment, panel
from workspaces.models import UserActivity

NEWEST = 8


def dashboard(request: HttpRequest) -> dict[str, Any]:
    here: WorkspaceRequest = request  # type: ignore[assignment]
    return {
        "cards": [card for code, make in CARDS if may(request, code) for card in make(here)],
        "panels": [make(here) for code, make in PANELS if may(request, code)],
    }


def team_cards(request: WorkspaceRequest) -> list[dict[str, Any]]:
    agents = reverse("workspace_admin:agents_agent_changelist")
    working = Agent.objects.active().count()
    return [
        card("Working now", working, f"{agents}?is_active__exact=1", "support_agent"),
        card(
            "Receiving new chats",
            Agent.objects.receiving().count(),
            f"{agents}?is_active__exact=1&can_receive_new_chats__exact=1",
            "forum",
        ),
    ]


def member_cards(request: WorkspaceRequest) -> list[dict[str, Any]]:
    invitations = reverse("workspace_admin:workspaces_invitation_changelist")
    members = reverse("workspace_admin:workspaces_membership_changelist")
    unprotected = request.workspace.memberships.active().exclude(has_second_factor("user")).count()
    return [
        card(
            "Pending invitations",
            request.workspace.invitations.open().count(),
            f"{invitations}?state=pending",
            "mail",
        ),
        card(
            "Members without two-factor",
            unprotected,
            f"{members}?two_factor=no&status__exact=ACTIVE",
            "shield",
            alarming=bool(unprotected and request.workspace.requires_two_factor),
        ),
    ]


def status_panel(request: WorkspaceRequest) -> dict[str, Any]:
    logs = AgentStatusLog.objects.select_related("agent__user", "changed_by__user")[:NEWEST]
    rows = [
        [
            log.agent.name,
            f"{log.get_switch_display()}: {log.get_changed_to_display().lower()}".capitalize(),
            log.changed_by.name if log.changed_by else "The system",
            moment(log.changed_at),
        ]
        for log in logs
    ]
    url = reverse("workspace_admin:agents_agentstatuslog_changelist")
    nothing = "Nobody's switches have been turned yet."
    return panel("Availability", ["Agent", "Turned", "By", "When"], rows, url=url, nothing=nothing)


def audit_panel(request: WorkspaceRequest) -> dict[str, Any]:
    activities = UserActivity.objects.within(request.workspace).select_related("user")[:NEWEST]
    rows = [[activity.actor, activity.description, moment(activity.created_at)] for activity in activities]
    url = reverse("workspace_admin:workspaces_useractivity_changelist")
    return panel("Audit log", ["Who", "What", "When"], rows, url=url, nothing="Nothing has been recorded yet.")


CARDS: list[tuple[str, Callable[[WorkspaceRequest], list[dict[str, Any]]]]] = [
    ("team.view", team_cards),
    ("members.view", member_cards),
]
PANELS: list[tuple[str, Callable[[WorkspaceRequest], dict[str, Any]]]] = [
    ("team.view", status_panel),
    ("audit.view", audit_panel),
]
