"""Positions: what the people who hold them may do."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import display as plain
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.module_loading import import_string
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from agents.actions.positions import delete_position, require_unheld, save_position
from agents.admin.permissions import WorkspaceAdmin, WorkspaceInline, acting, may
from agents.admin.site import workspace_admin
from agents.models import Agent, Position
from agents.permissions import PERMISSIONS
from workspaces.admin.forms import RefusableForm, words_of
from workspaces.admin.showing import GOOD, NOTHING, PLAIN, link
from workspaces.hours import DAYS, WeeklyHours, read_spans, write_spans
from workspaces.refusals import Refused

CHOICES = [(found.code, f"{found.label}: {found.allows}") for found in PERMISSIONS.values()]


DAY_FIELDS = [f"hours_{day}" for day in DAYS]
HOURS_TEXT = "When who holds it is at work, in the workspace's time zone. All empty: in the business hours."
HOURS_HELP = "Such as 09:00-17:30, or 9-12:30, 14-18; 22:00-06:00 goes on into the next day; 24h is the whole day."


def hours_of(day: str, **more: Any) -> forms.CharField:
    attrs = {"placeholder": "Not at work", "autocomplete": "off", "dir": "ltr"}
    return forms.CharField(label=day, required=False, max_length=100, widget=UnfoldAdminTextInputWidget(attrs), **more)


# Rules and channels lie above this app: who knows them is named, not imported.
LOSS = "inbox.naming.loss_of_position"


class PositionForm(RefusableForm):
    description = forms.CharField(
        required=False, max_length=1000, widget=UnfoldAdminTextareaWidget({"rows": 3}), help_text="Who is it for?"
    )
    permissions = forms.MultipleChoiceField(
        choices=CHOICES, required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget(), label="May"
    )
    hours_mon = hours_of("Monday", help_text=HOURS_HELP)
    hours_tue = hours_of("Tuesday")
    hours_wed = hours_of("Wednesday")
    hours_thu = hours_of("Thursday")
    hours_fri = hours_of("Friday")
    hours_sat = hours_of("Saturday")
    hours_sun = hours_of("Sunday")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field, day in zip(DAY_FIELDS, DAYS, strict=True):
            if field in self.fields:
                self.initial[field] = write_spans((self.instance.hours or {}).get(day, []))

    def clean(self) -> dict[str, Any] | None:
        """A line for each day becomes the week; a line that cannot be read says so itself."""
        cleaned = super().clean() or {}
        hours = {}
        for field, day in zip(DAY_FIELDS, DAYS, strict=True):
            try:
                if spans := read_spans(cleaned.get(field) or ""):
                    hours[day] = spans
            except ValidationError as error:
                self.add_error(field, error)
        if set(DAY_FIELDS) <= self.fields.keys():
            self.instance.hours = hours
        return cleaned


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
    list_display = ["name", "kind", "description", "holders", "most", "at_work", "allowed"]
    list_filter = ["is_system"]
    search_fields = ["name", "description"]
    prepopulated_fields = {"slug": ["name"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Position]:
        return super().get_queryset(request).annotate(held_by=Count("agents"))

    # Permissions: of the positions that come with every workspace, hours and limit alone are changed.
    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, self.view_code, self.change_code)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, self.change_code)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, self.change_code)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, self.change_code) and not getattr(obj, "is_system", False)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Fields for who may change it, words for who may not."""
        may_change = self.has_change_permission(request, obj)
        about = ["name", "slug", "description"]
        is_fixed = obj is not None and (obj.is_system or not may_change)
        about += ["kind", "allowed"] if is_fixed else ["permissions"]
        hours = DAY_FIELDS if may_change else ["at_work"]
        return [
            (None, {"fields": about}),
            ("Open chats", {"fields": ["max_open_chats"]}),
            ("Hours", {"fields": hours, "description": HOURS_TEXT}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # Invitations name a position by its slug, so it stays.
        fixed = ["name", "description"] if obj and obj.is_system else []
        return [*fixed, "slug", "kind", "allowed", "at_work"] if obj else []

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "slug":
            kwargs |= {"label": "Short name", "help_text": "Invitations name the position by it, so it stays."}
        if db_field.name == "max_open_chats":
            kwargs |= {
                "label": "At most, for each who holds it",
                "help_text": "No more are dealt to them; by hand more can be given. Empty: no limit. "
                "A number of somebody's own goes before.",
            }
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

    @plain(description="Open chats at most", ordering="max_open_chats")
    def most(self, position: Position) -> str:
        return NOTHING if position.max_open_chats is None else str(position.max_open_chats)

    @plain(description="At work")
    def at_work(self, position: Position) -> str:
        lines = WeeklyHours.of(position.hours).lines()
        return ", ".join(f"{days} {hours}" for days, hours in lines) or "In the business hours"

    # Doors.
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save_position(obj, **acting(request))

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """Why it cannot be is said before the question, and so is what is lost with it."""
        position = self.get_object(request, object_id)
        if position and self.has_delete_permission(request, position):
            try:
                require_unheld(position)
            except Refused as refusal:
                messages.error(request, words_of(refusal))
                return redirect(workspace_admin.page_of(position))
            if request.method != "POST" and (loss := import_string(LOSS)(position)):
                messages.warning(request, loss)
        return super().delete_view(request, object_id, extra_context)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        delete_position(obj, **acting(request))
