"""A line to Meta: the plain values with which one channel calls."""

import hmac
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

from django.conf import settings

from pages.graph.app import App, own_app, platform_app
from pages.models import Channel
from workspaces.models import Platform, Workspace


@dataclass(frozen=True, slots=True)
class Line:
    platform: str
    # The page, Instagram account or phone number id.
    external_id: str
    token: str = field(repr=False)
    # Without it no proof is sent.
    app_secret: str = field(default="", repr=False)
    login: str = Channel.Login.TOKEN
    page_id: str = ""
    waba_id: str = ""
    app_id: str = ""
    channel_id: UUID | None = None

    @property
    def is_instagram_login(self) -> bool:
        """Speaks with Instagram itself, not through a Facebook page."""
        if self.platform != Platform.INSTAGRAM:
            return False
        pasted = self.login == Channel.Login.TOKEN and self.page_id in {"", self.external_id}
        return self.login == Channel.Login.INSTAGRAM or pasted

    @property
    def host(self) -> str:
        return settings.META_HOSTS["instagram_graph" if self.is_instagram_login else "graph"]

    @property
    def node(self) -> str:
        """Whose messages edge it is."""
        through_page = self.platform == Platform.INSTAGRAM and not self.is_instagram_login
        return (self.page_id if through_page else "") or self.external_id

    @property
    def proof(self) -> str:
        return proof_of(self.token, self.app_secret) if self.token and self.app_secret else ""


@lru_cache(maxsize=1024)
def proof_of(token: str, app_secret: str) -> str:
    return hmac.new(app_secret.encode(), token.encode(), sha256).hexdigest()


def line_of(channel: Channel, workspace: Workspace) -> Line:
    app = (own_app(workspace) if channel.uses_own_app else None) or platform_app()
    return line_with(channel, app)


def line_with(channel: Channel, app: App) -> Line:
    line = Line(
        channel_id=channel.pk,
        platform=channel.platform,
        external_id=channel.external_id,
        token=channel.access_token,
        login=channel.login,
        page_id=channel.page_id,
        waba_id=channel.waba_id,
        app_id=app.app_id,
        app_secret=app.app_secret,
    )
    if not line.is_instagram_login:
        return line
    return replace(line, app_id=app.instagram_app_id, app_secret=app.instagram_app_secret)


def app_line(app: App, token: str = "") -> Line:
    """No channel's: for what happens before there is one."""
    return Line(platform="", external_id="", token=token, app_id=app.app_id, app_secret=app.app_secret)


def instagram_line(app: App, token: str = "") -> Line:
    return Line(
        platform=Platform.INSTAGRAM,
        external_id="",
        token=token,
        login=Channel.Login.INSTAGRAM,
        app_id=app.instagram_app_id,
        app_secret=app.instagram_app_secret,
    )
