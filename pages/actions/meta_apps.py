"""The workspace's own Meta app: what it is connected with instead of the platform's."""

from dataclasses import asdict

from django.db import transaction

from agents.actions.positions import require
from agents.models import Agent
from pages.actions.channels import mark_needs_reconnect
from pages.graph.app import App, own_app
from pages.health import speaks_with_instagram
from pages.models import Channel
from pages.vetting import vet
from workspaces.audit import record
from workspaces.models import MetaApp, Workspace
from workspaces.models.meta import new_verify_token
from workspaces.refusals import Refused

ANOTHER_APP = "The workspace's Meta app has changed. Reconnect it, so that it belongs to the app that is used now."


def save_meta_app(
    workspace: Workspace,
    *,
    by: Agent,
    app_id: str,
    app_secret: str = "",
    instagram_app_id: str = "",
    instagram_app_secret: str = "",
) -> tuple[MetaApp, bool]:
    """And whether it is new. An empty secret leaves the one that is there; Meta is asked about all of it first."""
    require(by, "channels.manage")
    wanted = completed(App(app_id, app_secret, instagram_app_id, instagram_app_secret), own_app(workspace))
    vet(wanted)
    with transaction.atomic():
        # Its row is what two savers wait at.
        Workspace.objects.select_for_update().get(pk=workspace.pk)
        before = own_app(workspace)
        app, is_new = MetaApp.objects.update_or_create(workspace=workspace, defaults=asdict(wanted))
        if before:
            stop_channels_of_another(before, wanted)
        verb = "Set up" if is_new else "Changed"
        record("channel.app", f"{verb} the workspace's Meta app {app_id}", by=by.user, workspace=workspace)
    return app, is_new


def completed(given: App, kept: App | None) -> App:
    """With the secrets that are there, where none was given. They are vetted with the id that they shall serve."""
    app_secret = given.app_secret or (kept.app_secret if kept else "")
    if not app_secret:
        raise Refused("Enter the app secret: Meta shows it under App settings, Basic.", field="app_secret")
    if not given.instagram_app_id:
        return App(given.app_id, app_secret)
    instagram_secret = given.instagram_app_secret or (kept.instagram_app_secret if kept else "")
    if not instagram_secret:
        raise Refused("Enter the Instagram app secret too.", field="instagram_app_secret")
    return App(given.app_id, app_secret, given.instagram_app_id, instagram_secret)


def change_verify_token(workspace: Workspace, *, by: Agent) -> MetaApp:
    """The one at Meta counts no more once somebody verifies the address again."""
    require(by, "channels.manage")
    with transaction.atomic():
        app = MetaApp.objects.select_for_update().filter(workspace=workspace).first()
        if app is None:
            raise Refused("The workspace has no Meta app of its own.")
        app.verify_token = new_verify_token()
        app.save(update_fields=["verify_token", "updated_at"])
        record("channel.app", "Made a new verify token for the Meta app", by=by.user, workspace=workspace)
    return app


def delete_meta_app(workspace: Workspace, *, by: Agent) -> None:
    """The channels that were connected through it stop until they are connected through another."""
    require(by, "channels.manage")
    with transaction.atomic():
        app = MetaApp.objects.select_for_update().filter(workspace=workspace).first()
        if app is None:
            return
        for channel in channels_of_own_app():
            mark_needs_reconnect(
                channel, "The workspace's Meta app was removed. Reconnect it through the app that is used now."
            )
        record("channel.app", f"Removed the workspace's Meta app {app.app_id}", by=by.user, workspace=workspace)
        app.delete()


def channels_of_own_app() -> list[Channel]:
    return list(Channel.objects.connected().filter(uses_own_app=True))


def stop_channels_of_another(before: App, after: App) -> None:
    """Their tokens belong to the app that was. Instagram's own have an app of their own."""
    for channel in channels_of_own_app():
        by_instagram = speaks_with_instagram(channel)
        was, now = (app.instagram_app_id if by_instagram else app.app_id for app in (before, after))
        if was != now:
            mark_needs_reconnect(channel, ANOTHER_APP)
