"""What an agent would do in a browser, for the running product: `python -m tests.wire.answering acme` reads answers.

In the lane `bulk` a campaign says them.
"""

import json
import sys
from uuid import uuid4

import django
from django_tenants.utils import schema_context


def main(slug: str, lane: str) -> None:
    django.setup()

    from agents.models import Agent
    from inbox.actions.sending import send_message
    from inbox.models import Chat
    from workspaces.models import Workspace

    workspace = Workspace.objects.with_schema().get(slug=slug)
    sent = []
    with schema_context(workspace.schema_name):
        owner = Agent.objects.with_person().get(user=workspace.owner_id)
        for chat, text in json.load(sys.stdin):
            found = Chat.objects.select_related("channel", "identity__contact").get(pk=chat)
            who = {"by": owner} if lane == "send" else {"by": None, "sender": "BOT"}
            sent.append(str(send_message(found, **who, text=text, client_id=uuid4(), lane=lane).pk))
    print(json.dumps(sent))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
