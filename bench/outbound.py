"""The outbox: answers a second of one `send` process, and what a campaign does to an answer's time.

Answers a second are counted in full swing, from Meta's answer to the first tenth of them to that to the ninth: the bare
loop has no rows to write first and no threads to wake. How long the whole took, rows and bells and all, stands beside.

python -m bench.outbound [--quick]
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from bench._deliveries import SECRET
from bench._rounds import Report, beside, in_turns
from bench._servers import PROJECT, graph_server, make_safe, manage, own_servers, worker
from bench._world import make_channels, make_chats, make_workspaces

# Of the Procfile's `send` process.
THREADS = 16
SLOW = 0.1
# Meta's limit is a channel's: together they may do more than this machine can.
CHANNELS = 20
CHATS = 1000
# Answers a second beside a campaign.
REPLIES = 20
WITHIN = 120


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="within 40 seconds, on fewer rounds")
    quick = parser.parse_args().quick
    report = Report("outbound")
    with own_servers(META_APP_SECRET=SECRET, SEND_THREADS=str(THREADS)) as servers:
        manage("migrate_workspaces")
        make_workspaces(1)
        make_channels(each=CHANNELS)
        outbox = Outbox()
        make_safe(servers)
        at_full_speed(report, outbox, rounds=3 if quick else 9, number=400 if quick else 1500)
        at_distance(report, outbox, rounds=2 if quick else 5, number=400 if quick else 800)
    report.show()


class Rates(NamedTuple):
    swing: float
    whole: float


class Outbox:
    def __init__(self) -> None:
        from workspaces.models import Workspace

        self.workspace: Workspace = Workspace.objects.get()
        self.schema = self.workspace.schema_name
        self.chats = make_chats(self.schema, CHATS)

    def queue(self, sender: str, number: int, *, start: int = 0, lane: str = "send") -> list[UUID]:
        """One message each to so many chats, from `start` on; the process is told once."""
        from django.db import transaction
        from django.utils import timezone
        from django_tenants.utils import schema_context

        from inbox import turns
        from inbox.models import Message

        chats = [self.chats[(start + i) % len(self.chats)] for i in range(number)]
        with schema_context(self.schema):
            with transaction.atomic():
                made = Message.objects.bulk_create(
                    Message(
                        chat_id=chat,
                        channel_id=channel,
                        direction="OUT",
                        sender=sender,
                        status="QUEUED",
                        text="It is.",
                        sent_at=timezone.now(),
                    )
                    for chat, channel in chats
                )
            turns.give(lane, dict.fromkeys((chat for chat, _ in chats), 0.0))
            turns.ring(lane)
        return [message.pk for message in made]

    def wait_until_sent(self) -> None:
        from django_tenants.utils import schema_context

        from inbox.models import Message

        deadline = time.monotonic() + WITHIN
        with schema_context(self.schema):
            while left := Message.objects.unsettled().count():
                if time.monotonic() > deadline:
                    raise SystemExit(f"{left} messages still wait after {WITHIN} seconds")
                time.sleep(0.05)
            if unsent := Message.objects.filter(direction="OUT").exclude(status="SENT").count():
                raise SystemExit(f"{unsent} messages were not sent")

    def sends_per_second(self, number: int) -> "Rates":
        started = time.perf_counter()
        messages = self.queue("AGENT", number)
        self.wait_until_sent()
        whole = number / (time.perf_counter() - started)
        answered = sorted(self.answered(messages).values())
        swing = answered[number // 10 : number - number // 10]
        return Rates((len(swing) - 1) / (swing[-1] - swing[0]).total_seconds(), whole)

    def seconds_to_meta(self, messages: list[UUID]) -> list[float]:
        """From the row to Meta's answer."""
        from django_tenants.utils import schema_context

        from inbox.models import Message

        answered = self.answered(messages)
        with schema_context(self.schema):
            written = dict(Message.objects.filter(pk__in=messages).values_list("pk", "created_at"))
        return [(answered[pk] - at).total_seconds() for pk, at in written.items()]

    def answered(self, messages: list[UUID]) -> dict[UUID, datetime]:
        """When Meta answered each, as the row of the call says it, which may come after the message's."""
        from django_tenants.utils import schema_context

        from pages.models import GraphCall

        about = [f"message {pk}" for pk in messages]
        deadline = time.monotonic() + WITHIN
        with schema_context(self.schema):
            while (calls := GraphCall.objects.filter(address__in=about)).count() < len(messages):
                if time.monotonic() > deadline:
                    raise SystemExit("a call to Meta left no row")
                time.sleep(0.02)
            return {UUID(address.split()[1]): at for address, at in calls.values_list("address", "created_at")}


