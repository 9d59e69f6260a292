"""The platform's audit log, and who is signed in where."""

from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.admin import display as plain
from django.db.models import QuerySet
from django.http import HttpRequest

from workspaces.actions.operators import end_session
from workspaces.admin.activities import ActivityAdmin, AreaFilter
from workspaces.admin.doors import dialog
from workspaces.admin.forms import ConfirmDialog
from workspaces.admin.operating import OperatorAdmin, Seen
from workspaces.admin.showing import NOTHING, Person, link, moment
from workspaces.admin.site import operators
from workspaces.browsers import browser_words
from workspaces.models import UserActivity
from workspaces.views.chooser import PersonRequest


@admin.register(UserActivity, site=operators)
class AuditAdmin(Seen, ActivityAdmin):
    list_display = ["when", "who", "what", "description", "place", "ip_address"]
    list_filter = [AreaFilter]
    fields = ["person", "place", "what", "description", "created_at", "ip_address", "user_agent", "metadata"]
    readonly_fields = ["person", "place", "what", "created_at"]

    @plain(description="Workspace")
    def place(self, activity: UserActivity) -> str:
        here = activity.workspace
        return link(operators.page_of(here), here.name) if here else NOTHING


@admin.register(UserSession, site=operators)
class SessionAdmin(Person, OperatorAdmin):
    """The key of a session is a key: it is never shown."""

    title = "Sessions"

    icon = "devices"
    list_display = ["who", "place", "address", "browser", "started", "seen"]
    list_select_related = ["user"]
    list_display_links = ["who"]
    search_fields = ["user__email", "user__first_name", "user__last_name", "=ip"]
    date_hierarchy = "created_at"
    ordering = ["-last_seen_at"]
    fields = ["person", "place", "address", "user_agent", "created_at", "last_seen_at"]
    readonly_fields = ["person", "place", "address"]
    quick_dialogs = {"end": "End"}
    actions_detail = ["end"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[UserSession]:
        return super().get_queryset(request).select_related("user")

    @plain(description="Where")
    def place(self, session: UserSession) -> str:
        return session.data.get("workspace_name") or "Public site"

    @plain(description="IP address", ordering="ip")
    def address(self, session: UserSession) -> str:
        return session.ip

    @plain(description="Browser")
    def browser(self, session: UserSession) -> str:
        return browser_words(session.user_agent)

    @plain(description="Since", ordering="created_at")
    def started(self, session: UserSession) -> str:
        return moment(session.created_at)

    @plain(description="Last seen", ordering="last_seen_at")
    def seen(self, session: UserSession) -> str:
        return moment(session.last_seen_at)

    @dialog(
        "End session",
        may="operate",
        icon="logout",
        submit="End session",
        danger=True,
        form=ConfirmDialog,
        text="The person is signed out there and can sign in again.",
    )
    def end(self, request: PersonRequest, session: UserSession, note: str) -> str:
        end_session(session, by=request.user)
        return f"A session of {session.user.email} is ended."
