"""One session per process: its connections are shared by all threads and kept alive."""

import logging
import os
from http.cookiejar import DefaultCookiePolicy

import requests
from requests.adapters import HTTPAdapter

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


_session = new_session()


def shared_session() -> requests.Session:
    return _session


def _start_afresh() -> None:
    """A child that used its parent's connections would read the parent's answers."""
    global _session
    _session = new_session()


os.register_at_fork(after_in_child=_start_afresh)
