"""Every kind of Instagram webhook that Meta's documents name, and what becomes of it."""

from typing import Any

import pytest

from pages.webhooks.events import (
    Media,
    MessageDeleted,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    Person,
    ReactionChanged,
    Read,
)
from pages.webhooks.parsers import parse
from tests.pages.webhooks.envelopes import AT, IGSID, INSTAGRAM, MS, instagram, instagram_change, instagram_message

WHO = Person(IGSID)
MID = "aWdtX2RlbW8x"
STORY = "https://lookaside.example.test/story/1"


def received(type_: str = "TEXT", text: str = "", *media: Media, **rest: Any) -> MessageReceived:
    return MessageReceived(AT, WHO, rest.pop("external_id", MID), type_, text, media, **rest)


def attached(kind: str, **payload: Any) -> dict[str, Any]:
    return instagram_message(attachments=[{"type": kind, "payload": payload}])


def to_itself(**said: Any) -> dict[str, Any]:
    return instagram({"sender": {"id": INSTAGRAM}, "message": {"mid": MID, "text": "Note"} | said})


KNOWN = [
    (instagram_message(text="Hi"), "message.text", received(text="Hi")),
    (
        instagram_message(
            text="nice", reply_to={"story": {"id": 181, "url": STORY, "link_sticker_url": "https://x.test"}}
        ),
        "message.story_reply",
        received("STORY_REPLY", "nice", content={"story": {"id": "181", "url": STORY, "link": "https://x.test"}}),
    ),
    (
        attached("story_mention", url=STORY),
        "message.story_mention",
        received("STORY_MENTION", "", Media("STORY_MENTION", STORY, withheld=True), content={"story": {"url": STORY}}),
    ),
    (attached("ephemeral"), "message.image", received("IMAGE", "", Media("IMAGE", withheld=True))),
    (attached("image", url=STORY), "message.image", received("IMAGE", "", Media("IMAGE", STORY))),
    *(
        (
            attached(kind, url=STORY),
            "message.share",
            received("SHARE", "", Media("SHARE", STORY), content={"share": {"kind": kind, "url": STORY}}),
        )
        for kind in ("share", "ig_post", "reel", "post")
    ),
    (
        attached("ig_reel", url=STORY, reel_video_id="77", title="Reel"),
        "message.share",
        received(
            "SHARE",
            "",
            Media("SHARE", STORY),
            content={"share": {"kind": "ig_reel", "id": "77", "url": STORY, "title": "Reel"}},
        ),
    ),
    (
        instagram_message(is_unsupported=True),
        "message.unsupported",
        received("UNSUPPORTED", content={"unsupported": {"kind": "message"}}),
    ),
    (
        instagram_message(attachments=[{"type": "unsupported_type"}]),
        "message.unsupported",
        received("UNSUPPORTED", content={"unsupported": {"kind": "unsupported_type"}}),
    ),
    (instagram_message(is_deleted=True), "message.delete", MessageDeleted(AT, MID)),
    (
        instagram(
            {
                "sender": {"id": INSTAGRAM},
                "recipient": {"id": IGSID},
                "message": {"mid": MID, "is_echo": True, "text": "Hi"},
            }
        ),
        "message.echo.text",
        MessageEchoed(AT, WHO, MID, "TEXT", "Hi"),
    ),
    (to_itself(), "message.text", MessageReceived(AT, Person(INSTAGRAM), MID, "TEXT", "Note")),
    (to_itself(is_echo=True), "message.echo.text", MessageEchoed(AT, Person(INSTAGRAM), MID, "TEXT", "Note")),
    (
        instagram({"reaction": {"mid": MID, "action": "react", "reaction": "love", "emoji": "❤️"}}),
        "reaction.add",
        ReactionChanged(AT, WHO, MID, "❤️"),
    ),
    (
        instagram({"message_edit": {"mid": MID, "text": "Hello", "num_edit": 1}}),
        "message.edit",
        MessageEdited(AT, MID, "Hello", 1),
    ),
    (instagram({"read": {"mid": MID}}), "read", Read(AT, WHO, None, (MID,))),
    (instagram({"read": {"watermark": MS}}), "read", Read(AT, WHO, AT)),
    (
        instagram({"postback": {"mid": "p1", "title": "Prices", "payload": "P"}}),
        "postback",
        received("POSTBACK", "Prices", external_id="p1", content={"button": {"title": "Prices", "payload": "P"}}),
    ),
    (
        instagram_change(
            "messages",
            sender={"id": IGSID},
            recipient={"id": INSTAGRAM},
            timestamp=str(MS),
            message={"mid": MID, "text": "Hi"},
        ),
        "message.text",
        received(text="Hi"),
    ),
]

FIELDS = "comments live_comments mentions story_insights story_reactions share_to_story follow".split()


@pytest.mark.parametrize(("body", "kind", "event"), KNOWN)
def test_each_kind_has_its_event(body: Any, kind: str, event: Any) -> None:
    (part,) = parse(body)
    assert (part.kind, part.events, part.is_known) == (kind, (event,), True)
    assert (part.platform, part.object, part.account_id, part.at) == ("INSTAGRAM", "instagram", INSTAGRAM, AT)


@pytest.mark.parametrize("field", FIELDS)
def test_changes_are_known_without_effect(field: str) -> None:
    (part,) = parse(instagram_change(field, id="180", **{"from": {"id": IGSID, "username": "rosa.demo"}}))
    assert (part.kind, part.events, part.is_known, part.sender_id) == (f"change.{field}", (), True, IGSID)


def test_a_change_may_lie_in_the_entry_itself() -> None:
    body = instagram_change("comments", id="180", text="Price?")
    bare = {"object": "instagram", "entry": [{"id": INSTAGRAM, "time": MS} | body["entry"][0]["changes"][0]]}
    (part,) = parse(bare)
    assert (part.kind, part.payload) == ("change.comments", bare)


def test_an_edit_that_changes_nothing_has_no_effect() -> None:
    (part,) = parse(instagram({"message_edit": {"mid": MID, "num_edit": 0}}))
    assert (part.kind, part.events, part.is_known, part.about) == ("message.edit", (), True, MID)


def test_a_lone_link_says_where_the_person_came_from() -> None:
    said = {"referral": {"ref": "shop", "source": "IGME-SOURCE-LINK", "type": "OPEN_THREAD"}}
    (part,) = parse(instagram(said))
    (event,) = part.events
    assert (part.kind, event.type, event.content) == ("referral", "REFERRAL", said)


def test_what_concerns_an_earlier_message_names_it() -> None:
    for body in (instagram_message(is_deleted=True), instagram({"read": {"mid": MID}})):
        assert parse(body)[0].about == MID


def test_a_field_of_the_other_platform_is_unknown() -> None:
    (part,) = parse(instagram_change("feed", item="post", verb="add"))
    assert (part.kind, part.is_known) == ("unknown.feed", False)
