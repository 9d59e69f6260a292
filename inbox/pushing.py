"""One notice to one device: encrypted for it alone, handed to its push service. Nothing here asks the database."""

import logging
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from enum import Enum, auto
from urllib.parse import urlsplit

import requests
import urllib3
from django.conf import settings
from py_vapid import Vapid

from agents.models import PushSubscription
from inbox.notices import KEPT_SECONDS, Notice
from pages.graph.guard import guarded_session

logger = logging.getLogger(__name__)

CONNECT_SECONDS, READ_SECONDS = 3, 5
AT_ONCE = 8
SIGNED_FOR = 3600
OVER = {404, 410}
LONGEST_PAUSE = 3600


class Fate(Enum):
    TAKEN = auto()
    # The browser is there no more, or has been told to forget us.
    GONE = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class Answer:
    fate: Fate
    # Before the next try, when the push service asks for one.
    pause: timedelta = timedelta()


Post = tuple[PushSubscription, Notice]


def push_all(posts: Iterable[Post], vapid: Vapid) -> list[Answer]:
    found = list(posts)
    if not found:
        return []
    with ThreadPoolExecutor(min(AT_ONCE, len(found))) as pool:
        return list(pool.map(lambda post: push(post[0], post[1], vapid), found))


def push(device: PushSubscription, notice: Notice, vapid: Vapid) -> Answer:
    """Whatever a browser has given us as its address and keys: the others' notices do not go down with it."""
    try:
        return handed_over(device, notice, vapid)
    except Exception:
        logger.exception("device %s cannot be told", device.pk)
        return Answer(Fate.FAILED)


def handed_over(device: PushSubscription, notice: Notice, vapid: Vapid) -> Answer:
    # It loads an HTTP client that we do not use, and which would be a fourth of each worker's start.
    from pywebpush import WebPusher

    keys = {"p256dh": device.p256dh, "auth": device.auth}
    try:
        body = WebPusher({"endpoint": device.endpoint, "keys": keys}).encode(notice.payload)["body"]
        response = guarded_session().post(
            device.endpoint,
            data=body,
            headers=headers_for(device.endpoint, notice, vapid),
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=False,
            stream=True,
        )
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError):
        return Answer(Fate.FAILED)
    # Whatever it says besides is not read.
    response.close()
    if response.status_code < 300:
        return Answer(Fate.TAKEN)
    if response.status_code in OVER:
        return Answer(Fate.GONE)
    return Answer(Fate.FAILED, pause_in(response.headers.get("Retry-After", "")))


def headers_for(endpoint: str, notice: Notice, vapid: Vapid) -> dict[str, str]:
    claims = {"aud": origin_of(endpoint), "sub": contact(), "exp": int(time.time()) + SIGNED_FOR}
    return {
        **vapid.sign(claims),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEPT_SECONDS),
        "Topic": notice.tag,
        "Urgency": "high",
    }


def origin_of(endpoint: str) -> str:
    """Without the colon that may stand there with no port behind it."""
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")


def contact() -> str:
    """Whom a push service may write to about us."""
    return f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"


def pause_in(header: str) -> timedelta:
    """Nothing, where it is no number, or one that no clock has."""
    return timedelta(seconds=min(int(header), LONGEST_PAUSE) if header.isdecimal() and len(header) < 10 else 0)
