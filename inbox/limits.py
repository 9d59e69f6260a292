"""How fast Meta lets us send: buckets and pauses in Valkey, for all workers together.

A bucket is one time, the "theoretical arrival time" of the generic cell rate algorithm. Who is refused is given a
turn of their own, one after another, so that a thousand waiting messages do not ask again all at once.
"""

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import redis
from django.db import connection as django_connection

from workspaces.models import Platform
from workspaces.valkey import valkey

logger = logging.getLogger(__name__)
connection = cast("Any", django_connection)

# Without Valkey each process knows only itself: it takes this share of every limit.
ALONE = 0.2
# How long a Valkey that did not answer is left alone.
AWAY_SECONDS = 5.0
# A tenth of the limit may come at once, so that no second ever sees more than the limit.
AT_ONCE = 0.1
# Of a fast bucket a process takes a few at once and uses them within a moment, without asking for each.
FAST = 100.0
AHEAD_SECONDS = 0.1

MEDIA = frozenset({"IMAGE", "VIDEO", "AUDIO", "VOICE", "FILE"})
TEXTS_PER_SECOND = {Platform.FACEBOOK: 300.0, Platform.INSTAGRAM: 300.0, Platform.WHATSAPP: 80.0}
MEDIA_PER_SECOND = {Platform.FACEBOOK: 10.0, Platform.INSTAGRAM: 10.0}
# A campaign leaves room for the answers that go beside it.
BULK_SHARE = 0.75
PAIR_INTERVAL = 6.0
PAIR_BURST = 45
# Of a process that counts alone.
MOST_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Bucket:
    key: str
    # Seconds that one message costs.
    interval: float
    burst: int
    # How many a process may take at once.
    ahead: int = 1


@lru_cache(maxsize=4096)
def per_second(key: str, limit: float) -> Bucket:
    burst = max(1, int(limit * AT_ONCE))
    if limit < FAST:
        return Bucket(key, 1 / (limit - burst if limit > burst else limit), burst)
    # What processes hold in their hands goes a little later than it was taken, beside what is taken then.
    ahead = burst // 6
    return Bucket(key, 1 / (limit - burst - 2 * ahead), burst, ahead)


def buckets_of(
    platform: str, channel: str, recipient: str, type: str, *, throughput: float | None = None, bulk: bool = False
) -> list[Bucket]:
    """What one message takes from; `throughput` is what Meta has granted this number, where it said so."""
    known = Platform(platform)
    limit = throughput or TEXTS_PER_SECOND[known]
    buckets = [per_second(f"{channel}:all", limit)]
    if bulk:
        buckets.append(per_second(f"{channel}:bulk", limit * BULK_SHARE))
    if type in MEDIA and known in MEDIA_PER_SECOND:
        buckets.append(per_second(f"{channel}:media", MEDIA_PER_SECOND[known]))
    if known == Platform.WHATSAPP:
        buckets.append(Bucket(f"{channel}:to:{recipient}", PAIR_INTERVAL, PAIR_BURST))
    return buckets


# KEYS: buckets, then pauses. ARGV: how many buckets, then interval and burst of each, in microseconds; last, how many
# messages at most. Answers for how many microseconds the first must wait, or, below 0, how many may go, which alone
# takes from the buckets.
TAKE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local count = tonumber(ARGV[1])
local wait = 0
for i = count + 1, #KEYS do
  wait = math.max(wait, redis.call('PTTL', KEYS[i]) * 1000)
end
local times, short = {}, {}
for i = 1, count do
  local interval, burst = tonumber(ARGV[i * 2]), tonumber(ARGV[i * 2 + 1])
  local at = math.max(now, tonumber(redis.call('GET', KEYS[i]) or now))
  short[i] = at - now - interval * (burst - 1)
  times[i] = at
  wait = math.max(wait, short[i])
