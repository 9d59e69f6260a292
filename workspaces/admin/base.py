"""What the pages of both admin sites are made of: they read rows, and hand every change to an action."""

import logging
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils.html import format_html_join
from unfold.admin import ModelAdmin, TabularInline

from workspaces.admin.doors import dialog_link
from workspaces.admin.forms import RefusableForm, words_of
from workspaces.admin.house import short_search
from workspaces.refusals import Refused

logger = logging.getLogger(__name__)

# What a list's address (or a selection in it) brings about when it holds what no value can be: a NUL, the year 10000.
NO_SUCH_VALUE = (DataError, ValidationError, ValueError, OverflowError)

# Never to be guessed at through a filter in the address.
HIDDEN = {"access_token", "password", "token_hash", "session_key", "state_hash", "body"}


class ReadOnly:
    """Nobody adds, changes or deletes here; whoever may, is said by the class below."""

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False


class HouseAdmin(ReadOnly, ModelAdmin):
    form = RefusableForm
    icon = "description"
    # The list's name, in the sidebar and above it.
    title = ""
    # Of the sidebar, for a list that the site below does not know.
    section = ""
    in_search = False
    list_per_page = 50
    # The dialogs that a list offers in each row, with a word for each; who may open them.
    quick_dialogs: dict[str, str] = {}
    quick_permission = "change"

    def has_module_permission(self, request: Any) -> bool:
        return bool(self.has_view_permission(request))

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        hidden = HIDDEN.intersection(lookup.split("__"))
        return not hidden and bool(super().lookup_allowed(lookup, value, request))

    # Dialogs: only those that make sense for the row as it is.
    def fitting(self, row: Any) -> set[str]:
        return set(self.actions_detail)

    def get_actions_detail(self, request: Any, object_id: str) -> list[Any]:
        row = self.get_object(request, object_id)
        names = {self.name_of_url(name) for name in self.fitting(row)} if row else set()
        return [found for found in super().get_actions_detail(request, object_id) if found.action_name in names]

    def get_list_display(self, request: Any) -> Any:
        offered = self.quick_dialogs and getattr(self, f"has_{self.quick_permission}_permission")(request)
        return [*super().get_list_display(request), *(["quick"] if offered else [])]

    @admin.display(description="")
    def quick(self, row: Any) -> str:
        fitting = self.fitting(row)
        names = [(name, word) for name, word in self.quick_dialogs.items() if name in fitting]
        return format_html_join(" ", "{}", ((dialog_link(self.url_of(row, name), word),) for name, word in names))

    def name_of_url(self, name: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{name}"

    def url_of(self, row: Any, name: str) -> str:
        return reverse(f"{self.admin_site.name}:{self.name_of_url(name)}", args=[row.pk])

    # Forms: what an action refuses is said in the form, and nothing of it stays.
    def changeform_view(
        self, request: Any, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        context = {"list_title": self.title, "show_save_and_continue": False, **(extra_context or {})}
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except Refused as refusal:
            request.refusal = refusal
            return super().changeform_view(request, object_id, form_url, context)

    def changelist_view(self, request: Any, extra_context: Any = None) -> Any:
        context = {"list_title": self.title, "title": self.title, **(extra_context or {})}
        try:
            response = super().changelist_view(request, context)
            # Rows are read while the page is rendered, so that is done here.
            return response.render() if isinstance(response, SimpleTemplateResponse) else response
        except NO_SUCH_VALUE:
            # A list that fails though nothing was asked of it is a fault of ours.
            if request.method != "POST" and set(request.GET) <= {ERROR_FLAG}:
                raise
            logger.warning("%s: the list cannot be shown as asked for", request.path, exc_info=True)
            return self.plain_list(request)

    def plain_list(self, request: Any) -> HttpResponse:
        """As Django does for the wrong values that it knows."""
        messages.warning(request, "That cannot be looked for or selected. Here is the whole list.")
        return redirect(f"{request.path}?{ERROR_FLAG}=1")

    def get_search_results(self, request: Any, queryset: QuerySet[Any], search_term: str) -> Any:
        return super().get_search_results(request, queryset, short_search(search_term))

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        return form

    def save_model(self, request: Any, obj: Model, form: Any, change: bool) -> None:
        raise PermissionDenied

    def delete_view(self, request: Any, object_id: str, extra_context: Any = None) -> Any:
        try:
            return super().delete_view(request, object_id, {"list_title": self.title, **(extra_context or {})})
        except Refused as refusal:
            messages.error(request, words_of(refusal))
            return redirect(self.admin_site.page_of(self.get_object(request, object_id)))

    def delete_model(self, request: Any, obj: Model) -> None:
        raise PermissionDenied

    def delete_queryset(self, request: Any, queryset: QuerySet[Any]) -> None:
        raise PermissionDenied

    def _get_obj_does_not_exist_redirect(self, request: Any, opts: Any, object_id: str) -> HttpResponse:
        raise Http404

    # Changes are recorded by the actions, in our audit log.
    def history_view(self, request: Any, object_id: str, extra_context: Any = None) -> Any:
        raise Http404

    def log_addition(self, request: Any, obj: Any, message: Any) -> None:
        return None

    def log_change(self, request: Any, obj: Any, message: Any) -> None:
        return None

    def log_deletions(self, request: Any, queryset: Any) -> None:
        return None


class HouseInline(ReadOnly, TabularInline):
    extra = 0
    max_num = 0
    can_delete = False
    hide_title = True
    show_change_link = False
