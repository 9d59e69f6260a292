"""The panel, the list of contacts, a contact's page, and what agents write down there."""

from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agents.models import Position
from inbox import search
from inbox.actions.blocking import block_contact, unblock_contact
from inbox.actions.editing import mark_of
from inbox.contacts import known_tags
from inbox.models import Chat, ChatEvent, Contact, Identity
from tests import factories
from tests.inbox.test_outbox_races import within
from workspaces.models import UserActivity

HX = {"HX-Request": "true"}


@pytest.fixture
def as_bo(client_for, bo, in_acme):
    return client_for(bo, in_acme)


@pytest.fixture
def as_ana(client_for, ana, in_acme):
    return client_for(ana, in_acme)


@pytest.fixture
def as_vi(client_for, vi, in_acme):
    return client_for(vi, in_acme)


@pytest.fixture
def contact(chat):
    return chat.identity.contact


def fresh(contact):
    return Contact.objects.get(pk=contact.pk)


def own_chats_only():
    Position.objects.filter(slug=Position.AGENT).update(permissions=["team.view"])


def listed(client, **query):
    return [person.contact for person in client.get("/contacts/", query).context["people"]]


def person(name, channel, **over):
    return factories.make_identity(channel, name=name, **over).contact


def test_the_panel_shows_who_writes(as_bo, chat, contact):
    Identity.objects.update(username="kim.k", locale="de_DE", timezone="-3.5", phone="4915123456")
    Contact.objects.update(tags=["VIP"], attributes={"Shoe size": "44"}, notes="Likes tea")
    page = as_bo.get(f"/chats/{chat.pk}/panel/", headers=HX).content.decode()
    for words in ["+4915123456", "German", "UTC\N{MINUS SIGN}3:30", "VIP", "Shoe size", "44", "Likes tea"]:
        assert words in page


def test_as_a_page_of_its_own_the_panel_is_the_contacts(as_bo, chat, contact):
    answer = as_bo.get(f"/chats/{chat.pk}/panel/")
    assert answer["Location"] == f"/contacts/{contact.pk}/?chat={chat.pk}"
    assert "Back to the chat" in as_bo.get(answer["Location"]).content.decode()


def test_the_panel_costs_the_same_however_many_chats(as_bo, chat, contact):
    def look():
        with CaptureQueriesContext(connection) as queries:
            as_bo.get(f"/chats/{chat.pk}/panel/", headers=HX)
        return len(queries)

    look()
    few = look()
    for _ in range(6):
        channel = factories.make_channel()
        factories.make_chat(channel, identity=factories.make_identity(channel, contact=contact))
    assert look() == few


def test_renamed_and_called_as_on_the_platform_again(as_bo, contact):
    as_bo.post(f"/contacts/{contact.pk}/name/", {"name": "  Kim   from  York "})
    assert fresh(contact).display_name == "Kim from York"
    as_bo.post(f"/contacts/{contact.pk}/name/", {"name": ""})
    assert fresh(contact).display_name == contact.identities.get().name


def test_a_name_is_shown_wherever_the_contact_came_along(as_bo, chat, contact):
    as_bo.post(f"/contacts/{contact.pk}/name/", {"name": "Kim from York"})
    assert Identity.objects.select_related("contact").get().shown_name == "Kim from York"
    assert Identity.objects.get().own_name == chat.identity.name


def test_tags_come_and_go_each_once(as_bo, contact):
    as_bo.post(f"/contacts/{contact.pk}/tags/", {"tag": "VIP, wholesale"})
    as_bo.post(f"/contacts/{contact.pk}/tags/", {"tag": "vip"})
    assert fresh(contact).tags == ["VIP", "wholesale"]
    as_bo.post(f"/contacts/{contact.pk}/tags/", {"remove": "VIP"})
    assert fresh(contact).tags == ["wholesale"]


