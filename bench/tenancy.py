"""What workspaces cost: making one, releasing to many, finding the one of a request.

python -m bench.tenancy [--quick]
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench._load import load
from bench._rounds import Report, beside, in_turns
from bench._servers import PROJECT, manage, own_servers, web_server
from bench._world import OWNER, make_workspaces

OURS = "workspaces.middleware.workspace"
THEIRS = "django_tenants.middleware.main.TenantMainMiddleware"
PLAIN_ENGINE = "django.db.backends.postgresql"
MANY = 200
PAGES = [("/", "empty page", "empty_page"), ("/query/", "page with SELECT 1", "query_page")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="within 40 seconds, on fewer rounds")
    quick = parser.parse_args().quick
    report = Report("tenancy")
    with own_servers():
        manage("migrate_workspaces")
        creation(report, rounds=5 if quick else 15)
        binding(report, rounds=9 if quick else 45, times=30 if quick else 60)
        some = 20 if quick else 100
        make_workspaces(some)
        migration(report, schemas=some, quick=quick)
        peers = some if quick else MANY
        make_workspaces(peers)
        peer = [manage("migrate_schemas", "--executor", "standard")]
        make_workspaces(MANY)
        release(report, peer=peer, peer_schemas=peers)
        requests(report, PAGES[:1] if quick else PAGES, rounds=9 if quick else 25, seconds=0.2 if quick else 0.4)
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
    report.add("a schema, replayed from the template", taken["replayed"], "s")
    report.add("a schema, migrated from nothing", taken["migrated"], "s")
    report.ratio("create", beside(taken["replayed"], taken["migrated"]), most=0.25)


def release(report: Report, *, peer: list[float], peer_schemas: int) -> None:
    """A release with nothing to migrate, in a process of its own; django-tenants' has been run before."""
    ours = report.add(f"no-op release, {MANY} schemas", [manage("migrate_workspaces") for _ in range(5)], "s")
    theirs = report.add(f"no-op release by django-tenants, {peer_schemas} schemas", peer, "s")
    report.ratio("noop_seconds", ours, most=2)
    report.ratio("noop", ours / theirs)


def requests(report: Report, pages: list[tuple[str, str, str]], *, rounds: int, seconds: float) -> None:
    """An empty page of a workspace against the same view with neither middleware nor schemas."""
    with ExitStack() as running:
        plain = running.enter_context(web_server(BENCH_MIDDLEWARE="", BENCH_ENGINE=PLAIN_ENGINE))
        ours = running.enter_context(web_server(BENCH_MIDDLEWARE=OURS))
        theirs = running.enter_context(web_server(BENCH_MIDDLEWARE=THEIRS))
        for path, what, name in pages:

            def asked(port: int, path: str = path) -> Callable[[], float]:
                return lambda: load(port, "bench-7.localhost", path, seconds=seconds)

            for port in (plain, ours, theirs):
                load(port, "bench-7.localhost", path, seconds=0.2)
            taken = in_turns(rounds, plain=asked(plain), ours=asked(ours), theirs=asked(theirs))
            report.add(f"{what}, no tenancy", taken["plain"], "/s")
            report.add(f"{what}, ours", taken["ours"], "/s")
            report.add(f"{what}, django-tenants' middleware", taken["theirs"], "/s")
            report.ratio(name, beside(taken["ours"], taken["plain"]), least=0.6 if path == "/" else None)
            report.ratio(f"{name}_django_tenants", beside(taken["theirs"], taken["plain"]))


def migration(report: Report, *, schemas: int, quick: bool) -> None:
    """A new column in each of the schemas: repeated from the first, and worked out by Django in each."""
    with agents_migrations() as add_column:

        def released(jobs: int, *, by_django: bool) -> Callable[[], float]:
            def once() -> float:
                add_column(by_django)
                return manage("migrate_workspaces", "--jobs", str(jobs), BENCH_MIGRATIONS="bench_migrations")

            return once

        ways = {"repeated": released(1, by_django=False), "by Django in each": released(1, by_django=True)}
        if not quick:
            ways |= {f"{way}, --jobs 2": released(2, by_django="Django" in way) for way in ways}
        taken = in_turns(1 if quick else 5, **ways)
        medians = {way: report.add(f"a new column in {schemas} schemas, {way}", taken[way], "s") for way in ways}
        report.ratio("repeat", beside(taken["repeated"], taken["by Django in each"]))
        if quick:
            return
        report.ratio("repeat_jobs", beside(taken["repeated, --jobs 2"], taken["repeated"]))
        report.ratio("jobs", beside(taken["by Django in each, --jobs 2"], taken["by Django in each"]))
        add_column(False)
        peer = manage("migrate_schemas", "--executor", "standard", BENCH_MIGRATIONS="bench_migrations")
        # The template, which theirs does not know.
        manage("migrate_workspaces", BENCH_MIGRATIONS="bench_migrations")
        theirs = report.add(f"a new column in {schemas} schemas, by django-tenants", [peer], "s")
        report.ratio("repeat_django_tenants", medians["repeated"] / theirs)


@contextmanager
def agents_migrations() -> Iterator[Callable[[bool], None]]:
    """A copy of the app's migrations that grows by one at each call."""
    before = os.environ.get("PYTHONPATH", "")
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / "bench_migrations"
        shutil.copytree(PROJECT / "agents" / "migrations", package)

        def add_column(by_django: bool) -> None:
            names = sorted(path.stem for path in package.glob("0*.py"))
            text = ADD_COLUMN.format(last=names[-1], number=len(names), more=PYTHON if by_django else "")
            (package / f"{len(names) + 1:04}_column.py").write_text(text)

        os.environ["PYTHONPATH"] = folder
        try:
            yield add_column
        finally:
            os.environ["PYTHONPATH"] = before


ADD_COLUMN = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("agents", "{last}")]
    operations = [
        migrations.AddField("agent", "bench_{number}", models.CharField(max_length=20, null=True)),
        {more}
    ]
"""
PYTHON = "migrations.RunPython(migrations.RunPython.noop),"


def binding(report: Report, *, rounds: int, times: int) -> None:
    """What each request asks, with parameters bound in PostgreSQL and prepared statements, against the defaults."""
    from django.db import connections

    from agents.models import Agent
    from workspaces.models import Membership, User, Workspace

    make_workspaces(2)
    here, there = Workspace.objects.order_by("slug")[:2]
    person = User.objects.get(email=OWNER)

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
        report.add(f"an ORM query, {where}, defaults", taken["default"], "us")
        report.add(f"an ORM query, {where}, bound and prepared", taken["bound"], "us")
        report.ratio("bound_wandering" if wandering else "bound", beside(taken["bound"], taken["default"]))
    for alias in ("default", "bound"):
        connections[alias].set_schema_to_public()


if __name__ == "__main__":
    sys.exit(main())
