"""What was searched for, in its chat: marked wherever it stands, and one goes from hit to hit."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from inbox import search
from inbox.finding import Finding, Sought
from inbox.templatetags.thread import said
from tests import factories
from workspaces.ids import uuid7

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(in_acme, sam):
    return factories.agent_of(sam, in_acme)


@pytest.fixture
def chat(in_acme):
    return factories.make_chat()


@pytest.fixture
def browser(client_for, sam, in_acme):
    return client_for(sam, in_acme)


@pytest.fixture
def find(browser, chat):
    return lambda **query: browser.get(f"/inbox/all/{chat.pk}/?{urlencode(query)}")


def say(chat, *texts, **over):
    """The first is the oldest."""
    start = timezone.now() - timedelta(hours=1)
    return [
        factories.make_message(chat, text=text, **{"sent_at": start + timedelta(minutes=number), **over})
        for number, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    ("words", "text", "shown"),
    [
        (["parcel"], "The PARCEL, <b>parcels</b>", "The <mark>PARCEL</mark>, &lt;b&gt;<mark>parcel</mark>s&lt;/b&gt;"),
        (["الطلب"], "أين الطلب من فضلك", "أين <mark>الطلب</mark> من فضلك"),
        (["发货"], "什么时候发货", "什么时候<mark>发货</mark>"),
        (["straße"], "Die STRASSE, die Straße", "Die STRASSE, die <mark>Straße</mark>"),
        (["<"], "1 < 2 & 3", "1 <mark>&lt;</mark> 2 &amp; 3"),
        (["deliver", "delivery"], "delivery", "<mark>delivery</mark>"),
        ([".*"], "anything", "anything"),
    ],
)
def test_words_are_marked_and_nothing_else(words, text, shown):
    assert said(text, Sought(tuple(words))) == shown


def test_a_link_stays_a_link():
    marked = said("See https://shop.example/track?id=7 track", Sought(("example/track", "track")))
    assert 'href="https://shop.example/track?id=7"' in marked
    assert ">https://shop.<mark>example/track</mark>?id=7</a> <mark>track</mark>" in marked
    # A hit that begins before it and ends in it.
    assert said("See https://a.example", Sought(("see https",))).startswith("<mark>See </mark><a ")


def test_the_thread_opens_with_the_words_marked(chat, find):
    first, _, last = say(chat, "my parcel", "hello", "a blue parcel")
    response = find(around=first.pk, find="parcel")
    assert response.text.count("<mark>parcel</mark>") == 2
    finding = response.context["finding"]
    assert (finding.hits, finding.number) == ([first.pk, last.pk], 1)
    # From each to the next, and around the end.
    assert (finding.before, finding.after) == (last.pk, last.pk)
    assert "1 of 2" in response.text
    assert find(around=last.pk, find="parcel").context["finding"].number == 2


def test_only_all_words_under_the_same_conditions_are_hits(chat, find, agent):
    both, *_ = say(chat, "blue parcel", "a parcel", "blue")
    (ours,) = say(chat, "parcel, blue", direction="OUT", sender="AGENT", status="SENT", author=agent)
    assert set(find(find="parcel blue").context["finding"].hits) == {both.pk, ours.pk}
    assert find(find="parcel blue from:me").context["finding"].hits == [ours.pk]
    assert find(find='"blue parcel"').context["finding"].hits == [both.pk]


def test_what_is_written_alike_is_marked_where_the_search_said_so(chat, find):
    (message,) = say(chat, "When is the delivery?")
    assert "<mark>" not in find(find="delivry").text
    response = find(find="delivry", alike="on")
    assert "<mark>delivery</mark>" in response.text
    assert response.context["finding"].hits == [message.pk]


def test_deleted_ones_and_other_chats_are_no_hits(chat, find):
    say(chat, "parcel", deleted_at=timezone.now())
    say(factories.make_chat(), "parcel")
    response = find(find="parcel")
    assert response.context["finding"].hits == []
    assert "data-step" not in response.text


@pytest.mark.parametrize("find_what", ["", " ", "from:me", "label:"])
def test_without_words_nothing_is_sought(find_what, chat, find):
    say(chat, "parcel")
    response = find(find=find_what)
    assert response.context["finding"] is None
    assert "thread-find" not in response.text


def test_many_hits_end_somewhere(chat, find, monkeypatch):
    monkeypatch.setattr(search, "IN_CHAT", 2)
    monkeypatch.setattr("inbox.finding.IN_CHAT", 2)
    _, second, third = say(chat, "a parcel", "one parcel", "the parcel")
    finding = find(find="parcel").context["finding"]
    assert (finding.hits, finding.and_more) == ([second.pk, third.pk], True)


def test_a_search_that_takes_too_long_still_marks(chat, find, monkeypatch):
    def slow(*args, **kwargs):
        raise search.TooMuch

    monkeypatch.setattr("inbox.finding.find_in_chat", slow)
    say(chat, "parcel")
    response = find(find="parcel")
    assert response.context["finding"].hits == []
    assert "<mark>parcel</mark>" in response.text


def test_a_message_that_is_drawn_anew_is_marked_as_the_page_is(browser, chat):
    (message,) = say(chat, "my parcel")
    address = f"/chats/{chat.pk}/messages/?ids={message.pk}"
    page = f"https://acme.example/inbox/all/{chat.pk}/?around={message.pk}&find=%22my+parcel%22"
    there = browser.get(address, headers={"HX-Request": "true", "HX-Current-URL": page})
    assert "<mark>my parcel</mark>" in there.text
    gone = browser.get(address, headers={"HX-Request": "true", "HX-Current-URL": page.partition("?")[0]})
    assert "<mark>" not in gone.text


@pytest.mark.parametrize("page", ["http://[?find=parcel", "?find=parcel#x", "find=parcel", "http://x/?find=%00%ff"])
def test_whatever_calls_itself_the_page_a_message_is_drawn(browser, chat, page):
    (message,) = say(chat, "my parcel")
    answer = browser.get(f"/chats/{chat.pk}/messages/?ids={message.pk}", headers={"HX-Current-URL": page})
    assert answer.status_code == 200
    assert "parcel" in answer.text


def test_a_long_message_is_unfolded_where_it_holds_a_hit(chat, find):
    say(chat, "\n" * 20 + "parcel")
    assert "checked" in find(find="parcel").text.partition('class="message__fold')[2].partition(">")[0]
    assert "checked" not in find(find="hello").text.partition('class="message__fold')[2].partition(">")[0]


def test_from_nowhere_it_goes_to_the_first_and_the_last():
    ids = [uuid7() for _ in range(3)]
    finding = Finding("parcel", alike=False, hits=ids, here=None)
    assert (finding.number, finding.before, finding.after) == (0, ids[2], ids[0])
