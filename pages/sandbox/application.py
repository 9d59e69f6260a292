"""The door: one RSGI application whose only state is its own memory.

RSGI and not WSGI: waiting costs no thread, and it names the client, whose connection a fault may cut.
"""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import unquote

from pages.sandbox import connections, control, dialogs, fetching, graph, static
from pages.sandbox.errors import GraphError, new_trace
from pages.sandbox.faults import Fault, read_spec, refusal
from pages.sandbox.memory import Memory
from pages.sandbox.requests import Request
from pages.sandbox.state import State
from pages.sandbox.world import FACEBOOK

Json = dict[str, Any]
Headers = list[tuple[str, str]]
Answer = tuple[int, Headers, bytes]
MOST = 110 * 1024 * 1024
JSON: Headers = [("content-type", "application/json; charset=UTF-8")]


class Application:
    def __init__(self) -> None:
        values = os.environ
        address = values.get("SANDBOX_URL", "http://127.0.0.1:8100")
        self.state = State(
            base_url=address,
            webhook_url=values.get("SANDBOX_WEBHOOK_URL", ""),
            record=values.get("SANDBOX_RECORD", ""),
            **json.loads(values.get("SANDBOX_SETTINGS", "{}")),
        )
        for wish in read_spec(values.get("SANDBOX_FAULTS", "")):
            self.state.faults.add(wish)
        self.helpers = ThreadPoolExecutor(16)
        self.memory = Memory(self.state, path) if (path := values.get("SANDBOX_MEMORY", "")) else None

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        if self.memory:
            self.memory.recall()
            self.memory.start()
        self.state.courier.start()
        threading.Thread(target=self._die_with, args=(os.getppid(),), daemon=True).start()

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        if self.memory:
            self.memory.save()

    def _die_with(self, parent: int) -> None:
        """Granian's own process may be killed without a word."""
        while os.getppid() == parent:
            time.sleep(0.5)
        if self.memory:
            self.memory.save()
        os._exit(0)

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        request = Request(
            scope.method,
            unquote(scope.path),
            scope.query_string,
            scope.headers.get("content-type") or "",
            scope.headers.get("authorization") or "",
            scope.headers.get("host") or "",
        )
        if scope.method not in {"GET", "HEAD"}:
            request.body = await protocol()
        answer: Answer | None
        if request.path == "/" or request.path.startswith("/_sandbox/"):
            answer = await self._control(request)
        elif (dialog := dialogs.answer(self.state, request)) is not None:
            answer = dialog
        else:
            answer = await self._graph(request, scope.client)
        # What is only looked at in the page changes nothing.
        self.state.happened += scope.method != "GET" or not request.path.startswith("/_sandbox/")
        if answer is None:
            # Its connection is gone: what is said here, nobody hears.
            protocol.response_empty(500, [])
        else:
            protocol.response_bytes(*answer)

    async def _control(self, request: Request) -> Answer:
        if (shown := static.answer(self.state, request)) is not None:
            return shown
        loop = asyncio.get_running_loop()
        status, value = await loop.run_in_executor(self.helpers, control.answer, self.state, request)
        return status, JSON, json.dumps(value).encode()

    async def _graph(self, request: Request, client: str) -> Answer | None:
        started = time.perf_counter()
        state = self.state
        fault: Fault | None = None
        try:
            platform = graph.platform_of(state, request)
            if state.faults.standing:
                with state.lock:
                    fault = state.faults.find(request.method, request.path, platform, request.body)
            if fault and fault.do in {"timeout_before", "reset_before"}:
                await asyncio.sleep(fault.seconds)
                self._cut(request, fault, client)
                return None
            if fault and fault.do == "502":
                return self._refused(request, GraphError(0, "Bad gateway", status=502), html=True)
            if fault and (error := refusal(fault.do, platform or FACEBOOK)):
                raise error
            request.read()
            if state.settings.fetch_links and (links := fetching.links(request)):
                loop = asyncio.get_running_loop()
                request.fetched = await loop.run_in_executor(self.helpers, fetching.fetch, links)
            with state.lock:
                value = graph.answer(state, request, failure_of(fault))
            answer = 200, self._headers(request), json.dumps(value).encode()
        except GraphError as error:
            answer = self._refused(request, error)
        if fault and fault.do in {"timeout_after", "reset_after"}:
            await asyncio.sleep(fault.seconds)
            self._cut(request, fault, client)
            return None
        pause = state.settings.latency_ms / 1000 + (fault.seconds if fault and fault.do == "slow" else 0)
        if pause:
            await asyncio.sleep(max(0, pause - (time.perf_counter() - started)))
        return answer

    def _cut(self, request: Request, fault: Fault, client: str) -> None:
        self.state.record.add("cut", path=request.path, fault=fault.do)
        connections.cut(client)

    def _refused(self, request: Request, error: GraphError, *, html: bool = False) -> Answer:
        trace = new_trace()
        self.state.record.add(
            "refused",
            method=request.method,
            path=request.path,
            status=error.status,
            code=error.code,
            subcode=error.subcode,
            message=error.message,
            details=error.details,
        )
        if html:
            return error.status, [("content-type", "text/html")], b"<html><h1>502 Bad Gateway</h1></html>"
        body = json.dumps(error.body(trace)).encode()
        headers = [*self._headers(request), ("x-fb-trace-id", trace)]
        if error.code == 190:
            headers.append(
                ("www-authenticate", 'OAuth "Facebook Platform" "invalid_token" "Invalid OAuth access token."')
            )
        return error.status, headers, body

    def _headers(self, request: Request) -> Headers:
        usage = self.state.settings.usage
        app = f'{{"call_count":{usage},"total_time":{usage},"total_cputime":{usage}}}'
        return [*JSON, ("facebook-api-version", "v25.0"), ("x-app-usage", app), *self._account_usage(request, usage)]

    def _account_usage(self, request: Request, usage: int) -> Headers:
        account = graph.account_named(self.state, request.path)
        if account is None:
            return []
        kind = {"FACEBOOK": "pages", "INSTAGRAM": "instagram"}.get(account.platform, "whatsapp_business_management")
        pause = 5 if usage >= 100 else 0
        facts = (
            f'{{"{account.webhook_id}":[{{"type":"{kind}","call_count":{usage},"total_cputime":{usage},'
            f'"total_time":{usage},"estimated_time_to_regain_access":{pause}}}]}}'
        )
        return [("x-business-use-case-usage", facts)]


def failure_of(fault: Fault | None) -> int:
    return int(fault.do.partition("/")[2]) if fault and fault.do.startswith("failed/") else 0


application = Application()
