"""The verification of a callback address."""

from __future__ import annotations

import secrets
from typing import Any

import urllib3

pool = urllib3.PoolManager(retries=False, timeout=5)


def verify(url: str, token: str) -> dict[str, Any]:
    challenge = str(10**9 + secrets.randbelow(10**9))
    fields = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": token}
    try:
        answer = pool.request("GET", url, fields=fields, redirect=False)
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        return {"verified": False, "status": None, "problem": type(error).__name__}
    body = answer.data.decode("utf-8", "replace")
    return {"verified": answer.status == 200 and body == challenge, "status": answer.status, "body": body[:200]}
