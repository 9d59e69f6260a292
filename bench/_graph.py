"""Meta's Graph API as far as it costs time: a message's id for a message, a profile for all else."""

import json
import os
import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any

LATENCY = float(os.environ.get("BENCH_LATENCY", "0"))


def application(request: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    size = int(request.get("CONTENT_LENGTH") or 0)
    body = request["wsgi.input"].read(size) if size else b""
    if LATENCY:
        time.sleep(LATENCY)
    path = request["PATH_INFO"]
    if request["REQUEST_METHOD"] == "POST" and path.endswith("/messages"):
        said = {"recipient_id": json.loads(body)["recipient"]["id"], "message_id": f"m_{uuid.uuid4()}"}
    else:
        said = {"id": path.rpartition("/")[2], "first_name": "Rosa", "last_name": "Bench"}
    answer = json.dumps(said).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))])
    return [answer]
