"""Search: who finds what, and in which order."""

import re
from contextlib import ExitStack
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection, transaction
from django.utils import timezone

from agents.slots import slot_of
from inbox import search
from inbox.models import Chat, ChatLabel, Label
from inbox.search import AT_ONCE, TooMuch, find_messages, find_people
from inbox.search_words import read
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(in_acme, sam):
    return factories.agent_of(sam, in_acme)


@pytest.fixture
def narrow(in_acme, bo):
    """Reads only what is his."""
    position = factories.make_position(in_acme, permissions=[])
    agent = factories.agent_of(bo, in_acme)
    agent.position = position
    agent.save()
    return factories.agent_of(bo, in_acme)


@pytest.fixture
def page(client_for, sam, in_acme):
    browser = client_for(sam, in_acme)
    return lambda **query: browser.get(f"/search/?{urlencode(query)}")


def say(*texts, chat=None, **over):
    """The first is the oldest."""
    chat = chat or factories.make_chat()
    start = timezone.now() - timedelta(hours=1)
    return [
        factories.make_message(chat, text=text, **{"sent_at": start + timedelta(minutes=number), **over})
        for number, text in enumerate(texts)
    ]


def texts(question, agent, **over):
    return [message.text for message in find_messages(read(question), agent, **over).messages]


def ours(author=None, **over):
    return {"direction": "OUT", "sender": "AGENT", "status": "SENT", "author": author, **over}


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("parcel", ["The PARCEL is here", "Where is my parcel?"]),
        ("parcel where", ["Where is my parcel?"]),
        ('"my parcel"', ["Where is my parcel?"]),
        ('"parcel my"', []),
        ("arce", ["The PARCEL is here", "Where is my parcel?"]),
        ("100%", ["It is 100% wool_mix"]),
        ("100_", []),
        ("l_m", ["It is 100% wool_mix"]),
        ("\\", ["a\\b"]),
        ("طلب", ["أين الطلب من فضلك"]),
        ("发货", ["什么时候发货"]),
        ("🎉", ["Danke 🎉"]),
        ("ok", ["OK then"]),
        ("xylophone", []),
        ("", []),
    ],
)
def test_words(question, found, agent):
    say("Where is my parcel?", "The PARCEL is here", "It is 100% wool_mix", "a\\b", "أين الطلب من فضلك")
    say("什么时候发货", "Danke 🎉", "OK then")
    assert texts(question, agent) == found


@pytest.mark.parametrize("question", ["deilvery", "delivry", "delivrey"])
def test_typos_where_nothing_is_exact(question, agent):
    say("When is the delivery?", "Good morning")
    found = find_messages(read(question), agent)
    assert [message.text for message in found.messages] == ["When is the delivery?"]
    assert found.alike


@pytest.mark.parametrize(("question", "text"), [("pacel", "Where is my parcel?"), ("refnd now", "I want a refund now")])
def test_slips_in_short_words_are_found_among_the_newest(question, text, agent):
    say(text, "Good morning")
    found = find_messages(read(question), agent)
    assert [message.text for message in found.messages] == [text]
    assert found.alike


def test_no_typos_where_something_is_exact(agent):
    say("form", "from")
    found = find_messages(read("form"), agent)
    assert [message.text for message in found.messages] == ["form"]
    assert not found.alike


def test_deleted_ones_are_never_found_and_notes_are(agent):
    say("a deleted secret", deleted_at=timezone.now())
    say("a noted secret", is_private=True, **ours())
    assert texts("secret", agent) == ["a noted secret"]


def test_who_may_not_read_all_finds_his_own_alone(agent, narrow):
    say("secret of nobody")
    say("secret of bo", chat=factories.make_chat(assigned_to=narrow))
    say("secret of sam", chat=factories.make_chat(assigned_to=agent))
    assert texts("secret", narrow) == ["secret of bo"]
    assert set(texts("secret", agent)) == {"secret of bo", "secret of sam", "secret of nobody"}
    # Nor by what is written alike, short, common, or by an operator alone.
    assert texts("secrte", narrow) == texts("of", narrow) == texts("from:customer", narrow) == ["secret of bo"]


def test_nobody_finds_another_workspaces_messages(agent, globex, grace):
    say("parcel of acme")
    connection.set_tenant(globex)
    assert texts("parcel", factories.agent_of(grace, globex)) == []


