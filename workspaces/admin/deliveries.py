"""Webhooks that have not reached their workspace. Operators see how large and how old, never what customers wrote."""

import re
from typing import Any

from django.contrib import admin
from django.contrib.admin import display as plain
from django.db.models import F, Func, IntegerField, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from unfold.decorators import action, display

from workspaces.actions.deliveries import forget_delivery, retry_delivery
from workspaces.admin.doors import act_on_each, dialog
from workspaces.admin.forms import ConfirmDialog
from workspaces.admin.operating import OperatorAdmin
from workspaces.admin.showing import BAD, FAIR, NOTHING, PLAIN, moment
from workspaces.admin.site import operators
from workspaces.models import Delivery, Platform, Workspace
from workspaces.views.chooser import PersonRequest

STATES = {"Waiting": PLAIN, "Account not connected": FAIR, "Failed too often": BAD}


# What an error quotes may be a customer's words: the log, which fewer people read, has them whole.
QUOTED = re.compile(r"""(['"]).*?(\1|$)""")


def without_quotes(error: str) -> str:
    return QUOTED.sub("\\1…\\1", error.partition("\n")[0])[:200]


@admin.register(Delivery, site=operators)
class DeliveryAdmin(OperatorAdmin):
    title = "Deliveries"
    icon = "inbox"
    list_display = ["number", "received", "standing", "about", "signed_for", "size", "attempts", "trouble"]
    list_filter = ["state", "platform"]
    search_fields = ["=account_id"]
    ordering = ["id"]
    fields = [
        "number", "received_at", "standing", "about", "signed_for", "size", "attempts", "not_before", "trouble",
    ]  # fmt: skip
    readonly_fields = ["number", "standing", "about", "signed_for", "size", "trouble"]
    quick_dialogs = {"retry": "Try again", "forget": "Forget"}
    actions = ["retry_all", "forget_all"]
    actions_detail = ["retry", "forget"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """Without the bodies: the database measures them."""
        length = Func(F("body"), function="octet_length", output_field=IntegerField())
        name = Workspace.objects.filter(pk=OuterRef("workspace_id")).values("name")
        return super().get_queryset(request).defer("body").annotate(bytes=length, workspace_name=Subquery(name))

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Nobody guesses at the words through the address."""
        return lookup.partition("__")[0] in {"state", "platform"}

    # Columns.
    @plain(description="Number", ordering="id")
    def number(self, delivery: Delivery) -> int:
        return delivery.pk

    @plain(description="Received", ordering="received_at")
    def received(self, delivery: Delivery) -> str:
        return moment(delivery.received_at)

    @display(description="State", label=STATES, ordering="state")
    def standing(self, delivery: Delivery) -> str:
        return delivery.get_state_display()

    @plain(description="Account")
    def about(self, delivery: Delivery) -> str:
        platform = dict(Platform.choices).get(delivery.platform, delivery.platform)
        return f"{platform} {delivery.account_id}".strip() or NOTHING

    @plain(description="Signed for")
    def signed_for(self, delivery: Delivery) -> str:
        if delivery.workspace_id is None:
            return "The platform's app"
        return delivery.workspace_name or "A workspace that is gone"  # type: ignore[attr-defined]

    @plain(description="Size", ordering="bytes")
    def size(self, delivery: Delivery) -> str:
        return filesizeformat(delivery.bytes)  # type: ignore[attr-defined]

    @plain(description="Error")
    def trouble(self, delivery: Delivery) -> str:
        return without_quotes(delivery.error) or NOTHING

    # Doors.
    def fitting(self, row: Delivery) -> set[str]:
        return {"retry"} if row.state == Delivery.State.WAITING else {"retry", "forget"}

    @dialog(
        "Try again",
        may="operate",
        icon="replay",
        submit="Try again",
        form=ConfirmDialog,
        text="It waits as if it had just come.",
    )
    def retry(self, request: PersonRequest, delivery: Delivery, note: str) -> str:
        retry_delivery(delivery, by=request.user)
        return f"Delivery {delivery.pk} is tried again."

    @dialog(
        "Forget",
        may="operate",
        icon="delete",
        submit="Forget",
        danger=True,
        form=ConfirmDialog,
        text="What it says is lost for good.",
    )
    def forget(self, request: PersonRequest, delivery: Delivery, note: str) -> str:
        forget_delivery(delivery, by=request.user)
        return f"Delivery {delivery.pk} is forgotten."

    @action(description="Try again", permissions=["operate"])
    def retry_all(self, request: PersonRequest, rows: QuerySet[Delivery]) -> None:
        act_on_each(request, rows, lambda row: retry_delivery(row, by=request.user), done="Tried again")

    @action(description="Forget", permissions=["operate"])
    def forget_all(self, request: PersonRequest, rows: QuerySet[Delivery]) -> None:
        act_on_each(request, rows, lambda row: forget_delivery(row, by=request.user), done="Forgotten")
