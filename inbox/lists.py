"""One page of a box, with all that its rows show: a fixed number of queries, however many chats there are."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils.timezone import now

from agents.models import Agent
from inbox.models import Chat, ChatRead
from inbox.people import People
from inbox.rows import TEXT, Row, people_in, row_of
from workspaces.paging import read_key

SIZE = 50
# More than anybody has before him at once.
MOST = 200
SORTS = {"newest": "Newest first", "oldest": "Oldest first", "waiting": "Longest waiting first"}
# Marks the key of a page behind all who wait.
REST = "~"

# A page's rows; the ORM would take longer to put this into words than the database to answer it.
FILLED = """
SELECT c.id, c.state, c.priority, c.platform, c.assigned_to_id, c.waiting_since, c.last_message_at, c.window_expires_at,
  ch.name AS channel, c.identity_id, p.display_name, i.name, i.username, i.phone, i.picture, m.type, m.direction,
  m.sender, m.author_id, m.status, m.is_private, m.deleted_at, left(m.text, %s) AS text,
  GREATEST(c.incoming_count - COALESCE((SELECT r.incoming_seen FROM chat_reads AS r
    WHERE r.chat_id = c.id AND r.agent_id = %s), 0), 0) AS unread,
  (SELECT left(d.text, %s) FROM drafts AS d WHERE d.chat_id = c.id AND d.agent_id = %s
    ORDER BY d.updated_at DESC LIMIT 1) AS draft,
  EXISTS(SELECT 1 FROM mentions AS n WHERE n.chat_id = c.id AND n.agent_id = %s AND n.seen_at IS NULL) AS mentioned,
  ARRAY(SELECT ARRAY[l.name, l.colour] FROM chat_labels AS b JOIN labels AS l ON l.id = b.label_id
    WHERE b.chat_id = c.id ORDER BY l.name) AS labels
FROM chats AS c JOIN channels AS ch ON ch.id = c.channel_id JOIN identities AS i ON i.id = c.identity_id
  JOIN contacts AS p ON p.id = i.contact_id LEFT JOIN messages AS m ON m.id = c.last_message_id
WHERE c.id IN ({found}) ORDER BY {order}
"""

Key = tuple[datetime, UUID]


@dataclass(frozen=True)
class ListPage:
    rows: list[Row] = field(default_factory=list)
    # The key of the page after this one.
    next: str = ""


def page_of(
    chats: QuerySet[Chat],
    agent: Agent,
    *,
    sort: str = "newest",
    after: str = "",
    size: int = SIZE,
    people: People | None = None,
) -> ListPage:
    found, following = _found(chats, agent, sort, after, size)
    return ListPage(_shown(found, agent, sort, people), following)


def rows_of(chats: QuerySet[Chat], agent: Agent, ids: Iterable[UUID], *, sort: str = "newest") -> list[Row]:
    """Those of these that lie in the box."""
    wanted = chats.filter(pk__in=list(ids)[:MOST]).order_by().values("pk")
    return _shown(_filled(wanted, agent), agent, sort, None)


def _shown(found: list[dict[str, Any]], agent: Agent, sort: str, people: People | None) -> list[Row]:
    known, moment = people or people_in(found), now()
    return [row_of(values, known, agent, sort, moment) for values in found]


def _found(chats: QuerySet[Chat], agent: Agent, sort: str, after: str, size: int) -> tuple[list[dict[str, Any]], str]:
    if sort == "waiting":
        return _by_waiting(chats, agent, after, size)
    ordered = _ordered(chats, "last_message_at", read_key(after), down=sort != "oldest")
    found = _first(ordered, agent, size + 1)
    return found[:size], _key(found[size - 1], "last_message_at") if len(found) > size else ""


def _by_waiting(chats: QuerySet[Chat], agent: Agent, after: str, size: int) -> tuple[list[dict[str, Any]], str]:
    """Who waits, the longest first; behind them who does not, the newest first."""
    found: list[dict[str, Any]] = []
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


def _key(values: dict[str, Any], by: str) -> str:
    return f"{values[by].isoformat()}_{values['id']}"


def _ordered(chats: QuerySet[Chat], by: str, key: Key | None, *, down: bool) -> QuerySet[Chat]:
    if key:
        moment, pk = key
        side = "lt" if down else "gt"
        chats = chats.filter(
            Q(**{f"{by}__{side}e": moment}) & (Q(**{f"{by}__{side}": moment}) | Q(**{f"id__{side}": pk}))
        )
    sign = "-" if down else ""
    return chats.exclude(**{by: None}).order_by(f"{sign}{by}", f"{sign}id")


def _first(ordered: QuerySet[Chat], agent: Agent, size: int) -> list[dict[str, Any]]:
    """Which they are is found first: where an index has what is asked, no row is read that is not shown."""
    names = map(str, ordered.query.order_by)
    order = ", ".join(f"c.{name[1:]} DESC" if name.startswith("-") else f"c.{name}" for name in names)
    return _filled(ordered.values("pk")[:size], agent, order)


def _filled(chats: QuerySet[Chat, Any], agent: Agent, order: str = "c.id") -> list[dict[str, Any]]:
    """`chats`: their ids alone. Values, not models: fifty rows of four models each cost more than their query."""
    found, params = chats.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(FILLED.format(found=found, order=order), (TEXT, agent.pk, TEXT, agent.pk, agent.pk, *params))
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def unread_for(agent: Agent | UUID) -> Greatest:
    seen = ChatRead.objects.filter(chat=OuterRef("pk"), agent=agent).values("incoming_seen")
    return Greatest(F("incoming_count") - Coalesce(Subquery(seen, IntegerField()), Value(0)), Value(0))
