"""What workspaces cost: making one, releasing to many, finding the one of a request.

    python -m bench.tenancy [--quick]
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench._load import load
from bench._rounds import Report, in_turns
from bench._servers import PROJECT, manage, own_servers, web_server

OURS = "workspaces.middleware.workspace"
THEIRS = "django_tenants.middleware.main.TenantMainMiddleware"
PLAIN_ENGINE = "django.db.backends.postgresql"
MANY = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="within 40 seconds, on fewer rounds")
    quick = parser.parse_args().quick
    report = Report("tenancy")
    with own_servers():
        manage("migrate_workspaces")
        creation(report, rounds=5 if quick else 15)
        binding(report, rounds=5 if quick else 9, times=100 if quick else 400)
        few = 40
        make_workspaces(few if quick else MANY)
        release(report, quick=quick, theirs=few if quick else MANY)
        requests(report, rounds=5 if quick else 9, seconds=0.5 if quick else 2)
        migration(report, rounds=1 if quick else 5, schemas=few if quick else MANY)
    report.show()


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def creation(report: Report, *, rounds: int) -> None:
    """A schema from the template against migrating it from nothing."""
    from django.db import transaction

    from workspaces.tenancy.migrating import create_empty, migrate_schema
    from workspaces.tenancy.schemas import create_schema, drop_schema

    def replayed() -> None:
        with transaction.atomic():
            create_schema("bench_new")

    def migrated() -> None:
        create_empty("bench_new")
        migrate_schema("bench_new")

    def timed(make: Callable[[], None]) -> Callable[[], float]:
        def once() -> float:
            taken = seconds(make)
            drop_schema("bench_new")
            return taken

        return once

    in_turns(1, replayed=timed(replayed), migrated=timed(migrated))
    taken = in_turns(rounds, replayed=timed(replayed), migrated=timed(migrated))
    ours = report.add("a schema, replayed from the template", taken["replayed"], "s")
    theirs = report.add("a schema, migrated from nothing", taken["migrated"], "s")
    report.ratio("create", ours / theirs, most=0.25)


def make_workspaces(until: int) -> None:
    from workspaces.actions.people import create_person
    from workspaces.actions.workspaces import create_workspace
    from workspaces.models import User, Workspace

    owner = User.objects.filter(email="bench@example.com").first() or create_person(
        email="bench@example.com", first_name="Bench", password=None, verified=True
    )
    for number in range(Workspace.objects.count(), until):
        create_workspace(name=f"Bench {number}", slug=f"bench-{number}", owner=owner)


def release(report: Report, *, quick: bool, theirs: int) -> None:
    """A release with nothing to migrate, in a process of its own: ours over 200 schemas, django-tenants' beside it."""
    peer = [manage("migrate_schemas", "--executor", "standard") for _ in range(1 if quick else 2)]
    make_workspaces(MANY)
    ours = report.add(f"no-op release, {MANY} schemas", [manage("migrate_workspaces") for _ in range(5)], "s")
    other = report.add(f"no-op release by django-tenants, {theirs} schemas", peer, "s")
    report.ratio("noop_seconds", ours, most=2)
    report.ratio("noop", ours / other)


def requests(report: Report, *, rounds: int, seconds: float) -> None:
    """An empty page of a workspace against the same view with neither middleware nor schemas."""
    with ExitStack() as running:
        plain = running.enter_context(web_server(BENCH_MIDDLEWARE="", BENCH_ENGINE=PLAIN_ENGINE))
        ours = running.enter_context(web_server(BENCH_MIDDLEWARE=OURS))
        theirs = running.enter_context(web_server(BENCH_MIDDLEWARE=THEIRS))
        for path, what in {"/": "empty page", "/query/": "page with SELECT 1"}.items():

            def asked(port: int, path: str = path) -> Callable[[], float]:
                return lambda: load(port, "bench-7.localhost", path, seconds=seconds)

            for port in (plain, ours, theirs):
                load(port, "bench-7.localhost", path, seconds=0.2)
            taken = in_turns(rounds, plain=asked(plain), ours=asked(ours), theirs=asked(theirs))
            floor = report.add(f"{what}, no tenancy", taken["plain"], "/s")
            with_us = report.add(f"{what}, ours", taken["ours"], "/s")
            with_them = report.add(f"{what}, django-tenants' middleware", taken["theirs"], "/s")
            name = "empty_page" if path == "/" else "query_page"
            report.ratio(name, with_us / floor, least=0.6 if path == "/" else None)
            report.ratio(f"{name}_django_tenants", with_them / floor)


