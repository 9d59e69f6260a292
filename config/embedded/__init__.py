"""Real PostgreSQL and Valkey from wheels, as child processes: for development, tests and benchmarks."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from config.embedded.postgres import Postgres
from config.embedded.refuge import remove_refuge
from config.embedded.server import Server, ServerError
from config.embedded.state import State, var_folder
from config.embedded.valkey import Valkey

__all__ = [
    "Postgres",
    "Server",
    "ServerError",
    "Servers",
    "Valkey",
    "database_url",
    "redis_url",
    "remove_refuge",
    "temporary_servers",
    "var_folder",
]


def database_url() -> str | None:
    return State(var_folder()).running_url("postgres")


def redis_url() -> str | None:
    return State(var_folder()).running_url("valkey")


class Servers:
    """Both servers, with their data in one folder."""

    def __init__(self, root: Path, *, safe: bool = True) -> None:
        self.postgres = Postgres(root, safe=safe)
        self.valkey = Valkey(root, safe=safe)

    @property
    def database_url(self) -> str:
        return self.postgres.url

    @property
    def redis_url(self) -> str:
        return self.valkey.url

    def start(self) -> None:
        self.postgres.start()
        self.valkey.start()

    def stop(self, *, hurry: bool = False) -> None:
        self.valkey.stop(hurry=hurry)
        self.postgres.stop(hurry=hurry)


@contextlib.contextmanager
def temporary_servers(parent: Path | None = None, *, safe: bool = False) -> Iterator[Servers]:
    """Fresh ones, gone without a trace at the end; the unsafe are fast and lose what they just wrote when killed."""
    root = Path(tempfile.mkdtemp(prefix="switchboard-", dir=parent))
    root.chmod(0o711)
    servers = Servers(root, safe=safe)
    try:
        servers.start()
        yield servers
    finally:
        servers.stop(hurry=True)
        remove_refuge(root)
        shutil.rmtree(root)
