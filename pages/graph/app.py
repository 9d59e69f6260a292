"""Whose Meta app calls: the platform's, which the settings name, or a workspace's own."""

from dataclasses import dataclass, field

from django.conf import settings

from workspaces.models import MetaApp, Workspace


@dataclass(frozen=True, slots=True)
class App:
    app_id: str
    app_secret: str = field(repr=False)
    instagram_app_id: str = ""
    instagram_app_secret: str = field(default="", repr=False)

    @property
    def ids(self) -> list[str]:
        """An echo names one of them as its sender."""
        return [one for one in (self.app_id, self.instagram_app_id) if one]

    @property
    def token(self) -> str:
        """What the app itself speaks with."""
        return f"{self.app_id}|{self.app_secret}"


def platform_app() -> App:
    return App(
        app_id=settings.META_APP_ID,
        app_secret=settings.META_APP_SECRET,
        instagram_app_id=settings.INSTAGRAM_APP_ID,
        instagram_app_secret=settings.INSTAGRAM_APP_SECRET,
    )


def own_app(workspace: Workspace) -> App | None:
    meta_app = MetaApp.objects.filter(workspace_id=workspace.pk).first()
    if meta_app is None:
        return None
    return App(
        app_id=meta_app.app_id,
        app_secret=meta_app.app_secret,
        instagram_app_id=meta_app.instagram_app_id,
        instagram_app_secret=meta_app.instagram_app_secret,
    )


def app_of(workspace: Workspace) -> App:
    return own_app(workspace) or platform_app()
