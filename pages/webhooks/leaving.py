"""What does not move: goes back to the door, to be tried later, or kept until somebody looks."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from pages.webhooks.cutting import MOST_PARTS, Piece, body_of
from pages.webhooks.events import Part
from pages.webhooks.troubles import described, frames
from workspaces.models import Delivery

logger = logging.getLogger(__name__)

# Between the tries of what failed.
PATIENCE = [timedelta(seconds=seconds) for seconds in (5, 30, 120, 600)]
UNDONE_BY_OTHERS = ("40001", "40P01")
# Of PostgreSQL's codes: what was asked is more than it takes, or than we wait for, however often it is asked.
TOO_MUCH, TOO_LONG = "54", "57014"


def is_databases_own(error: Exception) -> bool:
    """Nobody's fault: it counts as no try."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    return not state_of(error).startswith((TOO_MUCH, TOO_LONG))


def is_undone_by_others(error: Exception) -> bool:
    return state_of(error) in UNDONE_BY_OTHERS


def state_of(error: Exception) -> str:
    return getattr(error.__cause__, "sqlstate", None) or ""


def put_unrouted(pieces: Sequence[Piece]) -> None:
    """For accounts that nobody has connected: one delivery of each account."""
    accounts: dict[tuple[int, str, str], list[Piece]] = defaultdict(list)
    for piece in pieces:
        accounts[piece.delivery.pk, piece.part.platform, account_of(piece.part)].append(piece)
    for same in accounts.values():
        put(same[0].delivery, [piece.part for piece in same], state=Delivery.State.UNROUTED)


def put_failed(piece: Piece, error: Exception) -> None:
    """To be tried later, alone."""
    logger.error(
        "a part of delivery %s failed: %s: %s\n%s",
        piece.delivery.pk,
        piece.part.kind,
        described(error),
        frames(error),
    )
    put(piece.delivery, [piece.part], **failed_again(piece.delivery.attempts, error))


def put_rest(delivery: Delivery, parts: Sequence[Part]) -> None:
    """Behind all that wait."""
    for start in range(0, len(parts), MOST_PARTS):
        put(delivery, parts[start : start + MOST_PARTS], attempts=delivery.attempts)


def put(delivery: Delivery, parts: Sequence[Part], **how: object) -> None:
    Delivery.objects.create(
        body=body_of(parts),
        workspace_id=delivery.workspace_id,
        received_at=delivery.received_at,
        platform=parts[0].platform,
        account_id=account_of(parts[0]) if len({account_of(part) for part in parts}) == 1 else "",
        **how,
    )


def account_of(part: Part) -> str:
    return part.account_id or part.waba_id


def failed_again(attempts: int, error: Exception) -> dict[str, object]:
    attempts += 1
    again = attempts < Delivery.TRIES
    return {
        "state": Delivery.State.WAITING if again else Delivery.State.PARKED,
        "attempts": attempts,
        "not_before": timezone.now() + PATIENCE[attempts - 1] if again else None,
        "error": described(error),
    }


def park(delivery: Delivery, error: Exception) -> None:
    """It cannot even be taken apart, now or later."""
    logger.error("delivery %s is parked: %s\n%s", delivery.pk, described(error), frames(error))
    kept = Delivery.objects.filter(pk=delivery.pk)
    kept.update(state=Delivery.State.PARKED, attempts=Delivery.TRIES, error=described(error))


def postpone(pk: int, error: Exception) -> None:
    """Its own transaction failed as a whole; what waits behind it need not wait for it."""
    logger.error("delivery %s waits: %s\n%s", pk, described(error), frames(error))
    if is_undone_by_others(error):
        return
    delivery = Delivery.objects.waiting().filter(pk=pk).only("attempts").first()
    if delivery is None:
        return
    own = {"not_before": timezone.now() + PATIENCE[0]}
    Delivery.objects.waiting().filter(pk=pk).update(
        **own if is_databases_own(error) else failed_again(delivery.attempts, error)
    )
