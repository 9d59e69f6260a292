"""Connecting a channel and letting it go: row, route and log in one transaction, Meta before and after it."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from agents.actions.positions import require
from agents.models import Agent
from pages.actions.channels import Connection, Status, locked, log, mark_needs_reconnect, remember, resume_on_commit
from pages.found import Found
from pages.graph.errors import GraphError
from pages.graph.line import Line, line_of
from pages.graph.subscriptions import subscribe, unsubscribe
from pages.health import ends_soon
from pages.models import Channel
from workspaces.audit import record
from workspaces.bells import ring_on_commit
from workspaces.models import ChannelRoute, Delivery, Platform, Workspace
from workspaces.refusals import Refused

logger = logging.getLogger(__name__)

# Of an earlier connection: what they warned of is over.
FORGOTTEN = ("warned", "data_access_expires_at", "subscribed_fields")


@dataclass(frozen=True, slots=True)
class Standing:
    """Of an account that was found: whether it can be connected here, and the word for why not."""

    may_connect: bool
    word: str = ""
    missing: tuple[str, ...] = ()
    # Of one that works already nothing is renewed unasked: its token may be better than the new one.
    chosen_at_first: bool = False
    hint: str = ""


def standing_of(found: Found, workspace: Workspace) -> Standing:
    route = ChannelRoute.objects.filter(platform=found.platform, external_id=found.external_id).first()
    if route and route.workspace_id != workspace.pk:
        return Standing(False, "Connected elsewhere")
    if found.missing:
        return Standing(False, "Something is missing", found.missing)
    known = Channel.objects.filter(platform=found.platform, external_id=found.external_id).first() if route else None
    if known and known.connection_status == Connection.CONNECTED and not ends_soon(known):
        return Standing(True, "Connected here", hint="It works. Choose it to replace its token by this one.")
    needs = "" if known is None else "Token ends soon" if ends_soon(known) else "Needs reconnecting"
    return Standing(True, needs, chosen_at_first=True)


def connect_found(found: Found, workspace: Workspace, *, by: Agent) -> tuple[Channel | None, str]:
    """The channel, and what is wrong with it; each account by itself, so that one does not hold up the others."""
    try:
        channel = connect_channel(
            workspace,
            by=by,
            platform=found.platform,
            external_id=found.external_id,
            name=found.name,
            username=found.username,
            token=found.token,
            token_expires_at=found.token_expires_at,
            login=found.login,
            uses_own_app=found.uses_own_app,
            metadata=found.metadata,
        )
    except Refused as refusal:
        return None, f"{refusal.message} {refusal.hint}".strip()
    channel.refresh_from_db()
    return channel, channel.connection_problem


def connect_channel(
    workspace: Workspace,
    *,
    by: Agent,
    platform: str,
    external_id: str,
    name: str,
    token: str,
    username: str = "",
    token_expires_at: datetime | None = None,
    login: str = Channel.Login.TOKEN,
    uses_own_app: bool = False,
    metadata: dict[str, Any] | None = None,
) -> Channel:
    """New, or the same row again with all its history. Its webhooks are asked for as soon as it is committed."""
    require(by, "channels.manage")
    facts = metadata or {}
    with transaction.atomic():
        take_route(workspace, platform, external_id, facts.get("waba_id", ""))
        known = Channel.objects.select_for_update().filter(platform=platform, external_id=external_id).first()
        channel = known or Channel(platform=platform, external_id=external_id)
        channel.name, channel.username, channel.login = name, username, login
        channel.access_token, channel.token_expires_at = token, token_expires_at
        channel.uses_own_app = uses_own_app
        channel.connection_status, channel.connection_problem = Connection.CONNECTED, ""
        channel.connected_by, channel.connected_at = by, timezone.now()
        channel.held_until = None
        channel.metadata = {key: fact for key, fact in channel.metadata.items() if key not in FORGOTTEN} | facts
        channel.save()
        log(channel, Status.CONNECTED, by=by)
        record(
            "channel.reconnected" if known else "channel.connected",
            f"{'Reconnected' if known else 'Connected'} {channel.get_platform_display()} {channel.name}",
            by=by.user,
            workspace=workspace,
            channel=str(channel.pk),
        )
        wake_deliveries(platform, external_id, channel.waba_id)
        transaction.on_commit(lambda: subscribe_channel(channel, workspace))
    return channel


def take_route(workspace: Workspace, platform: str, external_id: str, account_id: str) -> None:
    """The row is what everybody who connects this account waits at."""
    route, _ = ChannelRoute.objects.select_for_update().get_or_create(
        platform=platform, external_id=external_id, defaults={"workspace": workspace, "account_id": account_id}
    )
    if route.workspace_id != workspace.pk:
        raise Refused(
            "This account is connected in another workspace, and an account belongs to one at a time.",
            hint="Whoever connected it there has to disconnect it first.",
        )
    if route.account_id != account_id:
        route.account_id = account_id
        route.save(update_fields=["account_id"])


def wake_deliveries(platform: str, *accounts: str) -> None:
    """What came for it while nobody had connected it."""
    waiting = Delivery.objects.filter(
        state=Delivery.State.UNROUTED, platform=platform, account_id__in=[account for account in accounts if account]
    )
    if waiting.update(state=Delivery.State.WAITING, not_before=None):
        ring_on_commit("pages.tasks.digest_deliveries")


def subscribe_channel(channel: Channel, workspace: Workspace) -> None:
    """Without its webhooks it only speaks and does not hear, so it does not count as connected."""
    try:
        fields = subscribe(line_of(channel, workspace))
    except GraphError as error:
        problem = f"Its messages do not reach us yet. {error.meaning} Reconnect it when that is settled."
        mark_needs_reconnect(channel, problem, by_mail=False)
        return
    with transaction.atomic():
        resume_on_commit(remember(channel, subscribed_fields=list(fields)))


def disconnect_channel(channel: Channel, *, by: Agent, workspace: Workspace, note: str = "") -> None:
    """Its token is forgotten and its webhooks go nowhere; chats and messages stay."""
    require(by, "channels.manage")
    with transaction.atomic():
        channel = locked(channel)
        if channel.connection_status == Connection.DISCONNECTED:
            return
        line = line_of(channel, workspace)
        channel.connection_status, channel.connection_problem = Connection.DISCONNECTED, ""
        channel.access_token, channel.token_expires_at, channel.held_until = "", None, None
        channel.save()
        ChannelRoute.objects.filter(
            workspace=workspace, platform=channel.platform, external_id=channel.external_id
        ).delete()
        log(channel, Status.DISCONNECTED, by=by, note=note)
        record(
            "channel.disconnected",
            f"Disconnected {channel.get_platform_display()} {channel.name}" + (f" ({note})" if note else ""),
            by=by.user,
            workspace=workspace,
            channel=str(channel.pk),
        )
        if line.token and not shares_subscription(channel):
            transaction.on_commit(lambda: leave(line))


def shares_subscription(channel: Channel) -> bool:
    """Numbers of one WhatsApp business account, or a page and its Instagram account, have one between them.

    Also where they are connected in different workspaces.
    """
    others = Channel.objects.exclude(pk=channel.pk).exclude(connection_status=Connection.DISCONNECTED)
    routes = ChannelRoute.objects.exclude(platform=channel.platform, external_id=channel.external_id)
    if channel.platform == Platform.WHATSAPP:
        return bool(channel.waba_id) and routes.filter(platform=Platform.WHATSAPP, account_id=channel.waba_id).exists()
    if routes.filter(platform=Platform.FACEBOOK, external_id=channel.page_id).exists():
        return True
    of_page = Q(platform=Platform.FACEBOOK, external_id=channel.page_id) | Q(metadata__page_id=channel.page_id)
    return others.filter(of_page).exists()


def leave(line: Line) -> None:
    """As well as it goes: a token that is dead cannot unsubscribe, and need not."""
    try:
        unsubscribe(line)
    except GraphError as error:
        logger.info("not unsubscribed: %s", error)
