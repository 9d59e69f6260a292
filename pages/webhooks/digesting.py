"""From the door into the workspaces: a delivery's parts move in one transaction, and the delivery is gone.

Many deliveries share a transaction. When one of them fails, the batch is undone and each is tried alone, each of its
parts in a savepoint: what fails goes back as a delivery of its own, what works has moved.
"""

import json
import logging
import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from pages.webhooks.events import Part
from pages.webhooks.moving import Moving, move_into
from pages.webhooks.parsers import parse
from pages.webhooks.parsers.weighing import LIGHT, swells
from pages.webhooks.routing import Routes
from pages.webhooks.troubles import described, frames
from workspaces.models import Delivery, Workspace

logger = logging.getLogger(__name__)

BATCH = 100
BATCH_BYTES = 4 * 1024 * 1024
# Between the tries of what failed.
PATIENCE = [timedelta(seconds=seconds) for seconds in (5, 30, 120, 600)]
UNDONE_BY_OTHERS = ("40001", "40P01")
# Of PostgreSQL's codes: what was asked is more than it takes, however often it is asked.
TOO_MUCH = "54"

# One at a time in a process: a second one would only wait for the first one's rows.
_digesting = threading.Lock()
_asked = threading.Event()

CLAIM = """
SELECT id, octet_length(body) FROM public.deliveries
WHERE state = 'WAITING' AND (not_before IS NULL OR not_before <= now())
ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
"""


class TooMuch(Exception):
    """Not even Meta's largest batch becomes as much."""


@dataclass(frozen=True)
class Outcome:
    """Of one part that did not move."""

    part: Part
    state: str
    error: str = ""


def digest_deliveries() -> int:
    """Until none is left; how many have been taken on."""
    taken = 0
    # Said before the lock is tried: whoever holds it then looks once more.
    _asked.set()
    while _asked.is_set() and _digesting.acquire(blocking=False):
        try:
            _asked.clear()
            while number := digest_batch():
                taken += number
        finally:
            _digesting.release()
    return taken


def digest_batch() -> int:
    claimed: list[int] = []
    try:
        with transaction.atomic():
            claimed = claim(BATCH)
            if claimed:
                move(Delivery.objects.filter(pk__in=claimed).order_by("pk"))
    except Exception as error:
        if not claimed:
            raise
        logger.warning("%s deliveries are undone, each is tried alone: %s", len(claimed), described(error))
        for pk in claimed:
            digest_alone(pk)
    return len(claimed)


def claim(limit: int) -> list[int]:
    """As many as fit in the memory of a small worker, and one however large."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [limit])
        rows = cursor.fetchall()
    claimed: list[int] = []
    size = 0
    for pk, length in rows:
        size += length
        if claimed and size > BATCH_BYTES:
            break
        claimed.append(pk)
    return claimed


def move(deliveries: Iterable[Delivery]) -> None:
    deliveries = list(deliveries)
    moving: dict[Workspace, list[Moving]] = defaultdict(list)
    unrouted: list[tuple[Delivery, Part]] = []
    taken_apart = [(delivery, part) for delivery in deliveries for part in parts_of(delivery)]
    routes = Routes(part for _, part in taken_apart)
    for delivery, part in taken_apart:
        homes = routes.of(part, delivery.workspace_id)
        for workspace in homes:
            moving[workspace].append(Moving(part, delivery.received_at))
        if not homes:
            unrouted.append((delivery, part))
    # In the same order in every worker, so that none waits for another in a circle.
    for workspace in sorted(moving, key=lambda workspace: workspace.schema_name):
        with schema_context(workspace.schema_name):
            move_into(moving[workspace])
    for delivery, part in unrouted:
        put_back(delivery, Outcome(part, Delivery.State.UNROUTED))
    Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries]).delete()


def parts_of(delivery: Delivery) -> list[Part]:
    raw = bytes(delivery.body)
    body = json.loads(raw)
    if len(raw) > LIGHT and swells(body):
        raise TooMuch
    return parse(body)


def digest_alone(pk: int) -> None:
    """Each part for itself; the database's own troubles are nobody's fault and count as no try."""
    try:
        with transaction.atomic():
            delivery = Delivery.objects.due().select_for_update(skip_locked=True).filter(pk=pk).first()
            if delivery:
                move_part_by_part(delivery)
    except OperationalError as error:
        if state_of(error) not in UNDONE_BY_OTHERS:
            raise
        logger.warning("delivery %s waits for another worker", pk)
    except Exception as error:
        # It cannot even be taken apart. All that came later would wait behind it.
        logger.error("delivery %s is parked: %s\n%s", pk, described(error), frames(error))
        broken = Delivery.objects.waiting().filter(pk=pk)
        broken.update(state=Delivery.State.PARKED, attempts=Delivery.TRIES, error=described(error))


def state_of(error: OperationalError) -> str:
    return getattr(error.__cause__, "sqlstate", None) or ""


def move_part_by_part(delivery: Delivery) -> None:
    parts = parts_of(delivery)
    routes = Routes(parts)
    for part in parts:
        homes = routes.of(part, delivery.workspace_id)
        if not homes:
            put_back(delivery, Outcome(part, Delivery.State.UNROUTED))
        elif error := try_to_move(part, homes, delivery):
            put_back(delivery, Outcome(part, Delivery.State.WAITING, error))
    delivery.delete()


def try_to_move(part: Part, homes: list[Workspace], delivery: Delivery) -> str:
    """The error's words, or nothing."""
    try:
        with transaction.atomic():
            for workspace in homes:
                with schema_context(workspace.schema_name):
                    move_into([Moving(part, delivery.received_at)])
    except Exception as error:
        if isinstance(error, OperationalError) and not state_of(error).startswith(TOO_MUCH):
            raise
        # Whatever it is, it stops nobody else.
        logger.error(
            "a part of delivery %s failed: %s: %s\n%s", delivery.pk, part.kind, described(error), frames(error)
        )
        return described(error)
    return ""


def put_back(delivery: Delivery, outcome: Outcome) -> None:
    """The part as a delivery of its own, to be tried later, or kept until somebody looks."""
    part, state = outcome.part, outcome.state
    failed = state == Delivery.State.WAITING
    attempts = delivery.attempts + failed
    if failed and attempts >= Delivery.TRIES:
        state = Delivery.State.PARKED
    Delivery.objects.create(
        body=json.dumps(part.payload).encode(),
        workspace_id=delivery.workspace_id,
        received_at=delivery.received_at,
        state=state,
        attempts=attempts,
        not_before=timezone.now() + PATIENCE[attempts - 1] if failed and state == Delivery.State.WAITING else None,
        error=outcome.error,
        platform=part.platform,
        account_id=part.account_id or part.waba_id,
    )


def is_waiting() -> bool:
    return Delivery.objects.due().exists()
