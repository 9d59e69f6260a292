"""Looks at the addresses of attachments, as Meta does before it takes them."""

from __future__ import annotations

from typing import Any

import urllib3

from pages.sandbox.requests import File, Request

Json = dict[str, Any]
MOST = 26 * 1024 * 1024
pool = urllib3.PoolManager(maxsize=16, retries=False, timeout=5)


def links(request: Request) -> list[str]:
    message = request.parameters.get("message")
    if not isinstance(message, dict):
        return []
    several = message.get("attachments")
    attachments = [message.get("attachment"), *(several if isinstance(several, list) else [])]
    payloads = [one.get("payload") for one in attachments if isinstance(one, dict) and one.get("type") != "template"]
    found = [payload.get("url") for payload in payloads if isinstance(payload, dict)]
    return [url for url in found if isinstance(url, str) and url]


def fetch(urls: list[str]) -> dict[str, File | None]:
    return {url: look(url) for url in urls}


def look(url: str) -> File | None:
    try:
        answer = pool.request("GET", url, preload_content=False, redirect=True)
        data = answer.read(MOST)
        answer.release_conn()
    except (urllib3.exceptions.HTTPError, OSError, ValueError):
        return None
    if answer.status != 200:
        return None
    return File(url.rpartition("/")[2], answer.headers.get("content-type", ""), data)