end
if wait <= 0 then
  local go = tonumber(ARGV[#ARGV])
  for i = 1, count do
    go = math.min(go, math.floor(-short[i] / ARGV[i * 2]) + 1)
  end
  for i = 1, count do
    times[i] = times[i] + go * ARGV[i * 2]
    redis.call('SET', KEYS[i], string.format('%d', times[i]), 'PX', math.ceil((times[i] - now) / 1000) + 1)
  end
  return -go
end
for i = 1, count do
  if short[i] > 0 then
    local queue = KEYS[i] .. ':turns'
    local turn = tonumber(redis.call('GET', queue) or 0) + tonumber(ARGV[i * 2])
    wait = math.max(wait, turn - now)
    redis.call('SET', queue, string.format('%d', now + wait), 'PX', math.ceil(wait / 1000) + 1)
  end
end
return math.ceil(wait)
"""


class Limits:
    """Asks Valkey; while that is away, this process counts alone, at a share of each limit."""

    def __init__(self) -> None:
        self._take = valkey().register_script(TAKE)
        self._away_until = 0.0
        self._times: dict[str, float] = {}
        # How many may still go, and until when.
        self._ahead: dict[tuple[str, ...], tuple[int, float]] = {}
        self._lock = threading.RLock()
        self._asking = threading.Lock()

    def take(self, buckets: Sequence[Bucket], pauses: Sequence[str]) -> float:
        """0.0: one message may go now. Otherwise the seconds to wait, and nothing was taken."""
        ahead = min([bucket.ahead for bucket in buckets], default=1)
        if ahead == 1:
            return max(0.0, self._ask(buckets, pauses, 1))
        holder = (connection.schema_name, *[bucket.key for bucket in buckets])
        if self._took_from_hand(holder):
            return 0.0
        # One asks, and the others find what it got.
        with self._asking:
            if self._took_from_hand(holder):
                return 0.0
            answer = self._ask(buckets, pauses, ahead)
            if answer < 0:
                self._keep_in_hand(holder, int(-answer) - 1)
        return max(0.0, answer)

    def _ask(self, buckets: Sequence[Bucket], pauses: Sequence[str], ahead: int) -> float:
        """Seconds to wait, or, below 0, how many may go."""
        if time.monotonic() < self._away_until:
            return self._take_alone(buckets, pauses)
        numbers = [number for bucket in buckets for number in (int(bucket.interval * 1e6), bucket.burst)]
        keys = [*(key_of(bucket.key) for bucket in buckets), *map(pause_key, pauses)]
        try:
            answer = int(self._take(keys=keys, args=[len(buckets), *numbers, ahead]))
        except redis.RedisError as error:
            self._noticed(error)
            return self._take_alone(buckets, pauses)
        return answer if answer < 0 else answer / 1e6

    def _took_from_hand(self, holder: tuple[str, ...]) -> bool:
        with self._lock:
            left, until = self._ahead.get(holder, (0, 0.0))
            if not left or time.monotonic() >= until:
                return False
            self._ahead[holder] = (left - 1, until)
        return True

    def _keep_in_hand(self, holder: tuple[str, ...], count: int) -> None:
        with self._lock:
            if len(self._ahead) > MOST_REMEMBERED:
                self._ahead.clear()
            self._ahead[holder] = (count, time.monotonic() + AHEAD_SECONDS)

    def pause(self, name: str, seconds: float) -> None:
        """Nothing under this name goes for so long; a longer pause that is there stays."""
        with self._lock:
            self._ahead.clear()
        self._remember(pause_key(name), seconds)
        try:
            key = pause_key(name)
            if valkey().pttl(key) < seconds * 1000:
                valkey().set(key, 1, px=max(1, int(seconds * 1000)))
        except redis.RedisError as error:
            self._noticed(error)

    def _noticed(self, error: Exception) -> None:
        self._away_until = time.monotonic() + AWAY_SECONDS
        logger.warning("limits: counted by this process alone (%s)", type(error).__name__)

    def _remember(self, key: str, seconds: float) -> None:
        with self._lock:
            if len(self._times) > MOST_REMEMBERED:
                now = time.monotonic()
                self._times = {known: at for known, at in self._times.items() if at > now}
            self._times[key] = max(self._times.get(key, 0.0), time.monotonic() + seconds)

    def _take_alone(self, buckets: Sequence[Bucket], pauses: Sequence[str]) -> float:
        with self._lock:
            now = time.monotonic()
            wait = max([0.0, *(self._times.get(pause_key(pause), now) - now for pause in pauses)])
            times = {key_of(bucket.key): max(now, self._times.get(key_of(bucket.key), now)) for bucket in buckets}
            for bucket in buckets:
                at_once = max(1, int(bucket.burst * ALONE))
                wait = max(wait, times[key_of(bucket.key)] - now - bucket.interval / ALONE * (at_once - 1))
            if wait > 0:
                return wait
            for bucket in buckets:
                self._remember(key_of(bucket.key), times[key_of(bucket.key)] - now + bucket.interval / ALONE)
        return 0.0


def key_of(name: str) -> str:
    return f"{connection.schema_name}:limit:{name}"


def pause_key(name: str) -> str:
    return f"{connection.schema_name}:pause:{name}"


limits = Limits()
