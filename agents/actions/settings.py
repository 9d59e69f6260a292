"""The workspace's own settings, by an agent whose position allows it."""

from typing import Any

from agents.actions.positions import require
from agents.models import Agent
from workspaces.actions import workspaces
from workspaces.models import Workspace


def change_workspace(workspace: Workspace, *, by: Agent, **values: Any) -> None:
    require(by, "workspace.manage")
    workspaces.change_workspace(workspace, by=by.user, **values)


def require_two_factor(workspace: Workspace, required: bool, *, by: Agent) -> None:
    require(by, "workspace.manage")
    workspaces.require_two_factor(workspace, required, by=by.user)
