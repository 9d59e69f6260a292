"""Positions: what the people who hold them may do."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import display as plain
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextareaWidget

from agents.actions.positions import delete_position, save_position
from agents.admin.permissions import WorkspaceAdmin, WorkspaceInline, acting, may
from agents.admin.site import workspace_admin
from agents.models import Agent, Position
from agents.permissions import PERMISSIONS
from workspaces.admin.forms import RefusableForm
from workspaces.admin.showing import GOOD, PLAIN, link

CHOICES = [(found.code, f"{found.label}: {found.allows}") for found in PERMISSIONS.values()]


class PositionForm(RefusableForm):
    description = forms.CharField(
        required=False, max_length=1000, widget=UnfoldAdminTextareaWidget({"rows": 3}), help_text="Who is it for?"
    )
    permissions = forms.MultipleChoiceField(
        choices=CHOICES, required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget(), label="May"
    )


class HolderInline(WorkspaceInline):
    model = Agent
    view_code = "team.view"
    verbose_name_plural = "Held by"
    fields = readonly_fields = ["name", "email", "works", "receives"]
    per_page = 20

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agent]:
        return super().get_queryset(request).select_related("user", "position")

    def name(self, agent: Agent) -> str:
        return link(workspace_admin.page_of(agent), agent.name)

    def email(self, agent: Agent) -> str:
        return agent.user.email

    @plain(description="Works here", boolean=True)
    def works(self, agent: Agent) -> bool:
        return agent.is_active

    @plain(description="Receives new chats", boolean=True)
    def receives(self, agent: Agent) -> bool:
        return agent.is_active and agent.can_receive_new_chats


@admin.register(Position, site=workspace_admin)
class PositionAdmin(WorkspaceAdmin):
    title = "Positions"
    view_code = "team.view"
    change_code = "positions.manage"
    icon = "badge"
    in_search = True
    form = PositionForm
    inlines = [HolderInline]
    list_display = ["name", "kind", "description", "holders", "allowed"]
    list_filter = ["is_system"]
    search_fields = ["name", "description"]
    prepopulated_fields = {"slug": ["name"]}
    fields = ["name", "slug", "description", "permissions"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Position]:
        return super().get_queryset(request).annotate(held_by=Count("agents"))

    # Permissions: the positions that come with every workspace are read only.
    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, self.view_code, self.change_code)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, self.change_code)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, self.change_code) and not getattr(obj, "is_system", False)

    has_delete_permission = has_change_permission

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Checkboxes for who may change it, words for who may not."""
        if obj is None or self.has_change_permission(request, obj):
            return list(self.fields)
        return ["name", "slug", "description", "kind", "allowed"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # Invitations name a position by its slug, so it stays.
        return ["slug", "kind", "allowed"] if obj else []

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "slug":
            kwargs |= {"label": "Short name", "help_text": "Invitations name the position by it, so it stays."}
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return self.inlines if obj else []

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else self.prepopulated_fields

    # Columns.
    @display(description="Kind", label={"Every workspace": PLAIN, "Our own": GOOD}, ordering="is_system")
    def kind(self, position: Position) -> str:
        return "Every workspace" if position.is_system else "Our own"

    @plain(description="Held by", ordering="held_by")
    def holders(self, position: Position) -> int:
        return position.held_by  # type: ignore[attr-defined]

    @plain(description="May")
    def allowed(self, position: Position) -> str:
        return ", ".join(PERMISSIONS[code].label for code in position.permissions if code in PERMISSIONS) or "Nothing"

    # Doors.
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save_position(obj, **acting(request))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        delete_position(obj, **acting(request))
