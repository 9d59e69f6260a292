"""Every kind of message is drawn as what it is, and nothing that a customer writes becomes more than text."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.utils import timezone

from inbox.templatetags.thread import basket, mail_link, map_link, noted, only_emoji, outside, phone_link, said, trimmed
from inbox.threads import latest, these
from tests import factories

EVIL = "<script>alert(1)</script>"
WORDS = re.compile(r"<[^>]*>")


@pytest.fixture
def agent(in_acme, bo):
    return factories.agent_of(bo, in_acme)


@pytest.fixture
def draw(chat, agent, bo, rf, in_acme):
    """The message as its thread shows it to the agent."""
    membership = bo.memberships.get(workspace=in_acme)
    connection.set_tenant(in_acme)

    def draw(message):
        request = rf.get("/")
        request.agent, request.workspace, request.user, request.membership = agent, in_acme, bo, membership
        window = these(message.chat, [str(message.pk)])
        return render_to_string("inbox/_entries.html", {"chat": message.chat, "thread": window}, request)

    return draw


def text_of(html):
    return " ".join(WORDS.sub(" ", html).split())


KINDS = {
    "TEXT": ({"text": "Hello there"}, ["Hello there"]),
    "LOCATION": (
        {"payload": {"location": {"latitude": 53.35, "longitude": -6.26, "name": "The Spire"}}},
        ["The Spire", "53.35000, -6.26000", "Open the map"],
    ),
    "CONTACTS": (
        {"payload": {"contacts": [{"name": "Máire", "phones": [{"phone": "+353 87 1"}], "emails": ["m@x.example"]}]}},
        ["Contact card", "Máire", "+353 87 1", "m@x.example"],
    ),
    "ORDER": (
        {"payload": {"order": {"items": [{"name": "Tent", "quantity": 2, "price": "89.00", "currency": "EUR"}]}}},
        ["Order", "Tent", "178.00 EUR", "Total"],
    ),
    "INTERACTIVE": (
        {"text": "Express", "payload": {"interactive": {"kind": "list_reply", "title": "Express"}}},
        ["Chose from a list", "Express"],
    ),
    "QUICK_REPLY": ({"text": "Yes", "payload": {"button": {"title": "Yes"}}}, ["Quick reply", "Yes"]),
    "POSTBACK": ({"text": "", "payload": {"button": {"payload": "START"}}}, ["Pressed a button", "START"]),
    "STORY_REPLY": (
        {"text": "Nice", "payload": {"story": {"id": "1", "url": "https://s.example/1"}}},
        ["Replied to your story", "Open the story", "Nice"],
    ),
    "STORY_MENTION": ({"text": "", "payload": {"story": {"id": "1"}}}, ["Mentioned you in their story"]),
    "SHARE": (
        {"text": "", "payload": {"share": {"kind": "ig_reel", "url": "https://i.example/9", "title": "Rain"}}},
        ["Shared a reel", "Rain", "i.example"],
    ),
    "LINK": (
        {"text": "", "payload": {"link": {"url": "https://n.example/a", "title": "News"}}},
        ["News", "n.example"],
    ),
    "TEMPLATE": (
        {"text": "", "payload": {"template": {"components": [{"type": "body", "parameters": [{"text": "Zoë"}]}]}}},
        ["Template", "Zoë"],
    ),
    "REFERRAL": (
        {"text": "", "payload": {"referral": {"source": "ADS", "title": "Sale", "url": "https://a.example"}}},
        ["Came from an ad", "Sale"],
    ),
    "SYSTEM": ({"text": "Zoë changed their number"}, ["Zoë changed their number"]),
    "UNSUPPORTED": (
        {"text": "", "payload": {"unsupported": {"kind": "poll_creation"}}},
        ["Something that Meta does not pass on", "Poll creation", "Look at it in Messenger"],
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_drawn_as_what_it_is(kind, chat, draw):
    fields, told = KINDS[kind]
    html = draw(factories.make_message(chat, type=kind, **fields))

    assert [words for words in told if words not in text_of(html)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_it_becomes_markup_or_leads_anywhere_else(kind, chat, draw):
    poisoned = {"title": EVIL, "name": EVIL, "url": "javascript:alert(1)", "payload": EVIL, "link": "data:text/html,x"}
    payload = {key: poisoned | {"items": [poisoned], "data": poisoned} for key in KINDS[kind][0].get("payload", {})}
    payload |= {"contacts": [poisoned | {"phones": [{"phone": EVIL}], "emails": [EVIL]}]} if kind == "CONTACTS" else {}
    html = draw(factories.make_message(chat, type=kind, text=EVIL, payload=payload))

    assert "<script" not in html
    assert re.findall(r'(?:href|src|action)="\s*(?:javascript|data|vbscript)', html, re.IGNORECASE) == []


def test_every_picture_and_sound_comes_from_us(chat, draw):
    payload = {
        "referral": {"image_url": "https://cdn.example/a.jpg", "title": "Ad"},
        "product": {"image_url": "https://cdn.example/b.jpg", "title": "Tent"},
        "story": {"url": "https://cdn.example/c.mp4"},
    }
    message = factories.make_message(chat, type="SHARE", payload=payload)
    for position, (kind, mime) in enumerate([("IMAGE", "image/png"), ("VIDEO", "video/mp4"), ("VOICE", "audio/ogg")]):
        factories.make_attachment(message, kind=kind, mime_type=mime, state="STORED", file="x", position=position)
    html = draw(message)

    sources = re.findall(r'\ssrc="([^"]+)"', html)
    assert len(sources) == 3
    assert [source for source in sources if not source.startswith("/files/")] == []


def test_pictures_of_one_message_are_one_grid(chat, draw):
    message = factories.make_message(chat, type="IMAGE", text="Look")
    for position in range(3):
        factories.make_attachment(message, mime_type="image/png", state="STORED", file="x", position=position)

    assert 'data-count="3"' in draw(message)


def test_what_only_claims_to_be_a_picture_is_a_file(chat, draw):
    message = factories.make_message(chat, type="IMAGE")
    named = {"name": "a.svg", "mime_type": "image/svg+xml", "size": 2048}
    factories.make_attachment(message, state="STORED", file="x", **named)
    html = draw(message)

    assert "<img" not in html.split('class="message__body"')[1]
    assert "SVG · 2.0" in text_of(html).replace("\xa0", " ")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("WAITING", "Being fetched from Meta"),
        ("TOO_LARGE", "Larger than we keep"),
        ("GONE", "No longer at Meta"),
        ("FAILED", "Could not be fetched. Six tries."),
        ("WITHHELD", "Meta does not give it to us"),
    ],
)
def test_a_file_that_is_not_here_says_why(state, words, chat, draw):
    message = factories.make_message(chat, type="IMAGE")
    factories.make_attachment(message, state=state, error="Six tries." if state == "FAILED" else "")

    assert words in text_of(draw(message))


def test_a_quote_leads_to_what_it_quotes(chat, draw):
    first = factories.make_message(chat, text="The first word")
    html = draw(factories.make_message(chat, reply_to=first))

    assert f'href="?around={first.pk}"' in html
    assert "The first word" in text_of(html)


def test_a_quote_of_what_we_do_not_have_says_so(chat, draw):
    html = draw(factories.make_message(chat, reply_to_external_id="mid.old"))

    assert "older than our copy" in text_of(html)


def test_a_deleted_quote_tells_nothing(chat, draw):
    gone = factories.make_message(chat, text="", deleted_at=timezone.now())

    assert "Deleted message" in text_of(draw(factories.make_message(chat, reply_to=gone)))


def test_what_was_deleted_is_told_and_not_shown(chat, draw):
    message = factories.make_message(chat, text="secret", deleted_at=timezone.now())
    html = draw(message)

    assert "The customer deleted this message" in text_of(html)
    assert "secret" not in html


def test_what_was_edited_shows_what_it_said_before(chat, draw):
    before = [{"text": "by Friday", "at": "x"}]
    html = draw(factories.make_message(chat, text="by Saturday", edited_at=timezone.now(), earlier_texts=before))

    assert [words for words in ("by Saturday", "by Friday", "Edited") if words not in text_of(html)] == []


def test_reactions_are_named_and_ours_can_be_taken_back(chat, draw):
    told = {"us": {"emoji": "👍", "at": "x", "error": "Too old"}, "contact": {"emoji": "", "at": "y"}}
    message = factories.make_message(chat, reactions=told)
    html = draw(message)

    assert html.count('class="reaction ') == 1
    assert f'action="/messages/{message.pk}/reaction/"' in html
    assert "Not taken: Too old" in text_of(html)


STATES = {
    "QUEUED": "Waiting to be sent",
    "SENDING": "Being sent",
    "SENT": "Sent",
    "DELIVERED": "Delivered",
    "READ": "Read",
    "FAILED": "Failed",
    "UNCONFIRMED": "Perhaps sent",
}
DECISIONS = {"QUEUED": ["cancel"], "FAILED": ["retry"], "UNCONFIRMED": ["again", "arrived"]}


@pytest.mark.parametrize("status", STATES)
def test_an_answer_says_how_it_stands_and_what_can_be_done(status, chat, draw, agent):
    fields = {"direction": "OUT", "sender": "AGENT", "author": agent, "status": status}
    html = draw(factories.make_message(chat, **fields, error="The number is blocked."))
    offered = sorted(re.findall(r'action="/messages/[^/]+/(retry|again|arrived|cancel)/"', html))

    assert STATES[status] in text_of(html)
    assert offered == DECISIONS.get(status, [])
    assert ("The number is blocked." in html) == (status in DECISIONS)


def test_a_viewer_is_offered_nothing(chat, draw, agent):
    agent.role = "VIEWER"
    html = draw(factories.make_message(chat, direction="OUT", sender="BOT", status="FAILED"))

    assert "<form" not in html


def test_what_one_was_offered_another_is_not(chat, draw, agent):
    message = factories.make_message(chat, external_id="m_1", reactions={"us": {"emoji": "👍", "at": "x"}})
    offers = ("<form", "data-react", "data-quote")
    html = draw(message)
    assert [offer for offer in offers if offer not in html] == []
    agent.role = "VIEWER"
    html = draw(message)

    assert [offer for offer in offers if offer in html] == []


def test_a_mention_stands_out_for_whom_it_is(chat, draw, agent):
    text = f"@[{agent.name}]({agent.pk}) please"
    note = factories.make_message(chat, direction="OUT", sender="AGENT", author=agent, is_private=True, text=text)
    assert "mention--me" in draw(note)
    agent.pk = uuid4()

    assert "mention--me" not in draw(note)


def test_tomorrow_it_is_of_yesterday(chat, draw, monkeypatch):
    message = factories.make_message(chat, direction="OUT", sender="BOT", status="READ", read_at=timezone.now())
    assert 'title="Read today at' in draw(message)
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: tomorrow)

    assert 'title="Read yesterday at' in draw(message)


@pytest.mark.parametrize("sender", [("BOT", "Automation"), ("ELSEWHERE", "Another tool"), ("AGENT", "A former agent")])
def test_who_has_written(sender, chat, draw):
    html = draw(factories.make_message(chat, direction="OUT", sender=sender[0], status="SENT"))

    assert sender[1] in text_of(html)


def test_a_long_letter_is_folded(chat, draw):
    assert "message__text--long" in draw(factories.make_message(chat, text="\n".join("abc" for _ in range(300))))
    assert "message__text--long" not in draw(factories.make_message(chat, text="short"))


def test_who_is_mentioned_in_a_note_stands_out(agent):
    html = noted({"me": agent.pk}, f"@[{agent.name}]({agent.pk}) <b> @[Pat <i>](01912345-0000-7000-8000-000000000000)")

    assert f'<bdi class="mention mention--me">@{agent.name}</bdi>' in html
    assert '<bdi class="mention">@Pat &lt;i&gt;</bdi>' in html
    assert "<b>" not in html


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://a.example/x?y=1&z=2.", ["https://a.example/x?y=1&amp;z=2"]),
        ("(https://a.example/b(c))", ["https://a.example/b(c)"]),
        ("www.a.example, and so on", ["https://www.a.example"]),
        ("javascript:alert(1) ftp://a.example file:///etc data:text/html,x", []),
        ('https://a.example/"onmouseover="x', ["https://a.example/"]),
        ("https://a.example/<b>", ["https://a.example/"]),
        ("https://a.example\u202egnp.exe", ["https://a.example"]),
        ("HTTPS://A.EXAMPLE", ["HTTPS://A.EXAMPLE"]),
        ("https://", []),
    ],
)
def test_links_in_a_text(text, links):
    html = said(text)

    assert re.findall(r'href="([^"]*)"', html) == links
    assert html.count('rel="noopener noreferrer nofollow"') == html.count("<a ") == len(links)


def test_a_text_of_nothing_but_links_is_read_in_no_time():
    assert said("https://a" * 20_000).count("<a ") >= 1
    assert trimmed("https://a.example" + ")" * 50_000) == "https://a.example"


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        ("https://a.example/x", "https://a.example/x"),
        (" http://a.example ", "http://a.example"),
        ("//a.example", ""),
        ("javascript://a.example/%0aalert(1)", ""),
        ("https:\\\\a.example", ""),
        ("http://[", ""),
        (None, ""),
        (12, ""),
    ],
)
def test_where_a_card_may_lead(url, answer):
    assert outside(url) == answer


def test_phones_mails_and_maps():
    assert phone_link("+353 (87) 765-4321") == "tel:+353877654321"
    assert phone_link("javascript:1") == ""
    assert mail_link("a@b.example") == "mailto:a@b.example"
    assert mail_link("a@b.example?bcc=x") == "mailto:a@b.example%3Fbcc%3Dx"
    assert mail_link("javascript:alert(1)") == ""
    assert map_link({"latitude": "x", "longitude": 1}) == ""
    assert map_link({"latitude": 1, "longitude": 2}).startswith("https://www.openstreetmap.org/?mlat=1.0")


@pytest.mark.parametrize(
    ("text", "large"),
    [
        ("🎉", True),
        ("🎉 🎉", True),
        ("👍🏽", True),
        ("👨‍👩‍👧", True),
        ("❤️", True),
        ("🎉 ok", False),
        ("12", False),
        ("", False),
        ("🎉" * 30, False),
    ],
)
def test_a_few_emoji_are_drawn_large(text, large):
    assert only_emoji(text) is large


def test_an_order_is_summed_by_currency():
    items = [
        {"id": "A", "quantity": "2", "price": "10.10", "currency": "EUR"},
        {"id": "B", "price": 5, "currency": "USD"},
        {"id": "C", "quantity": 1, "price": "ask us", "currency": "EUR"},
        {"id": "D", "quantity": "1e999999", "price": 1},
    ]
    found = basket({"items": items})

    assert found["sums"] == [("EUR", "20.20"), ("USD", "5.00")]
    assert found["whole"] is False
    assert [row["total"] for row in found["rows"]] == ["20.20", "5.00", "", ""]


def test_the_thread_of_messages_asks_no_more_for_more_of_them(chat, draw, django_assert_max_num_queries):
    first = factories.make_message(chat)
    for minutes in range(20):
        quoted = factories.make_message(chat, sent_at=timezone.now() - timedelta(minutes=minutes), reply_to=first)
        factories.make_attachment(quoted, state="STORED", file="x", mime_type="image/png")
    with django_assert_max_num_queries(1):
        assert sum(len(entry.item.files) for entry in latest(chat).entries) == 20
