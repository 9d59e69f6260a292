"""Browsers that are to be told, and no longer: each is one agent's, for as long as the log-in lasts that made it."""

import ipaddress
import logging
from base64 import urlsafe_b64decode
from urllib.parse import urlsplit
from uuid import UUID

import redis
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import connection, transaction

from agents.models import Agent, PushSubscription
from agents.models.push import LONGEST_ENDPOINT
from workspaces.refusals import NotAllowed, Refused
from workspaces.sessions import is_alive
from workspaces.valkey import valkey

logger = logging.getLogger(__name__)

MOST = 10
# For so long at most nobody is looked for where nobody was; whoever subscribes ends it at once.
NOBODY_SECONDS = 600
INSIDE = ("localhost", "local", "internal", "lan", "home", "arpa")


def subscribe(
    agent: Agent, *, login_id: UUID, endpoint: str, p256dh: str, auth: str, browser: str, replaces: str = ""
) -> PushSubscription:
    """Again, it is the same one; another agent's or log-in's before, it is theirs no longer. `replaces`: an endpoint
    that the browser has changed for this one; it has to be this agent's."""
    if not agent.is_active:
        raise NotAllowed("You are switched off here: ask a supervisor to switch you on.")
    require_endpoint(endpoint)
    require_keys(p256dh, auth)
    with transaction.atomic():
        # Who subscribes twice at once is not counted past the limit.
        Agent.objects.select_for_update(of=("self",), no_key=True).get(pk=agent.pk)
        own = PushSubscription.objects.filter(agent=agent)
        if replaces and not own.filter(endpoint=replaces).delete()[0]:
            raise Refused("This browser was not yours.")
        forget_ended(agent)
        if own.exclude(endpoint=endpoint).count() >= MOST:
            raise Refused(f"{MOST} devices are told already.", hint="Remove one that you no longer use.")
        found, _ = PushSubscription.objects.update_or_create(
            endpoint=endpoint,
            defaults={
                "agent": agent,
                "login_id": login_id,
                "p256dh": p256dh,
                "auth": auth,
                "browser": browser[:100],
                "failures": 0,
                "not_before": None,
            },
        )
        schema = connection.schema_name  # type: ignore[attr-defined]
        transaction.on_commit(lambda: somebody_is_told(schema))
    return found


def unsubscribe(subscription: PushSubscription, *, by: Agent) -> None:
    if subscription.agent_id != by.pk:
        raise NotAllowed("This is somebody else's device.")
    subscription.delete()


def forget_subscriptions(agent: Agent) -> None:
    PushSubscription.objects.filter(agent=agent).delete()


def forget_ended(agent: Agent) -> None:
    """Of log-ins that are over: signed out, ended from elsewhere, expired, or made before another password."""
    for subscription in PushSubscription.objects.filter(agent=agent):
        if not is_alive(agent.user, subscription.login_id):
            subscription.delete()


def require_endpoint(endpoint: str) -> None:
    """https, and a name of the open internet; what the name leads to is looked at when it is asked."""
    try:
        parts = urlsplit(endpoint)
        host, named = (parts.hostname or "").rstrip("."), parts.port != 0 and not parts.username
    except ValueError:
        host, named = "", False
    fine = named and parts.scheme == "https" and is_outside(host) if host else False
    # What reads addresses leaves out line ends, and whoever writes headers might not.
    plain = endpoint.isascii() and endpoint.isprintable() and " " not in endpoint
    if len(endpoint) > LONGEST_ENDPOINT or not plain or not (fine or is_graphs_own(endpoint)):
        raise Refused("This browser names no push service that we can reach.")


def is_graphs_own(endpoint: str) -> bool:
    """Where Meta is played, a push service may be, too."""
    return bool(settings.GRAPH_URL) and endpoint.startswith(f"{settings.GRAPH_URL}/")


def is_outside(host: str) -> bool:
    """A name, and none of the local ones. No address: push services have names."""
    *above, last = host.split(".")
    if not above or last in INSIDE or last.isdecimal() or last.startswith("0x"):
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return True
    return False


def require_keys(p256dh: str, auth: str) -> None:
    """With others nothing could be written to it."""
    try:
        point = decoded(p256dh)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        fine = len(point) == 65 and len(decoded(auth)) == 16
    except ValueError:
        fine = False
    if not fine:
        raise Refused("This browser's keys cannot be used.")


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4)) if text.isascii() else b""


def nobody_key(schema: str) -> str:
    return f"{schema}:push:nobody"


def may_be_told(schema: str) -> bool:
    """Without a query: False, where nobody in the workspace is told of anything by a browser."""
    try:
        return not valkey().exists(nobody_key(schema))
    except redis.RedisError:
        # What would tell them waits there, too.
        return False


def nobody_is_told(schema: str) -> bool:
    """Notes it, if it is still so afterwards: somebody may have come in between."""
    try:
        valkey().set(nobody_key(schema), 1, ex=NOBODY_SECONDS)
    except redis.RedisError:
        return True
    if not PushSubscription.objects.exists():
        return True
    somebody_is_told(schema)
    return False


def somebody_is_told(schema: str) -> None:
    try:
        valkey().delete(nobody_key(schema))
    except redis.RedisError as error:
        logger.warning("%s: that somebody is to be told is not noted (%s)", schema, type(error).__name__)
