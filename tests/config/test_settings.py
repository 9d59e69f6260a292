"""Settings: production says what it lacks, and every variable that is read is written down."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.product import PATIENCE

PROJECT = Path(__file__).resolve().parents[2]
SETTINGS = PROJECT / "config" / "settings.py"

PRODUCTION = {
    "DEBUG": "false",
    "SECRET_KEY": "fifty-random-signs-and-more-0123456789-abcdefghijklmnopqrstuvwxyz",
    "FIELD_KEYS": "another-fifty-random-signs-0123456789-abcdefghijklmnopqrstuvwxyz",
    "PUBLIC_URL": "https://switchboard.example",
    "DATABASE_URL": os.environ.get("DATABASE_URL", "postgres://postgres@127.0.0.1:1/x"),
    "REDIS_URL": os.environ.get("REDIS_URL", "redis://127.0.0.1:1/0"),
    "EMAIL_URL": "smtp+tls://user:password@mail.example:587",
}


def run(*command: str, **environment: str | None) -> subprocess.CompletedProcess[str]:
    """Beside the variables of production a process is given its PATH alone; None takes one away."""
    wanted = {**PRODUCTION, **environment, "PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT)}
    env = {name: value for name, value in wanted.items() if value is not None}
    return subprocess.run(
        [sys.executable, *command], cwd=PROJECT, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def setting(expression: str, **environment: str | None) -> str:
    done = run("-c", f"from config import settings; print({expression})", **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


NEEDED = ["SECRET_KEY", "FIELD_KEYS", "PUBLIC_URL", "DATABASE_URL", "REDIS_URL", "EMAIL_URL"]


@pytest.mark.parametrize("missing", NEEDED)
@pytest.mark.parametrize("value", [None, ""], ids=["unset", "empty"])
def test_production_does_not_start_without(missing, value):
    done = run("manage.py", "check", **{missing: value})
    assert done.returncode == 2
    assert (done.stdout, done.stderr.splitlines()) == (
        "",
        [f"switchboard: {missing} is missing: set it in the environment (see .env.example)."],
    )


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"),
        ("OPENID_CONNECT_URL", "OPENID_CONNECT_CLIENT_ID"),
    ],
)
def test_an_outside_account_does_not_start_without_its_secret(given, missing):
    done = run("manage.py", "check", **{given: "https://x.example"})
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert f"{missing} is missing" in done.stderr


NO_ADDRESSES = """switchboard.example ftp://switchboard.example https:// https://:443 https://[::1
    https://switchboard.example:https https://switchboard.example/app https://me:secret@switchboard.example""".split()


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_an_address_that_is_none_is_refused(address):
    done = run("manage.py", "check", PUBLIC_URL=address)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "PUBLIC_URL must be an address such as" in done.stderr


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("https://switchboard.example/", "switchboard.example", ""),
        ("HTTPS://Switchboard.Example:8443", "switchboard.example", ":8443"),
        ("http://localhost:8000", "localhost", ":8000"),
    ],
)
def test_an_address_is_read(address, host, port):
    given = setting("(settings.BASE_DOMAIN, settings.PORT_SUFFIX)", PUBLIC_URL=address)
    assert given == str((host, port))


CANNOT_BE = {
    "DEBUG": ["maybe", "2"],
    "TRUSTED_PROXY_COUNT": ["x", "-1", "1.5"],
    "DATABASE_CONNECTION_AGE": ["x"],
    "SESSION_DAYS": ["x", "0", "-1", "14 days", "²"],
    "HSTS_SECONDS": ["x"],
    "MEDIA_MAX_MB": ["x", "0"],
    "WEBHOOK_EVENT_DAYS": ["x", "0"],
    "GRAPH_CALL_DAYS": ["x", "0"],
    "LOG_LEVEL": ["LOUD", "info"],
    "DATABASE_URL": ["nonsense", "mysql://me:secret@host/x", "postgres://me:secret@host:port/x", "postgres://[::1/x"],
    "REDIS_URL": ["nonsense", "redis://", "redis://:secret@host:port/0"],
    "EMAIL_URL": ["nonsense", "http://me:secret@host", "smtp://me:secret@host:port"],
    "GRAPH_URL": ["nonsense", "ftp://host", "http://", "https://host:port"],
    "OPENID_CONNECT_URL": ["nonsense", "ftp://host"],
    "SECRET_KEY": ["short"],
    "FIELD_KEYS": [",", " , "],
    "GRAPH_VERSION": ["25", "v25", "latest"],
    "DEFAULT_FROM_EMAIL": ["nobody", "Acme, Ltd <hello@acme.example>"],
    "PORT": ["x", "0", "65536"],
    "STREAM_PORT": ["x"],
    "WEB_THREADS": ["x", "0"],
    "WORKER_THREADS": ["0"],
    "STORAGE_URL": ["nonsense", "s3://[", "https://me:secret@bucket"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in CANNOT_BE for value in CANNOT_BE[name]])
def test_a_value_that_cannot_be_is_named_in_one_line(name, value):
    others = {"OPENID_CONNECT_CLIENT_ID": "me", "OPENID_CONNECT_CLIENT_SECRET": "secret"}
    done = run("-m", "config.check", **{**others, name: value})
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(f"switchboard: {name} must ")
    assert ":secret@" not in done.stderr.replace("s3://key:secret@bucket", ""), "passwords are not repeated"


