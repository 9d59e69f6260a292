"""The stage and the cast: one migrated database per worker, in it two workspaces and seven people.

A test with `db` runs in a transaction that is rolled back; a test with `transactional_db` commits for real, in a copy
of the database that is its own. Either starts in the public schema, with an empty cache and an empty outbox.
"""

import time
import traceback
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import hypothesis
import pytest
from allauth.usersessions.models import UserSession
from celery import current_app
from django.conf import settings as django_settings
from django.contrib.auth import login
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.core import mail
from django.db import connection, connections, transaction
from django.test import Client, RequestFactory
from xdist.scheduler import LoadScopeScheduling

from pages.webhooks.own_apps import forget_own_apps
from tests import factories
from workspaces import bells, sessions
from workspaces.models import Role, User, Workspace
from workspaces.tenancy import hosts
from workspaces.tenancy.migrating import migrate_everything

# The same examples each time, however long one takes.
hypothesis.settings.register_profile(
    "repeatable", derandomize=True, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("repeatable")

CAST = {
    "ana": ("Ana", "Alvarez"),
    "sam": ("Sam", "Okafor"),
    "bo": ("Bo", "Lindqvist"),
    "vi": ("Vi", "Novak"),
    "cy": ("Cy", "Stranger"),
    "grace": ("Grace", "Mbeki"),
    "ops": ("Olga", "Petrova"),
}


class Schedule(LoadScopeScheduling):
    """What two packages start is heavy: one worker starts it, once, and first; nobody waits for it at the end."""

    def _split_scope(self, nodeid: str) -> str:
        package = nodeid.split("/")[1]
        return package if package in {"system", "wire"} else nodeid


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Schedule:
    return Schedule(config, log)


def pytest_configure(config: pytest.Config) -> None:
    # Hashing is slow by design; argon2 itself is proved in tests/config.
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Messages go through Celery's own serialisation into this process's memory; `run_tasks` takes them out.
    current_app.conf.broker_url = "memory://localhost/"
    # A code of 30 seconds may end between the line that asks for it and the one that checks it.
    django_settings.MFA_TOTP_TOLERANCE = 1
    # The bell of another worker, or of a demo on the same Valkey, is not ours.
    hosts.CHANNEL = f"tests-{uuid.uuid4()}:hosts-changed"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker and (marker.kwargs.get("transaction") or marker.args):
            raise pytest.UsageError(f"{item.nodeid}: ask for the fixture transactional_db instead of the marker")
        # pytest-django makes a test database only when it sees somebody ask for one.
        names = getattr(item, "fixturenames", [])
        if "database" in names and not {"db", "transactional_db"} & set(names):
            names.append("db")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """On top of pytest-django's database: the template through the release step, the cast, and a copy to copy from."""
    with django_db_blocker.unblock():
        failures = migrate_everything(jobs=1, say=lambda line: None)
        assert failures == []
        set_the_stage()
        pristine = f"{connection.settings_dict['NAME']}_pristine"
        copy_database(connection.settings_dict["NAME"], pristine)
    yield
    with django_db_blocker.unblock():
        drop_database(pristine)


def set_the_stage() -> None:
    people = {
        name: factories.make_user(
            email=f"{name}@cast.example", first_name=first, last_name=last, is_staff=name == "ops"
        )
        for name, (first, last) in CAST.items()
    }
    acme = factories.make_workspace(slug="acme", name="Acme Outfitters", owner=people["ana"])
    globex = factories.make_workspace(slug="globex", name="Globex Travel", owner=people["grace"])
    factories.make_member(acme, people["sam"], position="supervisor")
    factories.make_member(acme, people["bo"])
    factories.make_member(acme, people["vi"], role=Role.VIEWER)
    factories.make_member(globex, people["ana"])


def copy_database(source: str, name: str) -> None:
    drop_database(name)
    connections.close_all()
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        # Copied as files: the other way, through the log, costs the processor six times as much.
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY FILE_COPY')


def drop_database(name: str) -> None:
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def transactional_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Real commits, real threads: a database of the test's own, with the cast in it, thrown away afterwards."""
    usual = connection.settings_dict["NAME"]
    own = f"{usual}_own"
    with django_db_blocker.unblock():
        copy_database(f"{usual}_pristine", own)
        use_database(own)
        yield
        use_database(usual)
        drop_database(own)


def use_database(name: str) -> None:
    connections.close_all()
    django_settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name
    connection.set_schema_to_public()


@pytest.fixture
def database(request: pytest.FixtureRequest) -> None:
    """Whichever of the two the test works with."""
    request.getfixturevalue("transactional_db" if "transactional_db" in request.fixturenames else "db")


@pytest.fixture(autouse=True)
def _django_db_marker(request: pytest.FixtureRequest) -> None:
    """pytest-django's own would empty the database after a test that has the mark and asks for transactional_db."""
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("database")


@pytest.fixture(autouse=True)
def clean_process(settings: Any) -> Iterator[None]:
    """What a process remembers, no test hands to the next."""
    default = settings.CACHES["default"]
    settings.CACHES = {"default": {**default, "KEY_PREFIX": uuid.uuid4().hex}}
    bells.PREFIX = f"tests-{uuid.uuid4()}:bell"
    remember_nothing()
    yield
    connection.set_schema_to_public()
    hosts.hosts.forget()


def remember_nothing() -> None:
    hosts.hosts.forget()
    forget_own_apps()
    connection.set_schema_to_public()


def person(name: str) -> Any:
    @pytest.fixture(name=name)
    def fixture(database: None) -> User:
        return User.objects.get(email=f"{name}@cast.example")

    return fixture


# ana owns acme and is an agent of globex, sam supervises in acme, bo is an agent and vi a viewer there, cy belongs
# nowhere, grace owns globex, ops operates the platform and belongs nowhere.
ana, sam, bo, vi, cy, grace, ops = map(person, CAST)


@pytest.fixture
def acme(database: None) -> Workspace:
    return Workspace.objects.get(slug="acme")


@pytest.fixture
def globex(database: None) -> Workspace:
    return Workspace.objects.get(slug="globex")


ClientFor = Callable[..., Client]


@pytest.fixture
def client_for(database: None) -> ClientFor:
    """A browser on the public host or on a workspace's, signed in the way the product signs in."""
    return make_client


def make_client(user: User | None = None, workspace: Workspace | None = None, **over: Any) -> Client:
    host = workspace.host if workspace else django_settings.BASE_DOMAIN
    client = Client(HTTP_HOST=host, **{name: value for name, value in over.items() if name != "login_id"})
    if user:
        request = RequestFactory(HTTP_HOST=host).get("/")
        request.session, request.user = SessionStore(), AnonymousUser()
        if workspace:
            sessions.start_in_workspace(request, user, workspace, over.get("login_id") or uuid.uuid4())
        else:
            login(request, user, backend=sessions.BACKEND)
            UserSession.objects.create_from_request(request)
            sessions.login_id(request)
        request.session.save()
        client.cookies[django_settings.SESSION_COOKIE_NAME] = request.session.session_key
    return client


@pytest.fixture
def agent_of() -> Callable[..., Any]:
    return factories.agent_of


@pytest.fixture
def run_tasks() -> Iterator[Callable[[], list[str]]]:
    """Does in this process what the queue holds, as a worker would; returns the tasks' names."""

    def run() -> list[str]:
        return [perform(message) for message in waiting_messages()]

    current_app.loader.import_default_modules()
    list(waiting_messages())
    yield run
    list(waiting_messages())


def waiting_messages() -> Iterator[Any]:
    with current_app.connection_for_read() as broker:
        for name in ["events", "send", "bulk", "default"]:
            with broker.SimpleQueue(name) as queue:
                while queue.qsize():
                    message = queue.get_nowait()
                    message.ack()
                    yield message


def perform(message: Any) -> str:
    args, kwargs, _ = message.payload
    name = message.headers["task"]
    current_app.tasks[name](*args, **kwargs)
    return name


@pytest.fixture
def sent_mail(run_tasks: Callable[[], list[str]], django_capture_on_commit_callbacks: Any) -> Any:
    """`with sent_mail() as outbox:` commits, delivers, and leaves the messages in the list."""

    @contextmanager
    def capture() -> Iterator[list[Any]]:
        outbox: list[Any] = []
        before = len(mail.outbox)
        with django_capture_on_commit_callbacks(execute=True):
            yield outbox
        run_tasks()
        outbox.extend(mail.outbox[before:])

    return capture


@pytest.fixture
def at_once(transactional_db: None) -> Callable[..., list[Any]]:
    """Runs the calls in threads and returns what each gave back, or raised.

    None of them writes to (or locks a row of) the table before all have come as far: a true race, every time.
    """
    return run_together


def run_together(*calls: Callable[[], Any], racing_for: str) -> list[Any]:
    with ThreadPoolExecutor(len(calls)) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'LOCK TABLE "{racing_for}" IN EXCLUSIVE MODE')
            attempts = [pool.submit(on_own_connection, call) for call in calls]
            wait_for_blocked_backends(len(calls))
        return [attempt.result(timeout=120) for attempt in attempts]


def on_own_connection(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except Exception as error:
        traceback.print_exc()  # the test looks at the error, a person at this
        return error
    finally:
        connections.close_all()


def wait_for_who_waits_for_us():
    """A row that is held is waited for by its transaction, which is no database's."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    until = time.monotonic() + 20
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(asked)
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits for us")


def wait_for_blocked_backends(count: int) -> list[int]:
    """Their process ids, as soon as so many wait for a lock in this database."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_locks WHERE NOT granted"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
            if len(waiting := cursor.fetchall()) >= count:
                return [pid for (pid,) in waiting]
        time.sleep(0.005)
    raise AssertionError("they did not come to the lock")


@pytest.fixture
def on_another_connection(transactional_db: None) -> Iterator[Callable[[Callable[[], Any]], Future[Any]]]:
    """Starts the call in a thread, and comes back when it waits for a lock of ours."""
    with ThreadPoolExecutor(1) as pool:

        def start(call: Callable[[], Any]) -> Future[Any]:
            attempt = pool.submit(on_own_connection, call)
            wait_for_blocked_backends(1)
            return attempt

        yield start
