"""Doors of the admin that are no forms: a dialog about one row, a bulk action on many. Both call one verb per row."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urldefrag

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect
from unfold.decorators import action
from unfold.enums import ActionVariant

from workspaces.admin.forms import NoteDialog, words_of
from workspaces.refusals import Refused

# Does it to the row and says what was done.
Verb = Callable[[Any, Any, Any, str], str]


def dialog(
    title: str,
    *,
    may: str,
    text: str,
    submit: str,
    icon: str,
    form: type = NoteDialog,
    danger: bool = False,
) -> Callable[[Verb], Callable[..., HttpResponse]]:
    """An action on one row behind a question; looking at the question changes nothing."""

    def decorate(verb: Verb) -> Callable[..., HttpResponse]:
        @action(
            description=title,
            permissions=[may],
            icon=icon,
            variant=ActionVariant.DANGER if danger else ActionVariant.DEFAULT,
            dialog={"title": title, "description": text, "form_class": form, "form_submit_text": submit},
        )
        @wraps(verb)
        def answered(admin: Any, request: HttpRequest, filled: Any, object_id: str) -> HttpResponse:
            row = admin.get_object(request, object_id)
            act(request, lambda: verb(admin, request, row, filled.cleaned_data.get("note", "")))
            return back(request, admin.admin_site.page_of(row))

        @wraps(answered)
        def door(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
            row = admin.get_object(request, object_id)
            if row is None:
                raise Http404
            request.dialog_about = str(getattr(row, "user", row))  # type: ignore[attr-defined]
            return answered(admin, request, object_id=object_id)

        return door

    return decorate


def act(request: HttpRequest, verb: Callable[[], str], *, about: object = "") -> bool:
    """In a transaction of its own: done and said, or refused and said."""
    try:
        with transaction.atomic():
            done = verb()
    except Refused as refusal:
        words = words_of(refusal)
        messages.error(request, words if str(about) in words else f"{about}: {words}")
        return False
    if done:
        messages.success(request, done)
    return True


def act_on_each(request: HttpRequest, rows: QuerySet[Any], verb: Callable[[Any], object], *, done: str) -> None:
    """A row that is refused does not hold up the others."""

    def quietly(row: Any) -> str:
        verb(row)
        return ""

    results = [act(request, lambda row=row: quietly(row), about=getattr(row, "user", row)) for row in rows]  # type: ignore[misc]
    if count := sum(results):
        messages.success(request, f"{done}: {count} of {len(results)}.")


def back(request: HttpRequest, otherwise: str) -> HttpResponse:
    """To the page the dialog was opened on."""
    page = urldefrag(request.headers.get("HX-Current-URL", "")).url
    own = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    if not request.headers.get("HX-Request"):
        return redirect(otherwise)
    # A script follows the whole way, so that the message is shown on a page and not in the dialog.
    return HttpResponseClientRedirect(page if page and own else otherwise)


def dialog_link(url: str, text: str) -> str:
    return format_html(
        '<a class="look-link" href="{0}" hx-get="{0}" hx-target="#modal-content" hx-select="#dialog"'
        ' x-on:htmx:after-on-load="openModal = true">{1}</a>',
        url,
        text,
    )
