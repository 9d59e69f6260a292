"""The platform operators' admin, on the public host."""

from typing import Any

from allauth.account.views import LogoutView
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from workspaces.admin.dashboard import dashboard
from workspaces.admin.house import HouseSite, link_item
from workspaces.models import Delivery, Invitation, Membership, User, UserActivity, Workspace


class OperatorsSite(HouseSite):
    index_title = "Overview"
    index_template = "admin/operators_index.html"

    def has_permission(self, request: HttpRequest) -> bool:
        return is_operator(request) and (settings.DEBUG or request.user.has_two_factor)  # type: ignore[union-attr]

    def turn_away(self, request: HttpRequest) -> HttpResponseBase:
        if not is_operator(request):
            return super().turn_away(request)
        messages.warning(request, "Operators need a second factor. Set one up, then open the admin again.")
        return redirect("mfa_index")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().index(request, {**dashboard(), **(extra_context or {})})

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        return LogoutView.as_view()(request)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            **super().each_context(request),
            "site_title": "Switchboard operators",
            "site_header": "Switchboard",
            "site_subheader": "Operators",
            "site_url": None,
            "account_links": [
                {"title": "My workspaces", "link": reverse("workspaces:chooser")},
                {"title": "My account", "link": reverse("workspaces:profile")},
            ],
        }

    def navigation(self, request: HttpRequest) -> list[dict[str, Any]]:
        platform = [self.list_item(request, model) for model in (Workspace, Membership, Invitation)]
        people = [self.list_item(request, User), self.list_item(request, UserSession)]
        return [
            {"items": [link_item(request, "Overview", "dashboard", reverse("admin:index", current_app=self.name))]},
            {"title": "Workspaces", "items": platform},
            {"title": "People", "items": people},
            {"title": "Meta", "items": [self.list_item(request, Delivery)]},
            {"title": "Logs", "items": [self.list_item(request, UserActivity)]},
        ]


def is_operator(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_active and request.user.is_staff


operators = OperatorsSite(name="operators")
