"""One of several who deal at once, a process each: told which chats and by which way, it says how many it dealt.

Not the product's ways, for comparison: `cursor` holds a row, reads whose turn it is and writes it back, a transaction
for each chat; `list` goes round a list in Valkey. Neither looks who is on, who has room and who answers the channel,
nor says why.
"""

import json
import sys
from collections.abc import Callable
from uuid import UUID

import django

SELECT = "SELECT last FROM bench_cursor FOR UPDATE"
TAKE = "UPDATE chats SET assigned_to_id = %s, updated_at = now() WHERE id = %s AND assigned_to_id IS NULL"
RING = "bench:ring"


def product(chats: list[UUID], at_once: int) -> int:
    """As a batch of messages does: the chats are held, then dealt."""
    from django.db import transaction

    from inbox.actions.dealing import deal
    from inbox.arrivals import Wish
    from inbox.models import Chat

    dealt = 0
    for start in range(0, len(chats), at_once):
        with transaction.atomic():
            wanted = Chat.objects.open().unassigned().filter(pk__in=chats[start : start + at_once]).order_by("id")
            held = list(wanted.select_for_update(of=("self",)))
            dealt += len(held) - len(deal([Wish(chat) for chat in held]))
    return dealt


def cursor(chats: list[UUID], at_once: int) -> int:
    from django.db import connection, transaction

    agents, dealt = ring(), 0
    for chat in chats:
        with transaction.atomic(), connection.cursor() as ask:
            ask.execute(SELECT)
            (last,) = ask.fetchone()
            ask.execute(TAKE, [agents[last % len(agents)], chat])
            dealt += ask.rowcount
            ask.execute("UPDATE bench_cursor SET last = last + 1")
    return dealt


def list_in_valkey(chats: list[UUID], at_once: int) -> int:
    from django.db import connection

    from workspaces.valkey import valkey

    dealt = 0
    for chat in chats:
        agent = valkey().lmove(RING, RING, "RIGHT", "LEFT").decode()
        with connection.cursor() as ask:
            ask.execute(TAKE, [agent, chat])
            dealt += ask.rowcount
    return dealt


def ring() -> list[UUID]:
    from agents.models import Agent

    return list(Agent.objects.order_by("pk").values_list("pk", flat=True))


WAYS: dict[str, Callable[[list[UUID], int], int]] = {"product": product, "cursor": cursor, "list": list_in_valkey}

if __name__ == "__main__":
    django.setup()
    from django_tenants.utils import schema_context

    told = json.loads(sys.stdin.readline())
    with schema_context(told["schema"]):
        # The connection, and what Python loads on the way.
        WAYS[told["way"]]([], told["at_once"])
        print(len(ring()), flush=True)
        sys.stdin.readline()
        print(WAYS[told["way"]]([UUID(chat) for chat in told["chats"]], told["at_once"]), flush=True)
