"""What the operators' pages have in common: an operator sees every row, and changes some of them through actions."""

from typing import Any

from django.http import HttpRequest

from workspaces.admin.base import HouseAdmin, HouseInline


class Seen:
    """The site let in operators only; adding, changing and deleting stay closed unless a page opens them."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_operate_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Dialogs and bulk actions."""
        return True


class OperatorAdmin(Seen, HouseAdmin):
    quick_permission = "operate"


class OperatorInline(Seen, HouseInline):
    pass
