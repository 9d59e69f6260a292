import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from workspaces.models import Workspace
from workspaces.tenancy.migrating import behind, migrate_everything
from workspaces.tenancy.schemas import workspace_schemas


class Command(BaseCommand):
    help = "Migrates every schema that is behind: public, the template, the workspaces. Can be run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="How many schemas at a time.")
        parser.add_argument("--check", action="store_true", help="Only say which are behind; exit 1 if any is.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["jobs"] < 1:
            raise CommandError("--jobs takes a number from 1.", returncode=2)
        if options["check"]:
            self.check_schemas()
            return
        failures = migrate_everything(jobs=options["jobs"], say=self.say)
        for failure in failures:
            self.stderr.write(f"failed: {failure.schema}: {failure.reason}")
        if failures:
            sys.exit(1)

    def check_schemas(self) -> None:
        # A database with nothing in it has no list of workspaces either.
        is_new = Workspace._meta.db_table not in connection.introspection.table_names()
        waiting = behind(["public", "workspace_template", *([] if is_new else workspace_schemas())])
        for schema in waiting:
            self.stdout.write(f"behind: {schema}")
        if waiting:
            sys.exit(1)

    def say(self, line: str) -> None:
        self.stdout.write(line)
