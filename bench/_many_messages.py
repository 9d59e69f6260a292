"""A workspace with millions of messages, made within PostgreSQL: words as often as in a language, two scripts."""

import random
from typing import Any

from django.db import connection

PHRASES = 100_000
# Enough syllables that trigrams are as rare as in a language.
SYLLABLES = [
    f"{a}{b}{c}"
    for a in "b c d f g h l m n p r s t v w st tr sh ch".split()
    for b in "aeiou"
    for c in ["", "", *"nrstl"]
]
# Said in every eighth phrase; in every hundredth; in one message of some hundred thousand; never.
COMMON, SECOND, RARE, NEVER = "delivery", "umbrella", "chandelier", "xylophonic"
MISSPELT = "chandeleir"
ARABIC = ["مرحبا", "شكرا", "التوصيل", "الطلب", "متى", "يصل", "السعر", "المقاس", "الدفع", "الفاتورة", "اليوم", "غدا"]
ARABIC_RARE = "الثريا"
FIRST = ["Rosa", "Mateo", "Amina", "Yuki", "Lars", "Chloe", "Omar", "Ines", "Pavel", "Nia", "Tariq", "Greta"]

INDEXES = """
SELECT indexname, indexdef FROM pg_indexes AS i
WHERE schemaname = current_schema() AND tablename = ANY(%s) AND NOT EXISTS (
  SELECT 1 FROM pg_constraint WHERE conname = i.indexname AND connamespace = current_schema()::regnamespace)
"""
TABLES = ["contacts", "identities", "chats", "messages"]
# Every tenth chat is open; "me" is the first of the agents. The last of the channels is rarely written to.
PEOPLE = """
CREATE TEMP TABLE made AS SELECT s.n, uuidv7() AS contact, uuidv7() AS identity, uuidv7() AS chat, c.id AS channel,
  c.platform, %(first)s::text[] AS first, 1 + s.n %% %(firsts)s AS at, initcap(p.words[1 + s.n %% 6]) AS last
FROM generate_series(1, %(chats)s) AS s(n) JOIN phrases AS p ON p.n = s.n %% %(phrases)s
  JOIN unnest(%(channels)s::uuid[], %(platforms)s::text[]) WITH ORDINALITY AS c(id, platform, place)
    ON c.place = CASE WHEN s.n %% 5000 = 0 THEN %(many)s ELSE 1 + s.n / 10 %% greatest(%(many)s - 1, 1) END;
INSERT INTO contacts (id, display_name, tags, attributes, notes, blocked, created_at, updated_at)
  SELECT contact, '', '{}', '{}', '', false, now(), now() FROM made;
INSERT INTO identities (id, contact_id, platform, scope, external_id, phone, username, name, first_name, last_name,
    profile_pic_url, picture, profile_state, profile_attempts, referrer, locale, timezone, opted_in_source,
    first_seen_at, last_seen_at, created_at, updated_at)
  SELECT identity, contact, platform, '1', n::text, NULL, '', first[at] || ' ' || last, first[at], last,
    '', '', 'KNOWN', 0, '', '', '', '', now(), now() - n * interval '1 second', now(), now() FROM made;
CREATE TEMP TABLE latest (id uuid, chat uuid, direction text, at timestamptz);
"""
# The last so many messages are one of each chat.
MESSAGES = """
WITH said AS (
  INSERT INTO messages (id, chat_id, channel_id, direction, sender, type, text, payload, reply_to_external_id,
      reactions, is_private, is_gif, is_ticklegram, earlier_texts, status, error, error_code, attempts, sent_at,
      created_at)
    SELECT uuidv7(make_interval(secs => -3.0 * (%(messages)s - m.n))), made.chat, made.channel,
      CASE m.n / 16 %% 2 WHEN 0 THEN 'IN' ELSE 'OUT' END, CASE m.n / 16 %% 2 WHEN 0 THEN 'CONTACT' ELSE 'AGENT' END,
      'TEXT',
      a.text || ' ' || b.text || CASE WHEN m.n %% 200000 = 777 THEN %(rares)s ELSE '' END,
      '{}', '', '{}', false, false, false, '[]', 'RECEIVED', '', '', 0,
      now() - make_interval(secs => 3.0 * (%(messages)s - m.n)), now()
    FROM (SELECT n, 1 + (n * 7919::bigint) %% %(chats)s AS chat, (random() * (%(phrases)s - 1))::int AS one,
            (random() * (%(phrases)s - 1))::int AS other FROM generate_series(%(start)s, %(end)s) AS n) AS m
    JOIN made ON made.n = m.chat JOIN phrases AS a ON a.n = m.one JOIN phrases AS b ON b.n = m.other
  RETURNING id, chat_id, direction, sent_at)
INSERT INTO latest SELECT * FROM said WHERE sent_at > now() - make_interval(secs => 3.0 * %(chats)s)
"""
CHATS = """
INSERT INTO chats (id, identity_id, channel_id, platform, state, assigned_to_id, priority, unread_count, incoming_count,
    last_message_id, last_message_at, last_incoming_at, waiting_since, window_expires_at, created_at, updated_at)
  SELECT chat, identity, channel, platform,
    CASE WHEN n %% 10 = 0 THEN 'OPEN' WHEN n %% 50 = 7 THEN 'SNOOZED' ELSE 'CLOSED' END,
    CASE WHEN n %% greatest(20, %(chats)s / 500) = 0 THEN (%(agents)s::uuid[])[1]
      WHEN n %% 30 = 0 THEN (%(agents)s::uuid[])[2 + n / 30 %% greatest(cardinality(%(agents)s::uuid[]) - 1, 1)] END,
    CASE WHEN n %% 10000 = 0 THEN 2 WHEN n %% 1000 = 0 THEN 1 ELSE 0 END, 0, 2, l.id, l.at,
    CASE WHEN l.direction = 'IN' THEN l.at END, CASE WHEN l.direction = 'IN' AND n %% 10 = 0 THEN l.at END,
    CASE WHEN l.direction = 'IN' THEN l.at + interval '24 hours' END, now(), now()
  FROM made JOIN latest AS l USING (chat);
"""


