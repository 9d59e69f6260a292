"""What the servers of a folder remember: their password, their ports and their process ids."""

import contextlib
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from config.embedded.processes import LOOPBACK, is_alive

PROJECT = Path(__file__).resolve().parent.parent.parent
ADDRESSES = {
    "postgres": "postgresql://switchboard:{password}@{host}:{port}/switchboard",
    "valkey": "redis://:{password}@{host}:{port}/0",
}


def var_folder() -> Path:
    return Path(os.environ.get("SWITCHBOARD_VAR") or PROJECT / "var").resolve()


class State:
    """The file in which a folder's servers keep their password, their ports and their process ids."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.file = root / "servers.json"

    def read(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads(self.file.read_text())
        except (OSError, ValueError):
            return {}
        if found.get("folder") != str(self.root):
            # A copy of another folder: the password belongs to the copied data, the running servers do not.
            return {"password": found.get("password")}
        return found

    def write(self, values: dict[str, Any]) -> None:
        fresh = self.file.with_suffix(".new")
        with private_file(fresh) as file:
            json.dump({**values, "folder": str(self.root)}, file)
        fresh.replace(self.file)

    def remember(self, name: str, *, port: int, pid: int | None) -> None:
        self.write({**self.read(), name: {"port": port, "pid": pid}})

    def password(self) -> str:
        values = self.read()
        if not values.get("password"):
            values["password"] = secrets.token_urlsafe(24)
            self.write(values)
        return str(values["password"])

    def port(self, name: str) -> int | None:
        port: int | None = self.read().get(name, {}).get("port")
        return port

    def running_url(self, name: str) -> str | None:
        values = self.read()
        entry = values.get(name, {})
        if not is_alive(entry.get("pid")):
            return None
        return ADDRESSES[name].format(password=values["password"], host=LOOPBACK, port=entry["port"])


@contextlib.contextmanager
def private_file(path: Path) -> Iterator[IO[str]]:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        yield file