def test_keys_may_stand_apart():
    given = setting(
        "(settings.FIELD_KEYS, settings.SECRET_KEY_FALLBACKS)", FIELD_KEYS="new, old,", SECRET_KEY_FALLBACKS=""
    )
    assert given == "(['new', 'old'], [])"


def test_a_setting_left_empty_is_its_default():
    empty = dict.fromkeys(["SESSION_DAYS", "TRUSTED_PROXY_COUNT", "LOG_LEVEL", "GRAPH_URL", "DEBUG"], "")
    read = "(settings.SESSION_COOKIE_AGE // 86400, settings.TRUSTED_PROXY_COUNT, settings.DEBUG)"
    assert setting(read, **empty) == "(14, 0, False)"


@pytest.mark.parametrize(
    "url", ["postgres:///x", "postgresql://me:p%40ss@host:6432/x?sslmode=require", "postgres://me@%2Fvar%2Frun/x"]
)
def test_postgresql_is_reached_as_its_own_addresses_have_it(url):
    assert setting("settings.DATABASES['default']['NAME']", DATABASE_URL=url) == "x"


PROCESSES = {
    line.partition(":")[0]: line.partition(":")[2].strip() for line in (PROJECT / "Procfile").read_text().splitlines()
}


@pytest.mark.parametrize("process", PROCESSES)
@pytest.mark.parametrize(("name", "value"), [("SESSION_DAYS", "x"), ("SECRET_KEY", ""), ("WORKER_THREADS", "0")])
def test_no_process_of_the_procfile_starts_on_nonsense(process, name, value):
    """One line each, and 2; granian by itself would try again until it gives up."""
    environment = {**PRODUCTION, name: value, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["/bin/sh", "-c", PROCESSES[process]],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(f"switchboard: {name} ")


@pytest.mark.parametrize("process", ["config.wsgi", "config.celery"])
def test_no_process_starts_without_its_secrets(process):
    done = run("-c", f"import {process} as process; process.app.conf.broker_url", SECRET_KEY=None)
    assert (done.returncode, done.stderr) == (
        2,
        "switchboard: SECRET_KEY is missing: set it in the environment (see .env.example).\n",
    )


def test_the_checks_of_a_deployment_find_nothing():
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert (done.returncode, done.stderr) == (0, "")
    assert "no issues (0 silenced)" in done.stdout


def test_every_change_of_a_model_has_its_migration():
    done = run("manage.py", "makemigrations", "--check", "--dry-run")
    assert done.returncode == 0, done.stdout


def test_production_is_closed_by_default():
    wanted = {
        "DEBUG": "False",
        "SESSION_COOKIE_NAME": "__Host-session",
        "CSRF_COOKIE_NAME": "__Host-csrf",
        "SESSION_COOKIE_SECURE": "True",
        "CSRF_COOKIE_SECURE": "True",
        "SECURE_SSL_REDIRECT": "True",
        "SECURE_HSTS_SECONDS": "31536000",
        "PASSWORD_HASHERS[0]": "django.contrib.auth.hashers.Argon2PasswordHasher",
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": "False",
        "TRUSTED_PROXY_COUNT": "0",
        "hasattr(settings, 'SESSION_COOKIE_DOMAIN')": "False",
        "hasattr(settings, 'SECURE_PROXY_SSL_HEADER')": "False",
    }
    names = [name if name.startswith("hasattr") else f"settings.{name}" for name in wanted]
    assert dict(zip(wanted, setting(", ".join(names)).split(), strict=True)) == wanted


@pytest.mark.parametrize("directive", ["script-src", "style-src"])
def test_no_script_or_style_stands_in_a_page(directive):
    policy = setting(f"settings.CONTENT_SECURITY_POLICY['DIRECTIVES'][{directive!r}]")
    assert "unsafe" not in policy
    assert "*" not in policy


def read_variables() -> set[str]:
    """The first argument of env.str(), env.bool(), … and required(); wherever in config/ it is read."""
    names = set()
    for path in (PROJECT / "config").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(first := node.args[0], ast.Constant):
                called = ast.unparse(node.func)
                if re.fullmatch(r"env\.\w+|required|os\.(environ\.get|getenv)|self\.environment\.get", called):
                    names.add(first.value)
    return names


def described_in(path: str) -> set[str]:
    text = (PROJECT / path).read_text()
    pattern = r"^#?([A-Z][A-Z_]+)=" if path == ".env.example" else r"`([A-Z][A-Z_]+)`"
    return set(re.findall(pattern, text, re.MULTILINE))


def test_the_variables_are_found():
    assert {"SECRET_KEY", "DATABASE_URL", "SWITCHBOARD_VAR", "PORT", "LOG_LEVEL"} <= read_variables()


@pytest.mark.parametrize("path", [".env.example", "docs/operations.md"])
def test_every_variable_is_described(path):
    assert read_variables() - described_in(path) == set()


def test_nothing_is_described_that_nobody_reads():
    procfile = set(re.findall(r"\$\{([A-Z_]+)", (PROJECT / "Procfile").read_text()))
    assert described_in(".env.example") - read_variables() - procfile == set()


def test_variables_are_read_in_config_alone():
    reads = re.compile(r"os\.environ|os\.getenv|environ\.Env")
    found = [
        str(path.relative_to(PROJECT))
        for app in ("workspaces", "agents")
        for path in (PROJECT / app).rglob("*.py")
        if reads.search(path.read_text())
    ]
    assert found == []
