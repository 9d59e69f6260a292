"""Downloads keep out of private networks: an address that Meta's word leads to is looked at before and after.

Before, so that nobody learns by our answers which doors are open inside; once it is connected again, for a name that
was looked up could lead elsewhere a moment later. The one place inside that may be asked is GRAPH_URL's.
"""

import contextlib
import ipaddress
import os
import socket
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import urllib3
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from pages.graph.session import POOL_SIZE, new_session

# IPv4 within IPv6, wherever that leads.
TRANSLATED = [ipaddress.ip_network(known) for known in ("64:ff9b::/96", "64:ff9b:1::/48", "::ffff:0:0:0/96", "::/96")]
# For all of an answer's headers: so many times what one read may take, and no longer than that.
HEAD_READS, HEAD_SECONDS = 2, 60


class PrivateAddress(urllib3.exceptions.HTTPError):
    """Nothing was said to it."""


def refuse_private_name(host: str, port: int | None) -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        # Whoever connects will say so.
        return
    if not all(is_allowed(*address[:2]) for *_, address in found):
        raise PrivateAddress("not an address of the open internet")


def refuse_private(connected: Any) -> Any:
    if not is_allowed(*connected.getpeername()[:2]):
        connected.close()
        raise PrivateAddress("not an address of the open internet")
    return connected


def is_allowed(address: Any, port: Any) -> bool:
    return is_public(str(address)) or (bool(settings.GRAPH_URL) and (address, port) in graphs_own_places())


def graphs_own_places() -> set[tuple[Any, Any]]:
    """Where Meta is played, its files come from the same place."""
    parts = urlsplit(settings.GRAPH_URL)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return {address[:2] for *_, address in socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)}


def is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.split("%")[0])
    if any(found in network for network in TRANSLATED) or getattr(found, "is_site_local", False):
        return False
    inside = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return (inside or found).is_global and not found.is_multicast


@contextlib.contextmanager
def hanging_up(connected: socket.socket | None, seconds: float) -> Iterator[threading.Event]:
    """Ends whatever waits for it then; the event tells that it was that, and no end of theirs."""
    is_over = threading.Event()

    def hang_up() -> None:
        is_over.set()
        with contextlib.suppress(OSError):
            if connected is not None:
                connected.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield is_over
    finally:
        timer.cancel()


class Hurried:
    """A server that sends a byte now and then is in time with each, and never done: all together have an end too."""

    sock: socket.socket | None
    timeout: float | None

    def getresponse(self) -> Any:
        connected = self.sock
        seconds = min(HEAD_READS * self.timeout, HEAD_SECONDS) if self.timeout else HEAD_SECONDS
        with hanging_up(connected, seconds) as is_over:
            answer = super().getresponse()  # type: ignore[misc]
        if is_over.is_set():
            raise TimeoutError
        answer.connected = connected
        return answer


class GuardedHTTPConnection(Hurried, HTTPConnection):
    def _new_conn(self) -> Any:
        refuse_private_name(self._dns_host, self.port)
        return refuse_private(super()._new_conn())


class GuardedHTTPSConnection(Hurried, HTTPSConnection):
    def _new_conn(self) -> Any:
        refuse_private_name(self._dns_host, self.port)
        return refuse_private(super()._new_conn())


class GuardedHTTPPool(HTTPConnectionPool):
    ConnectionCls = GuardedHTTPConnection


class GuardedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = GuardedHTTPSConnection


class GuardedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": GuardedHTTPPool, "https": GuardedHTTPSPool}


def guarded_session() -> Any:
    return _session


def _make() -> Any:
    session = new_session()
    session.headers["Accept"] = "*/*"
    adapter = GuardedAdapter(pool_connections=POOL_SIZE, pool_maxsize=POOL_SIZE, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _start_afresh() -> None:
    global _session
    _session = _make()


_session = _make()
os.register_at_fork(after_in_child=_start_afresh)
