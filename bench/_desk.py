"""A workspace in which work is under way: so many chats of five messages each, one in ten of them open."""

import uuid
from dataclasses import dataclass
from typing import Any

from bench._many_messages import fill
from bench._world import OWNER, make_channels, make_workspaces

EACH = 5
LABELS = [("Order", "blue"), ("Delivery", "amber"), ("Complaint", "red"), ("Return", "violet")]
# What `fill` leaves out and a row of the list shows.
LABELLED = """
INSERT INTO chat_labels (id, chat_id, label_id, added_at)
  SELECT uuidv7(), c.id, l.id, now() FROM chats AS c JOIN labels AS l
    ON abs(hashtext(c.id::text || l.name)) % 4 = 0 WHERE c.state = 'OPEN'
"""


@dataclass
class Desk:
    schema: str
    host: str
    account: str
    # Of the session on this host.
    cookie: str


def make_desk(chats: int) -> Desk:
    from django.db import connection
    from django_tenants.utils import schema_context

    from agents.models import Agent
    from inbox.models import Label
    from pages.models import Channel
    from workspaces.models import User, Workspace

    make_workspaces(1)
    (account,) = make_channels()
    workspace, owner = Workspace.objects.get(), User.objects.get(email=OWNER)
    with schema_context(workspace.schema_name):
        agents, channels = list(Agent.objects.all()), list(Channel.objects.all())
        fill(messages=chats * EACH, chats=chats, channels=channels, agents=agents)
        Label.objects.bulk_create(Label(name=name, colour=colour) for name, colour in LABELS)
        with connection.cursor() as cursor:
            cursor.execute(LABELLED)
            cursor.execute("VACUUM ANALYZE chat_labels")
    return Desk(workspace.schema_name, workspace.host, account, session_of(owner, workspace))


def session_of(user: Any, workspace: Any) -> str:
    """Begun as the product begins it, without the way through the public host."""
    from django.conf import settings
    from django.contrib.auth.models import AnonymousUser
    from django.contrib.sessions.backends.db import SessionStore
    from django.test import RequestFactory

    from workspaces import sessions

    request = RequestFactory(HTTP_HOST=workspace.host).get("/")
    request.session, request.user = SessionStore(), AnonymousUser()
    sessions.start_in_workspace(request, user, workspace, uuid.uuid4())
    request.session.save()
    return f"{settings.SESSION_COOKIE_NAME}={request.session.session_key}"
