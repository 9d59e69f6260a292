"""Who answers: how many chats are dealt a second, how evenly, and what a backlog costs the others.

python -m bench.assignment [--quick]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from uuid import UUID

from bench._asking import Asker
from bench._dealer import RING
from bench._desk import session_of
from bench._rounds import Report, beside
from bench._servers import PROJECT, free_port, make_safe, manage, own_servers, product, worker
from bench._world import OWNER, make_channels, make_chats, make_workspaces

CONNECTIONS, AGENTS = 8, 20
# As many as a delivery of a busy minute brings.
AT_ONCE = 25
BACKLOG, LIMIT = 10_000, 400
WITHIN = 120
LIST = "/inbox/all/"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer chats and rounds")
    quick = parser.parse_args().quick
    report = Report("assignment")
    print(f"load {os.getloadavg()[0]:.1f} as it began")
    port = free_port()
    addresses = {"PUBLIC_URL": f"http://localhost:{port}"}
    with tempfile.TemporaryDirectory() as static, own_servers(BENCH_STATIC=static, **addresses) as servers:
        manage("collectstatic", "--noinput", "--verbosity", "0")
        manage("migrate_workspaces")
        make_workspaces(1)
        make_channels()
        staff()
        make_safe(servers)
        decisions(report, rounds=2 if quick else 5, chats=800 if quick else 4000)
        by_four(report, chats=1000 if quick else 10_000)
        racing(report, chats=400 if quick else 2000)
        with product(port), worker("worker"):
            backlog(report, port, chats=2000 if quick else BACKLOG)
    report.show()


def schema() -> str:
    from workspaces.models import Workspace

    return str(Workspace.objects.get().schema_name)


def staff() -> None:
    """The owner does not answer; the others are alike."""
    from django.db import connection
    from django_tenants.utils import schema_context

    from agents.models import Agent, Position
    from workspaces.models import User

    with schema_context(schema()):
        Agent.objects.update(can_receive_new_chats=False, is_active=True)
        position = Position.objects.get(slug="agent")
        for number in range(AGENTS):
            user = User.objects.create(email=f"agent{number}@example.com", first_name=f"Agent {number}")
            Agent.objects.create(user=user, position=position)
        with connection.cursor() as ask:
            ask.execute("CREATE TABLE bench_cursor AS SELECT 0::bigint AS last")


def answering() -> list[UUID]:
    from agents.models import Agent

    return list(Agent.objects.receiving().order_by("pk").values_list("pk", flat=True))


def all_here() -> None:
    from agents.actions.push import nobody_is_told
    from agents.realtime.presence import present_key
    from workspaces.valkey import valkey

    agents = [str(agent) for agent in answering()]
    valkey().zadd(present_key(schema()), dict.fromkeys(agents, time.time() + 3600))
    nobody_is_told(schema())
    valkey().delete(RING)
    valkey().rpush(RING, *agents)


def fresh(number: int) -> list[UUID]:
    """Open, nobody's, one waiting longer than the next; those of the round before are gone."""
    from django.db import connection
    from django_tenants.utils import schema_context

    with schema_context(schema()), connection.cursor() as ask:
        ask.execute("TRUNCATE contacts, identities, chats, chat_events, assignment_cursors CASCADE")
        made = [chat for chat, _ in make_chats(schema(), number)]
        ask.execute(
            "UPDATE chats SET waiting_since = now() - (%s - t.place) * interval '1 second', last_message_at = now()"
            " FROM unnest(%s::uuid[]) WITH ORDINALITY AS t(id, place) WHERE chats.id = t.id",
            [number, made],
        )
        ask.execute("VACUUM ANALYZE chats")
        all_here()
    return made


