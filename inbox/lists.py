"""One page of a box, with all that its rows show: a fixed number of queries, however many chats there are."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils.timezone import now

from agents.models import Agent
from inbox.models import Chat, ChatRead
from inbox.people import AGENTS, PERSON
from inbox.rows import TEXT, Found, Row, ages_of, row_of
from workspaces.paging import read_key

SIZE = 50
# More than anybody has before him at once.
MOST = 200
SORTS = {"newest": "Newest first", "oldest": "Oldest first", "waiting": "Longest waiting first"}
# Marks the key of a page behind all who wait.
REST = "~"

# A page's rows; the ORM would take longer to put this into words than the database to answer it. OFFSET 0 has each
# table looked up by itself: to weigh the ways of joining them would take as long as to read them.
FILLED = """
SELECT c.id, c.state, c.priority, c.platform, c.waiting_since, c.last_message_at, c.window_expires_at, c.identity_id,
  i.name, i.picture, ch.name AS channel, m.type, m.direction, m.sender, m.status, m.is_private, m.is_gone, m.text,
  holder.person AS owner, writer.person AS author,
  GREATEST(c.incoming_count - COALESCE((SELECT r.incoming_seen FROM chat_reads AS r
    WHERE r.chat_id = c.id AND r.agent_id = %(agent)s), 0), 0) AS unread,
  (SELECT left(d.text, {text}) FROM drafts AS d WHERE d.chat_id = c.id AND d.agent_id = %(agent)s
    ORDER BY d.updated_at DESC LIMIT 1) AS draft,
  EXISTS(SELECT 1 FROM mentions AS n WHERE n.chat_id = c.id AND n.agent_id = %(agent)s AND n.seen_at IS NULL)
    AS mentioned,
  (SELECT json_agg(json_build_array(l.name, l.colour) ORDER BY l.name)::text
    FROM chat_labels AS b JOIN labels AS l ON l.id = b.label_id WHERE b.chat_id = c.id) AS labels
FROM {chats} AS c
  CROSS JOIN LATERAL (SELECT name FROM channels WHERE id = c.channel_id OFFSET 0) AS ch
  CROSS JOIN LATERAL (
    SELECT COALESCE(NULLIF(o.display_name, ''), NULLIF(i.name, ''), NULLIF(i.username, ''), '+' || NULLIF(i.phone, ''))
      AS name, i.picture
    FROM identities AS i JOIN contacts AS o ON o.id = i.contact_id WHERE i.id = c.identity_id OFFSET 0
  ) AS i
  LEFT JOIN LATERAL (
    SELECT type, direction, sender, author_id, status, is_private, deleted_at IS NOT NULL AS is_gone,
      left(text, {text}) AS text
    FROM messages WHERE id = c.last_message_id OFFSET 0
  ) AS m ON true
  LEFT JOIN LATERAL (SELECT {person} AS person FROM {agents} WHERE a.id = c.assigned_to_id OFFSET 0) AS holder ON true
  LEFT JOIN LATERAL (SELECT {person} AS person FROM {agents} WHERE a.id = m.author_id OFFSET 0) AS writer ON true
