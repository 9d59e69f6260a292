"""One open stream: whose it is, and what waits to be given to it."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

from agents.realtime.tokens import Viewer

LONGEST_SECONDS = 3600
# A screen that does not take what it is given asks for everything instead.
MOST_WAITING = 200


def event(name: str, data: dict[str, Any] | None = None) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data or {})}\n\n".encode()


HEARTBEAT = event("here")
REFRESH = event("refresh")
# Nothing will be told until the bell is back: the page asks by itself meanwhile.
AWAY = event("away")
# Come again, with another token.
END = event("end")


class Screen:
    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.until = time.monotonic() + LONGEST_SECONDS
        self.waiting: asyncio.Queue[bytes | None] = asyncio.Queue(MOST_WAITING)

    def concerns(self, change: dict[str, Any]) -> bool:
        if change["everyone"] or (change["readers"] and self.viewer.reads_all):
            return True
        return self.viewer.agent in change["agents"]

    def give(self, text: bytes) -> None:
        try:
            self.waiting.put_nowait(text)
        except asyncio.QueueFull:
            self._empty()
            self.waiting.put_nowait(REFRESH)

    def beat(self) -> None:
        """Whoever has something to read needs no sign of life."""
        if time.monotonic() > self.until:
            self.end()
        elif self.waiting.empty():
            self.waiting.put_nowait(HEARTBEAT)

    def end(self, *, told: bool = True) -> None:
        self._empty()
        if told:
            self.waiting.put_nowait(END)
        self.waiting.put_nowait(None)

    async def lines(self) -> AsyncIterator[bytes]:
        """What has gathered goes in one."""
        is_open = True
        while is_open:
            texts = [await self.waiting.get()]
            while not self.waiting.empty():
                texts.append(self.waiting.get_nowait())
            is_open = None not in texts
            if text := b"".join(text for text in texts if text):
                yield text

    def _empty(self) -> None:
        while not self.waiting.empty():
            self.waiting.get_nowait()
