"""What both admin sites share: who gets in, what they find, how they look. Accounts, passwords and logs are ours."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.urls import URLPattern, reverse
from unfold.dataclasses import Favicon, SearchResult
from unfold.sites import UnfoldAdminSite

from workspaces.models import User
from workspaces.refusals import NotAllowed

View = Callable[..., HttpResponseBase]

# Unfold is written with Alpine, which makes functions of its attributes, and its bar of bulk actions sets its width in
# a style attribute. Script and style elements stay files of our own: the colours come from css/admin/look.css.
RELAXED = {"script-src": ["'unsafe-eval'"], "style-src-attr": ["'unsafe-inline'"]}

# Passwords are allauth's; the others answer about any model there is, and nothing of ours needs them.
UNUSED_URLS = {"password_change", "password_change_done", "autocomplete", "view_on_site"}

FOUND_PER_MODEL = 8

# Each word is looked for in each field.
LONGEST_SEARCH = 100
MOST_WORDS = 8


class HouseSite(UnfoldAdminSite):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        inner = super().admin_view(view, cacheable)

        @csp_update(RELAXED)
        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
            if not self.has_permission(request):
                return self.turn_away(request)
            return inner(request, *args, **kwargs)

        return door

    def turn_away(self, request: HttpRequest) -> HttpResponseBase:
        raise NotAllowed("The admin is not open to you.")

    @login_not_required
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        target = request.GET.get("next") or reverse("admin:index", current_app=self.name)
        return redirect_to_login(target, resolve_url(settings.LOGIN_URL))

    def get_urls(self) -> list[URLPattern]:
        urls = [url for url in super().get_urls() if getattr(url, "name", None) not in UNUSED_URLS]
        for url in urls:
            # Whoever is signed out is sent straight to our own sign-in.
            getattr(url.callback, "__dict__", {}).pop("login_url", None)
        return urls

    def get_log_entries(self, request: HttpRequest) -> list[Any]:
        """Changes are in our audit log; Django's own is not kept."""
        return []

    # Search. Unfold's own keeps results for five minutes, whatever happens to the permissions meanwhile.
    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        term = short_search(request.GET.get("s", ""))
        if not term:
            return HttpResponse()
        found = self.find(request, term)
        pages = Paginator(found, max(1, len(found)))
        context = {"results": pages.page(1), "page_obj": pages, "page_counter": 0, "execution_time": 0}
        return TemplateResponse(
            request, "unfold/helpers/command_results.html", context, headers={"HX-Trigger": "search"}
        )

    def find(self, request: HttpRequest, term: str) -> list[SearchResult]:
        lists, rows = [], []
        for admin in self._registry.values():
            if not admin.has_view_permission(request):
                continue
            if term.lower() in admin.title.lower():
                lists.append(SearchResult(admin.title, "List", self.list_of(admin.opts), admin.icon))
            if admin.search_fields and admin.in_search:
                matching, _ = admin.get_search_results(request, admin.get_queryset(request), term)
                rows += [
                    SearchResult(str(row), admin.title, self.page_of(row), admin.icon)
                    for row in matching.distinct()[:FOUND_PER_MODEL]
                ]
        return lists + rows

    def list_of(self, opts: Any) -> str:
        return reverse(f"{self.name}:{opts.app_label}_{opts.model_name}_changelist")

    def page_of(self, row: Any) -> str:
        return reverse(f"{self.name}:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])

    # Look.
    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            **super().each_context(request),
            "site_icon": static("img/mark.svg"),
            "site_favicons": [Favicon(rel="icon", type="image/svg+xml", href=static("img/favicon.svg"))],
            "styles": [static("css/admin/look.css")],
            "scripts": [static("js/admin/look.js")],
            "colors": None,
            "theme": theme_of(request),
            "show_history": False,
            "sidebar_show_search": True,
            "sidebar_command_search": True,
            "sidebar_navigation": self.navigation(request) if self.has_permission(request) else [],
        }

    def navigation(self, request: HttpRequest) -> list[dict[str, Any]]:
        raise NotImplementedError

    def list_item(self, request: HttpRequest, model: Any) -> dict[str, Any]:
        """A sidebar's line for a model that is registered here."""
        admin = self._registry[model]
        link = self.list_of(admin.opts)
        return {
            "title": admin.title,
            "icon": admin.icon,
            "link": link,
            "active": request.path.startswith(link),
            "has_permission": admin.has_view_permission(request),
        }


def link_item(request: HttpRequest, title: str, icon: str, link: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": link, "active": request.path == link, "has_permission": True}


def short_search(text: str) -> str:
    """Without NUL, which no text in the database has and which it cannot be asked for."""
    return " ".join(text.replace("\0", "")[:LONGEST_SEARCH].split()[:MOST_WORDS])


def public_page(view: str) -> str:
    return settings.PUBLIC_URL + reverse(view, urlconf=settings.PUBLIC_SCHEMA_URLCONF)


def theme_of(request: HttpRequest) -> str:
    user = request.user
    return user.preferences.theme if isinstance(user, User) and hasattr(user, "preferences") else "auto"
