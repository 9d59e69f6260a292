import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import redis

from inbox.limits import ALONE, Bucket, Limits, buckets_of, per_second
from workspaces.models import Platform


@pytest.fixture
def name(db):
    return uuid.uuid4().hex


@pytest.fixture
def away(monkeypatch):
    """Limits whose Valkey answers nobody."""
    nobody = redis.Redis(host="127.0.0.1", port=1, retry=redis.retry.Retry(redis.backoff.NoBackoff(), 0))
    monkeypatch.setattr("inbox.limits.valkey", lambda: nobody)
    return Limits()


def test_a_burst_goes_at_once_and_the_next_waits_its_interval(name):
    limits, bucket = Limits(), Bucket(name, 6.0, 45)
    assert [limits.take([bucket], []) for _ in range(45)] == [0.0] * 45
    assert 3.0 < limits.take([bucket], []) <= 6.0


def test_who_is_refused_gets_a_turn_of_their_own(name):
    limits, bucket = Limits(), Bucket(name, 10.0, 1)
    assert limits.take([bucket], []) == 0.0
    waits = [limits.take([bucket], []) for _ in range(4)]
    assert [round(wait / 10) for wait in waits] == [1, 2, 3, 4]


def test_who_waits_for_one_person_holds_up_nobody_else(name):
    limits, channel = Limits(), per_second(f"{name}:all", 80)
    one, other = Bucket(f"{name}:1", 6.0, 1), Bucket(f"{name}:2", 6.0, 1)
    limits.take([channel, one], [])
    assert limits.take([channel, one], []) > 5
    assert limits.take([channel, other], []) == 0.0


def test_what_is_refused_takes_nothing(name):
    limits, full, free = Limits(), Bucket(f"{name}:full", 60.0, 1), Bucket(f"{name}:free", 60.0, 1)
    limits.take([full], [])
    assert limits.take([full, free], []) > 50
    assert limits.take([free], []) == 0.0


def test_many_workers_together_stay_within_a_second_s_limit(name):
    bucket = per_second(name, 40)
    with ThreadPoolExecutor(4) as pool:
        taken = [one for some in pool.map(lambda _: take_for(1.5, Limits(), bucket), range(4)) for one in some]
    assert 10 <= fullest_second(taken) <= 40


def take_for(seconds, limits, bucket):
    """When each was asked for, and when it was there: Valkey gave it in between."""
    taken, started = [], time.monotonic()
    while (asked := time.monotonic()) < started + seconds:
        if limits.take([bucket], []) == 0.0:
            taken.append((asked, time.monotonic()))
    return taken


def fullest_second(taken):
    """How many were certainly given within one second, however long the machine was elsewhere."""
    return max(sum(start <= asked and given < start + 1 for asked, given in taken) for start, _ in taken)


def test_a_pause_holds_for_all_and_a_longer_one_stays(name):
    here, there = Limits(), Limits()
    here.pause(name, 60)
    here.pause(name, 1)
    assert there.take([], [name]) == pytest.approx(60, abs=20)
    assert there.take([], [f"{name}:other"]) == 0.0


def test_without_valkey_each_process_takes_its_share(name, away):
    bucket = per_second(name, 100)
    started, taken = time.monotonic(), 0
    while time.monotonic() < started + 1:
        wait = away.take([bucket], [])
        taken += wait == 0.0
        time.sleep(min(wait, 0.02))
    assert 0.2 * 100 * ALONE <= taken <= 1.2 * 100 * ALONE


def test_without_valkey_a_pause_is_kept_by_this_process(name, away):
    away.pause(name, 60)
    assert away.take([per_second(name, 10)], [name]) == pytest.approx(60, abs=20)


@pytest.mark.parametrize(
    ("platform", "type", "keys"),
    [
        (Platform.FACEBOOK, "TEXT", ["c:all"]),
        (Platform.INSTAGRAM, "VIDEO", ["c:all", "c:media"]),
        (Platform.WHATSAPP, "IMAGE", ["c:all", "c:to:r"]),
    ],
)
def test_what_a_message_takes_from(platform, type, keys):
    assert [bucket.key for bucket in buckets_of(platform, "c", "r", type)] == keys


def test_a_number_with_more_throughput_takes_it():
    slow, fast = (buckets_of(Platform.WHATSAPP, "c", "r", "TEXT", throughput=granted)[0] for granted in (None, 1000.0))
    assert fast.interval < slow.interval / 10


def test_a_campaign_that_takes_all_it_may_leaves_room_for_an_answer(name):
    limits = Limits()
    # So slow that nothing comes anew between two lines.
    answer, campaign = (
        [
            replace(bucket, interval=bucket.interval * 1000)
            for bucket in buckets_of(Platform.FACEBOOK, name, "r", "TEXT", throughput=20, bulk=bulk)
        ]
        for bulk in (False, True)
    )
    assert limits.take(campaign, []) == 0.0
    assert limits.take(campaign, []) > 0.0
    assert limits.take(answer, []) == 0.0


def test_a_few_of_a_fast_bucket_are_taken_at_once_and_all_of_them_count(name):
    bucket = per_second(name, 300)
    limits, others = Limits(), Limits()
    assert bucket.ahead > 1
    assert limits.take([bucket], []) == 0.0
    # The first process holds what it took ahead; the others find so much less, and what has come anew.
    began = time.monotonic()
    found = sum(others._ask([bucket], [], 1) <= 0 for _ in range(bucket.burst))
    assert found <= bucket.burst - bucket.ahead + 5 + (time.monotonic() - began) / bucket.interval
    assert [limits.take([bucket], []) for _ in range(bucket.ahead - 1)] == [0.0] * (bucket.ahead - 1)


def test_what_is_held_ahead_ends_with_a_pause_and_with_time(name, monkeypatch):
    bucket = per_second(name, 300)
    limits = Limits()
    limits.take([bucket], [name])
    limits.pause(name, 30)
    assert limits.take([bucket], [name]) == pytest.approx(30, abs=20)
    free = per_second(f"{name}:free", 300)
    limits.take([free], [])
    monkeypatch.setattr("inbox.limits.AHEAD_SECONDS", 0.0)
    asked = []
    monkeypatch.setattr(limits, "_take", lambda keys, args: asked.append(keys) or -3)
    limits._ahead.clear()
    assert [limits.take([free], []) for _ in range(3)] == [0.0] * 3
    assert len(asked) == 3


def test_many_threads_at_a_fast_bucket_stay_within_a_second_s_limit(name):
    bucket, limits = per_second(name, 150), Limits()
    with ThreadPoolExecutor(4) as pool:
        taken = [one for some in pool.map(lambda _: take_for(1.6, limits, bucket), range(4)) for one in some]
    assert 30 <= fullest_second(taken) <= 150
