"""Search in 5,000,000 messages of 1,000,000 people: how long each kind of question takes, and what the index costs
those who write.

python -m bench.search [--quick]
"""

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

from bench._many_messages import ARABIC, ARABIC_RARE, COMMON, MISSPELT, NEVER, RARE, SECOND, fill
from bench._processor import processor_ms
from bench._rounds import Report, beside, in_turns
from bench._servers import make_safe, manage, own_servers
from bench._world import make_channels, make_workspaces

MESSAGES, QUICK_MESSAGES = 5_000_000, 100_000
MOST_MS = 300.0
WRITTEN = 1_000
MOST_SLOWER = 2.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_MESSAGES:,} messages, fewer rounds")
    quick = parser.parse_args().quick
    messages = QUICK_MESSAGES if quick else MESSAGES
    report = Report("search")
    with own_servers() as servers:
        manage("migrate_workspaces")
        make_workspaces(1)
        make_channels()
        schema = fill_workspace(messages)
        make_safe(servers)
        from django_tenants.utils import schema_context

        with schema_context(schema):
            how_long(report, messages, rounds=5 if quick else 20)
            how_dear(report, rounds=3 if quick else 11)
    report.show()


def fill_workspace(messages: int) -> str:
    from django_tenants.utils import schema_context

    from agents.models import Agent
    from pages.models import Channel
    from workspaces.models import Workspace

    schema = str(Workspace.objects.get().schema_name)
    with schema_context(schema):
        fill(messages=messages, chats=messages // 5, channels=[Channel.objects.get()], agents=[Agent.objects.get()])
    return schema


def questions() -> dict[str, str]:
    return {
        "a common word": COMMON,
        "a rare word": RARE,
        "two words": f"{COMMON} {SECOND}",
        "two words that hardly meet": f"{SECOND} {RARE}",
        "a word that is nowhere": NEVER,
        "a misspelt word": MISSPELT,
        "a common Arabic word": ARABIC[2],
        "a rare Arabic word": ARABIC_RARE,
        "an emoji, of the newest": "🎉",
        "a name": "Rosa",
        "a common word, of one person": f"from:rosa {COMMON}",
        "a common word, before a day": f"{COMMON} before:yesterday",
        "a common word, in open chats": f"{COMMON} is:open",
    }


def how_long(report: Report, messages: int, *, rounds: int) -> None:
    from agents.models import Agent

    agent = Agent.objects.with_person().earliest("pk")
    worked: dict[str, list[float]] = {what: [] for what in questions()}
    ways = {what: asking(words, agent, worked[what]) for what, words in questions().items()}
    in_turns(2, **ways)
    for times in worked.values():
        times.clear()
    taken = in_turns(rounds, **ways)
    for what, times in taken.items():
        report.add(f"{what}: median", times, "ms")
        report.add(f"{what}: 95 of 100", [ninety_five(times)], "ms")
        report.add(f"{what}: median of the processor", worked[what], "ms")
    by_clock, by_processor = ([one for times in all_.values() for one in times] for all_ in (taken, worked))
    report.ratio(f"p50 ms in {messages:,} messages", statistics.median(by_clock))
    report.ratio(f"p95 ms in {messages:,} messages", ninety_five(by_clock), most=MOST_MS)
    report.ratio("p95 ms of the processor", ninety_five(by_processor), most=MOST_MS)


def asking(words: str, agent: Any, worked: list[float]) -> Callable[[], float]:
    """All that the page asks the database for."""
    from inbox.search import find_messages, find_people
    from inbox.search_words import read

    def ask() -> float:
        began, work = time.perf_counter(), processor_ms()
        find_people(read(words), agent)
        find_messages(read(words), agent)
        worked.append(processor_ms() - work)
        return (time.perf_counter() - began) * 1000

    return ask


def ninety_five(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[18]


def how_dear(report: Report, *, rounds: int) -> None:
    """A thousand messages, each its own commit, as a worker writes them; and into a table without the two indexes."""
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("bare", "searched"):
            cursor.execute(f"CREATE TABLE {table} (LIKE messages INCLUDING DEFAULTS INCLUDING INDEXES)")
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'bare' AND schemaname = current_schema()"
            " AND (indexdef LIKE '%gin_trgm_ops%' OR indexdef LIKE '%(sent_at DESC, id DESC)%')"
        )
        searching = [name for (name,) in cursor.fetchall()]
        assert len(searching) == 2, searching
        for name in searching:
            cursor.execute(f"DROP INDEX {name}")
        for table in ("bare", "searched"):
            cursor.execute(f"INSERT INTO {table} SELECT * FROM messages ORDER BY id LIMIT 200000")
    taken = in_turns(rounds, bare=lambda: write("bare"), searched=lambda: write("searched"))
    report.add(f"{WRITTEN} messages, each its commit, without search", taken["bare"], "ms")
    report.add(f"{WRITTEN} messages, each its commit, with it", taken["searched"], "ms")
    report.ratio("writing with search beside without", beside(taken["searched"], taken["bare"]), most=MOST_SLOWER)


def write(table: str) -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM messages WHERE deleted_at IS NULL ORDER BY sent_at DESC, id DESC LIMIT %s", [WRITTEN]
        )
        ids = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(
            "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
            " WHERE attrelid = 'messages'::regclass AND attnum > 1 AND NOT attisdropped"
        )
        (columns,) = cursor.fetchone()
        sql = f"INSERT INTO {table} (id, {columns}) SELECT uuidv7(), {columns} FROM messages WHERE id = %s"
        began = time.perf_counter()
        for pk in ids:
            cursor.execute(sql, [pk])
        return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
