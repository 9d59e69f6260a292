"""People as an operator handles them. Passwords are neither shown nor set here."""

from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.admin import display as plain
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from unfold.decorators import display

from workspaces.actions.operators import appoint_operator, dismiss_operator
from workspaces.actions.people import deactivate_person, reactivate_person
from workspaces.admin.doors import dialog
from workspaces.admin.filters import TwoFactorFilter, VerifiedFilter
from workspaces.admin.forms import ConfirmDialog
from workspaces.admin.operating import OperatorAdmin, OperatorInline
from workspaces.admin.showing import (
    BAD,
    FAIR,
    GOOD,
    NOTHING,
    Person,
    has_second_factor,
    has_verified_email,
    link,
    moment,
    person_header,
)
from workspaces.admin.site import operators
from workspaces.models import Membership, User
from workspaces.views.chooser import PersonRequest


class EmailInline(OperatorInline):
    model = EmailAddress
    verbose_name_plural = "E-mail addresses"
    fields = readonly_fields = ["email", "verified", "primary"]


class MembershipInline(OperatorInline):
    model = Membership
    fk_name = "user"
    verbose_name_plural = "Workspaces"
    fields = readonly_fields = ["place", "role", "status", "joined"]
    per_page = 20

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("user", "workspace")

    @plain(description="Workspace")
    def place(self, member: Membership) -> str:
        return link(operators.page_of(member), member.workspace.name)

    def joined(self, member: Membership) -> str:
        return moment(member.joined_at)


@admin.register(User, site=operators)
class UserAdmin(Person, OperatorAdmin):
    title = "People"
    icon = "person"
    in_search = True
    inlines = [EmailInline, MembershipInline]
    list_display = ["who", "state", "verified", "second_factor", "places", "last_seen", "joined"]
    list_filter = ["is_active", "is_staff", VerifiedFilter, TwoFactorFilter, "created_at"]
    search_fields = ["email", "first_name", "last_name", "contact_email"]
    date_hierarchy = "created_at"
    ordering = ["-created_at"]
    quick_dialogs = {"deactivate": "Deactivate", "reactivate": "Reactivate"}
    actions_detail = ["deactivate", "reactivate", "appoint", "dismiss"]
    fieldsets = [
        (None, {"fields": ["person", "state", "verified", "second_factor"]}),
        ("Account", {"fields": ["contact_email", "time_zone", "last_login", "created_at", "log"]}),
    ]
    readonly_fields = ["person", "state", "verified", "second_factor", "time_zone", "log"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        people = super().get_queryset(request).select_related("profile")
        return people.annotate(
            two_factor=has_second_factor("pk"),
            is_verified=has_verified_email("pk", "email"),
            place_count=Count("memberships"),
        )

    # Columns.
    def subject(self, row: User) -> User:
        return row

    @display(description="Person", header=True, ordering="first_name")
    def who(self, row: User) -> list[str]:
        return person_header(row)

    @display(
        description="Status", label={"Active": GOOD, "Operator": "primary", "Deactivated": BAD}, ordering="is_active"
    )
    def state(self, user: User) -> str:
        if not user.is_active:
            return "Deactivated"
        return "Operator" if user.is_staff else "Active"

    @display(description="E-mail", label={"Verified": GOOD, "Unverified": FAIR})
    def verified(self, user: User) -> str:
        return "Verified" if user.is_verified else "Unverified"  # type: ignore[attr-defined]

    @plain(description="Workspaces", ordering="place_count")
    def places(self, user: User) -> int:
        return user.place_count  # type: ignore[attr-defined]

    @plain(description="Last log-in", ordering="last_login")
    def last_seen(self, user: User) -> str:
        return moment(user.last_login) if user.last_login else "Never"

    @plain(description="Joined", ordering="created_at")
    def joined(self, user: User) -> str:
        return moment(user.created_at)

    def time_zone(self, user: User) -> str:
        return user.profile.timezone if hasattr(user, "profile") else NOTHING

    @plain(description="Audit log")
    def log(self, user: User) -> str:
        rows = reverse("operators:workspaces_useractivity_changelist")
        return link(f"{rows}?user__id__exact={user.pk}", "What they did")

    # Doors.
    def fitting(self, row: User) -> set[str]:
        if not row.is_active:
            return {"reactivate"}
        return {"deactivate", "dismiss" if row.is_staff else "appoint"}

    @dialog(
        "Deactivate person",
        may="operate",
        icon="person_off",
        submit="Deactivate",
        danger=True,
        form=ConfirmDialog,
        text="All their sessions end at once, and they cannot sign in anywhere until they are reactivated.",
    )
    def deactivate(self, request: PersonRequest, user: User, note: str) -> str:
        deactivate_person(user, by=request.user)
        return f"{user.email} is deactivated."

    @dialog(
        "Reactivate person",
        may="operate",
        icon="person_check",
        submit="Reactivate",
        form=ConfirmDialog,
        text="They can sign in again.",
    )
    def reactivate(self, request: PersonRequest, user: User, note: str) -> str:
        reactivate_person(user, by=request.user)
        return f"{user.email} can sign in again."

    @dialog(
        "Make operator",
        may="operate",
        icon="add_moderator",
        submit="Make operator",
        danger=True,
        form=ConfirmDialog,
        text="They will see every workspace and every person on this platform, and may suspend them.",
    )
    def appoint(self, request: PersonRequest, user: User, note: str) -> str:
        appoint_operator(user, by=request.user)
        return f"{user.email} is an operator now."

    @dialog(
        "No longer operator",
        may="operate",
        icon="remove_moderator",
        submit="Take it away",
        form=ConfirmDialog,
        text="They keep their account and their workspaces.",
    )
    def dismiss(self, request: PersonRequest, user: User, note: str) -> str:
        dismiss_operator(user, by=request.user)
        return f"{user.email} is no longer an operator."
