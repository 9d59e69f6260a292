"""Pastes a token again, as the owner would: `python -m tests.wire.reconnecting globex WHATSAPP token`."""

import sys

import django
from django_tenants.utils import schema_context


def main(slug: str, platform: str, token: str) -> None:
    django.setup()

    from agents.models import Agent
    from pages import finding
    from pages.actions.connecting import connect_found
    from workspaces.models import Workspace

    workspace = Workspace.objects.with_schema().get(slug=slug)
    with schema_context(workspace.schema_name):
        owner = Agent.objects.with_person().get(user=workspace.owner_id)
        for account in finding.with_token(workspace, platform=platform, token=token):
            _, problem = connect_found(account, workspace, by=owner)
            assert not problem, problem


if __name__ == "__main__":
    main(*sys.argv[1:])
