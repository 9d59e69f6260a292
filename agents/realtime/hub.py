"""All screens of a stream process, and the one connection on which it hears what to tell them."""

import asyncio
import contextlib
import itertools
import json
import logging
import random
import time
from collections import defaultdict
from typing import Any

import redis.asyncio as redis
from django.conf import settings
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from agents.realtime.presence import DEALING, GRACE_SECONDS, HEARTBEAT_SECONDS, present_key
from agents.realtime.publishing import PREFIX, Change, channel_of, packed
from agents.realtime.screens import AWAY, REFRESH, Screen, event
from agents.realtime.tokens import Viewer, ended_key
from workspaces import bells

logger = logging.getLogger(__name__)

# Of one agent: more than anybody has tabs open.
MOST_OF_ONE = 50
# Between two tries to hear Valkey again.
PAUSE_SECONDS = 1.0
# It is asked for a sign of life every second; whoever is silent for so long is away.
SILENT_SECONDS = 4.0
# For a screen that begins while Valkey is away.
PATIENCE_SECONDS = 3.0
# After Valkey was away nobody knows who was shut out meanwhile: all show a new token, not all at once.
RENEWED_WITHIN = 10.0

PRESENCE = packed([Change("presence", everyone=True)])
TROUBLES = (redis.RedisError, OSError)


class Hub:
    def __init__(self) -> None:
        self.screens: dict[str, set[Screen]] = defaultdict(set)
        # No tries of its own: what is said meanwhile would be missed and nobody told.
        self.client = redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2, retry=Retry(NoBackoff(), 0)
        )
        self.pubsub = self.client.pubsub()
        self.asked: set[str] = set()
        self.heard: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.is_here = self.is_away = False
        self.tasks: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        if not self.tasks:
            self.tasks = [asyncio.create_task(self.listen()), asyncio.create_task(self.tick())]

    async def end(self) -> None:
        for task in self.tasks:
            task.cancel()
        for screen in self.everywhere():
            screen.end()
        await self.client.aclose()

    async def join(self, screen: Screen) -> bool:
        """Nothing that is told from now on is missed. False: what its token says is not true any more."""
        viewer = screen.viewer
        self.screens[viewer.schema].add(screen)
        try:
            await asyncio.wait_for(self.hear(viewer.schema), PATIENCE_SECONDS)
            if await self.is_ended(screen):
                return False
            await self.note_present({viewer.schema: {viewer.agent}})
        except (*TROUBLES, TimeoutError):
            screen.give(AWAY)
        return True

    def has_room(self, viewer: Viewer) -> bool:
        """A token may be shown again and again, and each stream takes memory that others want too."""
        theirs = sum(screen.viewer.agent == viewer.agent for screen in self.screens.get(viewer.schema, ()))
        return theirs < MOST_OF_ONE

    def leave(self, screen: Screen) -> None:
        schema = screen.viewer.schema
        self.screens[schema].discard(screen)
        if not self.screens[schema]:
            del self.screens[schema]

    async def hear(self, schema: str) -> None:
        if self.is_here:
            await self.follow()
        await self.heard[channel_of(schema)].wait()

    async def is_ended(self, screen: Screen) -> bool:
        ended = await self.client.mget(map(ended_key, screen.viewer.names))
        return any(before and screen.viewer.made_at <= float(before) for before in ended)

    async def listen(self) -> None:
        """For as long as the process lives: whatever breaks, it is tried anew, and the screens are told."""
        while True:
            try:
                await self.follow()
                while message := await self.pubsub.get_message(timeout=SILENT_SECONDS):
                    await self.take(message)
                logger.warning("Valkey is silent")
            except TROUBLES as error:
                logger.warning("nothing is heard at the moment (%s)", type(error).__name__)
            self.go_away()
            with contextlib.suppress(*TROUBLES):
                await self.pubsub.aclose()
            self.pubsub, self.asked = self.client.pubsub(), set()
            await asyncio.sleep(PAUSE_SECONDS)

    async def follow(self) -> None:
        """Listens to the workspaces that have a screen here, and to no others."""
        wanted = {PREFIX, *map(channel_of, self.screens)}
        missing, idle = wanted - self.asked, self.asked - wanted
        self.asked = wanted
        if missing:
            await self.pubsub.subscribe(*missing)
        for channel in idle:
            self.heard.pop(channel, None)
            await self.pubsub.unsubscribe(channel)

    async def take(self, message: dict[str, Any]) -> None:
        if message["type"] == "subscribe":
            channel = message["channel"].decode()
            if channel in self.asked:
                self.heard[channel].set()
            if channel == PREFIX:
                self.come_back()
                await self.follow()
        elif message["type"] == "message":
            try:
                self.tell(message["channel"].decode(), json.loads(message["data"]))
            except (ValueError, KeyError, TypeError):
                logger.exception("what was heard cannot be told")

    def tell(self, channel: str, told: Any) -> None:
        if channel == PREFIX:
            self.end_those(set(told["end"]))
            return
        screens = self.screens.get(channel[len(PREFIX) + 1 :], ())
        for change in told:
            text = event(change["name"], change["data"])
            for screen in screens:
                if screen.concerns(change):
                    screen.give(text)

    def end_those(self, whose: set[str]) -> None:
        for screen in self.everywhere():
            if not whose.isdisjoint(screen.viewer.names):
                screen.end()

    def go_away(self) -> None:
        self.is_here = False
        for channel in self.heard.values():
            channel.clear()
        if not self.is_away:
            self.is_away = True
            for screen in self.everywhere():
                screen.give(AWAY)

    def come_back(self) -> None:
        self.is_here = True
        if self.is_away:
            self.is_away = False
            later = asyncio.get_running_loop().call_later
            for screen in self.everywhere():
                screen.give(REFRESH)
                later(random.uniform(1, RENEWED_WITHIN), screen.end)  # noqa: S311

    async def tick(self) -> None:
        """Each second: a sign of life to a part of the screens, so that each has one with every heartbeat."""
        for second in itertools.count():
            await asyncio.sleep(1)
            for screen in self.everywhere()[second % HEARTBEAT_SECONDS :: HEARTBEAT_SECONDS]:
                screen.beat()
            with contextlib.suppress(*TROUBLES):
                if self.is_here:
                    await self.pubsub.ping()
                if self.is_here and second % HEARTBEAT_SECONDS == 0:
                    await self.note_present(
                        {schema: {screen.viewer.agent for screen in found} for schema, found in self.screens.items()}
                    )
                    await self.follow()

    async def note_present(self, agents: dict[str, set[str]]) -> None:
        """Their workspaces hear of it where somebody has come or gone."""
        now = time.time()
        if not agents:
            return
        async with self.client.pipeline(transaction=False) as pipe:
            for schema, here in agents.items():
                pipe.zremrangebyscore(present_key(schema), "-inf", now)
                pipe.zadd(present_key(schema), dict.fromkeys(here, now + GRACE_SECONDS))
                pipe.expire(present_key(schema), 2 * GRACE_SECONDS)
            told = await pipe.execute()
            for schema, gone, come in zip(agents, told[::3], told[1::3], strict=True):
                if gone or come:
                    pipe.publish(channel_of(schema), PRESENCE)
            await pipe.execute()
        for schema in (schema for schema, come in zip(agents, told[1::3], strict=True) if come):
            await asyncio.to_thread(bells.ring, DEALING, schema)

    def everywhere(self) -> list[Screen]:
        return [screen for screens in self.screens.values() for screen in screens]
