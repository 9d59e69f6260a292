"""The platform operators' admin, on the public host."""

from django.http import HttpRequest
from unfold.sites import UnfoldAdminSite


class OperatorsSite(UnfoldAdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_staff", False))


operators = OperatorsSite(name="operators")
