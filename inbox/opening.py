"""A chat as it is opened: whose it is, where it was read to, and what is begun in it. One query."""

from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from agents.models import Agent
from inbox.composer import BEGUN, LATELY
from inbox.models import Chat, Contact, Identity
from pages.models import Channel
from workspaces.joined import Columns, models_in
from workspaces.models import User, UserProfile

PARTS = (
    Columns(Chat, "c"),
    Columns(Identity, "i", "id", "contact", "platform", "phone", "username", "name", "first_name", "picture"),
    Columns(Contact, "p", "id", "display_name", "blocked"),
    Columns(Channel, "ch", "id", "platform", "name", "connection_status", "is_active", "metadata"),
    Columns(Agent, "a", "id", "user", "role", "is_active"),
    Columns(User, "u", "id", "email", "first_name", "last_name"),
    Columns(UserProfile, "f", "id", "user", "avatar"),
)
# How far this agent had read; None where he never opened it.
OPENED = f"""
SELECT {", ".join(map(str, PARTS))}, r.seen_until, r.incoming_seen,
  ARRAY(SELECT ARRAY[l.name, l.colour, l.description] FROM chat_labels AS b JOIN labels AS l ON l.id = b.label_id
    WHERE b.chat_id = c.id ORDER BY l.name),
  (SELECT json_build_object('id', e.id, 'at', e.at, 'by', e.data #>> '{{turn,by}}') FROM chat_events AS e
    WHERE e.chat_id = c.id AND e.kind = 'ASSIGNED' ORDER BY e.at DESC, e.id DESC LIMIT 1), {BEGUN}
FROM chats AS c JOIN identities AS i ON i.id = c.identity_id JOIN contacts AS p ON p.id = i.contact_id
  JOIN channels AS ch ON ch.id = c.channel_id
  LEFT JOIN (agents AS a JOIN users AS u ON u.id = a.user_id LEFT JOIN user_profiles AS f ON f.user_id = u.id)
    ON a.id = c.assigned_to_id
  LEFT JOIN chat_reads AS r ON r.chat_id = c.id AND r.agent_id = %(agent)s
WHERE c.id = %(chat)s AND (%(all)s OR c.assigned_to_id = %(agent)s)
"""  # noqa: S608 - columns of our models


class Label(NamedTuple):
    name: str
    colour: str
    description: str


def open_chat(pk: UUID, agent: Agent) -> Chat | None:
    """None where there is none that this agent may see (`ChatQuerySet.visible_to`)."""
    values: dict[str, Any] = {"chat": pk, "agent": agent.pk, "all": agent.can("messages.view"), "lately": LATELY}
    with connection.cursor() as cursor:
        cursor.execute(OPENED, values)
        row = cursor.fetchone()
    if row is None:
        return None
    chat, identity, contact, channel, agent_of, person, profile, until, count, labels, given, *begun = models_in(
        row, *PARTS
    )
    chat.identity, identity.contact, chat.channel = identity, contact, channel
    if agent_of:
        chat.assigned_to, agent_of.user = agent_of, person
        if profile:
            profile.user = person
    chat.seen_until, chat.seen_count, chat.begun = until, count, begun
    # How it came to whom it belongs, where that is written down.
    chat.given = given
    chat.labels_shown = [Label(*label) for label in labels]
    return chat
