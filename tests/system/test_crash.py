"""PostgreSQL is killed in the middle of a sign-up: nothing half-made is left, and the next try works."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import requests

from config.embedded import Servers, temporary_servers
from tests.product import PATIENCE, Product, eventually
from workspaces.tenancy.schemas import TEMPLATE_LOCK

FORM = {
    "first_name": "Vera",
    "email": "vera@halfway.example",
    "password1": "correct horse battery",
    "workspace_name": "Halfway",
    "slug": "halfway-house",
}


@pytest.fixture
def servers() -> Iterator[Servers]:
    with temporary_servers(safe=True) as made:
        yield made


@pytest.fixture
def fragile(servers: Servers, tmp_path: Path) -> Iterator[Product]:
    made = Product(tmp_path, servers.database_url, servers.redis_url)
    made.manage("migrate_workspaces")
    made.start()
    yield made
    made.stop()


def sign_up(product: Product) -> requests.Response:
    with requests.Session() as browser:
        address = f"{product.url}/accounts/signup/"
        page = browser.get(address, timeout=PATIENCE).text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token
        filled = FORM | {"csrfmiddlewaretoken": token.group(1)}
        return browser.post(address, filled, allow_redirects=False, timeout=PATIENCE)


def what_is_there(product: Product) -> list[int]:
    return [
        product.rows(f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608
        for table in ["users", "workspaces", "domains", "workspace_members"]
    ] + [product.rows("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'ws_%%'")[0][0]]


def test_postgres_killed_during_a_sign_up(servers: Servers, fragile: Product) -> None:
    # Holding the template stops the sign-up after its rows, before its schema.
    holder = psycopg.connect(fragile.database_url, autocommit=True)
    holder.execute("SELECT pg_advisory_lock(%s)", [TEMPLATE_LOCK])
    with ThreadPoolExecutor(1) as pool:
        signing_up = pool.submit(sign_up, fragile)
        eventually(lambda: waiting_for_template(fragile), what="the sign-up is half-way")
        assert servers.postgres.process
        servers.postgres.process.kill()
        assert signing_up.result(PATIENCE).status_code == 500
    holder.close()

    servers.postgres.start()
    assert what_is_there(fragile) == [0, 0, 0, 0, 0]

    assert sign_up(fragile).status_code == 302
    assert what_is_there(fragile) == [1, 1, 1, 1, 1]


def waiting_for_template(product: Product) -> bool:
    waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    return bool(product.rows(waiting))
