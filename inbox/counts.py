"""How many chats lie in each box, in one query.

Where an index holds a box, it is counted as far as it is shown. What no index holds, a label or most of what a view
asks for, is counted among the newest chats alone. So a million chats cost what some thousands cost.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection

from agents.models import Agent
from inbox.boxes import State
from inbox.filters import ANY, narrowed
from inbox.furniture import Piece
from inbox.lists import in_words
from inbox.models import Chat

CAP = 500
# Among so many of the newest it is looked for what no index holds.
AMONG = 500
INDEXED = ("assignee", "channel")
# What is read for labels and unread already is not read again.
READ = {(): "newest", (("assignee", "me"),): "mine"}

UP_TO = "(SELECT count(*) FROM ({} LIMIT %(cap)s) AS found)"
# `own`: only the chats that are the agent's, for who may not read the others'.
OPEN = "SELECT 1 FROM chats AS c WHERE c.state = 'OPEN'{own}"
STANDING = {
    "mine": "SELECT 1 FROM chats WHERE state = 'OPEN' AND assigned_to_id = %(agent)s",
    "unassigned": OPEN + " AND c.assigned_to_id IS NULL",
    "all": OPEN,
    "mentions": "SELECT DISTINCT m.chat_id FROM mentions AS m JOIN chats AS c ON c.id = m.chat_id"
    " WHERE m.agent_id = %(agent)s AND m.seen_at IS NULL{own}",
    "snoozed": "SELECT 1 FROM chats AS c WHERE c.state = 'SNOOZED'{own}",
    "unread": """SELECT 1 FROM mine AS c WHERE c.incoming_count > COALESCE((SELECT r.incoming_seen FROM chat_reads AS r
        WHERE r.chat_id = c.id AND r.agent_id = %(agent)s), 0)""",
}
OF_CHANNELS = """
SELECT 'channel-' || t.id, (SELECT count(*) FROM (
  SELECT 1 FROM chats AS c WHERE c.state = 'OPEN'{own} AND c.channel_id = t.id LIMIT %(cap)s) AS found), false
FROM channels AS t
"""
# OFFSET 0: each chat is looked up by itself, where a join would read all labels of all chats.
OF_LABELS = """
SELECT 'label-' || l.label_id, count(*), (SELECT count(*) = %(among)s FROM newest)
FROM newest CROSS JOIN LATERAL (SELECT label_id FROM chat_labels WHERE chat_id = newest.id OFFSET 0) AS l
GROUP BY l.label_id
"""
NEWEST = """
WITH newest AS MATERIALIZED (
  SELECT c.* FROM chats AS c WHERE c.state = 'OPEN'{own} ORDER BY c.last_message_at DESC, c.id DESC LIMIT %(among)s
), mine AS MATERIALIZED (
  SELECT c.* FROM chats AS c WHERE c.state = 'OPEN' AND c.assigned_to_id = %(agent)s
  ORDER BY c.last_message_at DESC, c.id DESC LIMIT %(among)s
)
"""
# `chats` are here only the newest of them: what the view asks for is asked of these rows, and no other is looked up.
OF_VIEW = """
(WITH chats AS ({near})
SELECT 'view-{key}', (SELECT count(*) FROM ({found}) AS found), (SELECT count(*) = %(among)s FROM chats))
"""


@dataclass(frozen=True, slots=True)
class Count:
    number: int
    # There may be others.
    and_more: bool = False

    def __str__(self) -> str:
        """Nothing is no number."""
        if self.number >= CAP:
            return f"{CAP}+"
        return f"{self.number or ''}{'+' if self.and_more else ''}".removeprefix("+")


def counts_of(agent: Agent, views: Iterable[Piece]) -> dict[str, Count]:
    sees_all = agent.can("messages.view")
    parts = [f"SELECT '{key}', {UP_TO.format(sql)}, false" for key, sql in STANDING.items()]
    values: dict[str, Any] = {"agent": agent.pk, "cap": CAP, "among": AMONG}
    parts += [OF_CHANNELS, OF_LABELS]
    for view in views:
        sql, named = in_view(view, agent.pk, sees_all=sees_all)
        parts.append(sql)
        values |= named
    sql = (NEWEST + " UNION ALL ".join(parts)).replace("{own}", "" if sees_all else " AND c.assigned_to_id = %(agent)s")
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {key: Count(number, more) for key, number, more in cursor.fetchall()}


@lru_cache(maxsize=1024)
def in_view(view: Piece, agent: UUID, *, sees_all: bool) -> tuple[str, dict[str, Any]]:
    """Its part of the statement, with values under names of its own. The same view of the same agent is put into words
    once: that took most of the time of all counts together."""
    by_index = {name: value for name, value in view.filters.items() if name in INDEXED}
    others = {name: value for name, value in view.filters.items() if name not in INDEXED}
    chats, state = Chat.objects.all(), view.filters.get("state") or State.OPEN
    chats = chats if sees_all else chats.filter(assigned_to=agent)
    chats = chats if state == ANY else chats.filter(state=state)
    near = narrowed(chats, by_index, agent).order_by("-last_message_at", "-id")[:AMONG]
    found = narrowed(Chat.objects.all(), others, agent).order_by().values("pk")
    sql, values = in_words(found, f"{view.pk}-found")
    read = READ.get(tuple(by_index.items())) if state == State.OPEN else None
    rows, more = (f"TABLE {read}", {}) if read else in_words(near, f"{view.pk}-near")
    return OF_VIEW.format(key=view.pk, near=rows, found=sql), values | more
