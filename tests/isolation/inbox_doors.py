"""The doors of the inbox, of people and of canned replies; doors.py says what the signs mean."""

from datetime import UTC, datetime, timedelta

from inbox.actions.editing import mark_of
from tests.isolation.door import CHANGE, LOOK, Door
from tests.push_service import Browser

NEW_ID = "00000000-0000-7000-8000-00000000abcd"
BROWSER = Browser("https://push.example/new").said
RULE = {"name": "New", "labels": "{label}", "channels": "{channel}", "agent": "{agent}"}
TOMORROW = datetime.now(UTC).date() + timedelta(days=1)
IMPORT = {"column-0": "phone", "channel": "{number}", "start": "1"}

INBOX = {
    # An agent and a viewer are shown the files of the chats that are theirs.
    "inbox:attachment": Door("SxooooSx", LOOK, ids=("attachment",)),
    "inbox:picture": Door("SxooooSx", LOOK, ids=("identity",)),
    "inbox:home": Door("Sx>>>>Sx", LOOK),
    "inbox:counts": Door("SxooooSx", LOOK),
    "inbox:furniture": Door("SxooooSx", LOOK),
    "inbox:box": Door("SxooooSx", LOOK, ids=("all",)),
    "inbox:rows": Door("SxooooSx", LOOK, ids=("all",)),
    "inbox:chat": Door("SxooooSx", LOOK, ids=("all", "chat")),
    "inbox:hand-over": Door("SxxoooSx", "SxxoooSx", send={"to": "turn", "sure": "1"}),
    "inbox:hand-over-of": Door("SxxxooSx", "SxxxooSx", ids=("agent",), send={"to": "turn", "sure": "1"}),
    "inbox:fairness": Door("SxxxooSx", "SxxxmmSx"),
    "inbox:fairness-export": Door("SxxxooSx", "SxxxmmSx"),
    "inbox:bulk": Door("SxxmmmSx", "SxxwwwSx", ids=("all",), send={"do": "close", "ids": "{chat}"}),
    "inbox:bulk-undo": Door("SxxmmmSx", "Sxx>>>Sx", send={"deed": "guessed"}),
    "inbox:new-view": Door(CHANGE, "SxwwwwSx", ids=("all",), send={"name": "New"}),
    "inbox:view": Door(CHANGE, "SxxxwwSx", ids=("view",), send={"name": "New", "is_shared": "on"}),
    "inbox:view-removal": Door(CHANGE, "SxxxwwSx", ids=("view",)),
    "inbox:messages": Door("SxooooSx", "SxxwwwSx", ids=("chat",), send={"client_id": NEW_ID, "reply": "Hello"}),
    "inbox:head": Door("SxooooSx", LOOK, ids=("chat",)),
    "inbox:reading": Door(CHANGE, "SxwwwwSx", ids=("chat",)),
    "inbox:assignment": Door("SxxoooSx", "SxxwwwSx", ids=("chat",), send={"to": "{agent}"}),
    "inbox:state": Door("SxxmmmSx", "SxxwwwSx", ids=("chat",), send={"to": "CLOSED"}),
    "inbox:snooze": Door("SxxmmmSx", "SxxwwwSx", ids=("chat",), send={"when": "tomorrow"}),
    "inbox:labels": Door("SxxoooSx", "SxxwwwSx", ids=("chat",), send={"label": "{label}", "on": "1"}),
    "inbox:priority": Door("SxxmmmSx", "SxxwwwSx", ids=("chat",), send={"to": "2"}),
    "inbox:reaction": Door("SxxmmmSx", "SxxwwwSx", ids=("message",), send={"emoji": "👍"}),
    "inbox:message-decision": Door("SxxmmmSx", "Sxx>>>Sx", ids=("message", "retry")),
    "inbox:notes": Door("SxxmmmSx", "SxxwwwSx", ids=("chat",), send={"client_id": NEW_ID, "note": "Hm"}),
    "inbox:draft": Door("SxxmmmSx", "SxxwwwSx", ids=("chat",), send={"kind": "REPLY", "text": "Hel"}),
    "inbox:composer": Door("SxooooSx", LOOK, ids=("chat",)),
    "inbox:typing": Door("SxxmmmSx", "SxxnnnSx", ids=("chat",)),
    "inbox:colleagues": Door("SxxoooSx", "SxxmmmSx", ids=("chat",)),
    "inbox:uploads": Door("SxxmmmSx", "SxxwwwSx", ids=("chat",), send={"asset": "{asset}"}),
    "inbox:upload": Door("Sx---oSx".replace("---", "x--"), "Sxx--wSx", ids=("upload",)),
    "inbox:scheduled": Door(
        "SxxmmmSx",
        "SxxwwwSx",
        ids=("chat",),
        send={"client_id": NEW_ID, "reply": "Later", "send_at": "2099-01-01T09:00"},
    ),
    "inbox:scheduled-decision": Door("SxxmmmSx", "SxxwwwSx", ids=("scheduled", "cancel")),
    "inbox:search": Door("SxooooSx", LOOK, query="q=hello"),
    "inbox:notices": Door("SxooooSx", LOOK, query="ids=1"),
    "inbox:attention": Door(CHANGE, "SxooooSx", send={"page": NEW_ID, "looks": "1"}),
    # Who has open chats is asked first.
    "inbox:going-off": Door("SxxoooSx", "SxxwwwSx", send={"chats": "keep"}),
    "inbox:going-off-of": Door("SxxxooSx", "SxxxwwSx", ids=("agent",), send={"chats": "keep"}),
    "inbox:shift-end": Door("SxxoooSx", "SxxwwwSx", send={"chats": "keep"}),
    "inbox:devices": Door("SxooooSx", "SxwwwwSx", send=BROWSER),
    "inbox:device-key": Door("SxooooSx", LOOK),
    # The owner's.
    "inbox:device-trial": Door(CHANGE, "Sx--->Sx", ids=("device",)),
    "inbox:device-removal": Door(CHANGE, "Sx---wSx", ids=("device",)),
    "inbox:contacts": Door("SxooooSx", LOOK),
    "inbox:contact": Door("SxooooSx", LOOK, ids=("contact",)),
    "inbox:panel": Door("Sx>>>>Sx", LOOK, ids=("chat",)),
    "inbox:contact-tags-known": Door("SxooooSx", LOOK),
    "inbox:contact-name": Door(CHANGE, "SxxwwwSx", ids=("contact",), send={"name": "Else"}),
    "inbox:contact-tags": Door(CHANGE, "SxxwwwSx", ids=("contact",), send={"tag": "VIP"}),
    "inbox:contact-attributes": Door(CHANGE, "SxxwwwSx", ids=("contact",), send={"key": "Size", "value": "44"}),
    "inbox:contact-notes": Door(CHANGE, "SxxwwwSx", ids=("contact",), send={"notes": "Likes tea", "mark": mark_of("")}),
    "inbox:contact-block": Door("SxxxmmSx", "SxxxwwSx", ids=("contact",)),
    "inbox:contact-unblock": Door("SxxxmmSx", "Sxxx>>Sx", ids=("contact",)),
    "inbox:contact-merge": Door("SxxxooSx", "SxxxwwSx", ids=("contact",), send={"with": "{other_contact}"}),
    "inbox:contact-merge-undo": Door("SxxxmmSx", "SxxxwwSx", ids=("merge",)),
    "inbox:contact-imports": Door("SxxxooSx", "SxxxffSx"),
    "inbox:contact-import": Door("SxxxooSx", "SxxxwwSx", ids=("import",), send=IMPORT),
    "inbox:contact-import-removal": Door("SxxxmmSx", "SxxxwwSx", ids=("import",)),
    "inbox:contact-import-failed": Door("SxxxooSx", "SxxxmmSx", ids=("import",)),
    "inbox:contact-export": Door("SxxxmmSx", "SxxxwwSx"),
    "inbox:presence": Door("SxmmmmSx", "SxooooSx", ids=("chat",), send={"what": "viewing"}),
    "inbox:settings-labels": Door("SxxxooSx", "SxxxwwSx", send={"name": "New", "colour": "grey"}),
    "inbox:settings-label": Door("SxxxooSx", "SxxxwwSx", ids=("label",), send={"name": "New", "colour": "grey"}),
    "inbox:settings-label-removal": Door("SxxxmmSx", "SxxxwwSx", ids=("label",)),
    "inbox:settings-inbox": Door("SxxxooSx", "SxxxwwSx", send={"strategy": "BY_HAND", "auto_close_days": "7"}),
    "inbox:settings-hours": Door("SxxxooSx", "SxxxwwSx", send={"mon": "9-17"}),
    "inbox:settings-holidays": Door("SxxxmmSx", "SxxxwwSx", send={"date": str(TOMORROW)}),
    "inbox:settings-holiday-removal": Door("SxxxmmSx", "SxxxwwSx", ids=("holiday",)),
    "inbox:settings-routing": Door("SxxxooSx", "SxxxmmSx"),
    "inbox:settings-new-rule": Door("SxxxooSx", "SxxxwwSx", send=RULE),
    "inbox:settings-rule": Door("SxxxooSx", "SxxxwwSx", ids=("rule",), send=RULE),
    "inbox:settings-rule-place": Door("SxxxmmSx", "SxxxwwSx", ids=("rule",), send={"to": "down"}),
    "inbox:settings-rule-active": Door("SxxxmmSx", "SxxxwwSx", ids=("rule",), send={"on": ""}),
    "inbox:settings-rule-removal": Door("SxxxmmSx", "SxxxwwSx", ids=("rule",)),
    # Shared ones; the owner has written it.
    "replies:list": Door("SxxoooSx", "SxxmmmSx"),
    "replies:new": Door("SxxoooSx", "SxxwwwSx", send={"name": "New", "content": "Hello", "whose": "own"}),
    "replies:reply": Door(
        "SxxoooSx", "SxxxwwSx", ids=("reply",), send={"name": "New", "content": "Hello", "whose": "shared"}
    ),
    "replies:removal": Door("SxxmmmSx", "SxxxwwSx", ids=("reply",)),
    "replies:pick": Door("SxxoooSx", "SxxmmmSx"),
    "replies:used": Door("SxxmmmSx", "SxxwwwSx", ids=("reply",)),
    "replies:asset": Door("SxxoooSx", "SxxmmmSx", ids=("asset",)),
}
