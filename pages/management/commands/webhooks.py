from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count, Min
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django_tenants.utils import schema_context

from pages.actions.webhook_events import replay_events
from pages.webhooks.refusals import refused_on
from workspaces.actions.deliveries import retry_parked
from workspaces.models import Delivery, Workspace


class Command(BaseCommand):
    help = "Shows what waits at the webhooks' door, and runs again what came through it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="what", required=True)
        commands.add_parser("status", help="How many deliveries wait, have no workspace, or failed too often.")
        replay = commands.add_parser("replay", help="Run again; what is there already stays as it is.")
        replay.add_argument("--since", required=True, help="2026-11-20 or 2026-11-20T10:00; UTC without a zone.")
        replay.add_argument("--until", default="", help="Up to this time; now if left out.")
        replay.add_argument("--workspace", default="", help="The address of one workspace alone.")
        replay.add_argument("--failed", action="store_true", help="Only the deliveries that failed too often.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "status":
            self.show_status()
        else:
            self.replay(**{name: options[name] for name in ("since", "until", "workspace", "failed")})

    def show_status(self) -> None:
        counted = Delivery.objects.order_by().values_list("state").annotate(Count("id"), Min("received_at"))
        found = {state: (count, oldest) for state, count, oldest in counted}
        for state in Delivery.State:
            count, oldest = found.get(state, (0, None))
            age = f", the oldest {(timezone.now() - oldest).total_seconds():.0f} s old" if oldest else ""
            self.stdout.write(f"{state.lower()}: {count}{age}")
        reasons = refused_on(timezone.now())
        told = ", ".join(f"{reason} {times}" for reason, times in sorted(reasons.items()))
        self.stdout.write(f"refused today: {told or 'none'}")

    def replay(self, *, since: str, until: str, workspace: str, failed: bool) -> None:
        start, end = self.moment(since, "--since"), self.moment(until, "--until") if until else timezone.now()
        if start >= end:
            raise CommandError("--since must be before --until and before now.", returncode=2)
        chosen = self.workspaces(workspace)
        parked = retry_parked(since=start, until=end, workspace=chosen[0] if workspace else None)
        self.stdout.write(f"parked deliveries that wait again: {parked}")
        if not failed:
            self.replay_kept(chosen, start, end)

    def replay_kept(self, chosen: list[Workspace], start: datetime, end: datetime) -> None:
        failures = 0
        for workspace in chosen:
            with schema_context(workspace.schema_name):
                count = replay_events(since=start, until=end)
            failures += count.failed
            if count.events:
                self.stdout.write(f"{workspace.slug}: {count.events} events run again, {count.failed} failed")
        if failures:
            raise CommandError(f"{failures} failed again; the log says why.", returncode=1)

    def workspaces(self, slug: str) -> list[Workspace]:
        found = Workspace.objects.with_schema().order_by("slug")
        if not slug:
            return list(found)
        if not (one := found.filter(slug=slug).first()):
            raise CommandError(f"There is no workspace {slug}.", returncode=2)
        return [one]

    def moment(self, text: str, option: str) -> datetime:
        try:
            given = parse_datetime(text) or datetime.fromisoformat(text)
        except ValueError:
            raise CommandError(f"{option} takes a time such as 2026-11-20T10:00, not {text!r}.", returncode=2) from None
        return given if given.tzinfo else given.replace(tzinfo=UTC)
