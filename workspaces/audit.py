"""One call records what a person did; where the request came from is known from the request in hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from workspaces.models import User, UserActivity, Workspace


@dataclass(frozen=True)
class Origin:
    ip_address: str | None = None
    user_agent: str = ""


NOWHERE = Origin()
_origin: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)

SECRETS = ("password", "secret", "token", "code", "key")


def spoken(fields: list[str]) -> str:
    """Names of fields as a reader says them."""
    return ", ".join(name.replace("_", " ") for name in fields)


@contextmanager
def coming_from(origin: Origin) -> Iterator[None]:
    reset = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(reset)


def current_origin() -> Origin:
    return _origin.get()


def record(
    activity_type: str,
    description: str,
    *,
    by: User | None,
    workspace: Workspace | None = None,
    **details: Any,
) -> UserActivity:
    if leaked := [name for name in details if any(secret in name for secret in SECRETS)]:
        raise ValueError(f"secrets never enter the audit log: {', '.join(leaked)}")
    origin = _origin.get()
    return UserActivity.objects.create(
        user=by,
        workspace=workspace,
        by_operator=is_from_outside(by, workspace),
        activity_type=activity_type,
        description=description,
        metadata=details,
        ip_address=origin.ip_address,
        user_agent=origin.user_agent[:500],
    )


def is_from_outside(by: User | None, workspace: Workspace | None) -> bool:
    if by is None or workspace is None or not by.is_staff:
        return False
    return not workspace.memberships.filter(user=by).exists()
