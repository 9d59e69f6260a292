"""Which workspace a host leads to, remembered per process and forgotten everywhere at once when it changes."""

import logging
import threading
import time

import redis
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from workspaces.models import Workspace

logger = logging.getLogger(__name__)

CHANNEL = "public:hosts-changed"
# How long an answer is trusted: with the bell ringing, and while it cannot be heard.
TRUSTED_SECONDS = 30.0
DEAF_SECONDS = 1.0
MAX_HOSTS = 10_000
LONGEST_HOST = 253


class HostCache:
    """A dict with an ear: a thread listens on Valkey and clears it when any workspace changed."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, Workspace | None]] = {}
        self._generation = 0
        self._hears = False
        self._listener: threading.Thread | None = None
        self._lock = threading.Lock()

    def workspace_at(self, host: str) -> Workspace | None:
        if len(host) > LONGEST_HOST:
            return None
        self._start_listening()
        now = time.monotonic()
        known = self._known.get(host)
        if known and now - known[0] < (TRUSTED_SECONDS if self._hears else DEAF_SECONDS):
            return known[1]
        generation = self._generation
        workspace = look_up(host)
        with self._lock:
            # Something changed while we looked: what we saw may be the old state.
            if generation == self._generation:
                if len(self._known) >= MAX_HOSTS:
                    self._known.clear()
                self._known[host] = (now, workspace)
        return workspace

    def forget(self) -> None:
        with self._lock:
            self._generation += 1
            self._known = {}

    def _start_listening(self) -> None:
        if self._listener is None or not self._listener.is_alive():
            with self._lock:
                if self._listener is None or not self._listener.is_alive():
                    self._listener = threading.Thread(target=self._listen, daemon=True, name="hosts-changed")
                    self._listener.start()

    def _listen(self) -> None:
        while True:
            try:
                with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=40, health_check_interval=20) as valkey:
                    pubsub = valkey.pubsub(ignore_subscribe_messages=False)
                    pubsub.subscribe(CHANNEL)
                    while True:
                        message = pubsub.get_message(timeout=15)
                        if message is None:
                            pubsub.ping()
                            continue
                        if message["type"] in {"subscribe", "message"}:
                            self.forget()
                            self._hears = True
            except (redis.RedisError, OSError) as error:
                self._hears = False
                logger.warning("hosts: not listening (%s)", type(error).__name__)
                time.sleep(1)


def host_of(request: HttpRequest) -> str:
    """As the table of domains has it; empty where the request names none that can be."""
    try:
        return request.get_host().rsplit(":", 1)[0].lower().removesuffix(".")
    except DisallowedHost:
        return ""


def look_up(host: str) -> Workspace | None:
    """With its business hours: every page of the inbox asks whether it has any."""
    found = Workspace.objects.with_schema().annotate(hours=F("profile__business_hours"))
    return found.filter(domains__domain=host).first()


hosts = HostCache()


def announce_host_change() -> None:
    """After commit, every process forgets what it knew."""
    transaction.on_commit(_ring)


def _ring() -> None:
    hosts.forget()
    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1).publish(CHANNEL, "")
    except redis.RedisError as error:
        logger.warning("hosts: other processes were not told (%s)", type(error).__name__)
