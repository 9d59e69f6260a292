"""Who may see only their own chats sees no other anywhere: two agents of such a position, a chat dealt to each.

Each page and each door is asked from outside for what gives the other's chat away: a mark in all its words, its ids.
"""

import re
import uuid

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.urls import reverse
from django_tenants.utils import schema_context

from agents.models import Agent, Position
from agents.realtime.screens import Screen
from agents.realtime.tokens import Viewer
from inbox.actions.assigning import assign_chat
from inbox.actions.handing import hand_over_chats
from inbox.actions.labelling import add_label
from inbox.actions.noting import write_note
from inbox.models import Attachment, Chat, ChatEvent, Contact, Label, Message, SavedView
from tests import factories
from tests.inbox.dealing import arrive, leave
from tests.inbox.test_live import Told
from tests.webhooks import SECRET, connect, deliver, page, text

# In all words of the other's chat; the second is never asked for.
SOUGHT, MARK = "Xanthe", "Qzvak"
HX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def platform_app(settings):
    settings.META_APP_SECRET = SECRET


class Two:
    """bo and eve hold the position; each was dealt a chat. What is eve's has the mark in all its words."""

    def __init__(self, acme, bo, client_for):
        self.acme = acme
        self.bo = self.agent(bo)
        self.eve = self.agent(
            factories.make_member(acme, factories.make_user(first_name="Eve", last_name="Eager")).user
        )
        own = Position.objects.create(name="Own chats", slug="own-chats", permissions=["team.view"])
        Agent.objects.filter(pk__in=[self.bo.pk, self.eve.pk]).update(position=own)
        self.bo, self.eve = (Agent.objects.with_person().get(pk=one.pk) for one in (self.bo, self.eve))
        Agent.objects.exclude(position=own).update(can_receive_new_chats=False)
        self.shop = connect(acme)
        connection.set_tenant(acme)
        self.mine = self.dealt(self.bo, "mine", "Rosa Marin", "Hello from Rosa")
        self.theirs = self.dealt(self.eve, "theirs", f"Kim {SOUGHT} {MARK}", f"Word {SOUGHT} {MARK}")
        self.client = client_for(bo, acme)
        connection.set_tenant(acme)
        self.furnish()

    def agent(self, user):
        found = factories.agent_of(user, self.acme)
        connection.set_tenant(self.acme)
        return found

    def dealt(self, to, customer, name, words):
        """Nobody else is here."""
        leave(self.acme, self.bo, self.eve)
        arrive(self.acme, to)
        deliver(page(self.shop, text(self.shop, words, customer=customer)))
        connection.set_tenant(self.acme)
        chat = Chat.objects.select_related("identity__contact").get(identity__external_id=customer)
        assert chat.assigned_to_id == to.pk
        Contact.objects.filter(pk=chat.identity.contact_id).update(display_name=name, tags=[f"{name}-tag"])
        type(chat.identity).objects.filter(pk=chat.identity_id).update(name=name, username=name.replace(" ", ""))
        return Chat.objects.select_related("identity__contact").get(pk=chat.pk)

    def furnish(self):
        """All that can hang on a chat."""
        message = Message.objects.get(chat=self.theirs)
        file = ContentFile(b"x", name=f"{MARK}.txt")
        self.attachment = Attachment.objects.create(
            message=message, kind="FILE", state="STORED", name=f"{MARK}.txt", mime_type="text/plain", file=file
        )
        self.message = message
        self.label = Label.objects.create(name="Both", colour="grey")
        add_label([self.mine, self.theirs], self.label, by=None)
        write_note(self.theirs, by=self.eve, text=f"Note {SOUGHT} {MARK} @[Bo]({self.bo.pk})", client_id=uuid.uuid4())
        self.view = SavedView.objects.create(name="Of Eve", owner=self.eve, is_shared=True, filters={"state": "ANY"})

    def texts(self, answer):
        return f"{answer.headers} {answer.content.decode() if not answer.streaming else ''}"

    def gives_away(self, answer):
        said = self.texts(answer)
        return [sign for sign in (MARK, str(self.theirs.pk), str(self.theirs.identity_id)) if sign in said]


@pytest.fixture
def two(acme, bo, client_for):
    return Two(acme, bo, client_for)


def boxes(two):
    standing = ["mine", "unassigned", "all", "mentions", "snoozed", "closed"]
    return [*standing, f"channel-{two.shop.pk}", f"label-{two.label.pk}", f"view-{two.view.pk}"]


def test_no_list_shows_it(two):
    for box in boxes(two):
        for query in ("", "?state=ANY", f"?assignee={two.eve.pk}", f"?q={SOUGHT}", "?sort=oldest", "?mentions=1"):
            for rest in ("", "rows/"):
                answer = two.client.get(f"/inbox/{box}/{rest}{query}")
                assert answer.status_code == 200
                assert two.gives_away(answer) == [], (box, rest, query)
        asked = f"?ids={two.theirs.pk},{two.mine.pk}"
        changed = two.client.get(f"/inbox/{box}/rows/{asked}").content.decode()
        assert f'data-gone="row-{two.theirs.pk}" data-unseen>No longer in this list<' in changed
        assert MARK not in changed


