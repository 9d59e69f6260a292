"""Parts become rows of their workspace, and its actions hear of them."""

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

from pages.models import Channel, WebhookEvent
from pages.webhooks.events import Part
from pages.webhooks.parsers import parse
from pages.webhooks.routes import Heard, handle, heard_in
from workspaces.ids import uuid7

# A repetition of what is there is no news: nobody hears of it.
KEEP = """
INSERT INTO webhook_events (id, channel_id, platform, object, account_id, sender_id, kind, is_known, about, payload,
  fingerprint, received_at, processed_at)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bool[],
  %s::text[], %s::jsonb[], %s::uuid[], %s::timestamptz[], %s::timestamptz[])
ON CONFLICT (fingerprint) DO NOTHING RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Moving:
    part: Part
    received_at: datetime


def move_into(moving: list[Moving]) -> None:
    """Inside the workspace's schema and the transaction that takes the delivery away."""
    channels = channels_of([one.part for one in moving])
    new = keep(moving, channels)
    heard: dict[Channel, list[Heard]] = defaultdict(list)
    for row, part in sorted(new, key=lambda kept: (kept[1].account_id, kept[1].at)):
        for channel in channels.of(part):
            heard[channel] += heard_in(part, row)
    for channel in sorted(heard, key=lambda channel: channel.pk):
        hear(channel, heard[channel])


def hear(channel: Channel, heard: list[Heard]) -> None:
    """With those that came before the message they are about, once it is here."""
    early = handle(channel, heard)
    for one in early:
        WebhookEvent.objects.filter(pk=one.row).update(processed_at=None, about=one.about)


def hear_early(channel: Channel, external_ids: list[str]) -> None:
    """These messages, or people, have come: what was said about them before is heard now."""
    if not external_ids:
        return
    waiting = list(
        WebhookEvent.objects.waiting_for_message().filter(channel=channel, about__in=external_ids).order_by("id")
    )
    if not waiting:
        return
    WebhookEvent.objects.filter(pk__in=[event.pk for event in waiting]).update(processed_at=timezone.now())
    again = [(event.pk, part) for event in waiting for part in parse(event.payload)]
    hear(channel, [one for pk, part in sorted(again, key=lambda kept: kept[1].at) for one in heard_in(part, pk)])


class ChannelsOf:
    def __init__(self, found: list[Channel]) -> None:
        self.by_account = {(channel.platform, channel.external_id): channel for channel in found}
        self.by_waba: dict[str, list[Channel]] = defaultdict(list)
        for channel in found:
            self.by_waba[channel.waba_id].append(channel)

    def one(self, part: Part) -> Channel | None:
        return self.by_account.get((part.platform, part.account_id))

    def of(self, part: Part) -> list[Channel]:
        if not part.account_id:
            return self.by_waba[part.waba_id]
        channel = self.one(part)
        return [channel] if channel else []


def channels_of(parts: list[Part]) -> ChannelsOf:
    accounts = {part.account_id for part in parts if part.account_id}
    # Nobody here speaks with a token: one that cannot be read keeps no message out.
    channels = Channel.objects.defer("access_token")
    found = list(channels.filter(external_id__in=accounts)) if accounts else []
    if wabas := {part.waba_id for part in parts if part.waba_id and not part.account_id}:
        found += channels.filter(metadata__waba_id__in=wabas)
    return ChannelsOf(found)


def keep(moving: list[Moving], channels: ChannelsOf) -> list[tuple[UUID, Part]]:
    now = timezone.now()
    rows = {}
    for one in moving:
        part = one.part
        payload = json.dumps(part.payload, sort_keys=True)
        print_ = fingerprint(payload)
        channel = channels.one(part)
        rows[print_] = (
            uuid7(),
            channel.pk if channel else None,
            part.platform,
            part.object,
            part.account_id or part.waba_id,
            part.sender_id,
            part.kind,
            part.is_known,
            part.about,
            payload,
            print_,
            one.received_at,
            now,
            part,
        )
    # In one order in every worker, so that two with the same rows do not wait for each other.
    ordered = [rows[key] for key in sorted(rows)]
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [list(column) for column in zip(*(row[:-1] for row in ordered), strict=True)])
        new = {pk for (pk,) in cursor.fetchall()}
    return [(row[0], row[-1]) for row in ordered if row[0] in new]


def fingerprint(payload: str) -> UUID:
    return UUID(bytes=hashlib.blake2b(payload.encode("utf-8", "surrogatepass"), digest_size=16).digest())
