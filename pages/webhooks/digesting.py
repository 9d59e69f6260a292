"""From the door into the workspaces: a delivery's parts move in one transaction, and the delivery is gone.

Many deliveries share a transaction, and their parts go in steps, each a savepoint: a step that fails is undone, its
parts are tried alone, and what fails alone goes back. A transaction that fails as a whole is done again by deliveries.
"""

import logging
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterable
from uuid import UUID

from django.db import connection, transaction
from django_tenants.utils import schema_context

from pages.webhooks.cutting import MOST_PARTS, Piece, parts_of
from pages.webhooks.events import Part
from pages.webhooks.lanes import OWN_SECONDS, PLATFORM_SECONDS, Turn, claim, hold, own_lanes
from pages.webhooks.leaving import is_databases_own, park, postpone, put_failed, put_rest, put_unrouted
from pages.webhooks.moving import Moving, move_into
from pages.webhooks.routes import finish
from pages.webhooks.routing import Routes
from pages.webhooks.troubles import described
from workspaces.models import Delivery, Workspace

logger = logging.getLogger(__name__)

# One at a time in a process: a second one would only wait for the first one's rows.
_digesting = threading.Lock()
_asked = threading.Event()


def digest_deliveries() -> int:
    """Until none is left; how many have been taken on."""
    taken = 0
    # Said before the lock is tried: whoever holds it then looks once more.
    _asked.set()
    while _asked.is_set() and _digesting.acquire(blocking=False):
        try:
            _asked.clear()
            lanes: deque[UUID] = deque()
            while (number := digest_round(lanes)) or lanes:
                taken += number
        finally:
            _digesting.release()
    return taken


def digest_round(lanes: deque[UUID]) -> int:
    """The platform's for a while, then for a while one lane after the other; what is left has the next round."""
    taken, until = 0, time.monotonic() + PLATFORM_SECONDS
    while (number := digest_batch()) and time.monotonic() < until:
        taken += number
    taken += number
    lanes.extend(() if lanes else own_lanes())
    until = time.monotonic() + OWN_SECONDS
    while lanes and time.monotonic() < until:
        taken += digest_batch(lanes.popleft())
    return taken


def digest_batch(lane: UUID | None = None) -> int:
    turn = Turn(lane)
    claimed: list[int] = []
    try:
        with transaction.atomic():
            turn.limit_statements()
            claimed = claim(turn)
            if claimed:
                move(Delivery.objects.filter(pk__in=claimed).order_by("pk"), turn)
    except Exception as error:
        if not claimed:
            raise
        logger.warning("%s deliveries are undone, each is tried alone: %s", len(claimed), described(error))
        digest_each(claimed, lane)
    return len(claimed)


def digest_each(claimed: Iterable[int], lane: UUID | None) -> None:
    """As far as one turn goes; the others wait for the next."""
    turn = Turn(lane)
    for pk in claimed:
        try:
            digest_alone(pk, lane)
        except Exception as error:
            postpone(pk, error)
        if turn.is_over:
            return


def digest_alone(pk: int, lane: UUID | None) -> None:
    with transaction.atomic():
        turn = Turn(lane)
        turn.limit_statements()
        if lane is None or hold(lane):
            move(Delivery.objects.due().select_for_update(skip_locked=True).filter(pk=pk), turn)


def move(deliveries: Iterable[Delivery], turn: Turn) -> None:
    """As much as goes in one turn."""
    taken = take_apart(deliveries)
    pieces = [Piece(delivery, part) for delivery, parts in taken for part in parts[:MOST_PARTS]]
    routes = Routes(piece.part for piece in pieces)
    left: dict[int, list[Part]] = defaultdict(list)
    for piece in move_in_steps([piece for piece in pieces if routes.homes_of(piece)], routes, turn):
        left[piece.delivery.pk].append(piece.part)
    finish()
    put_unrouted([piece for piece in pieces if not routes.homes_of(piece)])
    done: list[int] = []
    for delivery, parts in taken:
        rest = left[delivery.pk] + parts[MOST_PARTS:]
        if len(rest) < len(parts):
            put_rest(delivery, rest)
            done.append(delivery.pk)
    Delivery.objects.filter(pk__in=done).delete()


def take_apart(deliveries: Iterable[Delivery]) -> list[tuple[Delivery, list[Part]]]:
    """One, however much it holds, or several that hold no more than goes at once."""
    taken: list[tuple[Delivery, list[Part]]] = []
    number = 0
    for delivery in deliveries:
        try:
            parts = parts_of(delivery)
        except Exception as error:
            park(delivery, error)
            continue
        number += len(parts)
        if taken and number > MOST_PARTS:
            break
        taken.append((delivery, parts))
    return taken


def move_in_steps(pieces: list[Piece], routes: Routes, turn: Turn) -> Iterable[Piece]:
    """Those that the turn did not come to.

    The platform's go in one step. An own app's are felt for: one, two, four, for as long as the turn lasts.
    """
    waiting = deque(pieces)
    size = 1 if turn.lane else max(len(pieces), 1)
    while waiting and not (turn.is_over and len(waiting) < len(pieces)):
        step = [waiting.popleft() for _ in range(min(size, len(waiting)))]
        error = try_step(step, routes, turn)
        if error is None:
            size *= 2
        elif len(step) == 1:
            put_failed(step[0], error)
        else:
            waiting.extendleft(reversed(step))
            size = 1
    return waiting


def try_step(step: list[Piece], routes: Routes, turn: Turn) -> Exception | None:
    """The error, when it is these pieces' own."""
    try:
        with transaction.atomic(), turn.step():
            move_pieces(step, routes)
            # What a constraint says at the commit, it says here, where it undoes nobody else.
            connection.check_constraints()
    except Exception as error:
        if is_databases_own(error):
            raise
        return error
    return None


def move_pieces(pieces: list[Piece], routes: Routes) -> None:
    moving: dict[Workspace, list[Moving]] = defaultdict(list)
    for piece in pieces:
        for workspace in routes.homes_of(piece):
            moving[workspace].append(Moving(piece.part, piece.delivery.received_at))
    # In the same order in every worker, so that none waits for another in a circle.
    for workspace in sorted(moving, key=lambda workspace: workspace.schema_name):
        with schema_context(workspace.schema_name):
            move_into(moving[workspace])


def is_waiting() -> bool:
    """Of the own apps' perhaps for later: one ring too many."""
    return Delivery.objects.due().filter(workspace_id=None).exists() or bool(own_lanes())
