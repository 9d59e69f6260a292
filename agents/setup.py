"""What an admin does first in a new workspace, and what of it is done: computed, never ticked off by hand."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from agents.models import Agent
from workspaces.models import Workspace, WorkspaceProfile


@dataclass(frozen=True)
class Step:
    title: str
    text: str
    action: str
    url: str
    done: bool
    # Advice: the list goes without it.
    optional: bool = False


def setup_steps(agent: Agent, workspace: Workspace) -> list[Step]:
    """Only those this agent may do."""
    steps = []
    if agent.can("channels.manage"):
        steps.append(
            Step(
                "Connect a channel",
                "A Facebook page, an Instagram account or a WhatsApp number: what customers write there comes in here.",
                "Connect a channel",
                reverse("pages:channels"),
                workspace.channel_routes.exists(),
            )
        )
    if agent.can("members.manage"):
        asked = workspace.memberships.count() > 1 or workspace.invitations.pending().exists()
        steps.append(
            Step(
                "Invite your colleagues",
                "They get a link by e-mail and choose their own password.",
                "Invite people",
                reverse("agents:invitations"),
                asked,
            )
        )
    if agent.can("workspace.manage"):
        steps += [
            Step(
                "Protect your own sign-in",
                "An authenticator app or a passkey, besides your password.",
                "Set up two-factor",
                f"{settings.PUBLIC_URL}/accounts/2fa/",
                agent.user.has_two_factor,
            ),
            Step(
                "Require two-factor of everybody",
                "One stolen password then opens nothing.",
                "Security settings",
                reverse("agents:security"),
                workspace.requires_two_factor,
                optional=True,
            ),
            Step(
                "Say what you do",
                "A description, your industry and website, for people who are new here.",
                "Fill in the profile",
                reverse("agents:settings"),
                is_described(workspace),
                optional=True,
            ),
        ]
    return steps


def is_described(workspace: Workspace) -> bool:
    profile = WorkspaceProfile.objects.get(workspace=workspace)
    return bool(workspace.description and profile.industry and profile.website)
