"""Two workspaces alike in all but size, with what an inbox has besides messages; and a browser without a network."""

import uuid
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

from bench._many_messages import fill
from bench._world import make_workspaces

SMALL = 1_000
COLLEAGUES = 5
LABELS = 10
PLATFORMS = ["FACEBOOK", "INSTAGRAM", "FACEBOOK", "WHATSAPP"]
# A long chat and a short one, each of more than one window.
LONG, SHORT = 10_000, 100
FILTERS: dict[str, dict[str, Any]] = {
    "Urgent ones": {"priority": 2},
    "Waiting on Instagram": {"platform": "INSTAGRAM", "waiting": True},
    "Mine, unread": {"assignee": "me", "unread": True},
}

# A label is on one chat of twenty, the last but one on none that is open, the last on one of ten thousand.
MARKS = """
INSERT INTO chat_labels (id, chat_id, label_id, added_at)
  SELECT uuidv7(), c.id, l.id, now()
  FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM chats) AS c
    JOIN unnest(%(labels)s::uuid[]) WITH ORDINALITY AS l(id, place)
      ON CASE WHEN l.place = %(last)s THEN c.n %% 10000 = 7 WHEN l.place = %(last)s - 1 THEN c.n %% 20 = 9
        ELSE c.n / 10 %% 20 = l.place END;
INSERT INTO chat_reads (id, chat_id, agent_id, incoming_seen, updated_at)
  SELECT uuidv7(), id, %(agent)s, incoming_count, now() FROM chats WHERE assigned_to_id = %(agent)s AND random() < 0.7;
INSERT INTO mentions (id, chat_id, message_id, agent_id, created_at)
  SELECT uuidv7(), id, last_message_id, %(agent)s, now() FROM chats WHERE state = 'OPEN' ORDER BY id LIMIT 200;
ANALYZE chat_labels, chat_reads, mentions;
"""
LONG_CHAT = """
INSERT INTO messages (id, chat_id, channel_id, direction, sender, type, text, payload, reply_to_external_id,
    reactions, is_private, is_gif, is_ticklegram, earlier_texts, status, error, error_code, attempts, sent_at,
    created_at)
  SELECT uuidv7(), c.id, c.channel_id, CASE n %% 2 WHEN 0 THEN 'IN' ELSE 'OUT' END,
    CASE n %% 2 WHEN 0 THEN 'CONTACT' ELSE 'AGENT' END, 'TEXT', 'As said before, number ' || n, '{}', '', '{}', false,
    false, false, '[]', 'RECEIVED', '', '', 0, c.last_message_at - n * interval '1 minute', now()
  FROM chats AS c, generate_series(1, %(messages)s) AS n WHERE c.id = %(chat)s
"""


def make_world(messages: int) -> None:
    """Of two workspaces the first is the large one; a fifth of the messages are chats."""
    from django_tenants.utils import schema_context

    from workspaces.models import Workspace

    make_workspaces(2)
    large, small = Workspace.objects.order_by("schema_name")
    for workspace, size in ((small, SMALL * 5), (large, messages)):
        with schema_context(workspace.schema_name):
            furnish(workspace, size)


def furnish(workspace: Any, messages: int) -> None:
    from agents.models import Agent
    from inbox.models import Chat, Label, SavedView
    from pages.models import Channel

    channels = [
        Channel.objects.create(platform=platform, external_id=f"{place}-{workspace.slug}", name=f"Channel {place}")
        for place, platform in enumerate(PLATFORMS)
    ]
    labels = [Label.objects.create(name=f"Label {place}") for place in range(LABELS)]
    me = Agent.objects.get()
    agents = [me, *(colleague(workspace, place) for place in range(COLLEAGUES))]
    for name, filters in FILTERS.items():
        SavedView.objects.create(name=name, owner=me, filters=filters)
    fill(messages=messages, chats=messages // 5, channels=channels, agents=agents)
    values = {"labels": [label.pk for label in labels], "last": LABELS, "agent": me.pk}
    with connection.cursor() as cursor:
        cursor.execute(f"SET session_replication_role = replica; {MARKS} RESET session_replication_role", values)
        long, short = Chat.objects.open().filter(assigned_to=me).order_by("id")[:2]
        for chat, length in ((long, LONG), (short, SHORT)):
            cursor.execute(LONG_CHAT, {"chat": chat.pk, "messages": length})
        cursor.execute("VACUUM ANALYZE messages")


def colleague(workspace: Any, place: int) -> Any:
    from agents.models import Agent, Position
    from workspaces.actions.people import create_person
    from workspaces.models import Membership, Role
    from workspaces.routes import tell_workspace

    email = f"colleague-{place}@{workspace.slug}.example"
    person = create_person(email=email, first_name="Colleague", last_name=f"No{place}", password=None, verified=True)
    membership = Membership.objects.create(workspace=workspace, user=person, role=Role.MEMBER)
    tell_workspace("member.joined", workspace, membership=membership, position=Position.AGENT)
    return Agent.objects.get(user=person)


class Browser:
    """Signed in to a workspace; asks the product's own handler, with all of its middleware."""

    def __init__(self, workspace: Any) -> None:
        from django.conf import settings
        from django.contrib.auth.models import AnonymousUser
        from django.contrib.sessions.backends.db import SessionStore
        from django.test import RequestFactory

        from workspaces import sessions

        request = RequestFactory(HTTP_HOST=workspace.host).get("/")
        request.session, request.user = SessionStore(), AnonymousUser()
        sessions.start_in_workspace(request, workspace.owner, workspace, uuid.uuid4())
        request.session.save()
        cookie = f"{settings.SESSION_COOKIE_NAME}={request.session.session_key}"
        self.requests = RequestFactory(HTTP_HOST=workspace.host, HTTP_COOKIE=cookie)
        self.handler = WSGIHandler()

    def get(self, address: str, query: dict[str, Any], **headers: str) -> dict[str, str]:
        """The headers of the answer; it is read to its end."""
        said: list[Any] = []
        environ = self.requests.get(address, query, **headers).environ
        answer = self.handler(environ, lambda status, headers: said.extend([status, headers]))
        length = sum(map(len, answer))
        answer.close()
        assert said[0].startswith("200"), f"{address}: {said[0]}"
        assert length, address
        return dict(said[1])
