"""The peer of the pages: django-helpdesk under production's settings, in a venv of its own, with tickets like ours."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from bench._asking import Asker
from bench._servers import free_port, running, wait_for

PACKAGES = ["django-helpdesk", "psycopg[binary]", "granian"]
HERE = Path(__file__).resolve().parent
TICKETS, TICKET = "/tickets/", "/tickets/{}/"
# What DataTables asks for as the page opens: the rows are not in the page.
TABLE = "{}?draw=1&start=0&length={}&order[0][column]=5&order[0][dir]=asc&search[value]="
# Its own first page, one of its HELPDESK_TICKETS_PER_PAGE, and as many as ours.
USUAL, SETTLED, FULL = 10, 25, 50


@contextmanager
def helpdesk(tickets: int) -> Iterator["Helpdesk | None"]:
    """Nothing where it cannot be installed."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        python = str(home / "venv" / "bin" / "python")
        made = [sys.executable, "-m", "venv", str(home / "venv")]
        installed = [python, "-m", "pip", "install", "--quiet", *PACKAGES]
        if any(subprocess.run(command, capture_output=True).returncode for command in (made, installed)):
            yield None
            return
        for name, text in (("settings.py", SETTINGS), ("urls.py", URLS), ("make.py", MAKE)):
            (home / name).write_text(text)
        (home / "counting.py").write_text((HERE / "_counting.py").read_text())
        database = own_database("helpdesk")
        environment = {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "settings", "TICKETS": str(tickets)}
        session, ticket = make(python, home, environment).split()
        port = free_port()
        application = "django.core.wsgi:get_wsgi_application"
        command = [python, "-m", "granian", "--interface", "wsgi", "--factory", application, "--host", "127.0.0.1"]
        options = ["--port", str(port), "--workers", "1", "--blocking-threads", "8", "--no-ws", "--log-level", "error"]
        with running([*command, *options], cwd=home, **environment):
            wait_for(port)
            yield Helpdesk(Asker(port, "localhost", f"sessionid={session}"), TICKET.format(ticket))


class Helpdesk:
    def __init__(self, asker: Asker, ticket: str) -> None:
        self.asker, self.ticket = asker, ticket
        _, page = asker.ask(TICKETS)
        found = re.search(r'"url": "(/datatables_ticket_list/[^"]+)"', page)
        assert found, "its ticket list asks for its rows in another way"
        self.table = found[1]

    def list_paths(self, rows: int = USUAL) -> tuple[str, str]:
        """What a browser needs until there is a list: the page, and then its rows."""
        return TICKETS, TABLE.format(self.table, rows)


def own_database(name: str) -> str:
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def make(python: str, home: Path, environment: dict[str, str]) -> str:
    done = subprocess.run([python, "make.py"], cwd=home, env=os.environ | environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"django-helpdesk's tickets could not be made:\n{done.stdout}{done.stderr}")
    return done.stdout.splitlines()[-1]


SETTINGS = """
import os
from urllib.parse import urlsplit

DEBUG = False
SECRET_KEY = "only-for-benchmarks-0123456789-abcdefghijklmnopqrstuvwxyz"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [
    "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
    "django.contrib.messages", "django.contrib.staticfiles", "django.contrib.sites", "django.contrib.humanize",
    "rest_framework", "helpdesk",
]
SITE_ID = 1
MIDDLEWARE = [
    "counting.counting",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ]},
}]
ROOT_URLCONF = "urls"
STATIC_URL = "/static/"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Else it wants pinax-teams.
HELPDESK_TEAMS_MODE_ENABLED = False
at = urlsplit(os.environ["DATABASE_URL"])
DATABASES = {"default": {
    "ENGINE": "django.db.backends.postgresql", "NAME": at.path[1:], "USER": at.username, "PASSWORD": at.password or "",
    "HOST": at.hostname, "PORT": at.port, "CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True,
}}
"""

URLS = """
from django.urls import include, path

urlpatterns = [path("", include("helpdesk.urls", namespace="helpdesk"))]
"""

# One ticket in ten is open, as ours; each with five follow-ups, by customers and by staff in turns.
MAKE = """
import os

import django
django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection
from helpdesk.models import FollowUp, Queue, Ticket

call_command("migrate", verbosity=0)
user = get_user_model().objects.create_superuser("bench", "bench@example.com", "bench")
queues = [Queue.objects.create(title=name, slug=name.lower()).pk for name in ("Shop", "Repairs", "Travel")]

DIFFERENT = {"id": "n", "title": "'Where is parcel ' || n || '?'", "queue_id": f"{queues[0]} + n % 3",
    "created": "now() - n * interval '1 second'", "modified": "now() - n * interval '1 second'",
    "submitter_email": "'customer' || n || '@example.com'", "assigned_to_id": f"CASE WHEN n % 3 = 0 THEN {user.pk} END",
    "status": "CASE n % 10 WHEN 0 THEN 1 ELSE 4 END", "description": "'It should have come by now. Is it on its way?'",
    "on_hold": "false", "priority": "3", "secret_key": "md5(n::text)"}
TOLD = {"id": "n", "ticket_id": "1 + (n - 1) / 5", "date": "now() - (TICKETS * 5 - n) * interval '1 second'",
    "title": "'Comment'", "comment": "'Is the blue one still there? It would be for Saturday.'", "public": "true",
    "user_id": f"CASE n % 2 WHEN 0 THEN {user.pk} END", "email_recipients": "'[]'"}


def fill(model, values, number):
    values = dict(values)
    for field in model._meta.concrete_fields:
        if field.column not in values and not field.null:
            values[field.column] = "''"
    made = ", ".join(values.values()).replace("TICKETS", os.environ["TICKETS"])
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {model._meta.db_table} ({', '.join(values)}) "
                       f"SELECT {made} FROM generate_series(1, {number}) AS s(n)")
        cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")


number = int(os.environ["TICKETS"])
fill(Ticket, DIFFERENT, number)
fill(FollowUp, TOLD, number * 5)
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.save()
print(session.session_key, number // 20 * 10)
"""
