"""Downloads keep out of private networks: an address that Meta's word leads to is looked at before and after.

Before, so that nobody learns by our answers which doors are open inside; once it is connected again, for a name that
was looked up could lead elsewhere a moment later.
"""

import ipaddress
import os
import socket
from typing import Any

import urllib3
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from pages.graph.session import POOL_SIZE, new_session

# IPv4 within IPv6, wherever that leads.
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


class PrivateAddress(urllib3.exceptions.HTTPError):
    """Nothing was said to it."""


def refuse_private_name(host: str, port: int | None) -> None:
    if settings.GRAPH_URL:
        return
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        # Whoever connects will say so.
        return
    if not all(is_public(str(address[0])) for *_, address in found):
        raise PrivateAddress("not an address of the open internet")


def refuse_private(connected: Any) -> Any:
    if not settings.GRAPH_URL and not is_public(connected.getpeername()[0]):
        connected.close()
        raise PrivateAddress("not an address of the open internet")
    return connected


def is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.split("%")[0])
    if found in TRANSLATED:
        return False
    inside = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return (inside or found).is_global and not found.is_multicast


class GuardedHTTPConnection(HTTPConnection):
    def _new_conn(self) -> Any:
        refuse_private_name(self._dns_host, self.port)
        return refuse_private(super()._new_conn())


class GuardedHTTPSConnection(HTTPSConnection):
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
