"""The stream process: relays what actions publish to the screens it concerns. It asks no database.

A screen shows the token that its page was given, and gets changes (a name and ids) until it goes, what the token says
becomes untrue, or an hour is over. What it may have missed it is told to ask for: `refresh`.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from agents.realtime.hub import Hub
from agents.realtime.screens import Screen, event
from agents.realtime.tokens import Viewer, read_token

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# No cookie is read: the token is all that opens it.
ANYWHERE = (b"access-control-allow-origin", b"*")
HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    ANYWHERE,
]


class Stream:
    """The ASGI application."""

    def __init__(self) -> None:
        self.hub: Hub | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self.answer(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self.live(receive, send)

    async def live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.hub = Hub()
                self.hub.begin()
            elif self.hub:
                await self.hub.end()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/health/":
            await say(send, 200, b"ok")
        elif scope["method"] != "GET" or scope["path"] != "/stream/":
            await say(send, 404, b"There is nothing here.")
        elif viewer := read_token(token_of(scope)):
            await self.show(viewer, receive, send)
        else:
            await say(send, 403, b"This token is not valid any more: ask for another.")

    async def show(self, viewer: Viewer, receive: Receive, send: Send) -> None:
        assert self.hub
        if not self.hub.has_room(viewer):
            await say(send, 429, b"Too many pages of yours are open.")
            return
        screen = Screen(viewer)
        gone = asyncio.create_task(wait_until_gone(receive, screen))
        try:
            if await self.hub.join(screen):
                await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
                await send({"type": "http.response.body", "body": event("ready"), "more_body": True})
                async for text in screen.lines():
                    await send({"type": "http.response.body", "body": text, "more_body": True})
                await send({"type": "http.response.body", "body": b""})
            else:
                await say(send, 403, b"This token is not valid any more: ask for another.")
        finally:
            gone.cancel()
            self.hub.leave(screen)


def token_of(scope: Scope) -> str:
    try:
        return parse_qs(scope["query_string"].decode("ascii"), max_num_fields=5).get("token", [""])[0]
    except ValueError:
        return ""


async def say(send: Send, status: int, text: bytes) -> None:
    headers = [(b"content-type", b"text/plain"), ANYWHERE]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})


async def wait_until_gone(receive: Receive, screen: Screen) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    screen.end(told=False)


application = Stream()
