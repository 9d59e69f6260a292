"""A database of this folder's own: the cast, and on top of it two workspaces full of what must not be seen."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from tests.conftest import copy_database, drop_database, use_database
from tests.isolation.cast import Cookies, another_session_of, sign_everybody_in
from tests.isolation.world import World, make_world


@pytest.fixture(scope="package")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[World, Cookies]]:
    """Committed, so that nobody is made or signed in twice; each test's own changes are rolled back."""
    with django_db_blocker.unblock():
        usual = connection.settings_dict["NAME"]
        own = f"{usual}_isolation"
        copy_database(f"{usual}_pristine", own)
        use_database(own)
        cookies = sign_everybody_in()
        made = make_world(another_session_of("cy")), cookies
    yield made
    with django_db_blocker.unblock():
        use_database(usual)
        drop_database(own)


@pytest.fixture(autouse=True)
def on_stage(stage: Any, db: None, settings: Any) -> None:
    """Each test of this folder works in that database, in a transaction that is rolled back; Meta is away."""
    settings.META_HOSTS = dict.fromkeys(settings.META_HOSTS, "http://127.0.0.1:1")


@pytest.fixture
def world(stage: tuple[World, Cookies]) -> World:
    return stage[0]


@pytest.fixture
def cookies(stage: tuple[World, Cookies]) -> Cookies:
    return stage[1]
