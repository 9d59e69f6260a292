"""Who wrote: people, and each face they have on one of Meta's platforms."""

from django.contrib import admin
from django.contrib.admin import display as plain
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from agents.admin.permissions import WorkspaceAdmin, WorkspaceInline
from agents.admin.site import workspace_admin
from inbox.admin.names import short
from inbox.models import Contact, Identity
from workspaces.admin.showing import FAIR, GOOD, NOTHING, PLAIN, link, moment


class IdentityInline(WorkspaceInline):
    model = Identity
    view_code = "messages.view"
    verbose_name_plural = "Known as"
    fields = readonly_fields = ["who", "platform", "external_id", "phone", "last_seen"]
    ordering = ["platform", "id"]
    per_page = 20

    def who(self, identity: Identity) -> str:
        return link(workspace_admin.page_of(identity), identity.shown_name)

    def last_seen(self, identity: Identity) -> str:
        return moment(identity.last_seen_at)


@admin.register(Contact, site=workspace_admin)
class ContactAdmin(WorkspaceAdmin):
    title = "Contacts"
    section = "Inbox"
    view_code = "messages.view"
    icon = "contacts"
    in_search = True
    inlines = [IdentityInline]
    list_display = ["name", "faces", "blocked", "since"]
    list_filter = ["blocked"]
    search_fields = ["display_name", "identities__username", "=identities__phone", "=identities__external_id"]
    ordering = ["-created_at", "-id"]
    paginator = InfinitePaginator
    fields = ["display_name", "tags", "attributes", "notes", "blocked", "joined_with", "created_at"]
    readonly_fields = ["joined_with"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contact]:
        rows = super().get_queryset(request).select_related("merged_into")
        return rows.annotate(face_count=Count("identities", distinct=True))

    @plain(description="Name", ordering="display_name")
    def name(self, contact: Contact) -> str:
        return short(str(contact))

    @plain(description="Known as")
    def faces(self, contact: Contact) -> int:
        return contact.face_count  # type: ignore[attr-defined]

    @plain(description="Since", ordering="created_at")
    def since(self, contact: Contact) -> str:
        return moment(contact.created_at)

    @plain(description="Joined with")
    def joined_with(self, contact: Contact) -> str:
        other = contact.merged_into
        return link(workspace_admin.page_of(other), other) if other else NOTHING


@admin.register(Identity, site=workspace_admin)
class IdentityAdmin(WorkspaceAdmin):
    title = "Identities"
    section = "Inbox"
    view_code = "messages.view"
    icon = "id_card"
    list_display = ["who", "platform", "scope", "external_id", "phone", "profile", "last_seen"]
    list_filter = ["platform", "profile_state"]
    search_fields = ["name", "username", "=phone", "=external_id"]
    ordering = ["-last_seen_at", "-id"]
    paginator = InfinitePaginator
    fields = [
        "person", "platform", "scope", "external_id", "phone", "username", "name", "first_name", "last_name", "locale",
        "timezone", "profile", "referrer", "opted_in", "opted_in_source", "opted_in_at", "first_seen_at",
        "last_seen_at",
    ]  # fmt: skip
    readonly_fields = ["person", "profile"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Identity]:
        return super().get_queryset(request).select_related("contact")

    @plain(description="Who", ordering="name")
    def who(self, identity: Identity) -> str:
        return short(identity.shown_name)

    @plain(description="Contact")
    def person(self, identity: Identity) -> str:
        return link(workspace_admin.page_of(identity.contact), identity.contact)

    @display(
        description="Profile",
        label={"To be fetched": PLAIN, "Known": GOOD, "Meta does not give it": FAIR},
        ordering="profile_state",
    )
    def profile(self, identity: Identity) -> str:
        return identity.get_profile_state_display()

    @plain(description="Last seen", ordering="last_seen_at")
    def last_seen(self, identity: Identity) -> str:
        return moment(identity.last_seen_at)