def test_their_own_is_there(two):
    for box in ("mine", "all", f"channel-{two.shop.pk}", f"label-{two.label.pk}", f"view-{two.view.pk}"):
        assert "Rosa Marin" in two.client.get(f"/inbox/{box}/").content.decode(), box


def test_no_number_counts_it(two):
    counts = two.client.get("/inbox/counts/").content.decode()
    numbers = dict(re.findall(r'<data value="([^"]+)">([^<]*)</data>', counts))
    ones = {"mine", "all", "unread", f"channel-{two.shop.pk}", f"label-{two.label.pk}", f"view-{two.view.pk}"}
    assert {key: number for key, number in numbers.items() if number} == dict.fromkeys(ones, "1")


def of_the_chat(two):
    """Each address that has a chat, a message, a file or a person of theirs in it."""
    chat, message, contact = two.theirs.pk, two.message.pk, two.theirs.identity.contact_id
    names = ["messages", "head", "reading", "assignment", "state", "snooze", "labels", "priority", "notes", "draft"]
    names += ["composer", "typing", "colleagues", "uploads", "scheduled", "presence", "panel"]
    found = [reverse(f"inbox:{name}", args=[chat]) for name in names]
    found += [f"/inbox/{box}/{chat}/" for box in boxes(two)]
    found += [f"/messages/{message}/reaction/", f"/messages/{message}/retry/", f"/files/{two.attachment.pk}/"]
    found += [f"/contacts/{contact}/{rest}" for rest in ("", "name/", "tags/", "attributes/", "notes/")]
    return [*found, f"/pictures/{two.theirs.identity_id}/"]


SENT = {"to": "CLOSED", "when": "tomorrow", "on": "1", "reply": "Hi", "note": "Hi", "what": "viewing", "name": "Hi"}


def test_no_address_leads_to_it(two):
    def state():
        with schema_context(two.acme.schema_name):
            chat = Chat.objects.get(pk=two.theirs.pk)
            return chat.state, chat.assigned_to_id, chat.messages.count(), chat.events.count()

    before = state()
    for address in of_the_chat(two):
        for headers in ({}, HX):
            for answer in (two.client.get(address, headers=headers), two.client.post(address, SENT, headers=headers)):
                assert answer.status_code in {404, 405}, address
                assert MARK not in two.texts(answer), address
    assert state() == before


def test_no_search_finds_it(two):
    for words in (SOUGHT, "Word", "Kim", "Note", "from:customer", f"from:{SOUGHT}", "has:file", "label:Both", "Xa"):
        answer = two.client.get("/search/", {"q": words})
        assert answer.status_code == 200
        assert two.gives_away(answer) == [], words
    found = two.client.get("/search/", {"q": "Rosa"}).content.decode()
    assert str(two.mine.pk) in found


def test_no_page_of_people_shows_them(two):
    listed = two.client.get("/contacts/")
    assert "Rosa Marin" in listed.content.decode()
    assert two.gives_away(listed) == []
    for query in (f"?q={SOUGHT}", "?seen=7"):
        assert two.gives_away(two.client.get(f"/contacts/{query}")) == []
    tags = two.client.get("/contacts/tags/").content.decode()
    assert ("Rosa Marin-tag" in tags, MARK in tags) == (True, False)


def test_nothing_done_to_many_reaches_it(two):
    for do in ("close", "read", "assign:me", "assign:turn", f"label:{two.label.pk}", "snooze:tomorrow"):
        answer = two.client.post("/inbox/all/bulk/", {"do": do, "ids": str(two.theirs.pk)}, headers=HX)
        assert "Nothing to change" in answer.content.decode(), do
    with schema_context(two.acme.schema_name):
        assert Chat.objects.get(pk=two.theirs.pk).assigned_to_id == two.eve.pk


def test_what_was_undone_reaches_no_further(two):
    """A deed that was theirs to do, of a chat that is another's by now."""
    answer = two.client.post("/inbox/all/bulk/", {"do": "close", "ids": str(two.mine.pk)}, headers=HX)
    deed = answer.content.decode().partition('name="deed" value="')[2].partition('"')[0]
    with schema_context(two.acme.schema_name):
        assign_chat(two.mine, two.eve, by=None)
    said = two.client.post("/inbox/undo/", {"deed": deed}, headers=HX).content.decode()
    assert "Nothing is undone: it has been changed since." in said
    with schema_context(two.acme.schema_name):
        assert Chat.objects.get(pk=two.mine.pk).state == Chat.State.CLOSED


def test_no_sound_no_menu_and_no_number_of_colleagues(two):
    told = two.client.get(f"/notices/?ids={two.message.pk}&lost=").json()
    assert told == {"lost": []}
    assert two.client.get(f"/notices/?ids={two.message.pk}").json() == {"for_you": False}
    assert two.client.get(f"/notices/?lost={two.theirs.pk}").json() == {"lost": []}
    assert two.gives_away(two.client.get("/inbox/furniture/?box=all")) == []
    for address in (f"/chats/{two.mine.pk}/assignment/", "/inbox/hand-over/"):
        shown = two.client.get(address).content.decode()
        assert "Eve Eager" in shown
        assert re.findall(r"__aside\">[^<]*\d[^<]*<", shown) == []
        assert two.gives_away(two.client.get(address)) == []