def fill(*, messages: int, chats: int, channels: list[Any], agents: list[Any], at_once: int = 500_000) -> None:
    """In the schema that the connection is in. Indexes are built at the end, as it is quicker."""
    values = {"messages": messages, "chats": chats, "phrases": PHRASES, "agents": [agent.pk for agent in agents]}
    values |= {"channels": [one.pk for one in channels], "platforms": [str(one.platform) for one in channels]}
    values |= {"first": FIRST, "firsts": len(FIRST), "rares": f" {RARE} {ARABIC_RARE}", "many": len(channels)}
    with connection.cursor() as cursor:
        cursor.execute(
            "SET session_replication_role = replica; SET maintenance_work_mem = '1GB'; SET work_mem = '256MB'"
        )
        cursor.execute(INDEXES, [TABLES])
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        make_phrases(cursor)
        cursor.execute(PEOPLE, values)
        for start in range(1, messages + 1, at_once):
            cursor.execute(MESSAGES, values | {"start": start, "end": min(start + at_once - 1, messages)})
        cursor.execute(CHATS, values)
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute("RESET session_replication_role; RESET maintenance_work_mem; RESET work_mem")
        cursor.execute("DROP TABLE made, phrases, latest")
        cursor.execute(f"VACUUM ANALYZE {', '.join(TABLES)}")


def make_phrases(cursor: Any) -> None:
    chance = random.Random(4)  # noqa: S311
    cursor.execute("CREATE TEMP TABLE phrases (n integer PRIMARY KEY, words text[], text text)")
    words = ["".join(chance.choice(SYLLABLES) for _ in range(2 + number % 3)) for number in range(20_000)]
    rows = [(number, said := phrase(chance, words, number), " ".join(said)) for number in range(PHRASES)]
    with cursor.copy("COPY phrases (n, words, text) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute("ANALYZE phrases")


def phrase(chance: random.Random, words: list[str], number: int) -> list[str]:
    if number % 20 == 0:
        return chance.choices(ARABIC, k=6)
    # A few words are most of what is said.
    said = [words[int(len(words) * chance.random() ** 4)] for _ in range(6)]
    if number % 8 == 0:
        said[chance.randrange(6)] = COMMON
    if number % 100 == 1:
        said[chance.randrange(6)] = SECOND
    return said
