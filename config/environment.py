"""The environment: read so that a value that cannot be is named, and complained of in one line."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parseaddr
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

YES = {"true", "on", "ok", "y", "yes", "1"}
NO = {"false", "off", "n", "no", "0"}
POSTGRES = "postgres://user:password@host:5432/name"
REDIS = "redis://:password@host:6379/0"
SMTP = "smtp+tls://user:password@host:587"
SCHEMES = {
    POSTGRES: {"postgres", "postgresql", "psql", "pgsql"},
    REDIS: {"redis", "rediss", "unix"},
    SMTP: set(environ.Env.EMAIL_SCHEMES),
    "https://host": {"http", "https"},
}
# What the Procfile's commands are given: the shell reads it, and would start a process that does nothing.
COUNTS = "WEB_CONCURRENCY WEB_THREADS STREAM_CONCURRENCY WORKER_THREADS SEND_THREADS BULK_THREADS".split()
PORTS = ["PORT", "STREAM_PORT"]


class Environment(environ.Env):
    """django-environ's, which says what is wrong with a value and not whose it is."""

    def number(self, name: str, *, default: int, least: int = 0, most: int | None = None) -> int:
        text = self.str(name, default="").strip()
        if not text:
            return default
        is_number = text.isascii() and text.isdecimal()
        if not is_number or int(text) < least or (most is not None and int(text) > most):
            span = f"{least} or more" if most is None else f"{least} to {most}"
            raise ImproperlyConfigured(f"{name} must be a whole number, {span}; it is “{text}”.")
        return int(text)

    def refuse_nonsense_for_processes(self) -> None:
        for name in COUNTS:
            self.number(name, default=1, least=1)
        for name in PORTS:
            self.number(name, default=1, least=1, most=65535)

    def flag(self, name: str, *, default: bool) -> bool:
        text = self.str(name, default="").strip().lower()
        if text and text not in YES | NO:
            raise ImproperlyConfigured(f"{name} must be true or false; it is “{text}”.")
        return text in YES if text else default

    def choice(self, name: str, *, default: str, of: tuple[str, ...]) -> str:
        text = str(self.str(name, default="")).strip() or default
        if text not in of:
            raise ImproperlyConfigured(f"{name} must be one of {', '.join(of)}; it is “{text}”.")
        return text

    def keys(self, name: str) -> list[str]:
        """What stands between commas. It is never repeated."""
        text = self.str(name, default="")
        found = [key for key in map(str.strip, text.split(",")) if key]
        if text and not found:
            raise ImproperlyConfigured(f"{name} must have a key between its commas.")
        return found

    def sender(self, name: str, *, default: str) -> str:
        text = str(self.str(name, default="")) or default
        if "@" not in parseaddr(text)[1]:
            raise ImproperlyConfigured(f"{name} must be an address, or Name <address>; it is “{text}”.")
        return text

    def version(self, name: str, *, default: str) -> str:
        text = str(self.str(name, default="")) or default
        if not re.fullmatch(r"v\d+\.\d+", text):
            raise ImproperlyConfigured(f"{name} must be a version such as {default}; it is “{text}”.")
        return text


def address(name: str, url: str, example: str = "https://host") -> str:
    """The address as it is, if it can be one. It is never repeated: there may be a password in it."""
    if url and not can_be(url, SCHEMES[example]):
        raise ImproperlyConfigured(f"{name} must be an address such as {example} (see .env.example).")
    return url


def can_be(url: str, schemes: set[str]) -> bool:
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) or not parts.scheme.startswith(("http", "redis", "smtp"))
        # Asked for its port, it complains of one that is none.
        return parts.scheme in schemes and named and parts.port != 0
    except ValueError:
        return False


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """Of settings that cannot be: no process starts, and its log ends with what has to be set."""
    try:
        yield
    except ImproperlyConfigured as error:
        sys.stderr.write(f"switchboard: {error}\n")
        raise SystemExit(2) from None


def read_every_setting() -> None:
    with told_in_one_line():
        import config.settings  # noqa: F401