def dealt_by(way: str, shares: list[list[UUID]], at_once: int = AT_ONCE) -> tuple[float, int]:
    """So many at once, each his share; seconds, and how many chats they say they dealt."""
    command = [sys.executable, "-m", "bench._dealer"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    dealers = [subprocess.Popen(command, cwd=PROJECT, text=True, **pipes) for _ in shares]  # type: ignore[call-overload]
    for dealer, share in zip(dealers, shares, strict=True):
        told = {"schema": schema(), "way": way, "at_once": at_once, "chats": [str(chat) for chat in share]}
        dealer.stdin.write(json.dumps(told) + "\n")
        dealer.stdin.flush()
    for dealer in dealers:
        dealer.stdout.readline()
    started = time.perf_counter()
    for dealer in dealers:
        dealer.stdin.write("go\n")
        dealer.stdin.flush()
    numbers = [int(dealer.stdout.readline()) for dealer in dealers]
    seconds = time.perf_counter() - started
    for dealer in dealers:
        dealer.communicate()
    return seconds, sum(numbers)


def decisions(report: Report, *, rounds: int, chats: int) -> None:
    ways = {"ours": ("product", AT_ONCE), "alone": ("product", 1), "cursor": ("cursor", 1), "list": ("list", 1)}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    spreads = []
    for number in range(rounds):
        for name in list(ways) if number % 2 == 0 else reversed(ways):
            way, at_once = ways[name]
            some = fresh(chats // 4 if at_once == 1 else chats)
            seconds, dealt = dealt_by(way, [some[place::CONNECTIONS] for place in range(CONNECTIONS)], at_once)
            taken[name].append(dealt / seconds)
            if name == "ours":
                spreads.append(spread())
    ours = report.add(f"decisions by {CONNECTIONS} connections, {AT_ONCE} to a transaction", taken["ours"], "/s")
    report.add("each in a transaction of its own", taken["alone"], "/s")
    report.add("a bare cursor, SELECT FOR UPDATE, each alone", taken["cursor"], "/s")
    report.add("a bare list in Valkey, each alone", taken["list"], "/s")
    report.ratio("decisions_per_second", ours, least=2000)
    report.ratio("beside_bare_cursor", beside(taken["ours"], taken["cursor"]))
    report.ratio("beside_list_in_valkey", beside(taken["ours"], taken["list"]))
    report.ratio("most_less_fewest", max(spreads), most=1)


def by_four(report: Report, *, chats: int) -> None:
    some = fresh(chats)
    seconds, dealt = dealt_by("product", [some[place::4] for place in range(4)])
    report.add(f"{chats:,} chats by 4 connections", [dealt / seconds], "/s")
    report.ratio("by_four_left", chats - dealt, most=0)
    report.ratio("by_four_most_less_fewest", spread(), most=1)


def spread() -> int:
    from django_tenants.utils import schema_context

    from inbox.models import Chat

    with schema_context(schema()):
        owners = list(Chat.objects.exclude(assigned_to=None).values_list("assigned_to", flat=True))
        shares = [owners.count(agent) for agent in answering()]
    return max(shares) - min(shares)


def racing(report: Report, *, chats: int) -> None:
    """All of them want the same chats."""
    from django.db.models import Count
    from django_tenants.utils import schema_context

    from inbox.models import Chat, ChatEvent

    some = fresh(chats)
    seconds, dealt = dealt_by("product", [some] * CONNECTIONS)
    with schema_context(schema()):
        told = ChatEvent.objects.values("chat").annotate(times=Count("*"))
        twice = told.filter(times__gt=1).count()
        left = Chat.objects.unassigned().count()
    report.add("decisions, all racing for the same chats", [dealt / seconds], "/s")
    report.ratio("racing_dealt_twice", twice + dealt - chats, most=0)
    report.ratio("racing_left", left, most=0)
    report.ratio("racing_most_less_fewest", spread(), most=1)


def backlog(report: Report, port: int, *, chats: int) -> None:
    """All agents come on at once, each with room for so many; meanwhile somebody looks at the list."""
    from django_tenants.utils import schema_context

    from agents.models import Agent
    from agents.realtime.presence import DEALING
    from inbox.models import Chat
    from workspaces import bells
    from workspaces.models import User, Workspace

    limit = LIMIT * chats // BACKLOG
    with schema_context(schema()):
        Agent.objects.receiving().update(max_open_chats=limit)
    some = fresh(chats)
    workspace = Workspace.objects.get()
    asker = Asker(port, workspace.host, session_of(User.objects.get(email=OWNER), workspace))
    for _ in range(20):
        asker.ms(LIST)
    alone = [asker.ms(LIST) for _ in range(200)]
    done = threading.Event()
    beside_it: list[float] = []
    looking = threading.Thread(target=look, args=(asker, beside_it, done))
    started = time.perf_counter()
    bells.ring(DEALING, schema())
    looking.start()
    room = min(limit * AGENTS, chats)
    with schema_context(schema()):
        while (waiting := Chat.objects.unassigned().count()) > chats - room:
            if time.perf_counter() > started + WITHIN:
                raise SystemExit(f"{waiting} still wait after {WITHIN} seconds")
            time.sleep(0.05)
        seconds = time.perf_counter() - started
        done.set()
        looking.join()
        owners = dict(Chat.objects.values_list("pk", "assigned_to"))
        over = sum(list(owners.values()).count(agent) > limit for agent in answering())
    overtaken = sum(owners[chat] is None for chat in some[:room])
    report.add(f"a backlog of {chats:,}, {room:,} of them dealt", [seconds], "s")
    p95 = [statistics.quantiles(times, n=20)[-1] for times in (alone, beside_it)]
    report.add("the list meanwhile, p95", [p95[1]], "ms")
    report.add("the list alone, p95", [p95[0]], "ms")
    report.ratio("backlog_seconds", seconds, most=10)
    report.ratio("backlog_overtaken", overtaken, most=0)
    report.ratio("backlog_over_limit", over, most=0)
    report.ratio("list_p95_meanwhile", p95[1] / p95[0], most=1.2)


def look(asker: Asker, times: list[float], done: threading.Event) -> None:
    while not done.is_set():
        times.append(asker.ms(LIST))


if __name__ == "__main__":
    main()