def migration(report: Report, *, rounds: int, schemas: int) -> None:
    """A new column in each of the schemas, one after another and two at a time."""
    with agents_migrations() as add_column:

        def released(jobs: int) -> Callable[[], float]:
            def once() -> float:
                add_column()
                return manage("migrate_workspaces", "--jobs", str(jobs), BENCH_MIGRATIONS="bench_migrations")

            return once

        taken = in_turns(rounds, alone=released(1), paired=released(2))
    one = report.add(f"a new column in {MANY} schemas, --jobs 1", taken["alone"], "s")
    two = report.add(f"a new column in {MANY} schemas, --jobs 2", taken["paired"], "s")
    report.ratio("jobs", two / one)


@contextmanager
def agents_migrations() -> Iterator[Callable[[], None]]:
    """A copy of the app's migrations that grows by one at each call."""
    import os

    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / "bench_migrations"
        shutil.copytree(PROJECT / "agents" / "migrations", package)
        before = os.environ.get("PYTHONPATH", "")
        os.environ["PYTHONPATH"] = folder

        def add_column() -> None:
            names = sorted(path.stem for path in package.glob("0*.py"))
            (package / f"{len(names) + 1:04}_column.py").write_text(ADD_COLUMN.format(last=names[-1], number=len(names)))

        try:
            yield add_column
        finally:
            os.environ["PYTHONPATH"] = before


ADD_COLUMN = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("agents", "{last}")]
    operations = [
        migrations.AddField("agent", "bench_{number}", models.CharField(max_length=20, default="", blank=True)),
    ]
"""


def binding(report: Report, *, rounds: int, times: int) -> None:
    """What each request asks, with parameters bound in PostgreSQL and prepared statements, against the defaults."""
    from django.db import connections

    from agents.models import Agent
    from workspaces.models import Membership, User, Workspace

    make_workspaces(2)
    here, there = Workspace.objects.order_by("slug")[:2]
    person = User.objects.get(email="bench@example.com")

    def ask(alias: str) -> None:
        User.objects.using(alias).select_related("profile", "preferences").filter(pk=person.pk).first()
        Membership.objects.using(alias).active().filter(user=person, workspace=here).first()
        Agent.objects.using(alias).select_related("position").get(user=person.pk)

    def asked(alias: str, *, wandering: bool) -> Callable[[], float]:
        def once() -> float:
            started = time.perf_counter()
            for number in range(times):
                if wandering or number == 0:
                    connections[alias].set_tenant(there if wandering and number % 2 else here)
                ask(alias)
            return (time.perf_counter() - started) / times / 3 * 1e6

        return once

    for wandering, where in ((False, "one workspace"), (True, "another workspace each time")):
        ways = {alias: asked(alias, wandering=wandering) for alias in ("default", "bound")}
        in_turns(1, **ways)
        taken = in_turns(rounds, **ways)
        usual = report.add(f"an ORM query, {where}, defaults", taken["default"], "us")
        bound = report.add(f"an ORM query, {where}, bound and prepared", taken["bound"], "us")
        report.ratio("bound_wandering" if wandering else "bound", bound / usual)
    for alias in ("default", "bound"):
        connections[alias].set_schema_to_public()


if __name__ == "__main__":
    sys.exit(main())