def test_from(agent, in_acme, ana):
    rosa = factories.make_chat(
        identity=factories.make_identity(channel := factories.make_channel(), name="Rosa Diaz"), channel=channel
    )
    say("from rosa", chat=rosa)
    say("by sam", chat=rosa, **ours(agent))
    say("by ana", chat=rosa, **ours(factories.agent_of(ana, in_acme)))
    say("by a bot", chat=rosa, **ours(sender="BOT"))
    say("from somebody")
    assert texts("from:me", agent) == ["by sam"]
    assert set(texts("from:agent", agent)) == {"by sam", "by ana"}
    assert set(texts("from:customer", agent)) == {"from rosa", "from somebody"}
    assert texts("from:diaz", agent) == texts('from:"rosa diaz"', agent) == ["from rosa"]
    assert texts("from:alvarez", agent) == ["by ana"]
    assert texts("from:nobody", agent) == []


def test_page_label_state_file(agent):
    shop = factories.make_channel("WHATSAPP", name="Shop Berlin")
    label = Label.objects.create(name="VIP")
    say("plain")
    one, other = factories.make_chat(shop, state=Chat.State.CLOSED), factories.make_chat(shop)
    ChatLabel.objects.create(chat=one, label=label)
    say("closed and labelled", chat=one)
    (picture,) = say("", chat=other)
    factories.make_attachment(picture)
    for question in ("page:berlin", "channel:whatsapp"):
        assert set(texts(question, agent)) == {"closed and labelled", ""}
    assert texts("label:vip", agent) == texts("is:closed", agent) == ["closed and labelled"]
    assert texts("has:file", agent) == [""]
    assert texts("has:file plain", agent) == []


def test_what_no_operator_knows_is_told(agent):
    asked = read("page:nowhere label:none x")
    assert find_messages(asked, agent).messages == []
    assert asked.hints == ["No channel is called “nowhere”.", "No label is called “none”."]


def test_before_and_after_are_days_where_the_agent_is(agent):
    with timezone.override("Asia/Tokyo"):
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        say("today", sent_at=midnight)
        say("yesterday", sent_at=midnight - timedelta(seconds=1))
        assert texts("after:today", agent) == ["today"]
        assert texts("before:today", agent) == texts("after:yesterday before:today", agent) == ["yesterday"]


def test_newest_first_page_by_page(agent, monkeypatch):
    monkeypatch.setattr(search, "SIZE", 2)
    say(*(f"parcel {number}" for number in range(5)))
    found = find_messages(read("parcel"), agent)
    pages = [[message.text for message in found.messages]]
    while found.next:
        found = find_messages(read("parcel"), agent, found.next)
        pages.append([message.text for message in found.messages])
    assert pages == [["parcel 4", "parcel 3"], ["parcel 2", "parcel 1"], ["parcel 0"]]


def test_what_is_too_common_to_collect_is_the_newest_all_the_same(agent, monkeypatch):
    monkeypatch.setattr(search, "CAP", 3)
    say(*(f"parcel {number}" for number in range(10)))
    assert texts("parcel", agent) == [f"parcel {number}" for number in reversed(range(10))]


def test_a_short_word_is_looked_for_in_the_newest_alone(agent, monkeypatch):
    monkeypatch.setattr(search, "NEWEST", 2)
    say("ok 0", "ok 1", "other")
    found = find_messages(read("ok"), agent)
    assert [message.text for message in found.messages] == ["ok 1"]
    assert found.only_newest


def test_what_takes_too_long_is_given_up_and_told(agent, page, monkeypatch):
    say("parcel")
    monkeypatch.setattr(search, "LONGEST_MS", 50)
    monkeypatch.setattr(search, "_first", lambda *args: connection.cursor().execute("SELECT pg_sleep(5)"))
    with pytest.raises(TooMuch), transaction.atomic():
        find_messages(read("parcel"), agent)
    response = page(q="parcel")
    assert response.status_code == 200
    assert "Too much to look through" in response.text


def test_some_searches_of_one_person_are_done_at_once_and_no_more(agent, page, client_for, ana, in_acme):
    say("parcel")
    with ExitStack() as others:
        for _ in range(AT_ONCE - 1):
            assert others.enter_context(slot_of(agent, "search", most=AT_ONCE, seconds=60))
        assert "<mark>parcel</mark>" in page(q="parcel").text
        assert others.enter_context(slot_of(agent, "search", most=AT_ONCE, seconds=60))
        refused = page(q="parcel")
        assert 'Nothing was looked for. Wait a moment, then <a href="/search/?q=parcel">' in refused.text
        assert "<mark>parcel</mark>" in client_for(ana, in_acme).get("/search/?q=parcel").text
    assert "<mark>parcel</mark>" in page(q="parcel").text


def test_the_time_limit_is_the_searchs_alone(transactional_db, agent):
    say("parcel")
    texts("parcel", agent)
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def called(**fields):
    channel = factories.make_channel(fields.pop("platform", "FACEBOOK"))
    return factories.make_chat(channel, identity=factories.make_identity(channel, **fields))


def people(question, agent):
    found, alike = find_people(read(question), agent)
    return [person.faces[0].shown_name for person in found], alike