def test_hand_over_and_fairness_are_about_themselves(two):
    assert two.client.get(f"/inbox/hand-over/{two.eve.pk}/").status_code == 403
    assert two.client.post(f"/inbox/hand-over/{two.eve.pk}/", {"to": "turn", "sure": "1"}).status_code == 403
    assert two.client.get("/team/fairness/").status_code == 403
    assert two.client.get("/inbox/hand-over/").content.decode().count("You have 1 open chat.") == 1
    done = two.client.post("/inbox/hand-over/", {"to": str(two.eve.pk), "sure": "1"}, follow=True)
    assert "1 chat handed over to Eve Eager." in done.content.decode()
    assert two.client.get(f"/inbox/mine/{two.mine.pk}/").status_code == 404


def test_who_manages_the_team_does_not_help_themselves_to_it(two):
    Position.objects.filter(slug="own-chats").update(permissions=["team.view", "team.manage"])
    handed = two.client.post(f"/inbox/hand-over/{two.eve.pk}/", {"to": str(two.bo.pk), "sure": "1"})
    sent_off = two.client.post(f"/going-off/{two.eve.pk}/", {"chats": "hand", "to": f"agent:{two.bo.pk}"})
    assert (handed.status_code, sent_off.status_code) == (403, 403)
    assert two.client.get(f"/inbox/all/{two.theirs.pk}/").status_code == 404
    connection.set_tenant(two.acme)
    assert Chat.objects.get(pk=two.theirs.pk).assigned_to_id == two.eve.pk


def test_a_trace_tells_them_no_numbers_of_others(two):
    passed = [[str(two.eve.pk), "Eve Eager", "has 7 of 7 chats"]]
    with schema_context(two.acme.schema_name):
        event = ChatEvent.objects.filter(chat=two.mine, kind="ASSIGNED").get()
        event.data["turn"]["passed"] = passed
        event.save()
    shown = two.client.get(f"/inbox/mine/{two.mine.pk}/").content.decode()
    assert "has as many chats as are dealt to them" in shown
    assert "has 7 of 7" not in shown


# What is told live.


@pytest.fixture
def told(transactional_db, acme):
    listening = Told(acme.schema_name)
    yield listening
    listening.close()


def heard_by(agent, changes, acme, *, reads_all=False):
    screen = Screen(Viewer(acme.schema_name, str(agent.pk), str(agent.user_id), reads_all, 0))
    return [(change["name"], change["data"].get("chat")) for change in changes if screen.concerns(change)]


def test_the_stream_tells_each_of_their_own(transactional_db, told, two):
    told.all()
    for customer in ("mine", "theirs"):
        deliver(page(two.shop, text(two.shop, "Again", customer=customer, second=50)))
    connection.set_tenant(two.acme)
    changes = told.all()
    assert {chat for _, chat in heard_by(two.bo, changes, two.acme)} == {str(two.mine.pk)}
    assert {chat for _, chat in heard_by(two.eve, changes, two.acme)} == {str(two.theirs.pk)}


TAKEN = {
    "taken": lambda two: assign_chat(two.mine, two.eve, by=two.eve),
    "handed over by a supervisor": lambda two: hand_over_chats(
        two.bo, two.eve, by=two.boss, workspace=two.acme, note="Bye"
    ),
    "back to the turn": lambda two: hand_over_chats(two.bo, None, by=two.boss, workspace=two.acme),
}


@pytest.mark.parametrize("act", TAKEN.values(), ids=TAKEN)
def test_who_loses_it_hears_so_once_and_then_nothing(transactional_db, told, two, sam, act):
    two.boss = two.agent(sam)
    # As it would be for who takes it from another's hands.
    Agent.objects.filter(pk=two.eve.pk).update(position=Position.objects.get(slug="agent"))
    two.eve = Agent.objects.with_person().get(pk=two.eve.pk)
    arrive(two.acme, two.eve)
    told.all()

    act(two)

    changes = told.all()
    chat = str(two.mine.pk)
    heard = heard_by(two.bo, changes, two.acme)
    assert sorted(set(heard)) == [("chat", chat), ("lost", chat)]
    assert ("lost", chat) not in heard_by(two.eve, changes, two.acme, reads_all=True)
    words = two.client.get(f"/notices/?lost={chat}").json()["lost"]
    assert len(words) == 1
    assert "the chat with Rosa Marin" in words[0]
    assert two.client.get(f"/chats/{chat}/head/").status_code == 404
    connection.set_tenant(two.acme)
    deliver(page(two.shop, text(two.shop, "After", customer="mine", second=99)))
    connection.set_tenant(two.acme)
    assert heard_by(two.bo, told.all(), two.acme) == []


def test_who_gives_it_away_is_not_told_what_they_know(transactional_db, told, two):
    told.all()
    assign_chat(two.mine, two.eve, by=two.bo)
    assert [name for name, _ in heard_by(two.bo, told.all(), two.acme)] == ["chat"]
