"""One session per process: its connections are shared by all threads and kept alive.

Messages go through plain pools of their own: what a session does around each request takes longer than the request.
"""

import logging
import os
from http.cookiejar import DefaultCookiePolicy

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH

POOL_SIZE = 64
USER_AGENT = "Mozilla/5.0 (compatible; Switchboard)"

# It would write down each address, with what is in the query.
logging.getLogger("urllib3").setLevel(logging.INFO)


def new_session() -> requests.Session:
    session = requests.Session()
    # Neither proxies nor .netrc nor certificates from the environment.
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.update({"User-Agent": USER_AGENT, "Accept": "application/json"})
    adapter = HTTPAdapter(pool_connections=POOL_SIZE, pool_maxsize=POOL_SIZE, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def new_pools() -> urllib3.PoolManager:
    return urllib3.PoolManager(
        num_pools=POOL_SIZE,
        maxsize=POOL_SIZE,
        retries=False,
        cert_reqs="CERT_REQUIRED",
        ca_certs=DEFAULT_CA_BUNDLE_PATH,
    )


_session = new_session()
_pools = new_pools()
# There are three of Meta's.
_pool_of_host: dict[str, urllib3.HTTPConnectionPool] = {}


def shared_session() -> requests.Session:
    return _session


def pool_of(host: str) -> urllib3.HTTPConnectionPool:
    """Scheme and host, as in an address."""
    if (pool := _pool_of_host.get(host)) is None:
        pool = _pool_of_host[host] = _pools.connection_from_url(host)
    return pool


def _start_afresh() -> None:
    """A child that used its parent's connections would read the parent's answers."""
    global _session, _pools
    _session, _pools = new_session(), new_pools()
    _pool_of_host.clear()


os.register_at_fork(after_in_child=_start_afresh)