def test_a_refused_tag_is_told_in_the_card_and_on_the_page(as_bo, contact):
    answer = as_bo.post(f"/contacts/{contact.pk}/tags/", {"tag": "x" * 51}, headers=HX)
    assert (answer.status_code, fresh(contact).tags) == (422, [])
    assert "50 characters at most" in answer.content.decode()
    page = as_bo.post(f"/contacts/{contact.pk}/tags/", {"tag": "x" * 51}, follow=True)
    assert "50 characters at most" in page.content.decode()


def test_tags_are_offered_the_most_used_first(in_acme, as_bo):
    channel = factories.make_channel()
    for tags in (["seldom"], ["often"], ["often"]):
        contact = person("Kim", channel)
        Contact.objects.filter(pk=contact.pk).update(tags=tags)
    assert known_tags(factories.agent_of(factories.make_member(in_acme).user, in_acme)) == ["often", "seldom"]
    assert as_bo.get("/contacts/tags/").content.decode().index("often") > 0


def test_facts_are_added_changed_and_removed(as_bo, contact):
    url = f"/contacts/{contact.pk}/attributes/"
    as_bo.post(url, {"key": "Size", "value": "44"})
    as_bo.post(url, {"key": "City", "value": "York"})
    as_bo.post(url, {"before": "Size", "key": "Shoe size", "value": "45"})
    assert fresh(contact).attributes == {"Shoe size": "45", "City": "York"}
    as_bo.post(url, {"before": "Shoe size", "remove": "1"})
    assert fresh(contact).attributes == {"City": "York"}
    as_bo.post(url, {"key": "City", "value": "Leeds"})
    assert fresh(contact).attributes == {"City": "York"}


def test_notes_of_somebody_else_are_not_lost_unseen(as_bo, contact):
    url, headers = f"/contacts/{contact.pk}/notes/", {**HX, "HX-Target": "notes-state"}
    assert as_bo.post(url, {"notes": "Likes tea", "mark": mark_of("")}, headers=headers).status_code == 200
    answer = as_bo.post(url, {"notes": "Likes coffee", "mark": mark_of("")}, headers=headers)
    assert (answer.status_code, fresh(contact).notes) == (422, "Likes tea")
    page = answer.content.decode()
    assert "Likes tea" in page
    # Having read theirs, one may write over it.
    assert mark_of("Likes tea") in page
    as_bo.post(url, {"notes": "Likes both", "mark": mark_of("Likes tea")}, headers=headers)
    assert fresh(contact).notes == "Likes both"


@pytest.mark.parametrize(
    ("what", "sent"),
    [
        ("name", {"name": "Else"}),
        ("tags", {"tag": "VIP"}),
        ("attributes", {"key": "a", "value": "b"}),
        ("notes", {"notes": "x", "mark": mark_of("")}),
    ],
)
def test_a_viewer_reads_and_writes_nothing(as_vi, contact, what, sent):
    Position.objects.update(permissions=["messages.view"])
    assert as_vi.get(f"/contacts/{contact.pk}/").status_code == 200
    before = Contact.objects.filter(pk=contact.pk).values().get()
    assert as_vi.post(f"/contacts/{contact.pk}/{what}/", sent).status_code == 403
    assert Contact.objects.filter(pk=contact.pk).values().get() == before


def test_who_reads_own_chats_alone_sees_their_people_alone(as_bo, bo, in_acme, agent_of):
    own_chats_only()
    channel = factories.make_channel()
    mine = factories.make_chat(channel, assigned_to=agent_of(bo, in_acme))
    connection.set_tenant(in_acme)
    other = factories.make_chat(channel)
    assert listed(as_bo) == [mine.identity.contact]
    assert as_bo.get(f"/contacts/{mine.identity.contact_id}/").status_code == 200
    for path in (f"/contacts/{other.identity.contact_id}/", f"/chats/{other.pk}/panel/"):
        assert as_bo.get(path).status_code == 404
    assert as_bo.post(f"/contacts/{other.identity.contact_id}/tags/", {"tag": "VIP"}).status_code == 404
    assert Contact.objects.exclude(tags=[]).count() == 0