def bare_loop(graph: str, *, seconds: float, threads: int = 1) -> Callable[[], float]:
    command = [sys.executable, "-m", "bench._loop", f"{graph}/v25.0/100000/messages", str(seconds), str(threads)]
    return lambda: float(subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True).stdout)


def at_full_speed(report: Report, outbox: Outbox, *, rounds: int, number: int) -> None:
    """A Meta that answers at once: what the outbox itself costs."""
    with graph_server() as graph, worker("send", GRAPH_URL=graph):
        whole: list[float] = []

        def ours() -> float:
            rates = outbox.sends_per_second(number)
            whole.append(rates.whole)
            return rates.swing

        ways = {
            "ours": ours,
            "bare": bare_loop(graph, seconds=1),
            "bare threads": bare_loop(graph, seconds=1, threads=THREADS),
        }
        in_turns(1, **ways)
        taken = in_turns(rounds, **ways)
    report.add(f"sends by one process of {THREADS} threads", taken["ours"], "/s")
    report.add("the same, from before the first row was written", whole[1:], "/s")
    report.add("posts by a bare loop, one thread, one pooled session", taken["bare"], "/s")
    report.add(f"posts by a bare loop of {THREADS} threads, one pooled session", taken["bare threads"], "/s")
    report.ratio("of_bare_loop", beside(taken["ours"], taken["bare"]), least=0.6)
    report.ratio("of_bare_threads", beside(taken["ours"], taken["bare threads"]))


def at_distance(report: Report, outbox: Outbox, *, rounds: int, number: int) -> None:
    """A Meta that takes 100 ms."""
    with graph_server(SLOW, threads=64) as graph, worker("send", GRAPH_URL=graph):
        outbox.sends_per_second(THREADS)
        taken = [outbox.sends_per_second(number) for _ in range(rounds)]
        rate = report.add(f"sends at {SLOW * 1000:.0f} ms, {THREADS} threads", [one.swing for one in taken], "/s")
        report.add("the same, from before the first row was written", [one.whole for one in taken], "/s")
        report.ratio("of_ideal", rate * SLOW / THREADS, least=0.9)
        with worker("bulk", GRAPH_URL=graph):
            beside_campaign(report, outbox, rounds=rounds, seconds=4)


def beside_campaign(report: Report, outbox: Outbox, *, rounds: int, seconds: float) -> None:
    def p95(*, campaign: bool) -> float:
        if campaign:
            # As many as the `bulk` process has work with for as long.
            outbox.queue("BOT", int(seconds * 40), start=CHATS // 2, lane="bulk")
        replies = []
        started = time.perf_counter()
        for number in range(int(seconds * REPLIES)):
            time.sleep(max(0.0, started + number / REPLIES - time.perf_counter()))
            replies += outbox.queue("AGENT", 1, start=number)
        outbox.wait_until_sent()
        return statistics.quantiles(outbox.seconds_to_meta(replies), n=20)[-1] * 1000

    taken = in_turns(rounds, alone=lambda: p95(campaign=False), beside=lambda: p95(campaign=True))
    report.add("an answer's time to Meta and back, p95, alone", taken["alone"], "ms")
    report.add("an answer's time to Meta and back, p95, beside a campaign", taken["beside"], "ms")
    report.ratio("reply_p95_beside_campaign", beside(taken["beside"], taken["alone"]), most=1.2)


if __name__ == "__main__":
    sys.exit(main())
