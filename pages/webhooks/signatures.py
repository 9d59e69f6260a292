"""Whose word it is: Meta signs each body with the secret of the app that the account is connected through."""

import hmac
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from workspaces.models import MetaApp

PREFIX = "sha256="


@dataclass(frozen=True)
class Signer:
    """An app as the door knows it: its secrets, and the word it was told at its set-up."""

    secrets: tuple[str, ...]
    verify_token: str
    workspace_id: UUID | None = None

    def signed(self, body: bytes, header: str) -> bool:
        given = header.encode("latin-1", "replace")
        return any(hmac.compare_digest(signature(body, secret).encode(), given) for secret in self.secrets)

    def knows(self, token: str) -> bool:
        return bool(self.verify_token) and hmac.compare_digest(self.verify_token.encode(), token.encode())


def signature(body: bytes, secret: str) -> str:
    return PREFIX + hmac.digest(secret.encode(), body, "sha256").hex()


def platform_signer() -> Signer:
    return Signer(not_empty(settings.META_APP_SECRET, settings.INSTAGRAM_APP_SECRET), settings.META_VERIFY_TOKEN)


def signer_of(workspace_id: UUID) -> Signer | None:
    app = MetaApp.objects.filter(workspace=workspace_id).exclude(workspace__status="ERASED").first()
    if app is None:
        return None
    return Signer(not_empty(app.app_secret, app.instagram_app_secret), app.verify_token, workspace_id)


def not_empty(*secrets: str) -> tuple[str, ...]:
    return tuple(secret for secret in secrets if secret)