def test_chats_that_are_anothers_are_not_named(as_bo, bo, in_acme, agent_of):
    own_chats_only()
    channel, secret = factories.make_channel(), factories.make_channel(name="Secret line")
    mine = factories.make_chat(channel, assigned_to=agent_of(bo, in_acme))
    connection.set_tenant(in_acme)
    factories.make_chat(secret, identity=factories.make_identity(secret, contact=mine.identity.contact))
    assert "Secret line" not in as_bo.get(f"/contacts/{mine.identity.contact_id}/").content.decode()


def test_blocked_and_unblocked_each_told_once(as_ana, chat, contact):
    for _ in range(2):
        as_ana.post(f"/contacts/{contact.pk}/blocking/")
    assert fresh(contact).blocked
    for _ in range(2):
        as_ana.post(f"/contacts/{contact.pk}/unblocking/")
    assert not fresh(contact).blocked
    assert list(ChatEvent.objects.order_by("at").values_list("kind", flat=True)) == ["BLOCKED", "UNBLOCKED"]
    log = UserActivity.objects.filter(activity_type__startswith="contact.").order_by("pk")
    assert [row.activity_type for row in log] == ["contact.blocked", "contact.unblocked"]


def test_an_agent_without_the_permission_blocks_nobody(as_bo, contact):
    assert as_bo.post(f"/contacts/{contact.pk}/blocking/").status_code == 403
    assert not fresh(contact).blocked


def test_after_blocking_from_the_panel_one_is_in_the_chat_again(as_ana, chat, contact):
    answer = as_ana.post(f"/contacts/{contact.pk}/blocking/?chat={chat.pk}&beside=1")
    assert answer["Location"] == f"/inbox/all/{chat.pk}/"


def test_blocking_races_to_one_event(in_acme, ana, transactional_db, at_once):
    agent = factories.agent_of(ana, in_acme)
    connection.set_tenant(in_acme)
    chat = factories.make_chat()
    contact = chat.identity.contact
    block = within(in_acme, lambda: block_contact(contact, by=agent, workspace=in_acme))
    results = at_once(block, block, block, racing_for=f'{in_acme.schema_name}"."contacts')
    connection.set_tenant(in_acme)
    assert sorted(results) == [False, False, True]
    assert ChatEvent.objects.count() == 1
    assert unblock_contact(contact, by=agent, workspace=in_acme)


def test_the_list_is_by_last_seen_one_row_a_contact(as_bo, in_acme):
    page, shop = factories.make_channel(), factories.make_channel("INSTAGRAM")
    now = timezone.now()
    people = [person(f"Person {n}", page, last_seen_at=now - timedelta(days=n)) for n in range(4)]
    factories.make_identity(shop, contact=people[3], last_seen_at=now + timedelta(hours=1))
    assert listed(as_bo) == [people[3], people[0], people[1], people[2]]


def test_many_are_paged_without_gap_or_repeat(as_bo, in_acme):
    channel, now = factories.make_channel(), timezone.now()
    contacts = [Contact(display_name=f"P {n}") for n in range(120)]
    Contact.objects.bulk_create(contacts)
    faces = [
        Identity(contact=c, platform="FACEBOOK", scope=channel.scope, external_id=f"x{n}", last_seen_at=now)
        for n, c in enumerate(contacts)
    ]
    Identity.objects.bulk_create(faces)
    seen, query = [], {}
    while query is not None:
        page = as_bo.get("/contacts/", query).context
        seen += [one.contact.pk for one in page["people"]]
        query = {"before": page["page"].older} if page["page"].older else None
    assert len(seen) == len(set(seen)) == 120


def test_found_by_name_username_and_phone(as_bo, in_acme):
    page, number = factories.make_channel(), factories.make_channel("WHATSAPP", metadata={"waba_id": "7"})
    kim = person("Kim Kowalski", page, username="kim.k")
    lee = person("Lee", number, phone="4915112345678", external_id=None)
    Contact.objects.filter(pk=lee.pk).update(display_name="Lee from Ulm")
    for query, wanted in [
        ("kowal", [kim]), ("KIM ko", [kim]), ("@kim.", [kim]), ("+49 151", [lee]), ("from ulm", [lee]),
        ("lee kim", []), ("%", []), ("\0", [lee, kim]),
    ]:  # fmt: skip
        assert listed(as_bo, q=query) == wanted, query


