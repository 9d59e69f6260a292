"""The operators' first page: how many, what is new, what waits for a decision or for its end."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import formats, timezone

from workspaces.admin.showing import NOTHING, card, has_verified_email, link, moment, panel
from workspaces.models import User, UserActivity, Workspace

NEWEST = 8


def dashboard() -> dict[str, Any]:
    return {
        "cards": [*workspace_cards(), *people_cards()],
        "panels": [newest_panel(), suspended_panel(), erasure_panel(), audit_panel()],
    }


def workspace_cards() -> list[dict[str, Any]]:
    rows = reverse("operators:workspaces_workspace_changelist")
    week_ago = timezone.now() - timedelta(days=7)
    status = Workspace.Status
    counts = Workspace.objects.aggregate(
        active=Count("pk", filter=Q(status=status.ACTIVE)),
        new=Count("pk", filter=Q(created_at__gte=week_ago)),
        suspended=Count("pk", filter=Q(status=status.SUSPENDED)),
        closed=Count("pk", filter=Q(status=status.CLOSED)),
    )
    since = week_ago.strftime("%Y-%m-%dT%H:%M:%SZ")
    return [
        card("Active workspaces", counts["active"], f"{rows}?status__exact=ACTIVE", "domain"),
        card("New this week", counts["new"], f"{rows}?created_at__gte={since}", "fiber_new"),
        card("Suspended", counts["suspended"], f"{rows}?status__exact=SUSPENDED", "block"),
        card("Closed, to be erased", counts["closed"], f"{rows}?status__exact=CLOSED", "auto_delete"),
    ]


def people_cards() -> list[dict[str, Any]]:
    rows = reverse("operators:workspaces_user_changelist")
    counts = User.objects.aggregate(
        all=Count("pk"),
        off=Count("pk", filter=Q(is_active=False)),
        operators=Count("pk", filter=Q(is_staff=True)),
    )
    unverified = User.objects.exclude(has_verified_email("pk", "email")).count()
    return [
        card("People", counts["all"], rows, "person"),
        card("Never verified", unverified, f"{rows}?verified=no", "mark_email_unread"),
        card("Deactivated", counts["off"], f"{rows}?is_active__exact=0", "person_off"),
        card("Operators", counts["operators"], f"{rows}?is_staff__exact=1", "shield_person"),
    ]


def newest_panel() -> dict[str, Any]:
    newest = Workspace.objects.with_schema().select_related("owner").order_by("-created_at")[:NEWEST]
    rows = [[to(row), row.owner.email, moment(row.created_at)] for row in newest]
    url = reverse("operators:workspaces_workspace_changelist")
    return panel("Newest workspaces", ["Workspace", "Owner", "Created"], rows, url=url, nothing="No workspace yet.")


def suspended_panel() -> dict[str, Any]:
    suspended = Workspace.objects.filter(status=Workspace.Status.SUSPENDED).order_by("-updated_at")[:NEWEST]
    rows = [[to(row), row.status_note, moment(row.updated_at)] for row in suspended]
    url = reverse("operators:workspaces_workspace_changelist") + "?status__exact=SUSPENDED"
    return panel("Suspended", ["Workspace", "Reason", "Since"], rows, url=url, nothing="None is suspended.")


def erasure_panel() -> dict[str, Any]:
    closed = Workspace.objects.filter(status=Workspace.Status.CLOSED).order_by("erase_after")[:NEWEST]
    rows = [
        [to(row), row.status_note or NOTHING, formats.date_format(timezone.localtime(row.erase_after))]
        for row in closed
        if row.erase_after
    ]
    url = reverse("operators:workspaces_workspace_changelist") + "?status__exact=CLOSED"
    return panel("Waiting to be erased", ["Workspace", "Reason", "On"], rows, url=url, nothing="None is closed.")


def audit_panel() -> dict[str, Any]:
    activities = UserActivity.objects.select_related("user", "workspace")[:NEWEST]
    rows = [
        [
            activity.user.name if activity.user else "The system",
            activity.description,
            activity.workspace.name if activity.workspace else NOTHING,
            moment(activity.created_at),
        ]
        for activity in activities
    ]
    url = reverse("operators:workspaces_useractivity_changelist")
    headers = ["Who", "What", "Workspace", "When"]
    return panel("Audit log", headers, rows, url=url, nothing="Nothing has been recorded yet.")


def to(workspace: Workspace) -> str:
    return link(reverse("operators:workspaces_workspace_change", args=[workspace.pk]), workspace.name)
