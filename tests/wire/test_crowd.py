"""A crowd writes while everything that can die dies: afterwards both ends agree."""

import random
import time

from pages.sandbox import world
from tests.product import eventually
from tests.wire.ends import disagreements
from tests.wire.wire import Wire

SEED = 20_261
RATE, SECONDS = 40, 10


def test_nothing_is_lost_and_nothing_is_there_twice(wire: Wire) -> None:
    print(f"seed {SEED}")  # noqa: T201
    chance = random.Random(SEED)  # noqa: S311
    wire.meta.post("settings", duplicate_rate=0.1, reorder_rate=0.1)
    wire.meta.post("crowd", rate=RATE, duration=SECONDS, people=60, seed=SEED, accounts=wire.accounts)
    troubles = ["web", "web", "web", "events", "events", "events", "worker", "beat", "flush", "valkey", "postgres"]
    chance.shuffle(troubles)
    for trouble in troubles:
        time.sleep(chance.uniform(0.2, 1.0))
        make(wire, trouble)
    report = eventually(lambda: over(wire), what="the crowd is done")
    assert report["acts"] == RATE * SECONDS
    wire.drain()
    eventually(lambda: not disagreements(wire), what=f"both ends agree: {disagreements(wire)}")


def over(wire: Wire) -> dict[str, object] | None:
    report: dict[str, object] = wire.meta.get("crowd")
    return None if report["running"] else report


def make(wire: Wire, trouble: str) -> None:
    if trouble == "flush":
        wire.flush()
    elif trouble == "valkey":
        wire.stop_valkey()
        # Meanwhile the door takes what comes, and nobody is called.
        time.sleep(0.5)
        wire.servers.valkey.start()
    elif trouble == "postgres":
        wire.stop_postgres()
        wire.servers.postgres.start()
    else:
        wire.kill(trouble)
        wire.spawn(trouble)


def test_without_a_database_the_door_says_so_and_meta_comes_again(wire: Wire) -> None:
    since = wire.last_record()
    wire.stop_postgres()
    word = wire.meta.write("priya", world.ACME_PAGE, "Is anybody there?")
    tries = lambda: [one for one in wire.meta.record("webhook", since) if word["id"] in one["about"]]  # noqa: E731
    eventually(lambda: len(tries()) >= 2, what="Meta comes again")
    assert {one["status"] for one in tries()} == {503}
    wire.servers.postgres.start()
    wire.arrives(word["id"])
    wire.drain()
    assert [one["status"] for one in tries()][-1] == 200
    eventually(lambda: not disagreements(wire), what=f"both ends agree: {disagreements(wire)}")