def test_a_common_name_is_met_on_the_way_and_a_rare_one_found_by_the_index(as_bo, in_acme, monkeypatch):
    """Whichever of the two it is, page by page there and back, the people are the same."""
    monkeypatch.setattr("inbox.contacts.WALK", 60)
    channel, now = factories.make_channel(), timezone.now()
    many = [person(f"Ann {n}", channel, last_seen_at=now - timedelta(minutes=n)) for n in range(130)]
    rare = person("Zoe Ann", channel, last_seen_at=now - timedelta(days=1))
    assert listed(as_bo, q="zoe") == [rare]
    pages = [as_bo.get("/contacts/", {"q": "an"}).context]
    while older := pages[-1]["page"].older:
        pages.append(as_bo.get("/contacts/", {"q": "an", "before": older}).context)
    assert [one.contact for page in pages for one in page["people"]] == [*many, rare]
    back = as_bo.get("/contacts/", {"q": "an", "after": pages[1]["page"].newer}).context
    assert [one.contact for one in back["people"]] == [one.contact for one in pages[0]["people"]]


def test_looking_for_people_has_an_end(as_bo, bo, in_acme, agent_of, monkeypatch):
    found = person("Ann", factories.make_channel())
    with ExitStack() as others:
        for _ in range(search.AT_ONCE):
            others.enter_context(search.in_turn(agent_of(bo, in_acme)))
        refused = as_bo.get("/contacts/?q=ann")
        assert (refused.status_code, "Ann" in refused.text) == (200, False)
        assert "Your last searches are not done yet" in refused.text
        assert listed(as_bo) == [found]
    assert listed(as_bo, q="ann") == [found]
    monkeypatch.setattr(search, "LONGEST_MS", 50)
    monkeypatch.setattr("inbox.contacts.page_of", lambda *_, by: connection.cursor().execute("SELECT pg_sleep(5)"))
    assert "Too much to look through" in as_bo.get("/contacts/?q=ann").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"platform": "WHATSAPP"}, {"lee"}),
        ({"tag": "VIP"}, {"kim"}),
        ({"blocked": "yes"}, {"lee"}),
        ({"blocked": "no"}, {"kim"}),
        ({"opted": "yes"}, {"lee"}),
        ({"opted": "unknown"}, {"kim"}),
        ({"seen": "30"}, {"kim"}),
        ({"seen": "-90"}, {"lee"}),
        ({"seen": "nonsense", "platform": "PIGEON"}, {"kim", "lee"}),
    ],
)
def test_filters(as_bo, in_acme, query, found):
    page, number = factories.make_channel(), factories.make_channel("WHATSAPP", metadata={"waba_id": "7"})
    long_ago = timezone.now() - timedelta(days=200)
    kim, lee = person("Kim", page), person("Lee", number, opted_in=True, last_seen_at=long_ago)
    Contact.objects.filter(pk=kim.pk).update(tags=["VIP", "x"])
    Contact.objects.filter(pk=lee.pk).update(blocked=True)
    assert {str(contact).lower() for contact in listed(as_bo, **query)} == found


def test_the_list_asks_as_much_for_many_as_for_few(as_bo, in_acme):
    channel = factories.make_channel()
    factories.make_chat(channel)
    as_bo.get("/contacts/")
    with CaptureQueriesContext(connection) as few:
        as_bo.get("/contacts/")
    for _ in range(10):
        factories.make_chat(channel)
    with CaptureQueriesContext(connection) as many:
        as_bo.get("/contacts/")
    assert len(many) == len(few)


def test_who_was_merged_away_is_found_where_they_went(as_bo, contact, chat):
    gone = Contact.objects.create(display_name="Old", merged_into=contact)
    assert as_bo.get(f"/contacts/{gone.pk}/").context["person"].contact == contact
    assert Chat.objects.count() == 1
