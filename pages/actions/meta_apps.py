"""The workspace's own Meta app: what it is connected with instead of the platform's."""

from django.db import transaction

from agents.actions.positions import require
from agents.models import Agent
from pages.actions.channels import mark_needs_reconnect
from pages.models import Channel
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
    """And whether it is new. An empty secret leaves the one that is there."""
    require(by, "channels.manage")
    with transaction.atomic():
        # Its row is what two savers wait at.
        Workspace.objects.select_for_update().get(pk=workspace.pk)
        app = MetaApp.objects.filter(workspace=workspace).first() or MetaApp(workspace=workspace)
        is_new, before = app._state.adding, app.app_id
        if not (app_secret or app.app_secret):
            raise Refused("Enter the app secret: Meta shows it under App settings, Basic.", field="app_secret")
        if instagram_app_id and not (instagram_app_secret or app.instagram_app_secret):
            raise Refused("Enter the Instagram app secret too.", field="instagram_app_secret")
        app.app_id, app.instagram_app_id = app_id, instagram_app_id
        app.app_secret = app_secret or app.app_secret
        app.instagram_app_secret = (instagram_app_secret or app.instagram_app_secret) if instagram_app_id else ""
        app.save()
        if before and before != app_id:
            stop_channels_of_own_app(ANOTHER_APP)
        verb = "Set up" if is_new else "Changed"
        record("channel.app", f"{verb} the workspace's Meta app {app_id}", by=by.user, workspace=workspace)
    return app, is_new


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
        stop_channels_of_own_app("The workspace's Meta app was removed. Reconnect it through the app that is used now.")
        record("channel.app", f"Removed the workspace's Meta app {app.app_id}", by=by.user, workspace=workspace)
        app.delete()


def stop_channels_of_own_app(problem: str) -> None:
    for channel in Channel.objects.connected().filter(uses_own_app=True):
        mark_needs_reconnect(channel, problem)
