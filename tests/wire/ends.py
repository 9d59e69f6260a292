"""Both ends side by side: what Meta's record says the customers did, and what is in the workspaces."""

from collections import Counter, defaultdict
from typing import Any

from tests.wire.wire import SLUGS, Json, Wire

RECEIVED = """
SELECT ch.external_id, m.external_id, m.type, m.text, m.reactions #>> '{contact,emoji}', m.deleted_at IS NOT NULL
FROM messages m JOIN channels ch ON ch.id = m.channel_id WHERE m.direction = 'IN'
"""
CHATS = """
SELECT ch.external_id, i.external_id FROM chats c
JOIN channels ch ON ch.id = c.channel_id JOIN identities i ON i.id = c.identity_id
"""
# What the chats count, and what there is to be counted.
MISCOUNTED = """
SELECT c.id FROM chats c LEFT JOIN messages m ON m.chat_id = c.id GROUP BY c.id
HAVING c.unread_count <> count(*) FILTER (WHERE m.direction = 'IN')
  OR c.last_incoming_at IS DISTINCT FROM max(m.sent_at) FILTER (WHERE m.direction = 'IN')
"""
LONELY = """
SELECT id FROM contacts k WHERE merged_into_id IS NULL
  AND NOT EXISTS (SELECT FROM identities i WHERE i.contact_id = k.id)
"""
EARLY = "SELECT kind, about FROM webhook_events WHERE processed_at IS NULL"


def everywhere(wire: Wire, query: str) -> list[tuple[Any, ...]]:
    return [row for slug in SLUGS for row in wire.rows(slug, query)]


def disagreements(wire: Wire) -> Json:
    """By name; empty where nothing was lost, nothing is there twice and nothing is different."""
    acts = wire.meta.record("customer")
    rows = everywhere(wire, RECEIVED)
    # A referral has no id of its own at Meta.
    told = {(act["account"], act["id"]) for act in acts if act["act"] == "wrote" and act["type"] != "referral"}
    kept = Counter((account, identity) for account, identity, kind, *_ in rows if kind != "REFERRAL")
    referrals = sum(act["act"] == "wrote" and act["type"] == "referral" for act in acts)
    chats = Counter(everywhere(wire, CHATS))
    people = {(act["account"], act["sender_id"]) for act in acts if act["act"] in {"wrote", "echo"}}
    found = {
        "lost": told - kept.keys(),
        "from nowhere": kept.keys() - told,
        "twice": [one for one, times in kept.items() if times > 1],
        "referrals": referrals - sum(row[2] == "REFERRAL" for row in rows),
        "chats lost": people - chats.keys(),
        "chats from nowhere": chats.keys() - people,
        "chats twice": [one for one, times in chats.items() if times > 1],
        "chats that miscount": everywhere(wire, MISCOUNTED),
        "contacts without a face": everywhere(wire, LONELY),
        "heard too early and forgotten": everywhere(wire, EARLY),
        "different": different(acts, {(row[0], row[1]): row[3:] for row in rows}),
        "at the door": wire.deliveries(),
    }
    return {name: some for name, some in found.items() if some}


def different(acts: list[Json], rows: dict[tuple[str, str], Any]) -> list[Any]:
    """Texts, as last edited; reactions; what was taken back."""
    should: dict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
    for act in acts:
        if act["act"] == "wrote" and act["type"] == "text":
            should[act["account"], act["id"]] |= {"text": act["text"]}
        elif act["act"] == "edited":
            should[act["account"], act["about"]] |= {"text": act["text"]}
        elif act["act"] == "reacted":
            should[act["account"], act["about"]] |= {"emoji": act["emoji"]}
        # Messenger tells nobody.
        elif act["act"] == "deleted" and act["platform"] != "FACEBOOK":
            should[act["account"], act["about"]] |= {"text": "", "deleted": True}
    return [
        (key, facts, rows[key])
        for key, facts in should.items()
        if key in rows
        and {name: dict(zip(("text", "emoji", "deleted"), rows[key], strict=True))[name] for name in facts} != facts
    ]