@pytest.mark.parametrize(
    ("question", "found", "alike"),
    [
        ("rosa", ["Rosa Diaz"], False),
        ("diaz rosa", ["Rosa Diaz"], False),
        ("@rosita", ["Rosa Diaz"], False),
        ("+49 170 1234567", [], False),
        ("+491701234567", ["Amina"], False),
        ("1234", ["Amina"], False),
        ("rossa", ["Rosa Diaz"], True),
        ("أمينة", ["أمينة"], False),
        ("12", [], False),
        ("from:rosa", [], False),
        ("", [], False),
    ],
)
def test_people(question, found, alike, agent):
    called(name="Rosa Diaz", username="rosita")
    called(name="Amina", phone="491701234567", platform="WHATSAPP")
    called(name="أمينة")
    assert people(question, agent) == (found, alike)


def test_people_by_the_name_we_gave_them(agent):
    chat = called(name="rd_1987")
    chat.identity.contact.display_name = "Aunt Rosa"
    chat.identity.contact.save()
    ((person,), _) = find_people(read("aunt"), agent)
    assert (person.faces[0].shown_name, person.chat) == ("Aunt Rosa", chat.pk)


def test_one_person_on_two_platforms_is_one(agent):
    one = called(name="Rosa Diaz")
    channel = factories.make_channel("INSTAGRAM")
    factories.make_identity(channel, name="Rosa D.", contact=one.identity.contact)
    ((person,), _) = find_people(read("rosa"), agent)
    assert {face.platform for face in person.faces} == {"FACEBOOK", "INSTAGRAM"}
    assert person.chat == one.pk


def test_people_of_chats_one_may_not_read_are_not_found(narrow):
    called(name="Rosa Diaz")
    mine = called(name="Rosa Meyer")
    Chat.objects.filter(pk=mine.pk).update(assigned_to=narrow)
    assert people("rosa", narrow) == (["Rosa Meyer"], False)
    assert people("rossa", narrow) == (["Rosa Meyer"], True)


def test_the_page_leads_to_the_message_and_marks_the_hit(page):
    (message,) = say("<b>Where</b> is my parcel?")
    response = page(q="parcel")
    place = f"/inbox/all/{message.chat_id}/?around={message.pk}&amp;find=parcel#message-{message.pk}"
    assert f'href="{place}"' in response.text
    assert "&lt;b&gt;Where&lt;/b&gt; is my <mark>parcel</mark>?" in response.text
    assert page(q="<b>").text.count("<mark>&lt;b&gt;</mark>") == 1


def test_a_note_is_marked_as_one(page, agent):
    say("call the parcel service", is_private=True, **ours(agent))
    shown = re.sub(r"<svg.*?</svg>", "", page(q="parcel").text)
    assert "Note</span>" in shown
    assert "You:" in shown


def test_who_is_mentioned_in_a_note_is_called_by_name_alone(page, agent):
    say(f"ask @[Sam O'Hara]({agent.pk}) for the parcel", is_private=True, **ours(agent))
    assert "ask @Sam O&#x27;Hara for the <mark>parcel</mark>" in page(q="parcel").text


def test_more_comes_as_rows(page, client_for, sam, in_acme, monkeypatch):
    monkeypatch.setattr(search, "SIZE", 1)
    say("parcel 0", "parcel 1")
    response = page(q="parcel")
    after = response.context["found"].next
    rows = client_for(sam, in_acme).get("/search/", {"q": "parcel", "after": after}, headers={"HX-Request": "true"})
    assert "<html" not in rows.text
    assert rows.text.count("search__hit") == 1
    # Without scripts it is a page, and people are on the first alone.
    assert "<html" in page(q="parcel", after=after).text


def test_an_empty_search_tells_what_can_be_asked(page):
    assert "from:rosa" in page().text
    assert page(q="xylophone").text.count("Nothing found") == 2


def test_nonsense_is_searched_for_and_nothing_more(page):
    for question in ["'", '"', "%", "\\", "a:b:c", "from:", "after:9999-99-99", "before:0001-01-01", "x" * 500, "\x00"]:
        assert page(q=question).status_code == 200
    assert page(q="x", after="nonsense").status_code == 200


def test_the_page_costs_the_same_however_much_is_found(page, django_assert_max_num_queries):
    for _ in range(20):
        say("parcel", chat=called(name="parcel"))
    page(q="parcel")
    with django_assert_max_num_queries(20):
        found = page(q="parcel")
    assert found.status_code == 200


def test_a_word_that_somebody_uses_is_no_slip(agent):
    say("the delivery", "a chandelier")
    assert texts("delivery chandelier", agent) == []
    assert texts("delivery chandeleir", agent) == []
    say("delivery of a chandelier")
    assert texts("delivery chandeleir", agent) == ["delivery of a chandelier"]
