"""A workspace's pages about its people and itself."""

from django.urls import path

from agents.views import activity, availability, home, live, members, settings, team, theme

app_name = "agents"

urlpatterns = [
    path("", home.home, name="home"),
    path("stream-token/", live.stream_token, name="stream-token"),
    path("theme/", theme.theme, name="theme"),
    path("availability/", availability.availability, name="availability"),
    path("pulse/", availability.pulse, name="pulse"),
    path("team/", team.team, name="team"),
    path("team/<uuid:pk>/", team.agent, name="agent"),
    path("team/<uuid:pk>/active/", team.active, name="agent-active"),
    path("team/<uuid:pk>/availability/", availability.agent_availability, name="agent-availability"),
    path("team/<uuid:pk>/receiving/", team.receiving, name="agent-receiving"),
    path("team/<uuid:pk>/position/", team.position, name="agent-position"),
    path("settings/", settings.general, name="settings"),
    path("settings/security/", settings.security, name="security"),
    path("settings/ownership/", settings.ownership, name="ownership"),
    path("settings/members/", members.members, name="members"),
    path("settings/members/<uuid:pk>/role/", members.role, name="member-role"),
    path("settings/members/<uuid:pk>/suspension/", members.suspension, name="member-suspension"),
    path("settings/invitations/", members.invitations, name="invitations"),
    path("settings/invitations/<uuid:pk>/sending/", members.invitation_sending, name="invitation-sending"),
    path(
        "settings/invitations/<uuid:pk>/withdrawal/",
        members.invitation_withdrawal,
        name="invitation-withdrawal",
    ),
    path("settings/activity/", activity.activity, name="activity"),
]
