"""What goes wrong on demand: by request, a number of times, or by rate."""

from __future__ import annotations

import itertools
import json
import random
import re
from dataclasses import dataclass
from typing import Any

from pages.sandbox.errors import GraphError, whatsapp_error
from pages.sandbox.tokens import reason_of
from pages.sandbox.world import FACEBOOK, WHATSAPP

Json = dict[str, Any]
NAMED = ("429", "500", "502", "timeout_before", "timeout_after", "reset_before", "reset_after", "190", "slow", "closed")
CODE = re.compile(r"(failed/)?\d+(/\d+)?")
WAITS = {"timeout_before": 30.0, "timeout_after": 30.0, "slow": 2.0}
chance = random.Random(11)  # noqa: S311 - a game, not a secret


@dataclass
class Fault:
    id: int
    do: str
    path: re.Pattern[str] | None = None
    method: str = ""
    platform: str = ""
    text: str = ""
    times: int | None = None
    rate: float = 1
    seconds: float = 0
    done: int = 0

    def meets(self, method: str, path: str, platform: str, body: str) -> bool:
        return (
            (self.times is None or self.done < self.times)
            and (not self.method or self.method == method)
            and (not self.path or bool(self.path.search(path)))
            and (not self.platform or self.platform == platform)
            and (not self.text or self.text in body)
            and (self.rate >= 1 or chance.random() < self.rate)
        )

    def as_json(self) -> Json:
        match = {"path": self.path.pattern if self.path else "", "method": self.method}
        match |= {"platform": self.platform, "text": self.text}
        left = None if self.times is None else self.times - self.done
        return {
            "id": self.id,
            "do": self.do,
            "match": {name: value for name, value in match.items() if value},
            "times": left,
            "rate": self.rate,
            "seconds": self.seconds,
            "done": self.done,
        }


class Faults:
    def __init__(self) -> None:
        self.standing: list[Fault] = []
        self.numbers = itertools.count(1)

    def add(self, wish: Json) -> Fault:
        fault = read_fault(wish, next(self.numbers))
        self.standing = [*self.standing, fault]
        return fault

    def clear(self, identity: int | None = None) -> None:
        self.standing = [fault for fault in self.standing if identity is not None and fault.id != identity]

    def find(self, method: str, path: str, platform: str, body: bytes) -> Fault | None:
        """Called with the state's lock held: `times` is exact."""
        if not self.standing:
            return None
        text = readable(body) if any(fault.text for fault in self.standing) else ""
        for fault in self.standing:
            if fault.meets(method, path, platform, text):
                fault.done += 1
                return fault
        return None


def readable(body: bytes) -> str:
    try:
        return json.dumps(json.loads(body), ensure_ascii=False)
    except ValueError:
        return body.decode("utf-8", "replace")


def read_fault(wish: Json, identity: int) -> Fault:
    do = str(wish.get("do", ""))
    if do not in NAMED and not CODE.fullmatch(do):
        raise ValueError(f"do must be one of {', '.join(NAMED)}, <code>, <code>/<subcode> or failed/<code>")
    if unknown := set(wish) - {"do", "match", "times", "n", "rate", "seconds"}:
        raise ValueError(f"unknown key {sorted(unknown)[0]}")
    match = wish.get("match") or {}
    if unknown := set(match) - {"path", "method", "platform", "text"}:
        raise ValueError(f"unknown key {sorted(unknown)[0]} in match")
    times = wish.get("times", wish.get("n"))
    rate = float(wish.get("rate", 1))
    return Fault(
        identity,
        do,
        re.compile(match["path"]) if match.get("path") else None,
        match.get("method", ""),
        match.get("platform", ""),
        match.get("text", ""),
        None if times is None else int(times),
        rate,
        float(wish.get("seconds", WAITS.get(do, 0))),
    )


def read_spec(spec: str) -> list[Json]:
    """A JSON list, or `429:0.05,timeout_after:0.01`: what, and how often."""
    if spec.lstrip().startswith("["):
        wishes: list[Json] = json.loads(spec)
    else:
        parts = [part.strip().partition(":") for part in spec.split(",") if part.strip()]
        wishes = [{"do": do, "rate": float(rate or 1), "match": {"path": "/messages$"}} for do, _, rate in parts]
    for wish in wishes:
        read_fault(wish, 0)
    return wishes


def refusal(do: str, platform: str) -> GraphError | None:
    """The error body that a fault answers with; None where it answers with none, or lets the call pass."""
    whatsapp = platform == WHATSAPP
    if do == "429":
        if whatsapp:
            error = whatsapp_error(130429)
            error.status = 429
            return error
        return GraphError(613, "(#613) Calls to this api have exceeded the rate limit.", subcode=2018338, status=429)
    if do == "500":
        return GraphError(
            131000 if whatsapp else 2,
            "An unexpected error has occurred. Please retry your request later.",
            status=500,
            transient=True,
        )
    if do.partition("/")[0] == "190":
        reason = int(do.partition("/")[2] or 460)
        return GraphError(190, f"Error validating access token: {reason_of(reason)}", subcode=reason)
    if do == "closed":
        return closed_window(platform)
    if CODE.fullmatch(do) and not do.startswith("failed/"):
        code, _, subcode = do.partition("/")
        if whatsapp and not subcode:
            return whatsapp_error(int(code))
        return GraphError(int(code), f"(#{code}) Asked for by a fault", subcode=int(subcode) if subcode else None)
    return None


def closed_window(platform: str) -> GraphError:
    if platform == WHATSAPP:
        details = "Message failed to send because more than 24 hours have passed since the customer last replied"
        return whatsapp_error(131047, details)
    message = "(#10) This message is sent outside of allowed window."
    return GraphError(10, message, subcode=2018278 if platform == FACEBOOK else 2534022)