ORDER BY {order}
"""
ID = '."id" AS "pk"'
BY_ID = "({found}) AS f CROSS JOIN LATERAL (SELECT * FROM chats WHERE id = f.pk OFFSET 0)"

Key = tuple[datetime, UUID]


@dataclass(frozen=True)
class ListPage:
    rows: list[Row] = field(default_factory=list)
    # The key of the page after this one.
    next: str = ""


def page_of(
    chats: QuerySet[Chat], agent: Agent, *, sort: str = "newest", after: str = "", size: int = SIZE
) -> ListPage:
    found, following = _found(chats, agent, sort, after, size)
    return ListPage(_shown(found, agent, sort), following)


def rows_of(chats: QuerySet[Chat], agent: Agent, ids: Iterable[UUID], *, sort: str = "newest") -> list[Row]:
    """Those of these that lie in the box."""
    wanted = chats.filter(pk__in=list(ids)[:MOST]).order_by().values("pk")
    return _shown(_filled(wanted, agent), agent, sort)


def _shown(found: list[Found], agent: Agent, sort: str) -> list[Row]:
    moment = now()
    return [row_of(one, ages_of(one, moment), agent.pk, sort) for one in found]


def _found(chats: QuerySet[Chat], agent: Agent, sort: str, after: str, size: int) -> tuple[list[Found], str]:
    if sort == "waiting":
        return _by_waiting(chats, agent, after, size)
    ordered = _ordered(chats, "last_message_at", read_key(after), down=sort != "oldest")
    found = _first(ordered, agent, size + 1)
    return found[:size], _key(found[size - 1], "last_message_at") if len(found) > size else ""


def _by_waiting(chats: QuerySet[Chat], agent: Agent, after: str, size: int) -> tuple[list[Found], str]:
    """Who waits, the longest first; behind them who does not, the newest first."""
    found: list[Found] = []
    behind = after.startswith(REST)
    if not behind:
        waiting = _ordered(chats, "waiting_since", read_key(after), down=False)
        found = _first(waiting, agent, size + 1)
        if len(found) > size:
            return found[:size], _key(found[size - 1], "waiting_since")
    key = read_key(after.removeprefix(REST)) if behind else None
    rest = _ordered(chats.filter(waiting_since=None), "last_message_at", key, down=True)
    shown = size - len(found)
    others = _first(rest, agent, shown + 1)
    rows = [*found, *others[:shown]]
    if len(others) <= shown:
        return rows, ""
    return rows, REST + (_key(others[shown - 1], "last_message_at") if shown else "")


def _key(found: Found, by: str) -> str:
    return f"{getattr(found, by).isoformat()}_{found.pk}"


def _ordered(chats: QuerySet[Chat], by: str, key: Key | None, *, down: bool) -> QuerySet[Chat]:
    if key:
        moment, pk = key
        side = "lt" if down else "gt"
        chats = chats.filter(
            Q(**{f"{by}__{side}e": moment}) & (Q(**{f"{by}__{side}": moment}) | Q(**{f"id__{side}": pk}))
        )
    sign = "-" if down else ""
    return chats.filter(**{f"{by}__isnull": False}).order_by(f"{sign}{by}", f"{sign}id")


def _first(ordered: QuerySet[Chat], agent: Agent, size: int) -> list[Found]:
    names = map(str, ordered.query.order_by)
    order = ", ".join(f"c.{name[1:]} DESC" if name.startswith("-") else f"c.{name}" for name in names)
    return _filled(ordered.values("pk")[:size], agent, order)


def _filled(chats: QuerySet[Chat, Any], agent: Agent, order: str = "c.id") -> list[Found]:
    """`chats`: their ids alone. Values, not models: fifty rows of four models each cost more than their query."""
    try:
        found, values = in_words(chats, "found")
    except EmptyResultSet:
        return []
    sql = FILLED.format(chats=read_by(found), order=order, person=PERSON, agents=AGENTS, text=TEXT)
    with connection.cursor() as cursor:
        cursor.execute(sql, {**values, "agent": agent.pk})
        return [Found._make(row) for row in cursor.fetchall()]


def in_words(chats: QuerySet[Chat, Any], prefix: str) -> tuple[str, dict[str, Any]]:
    """To stand in a longer statement: its values go under names of its own."""
    sql, params = chats.query.sql_with_params()
    values = {f"{prefix}-{place}": value for place, value in enumerate(params)}
    return sql % tuple(f"%({name})s" for name in values), values


def read_by(found: str) -> str:
    """Where other tables are asked as well, which they are is found first: where indexes have what is asked, no row is
    read that is not shown. What is asked of chats alone is read at once."""
    if found.count("SELECT") > 1 or " JOIN " in found:
        return BY_ID.format(found=found)
    return f"({found.replace(ID, '.*', 1)})"


def unread_for(agent: Agent | UUID) -> Greatest:
    seen = ChatRead.objects.filter(chat=OuterRef("pk"), agent=agent).values("incoming_seen")
    return Greatest(F("incoming_count") - Coalesce(Subquery(seen, IntegerField()), Value(0)), Value(0))
