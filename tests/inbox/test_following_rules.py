"""What a rule that fits does to a chat that begins: through the door, in the message's own transaction."""

from collections import Counter

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agents.models import Agent, Position
from inbox import turns
from inbox.actions import dealing
from inbox.actions.assigning import assign_chat
from inbox.actions.standing import close_chats
from inbox.models import Chat, ChatEvent, InboxRules, Label, Message, RoutingRule
from templates_app.actions.replies import save_reply
from templates_app.models import MessageTemplate
from tests import factories
from tests.inbox.dealing import customer_writes, floor, leave, make_agents, turns_of
from tests.webhooks import SECRET, START, connect, deliver, page, text
from workspaces.hours import DAYS
from workspaces.models import WorkspaceProfile

__all__ = ["floor"]

TABLES = ("routing_rules", "labels", "chat_labels", "chat_events", "contacts", "agents")


@pytest.fixture(autouse=True)
def platform_app(settings):
    settings.META_APP_SECRET = SECRET


@pytest.fixture
def shop(floor):
    channel = connect(floor)
    connection.set_tenant(floor)
    return channel


@pytest.fixture
def owner(floor, ana):
    agent = factories.agent_of(ana, floor)
    connection.set_tenant(floor)
    return agent


def rule(name="Refunds", *, when=None, **actions):
    return RoutingRule.objects.create(name=name, conditions=when or {}, actions=actions)


def reply(owner, workspace, content="We look into it, {{contact.first_name|there}}.", files=(), **over):
    template = MessageTemplate(name="Thanks", content=content, is_shared=True, created_by=owner, **over)
    save_reply(template, by=owner, workspace=workspace, files=files)
    return template


def held_by(chat):
    return Chat.objects.get(pk=chat.pk).assigned_to_id


def sent_to(chat):
    return list(Message.objects.filter(chat=chat, direction="OUT").order_by("id"))


def told(chat, kind):
    return [event.data for event in ChatEvent.objects.filter(chat=chat, kind=kind)]


def now_at(channel, words, customer="c1"):
    """Written a moment ago: within the time in which one may answer."""
    second = (timezone.now() - START).total_seconds() - 5
    deliver(page(channel, text(channel, words, customer=customer, second=second)))


def chat_of(workspace, customer="c1"):
    connection.set_tenant(workspace)
    return Chat.objects.get(identity__external_id=customer)


def test_the_first_that_fits_gives_the_chat_to_its_agent(floor, shop):
    first, second, third = make_agents(floor, 3)
    rule("Spanish", when={"languages": ["es"]}, agent=str(second.pk))
    rule("Refunds", when={"words": ["refund"]}, agent=str(third.pk))
    rule("Any refund", when={"words": ["refund"]}, agent=str(second.pk))

    asked, other = (customer_writes(floor, shop, name, words) for name, words in [("c1", "Refund!"), ("c2", "Hello")])

    (turn,) = turns_of(asked)
    assert (held_by(asked), turn["turn"]["by"], turn["turn"]["rule"]) == (third.pk, "rule", "Refunds")
    assert (held_by(other), "rule" in turns_of(other)[0]["turn"]) == (first.pk, False)


def test_where_that_agent_is_not_there_it_goes_on_in_turn_and_the_trace_says_so(floor, shop):
    first, second = make_agents(floor, 2)
    leave(floor, second)
    rule(agent=str(second.pk))

    chat = customer_writes(floor, shop, "c1")

    (turn,) = turns_of(chat)
    assert (held_by(chat), turn["turn"]["by"], turn["turn"]["rule"]) == (first.pk, "turn", "Refunds")
    assert [str(second.pk), second.name, "has no page open"] in turn["turn"]["passed"]


def test_among_a_position(floor, shop):
    first, second, third = make_agents(floor, 3)
    billing = Position.objects.create(name="Billing", slug="billing")
    Agent.objects.filter(pk__in=[second.pk, third.pk]).update(position=billing)
    rule(position=str(billing.pk))

    chats = [customer_writes(floor, shop, f"c{number}") for number in range(3)]

    assert [held_by(chat) for chat in chats] == [second.pk, third.pk, second.pk]
    assert {Chat.objects.get(pk=chat.pk).team_id for chat in chats} == {billing.pk}
    assert turns_of(chats[0])[0]["turn"]["pool"] == "Billing"
    assert first.pk not in {held_by(chat) for chat in chats}


def test_with_nobody_of_the_position_there_it_waits_for_them(floor, shop):
    make_agents(floor, 1)
    (later,) = make_agents(floor, 1)
    billing = Position.objects.create(name="Billing", slug="billing")
    Agent.objects.filter(pk=later.pk).update(position=billing)
    leave(floor, later)
    rule(position=str(billing.pk))

    chat = customer_writes(floor, shop, "c1")

    assert (held_by(chat), dealing.deal_waiting()) == (None, 0)


def test_what_is_over_is_no_longer_the_positions(floor, shop):
    first, second = make_agents(floor, 2)
    billing = Position.objects.create(name="Billing", slug="billing")
    Agent.objects.filter(pk=second.pk).update(position=billing)
    rule(when={"words": ["refund"]}, position=str(billing.pk))
    chat = customer_writes(floor, shop, "c1", "Refund")
    close_chats([chat], by=second)
    leave(floor, second)

    customer_writes(floor, shop, "c1", "Another thing", second=60)

    assert (held_by(chat), Chat.objects.get(pk=chat.pk).team_id) == (first.pk, None)


def test_a_rule_goes_before_who_had_it(floor, shop):
    first, second = make_agents(floor, 2)
    rule(when={"returning": True}, agent=str(second.pk))
    chat = customer_writes(floor, shop, "c1")
    assert held_by(chat) == first.pk
    close_chats([chat], by=first)

    customer_writes(floor, shop, "c1", "Again", second=60)

    last = turns_of(chat)[-1]
    assert (held_by(chat), last["why"]) == (second.pk, "Rule “Refunds”.")


def test_who_had_it_and_is_of_the_position_has_it_again(floor, shop):
    billing = Position.objects.create(name="Billing", slug="billing")
    first, second, other = make_agents(floor, 3)
    Agent.objects.filter(pk__in=[first.pk, second.pk]).update(position=billing)
    chats = [customer_writes(floor, shop, f"c{number}") for number in range(3)]
    close_chats(chats, by=first)
    rule(position=str(billing.pk))

    for number in range(3):
        customer_writes(floor, shop, f"c{number}", "Again", second=60)

    assert [held_by(chat) for chat in chats[:2]] == [first.pk, second.pk]
    assert held_by(chats[2]) in {first.pk, second.pk}
    assert held_by(chats[2]) != other.pk


def test_labels_and_priority_say_why(floor, shop):
    labels = [Label.objects.create(name=name) for name in ("Refund", "Money")]
    rule(labels=[str(label.pk) for label in labels], priority=2)

    chat = customer_writes(floor, shop, "c1")

    assert (Chat.objects.get(pk=chat.pk).priority, chat.labels.count()) == (2, 2)
    assert {data["label"]: data["why"] for data in told(chat, "LABELLED")} == dict.fromkeys(
        ("Refund", "Money"), "Rule “Refunds”"
    )
    assert [(data["from"], data["to"], data["why"]) for data in told(chat, "PRIORITY")] == [
        ("Normal", "Urgent", "Rule “Refunds”")
    ]


def test_only_when_a_chat_begins(floor, shop):
    label = Label.objects.create(name="Refund")
    chat = customer_writes(floor, shop, "c1")
    rule(labels=[str(label.pk)])

    customer_writes(floor, shop, "c1", "More", second=60)
    assert chat.labels.count() == 0

    close_chats([chat], by=None)
    customer_writes(floor, shop, "c1", "Again", second=120)
    assert chat.labels.count() == 1


def test_an_answer_once_for_each_beginning(floor, shop, owner):
    rule(reply=str(reply(owner, floor).pk))
    now_at(shop, "Where is my refund?")
    chat = chat_of(floor)
    now_at(shop, "Hello??")
    chat = chat_of(floor)

    (message,) = sent_to(chat)
    assert (message.sender, message.text, message.status) == ("BOT", "We look into it, there.", "QUEUED")
    chat.refresh_from_db()
    assert chat.waiting_since

    close_chats([chat], by=None)
    now_at(shop, "And again")
    chat_of(floor)
    assert len(sent_to(chat)) == 2


def test_its_answer_is_announced_in_its_own_workspace(floor, shop, owner, django_capture_on_commit_callbacks):
    """What comes in is committed outside of all workspaces."""
    rule(reply=str(reply(owner, floor).pk))
    with django_capture_on_commit_callbacks(execute=True):
        now_at(shop, "Where is my refund?")
        connection.set_schema_to_public()

    chat = chat_of(floor)
    announced = []
    while waiting := turns.take("send").chat_id:
        announced.append(waiting)
    assert chat.pk in announced


def test_an_answer_with_its_file(floor, shop, owner):
    rule(reply=str(reply(owner, floor, content="Here", files=[ContentFile(b"Prices", "prices.txt")]).pk))

    now_at(shop, "Prices?")

    chat = chat_of(floor)
    names = [message.attachments.get().name for message in sent_to(chat) if message.attachments.exists()]
    assert (names, sent_to(chat)[0].text) == (["prices.txt"], "Here")


def test_what_may_not_be_said_is_left_out_and_the_message_is_there(floor, shop, owner, caplog):
    label = Label.objects.create(name="Refund")
    made = rule(reply=str(reply(owner, floor).pk), labels=[str(label.pk)])
    caplog.set_level("INFO")
    old = -8 * 24 * 3600

    deliver(page(shop, text(shop, "Long ago", customer="c1", second=old)))

    chat = chat_of(floor)
    assert (chat.messages.count(), sent_to(chat), chat.labels.count()) == (1, [], 1)
    assert f"gets no answer by rule {made.pk}" in caplog.text


def test_an_answer_that_breaks_undoes_nothing_else(floor, shop, owner, caplog):
    """A file from outside the store is no OSError."""
    label = Label.objects.create(name="Refund")
    broken = reply(owner, floor, content="Here", files=[ContentFile(b"Prices", "prices.txt")])
    broken.assets.update(file="../../prices.txt")
    made = rule(reply=str(broken.pk), labels=[str(label.pk)])
    (agent,) = make_agents(floor, 1)

    now_at(shop, "Prices?")

    chat = chat_of(floor)
    assert (chat.messages.count(), sent_to(chat), chat.labels.count(), held_by(chat)) == (1, [], 1, agent.pk)
    assert f"gets no answer by rule {made.pk}" in caplog.text


def test_an_answer_of_another_platform_is_left_out(floor, shop, owner):
    rule(reply=str(reply(owner, floor, platform="WHATSAPP").pk))

    now_at(shop, "Hello")

    chat = chat_of(floor)
    assert (chat.messages.count(), sent_to(chat)) == (1, [])


def test_blocked_people_get_nothing(floor, shop, owner):
    chat = customer_writes(floor, shop, "c1")
    close_chats([chat], by=None)
    chat.identity.contact.blocked = True
    chat.identity.contact.save()
    label = Label.objects.create(name="Refund")
    rule(reply=str(reply(owner, floor).pk), labels=[str(label.pk)])

    now_at(shop, "Hello")

    assert (sent_to(chat), chat.labels.count()) == ([], 0)


def test_what_is_gone_is_left_out_and_the_rest_is_done(floor, shop):
    first, second = make_agents(floor, 2)
    gone, kept = (Label.objects.create(name=name) for name in ("Gone", "Kept"))
    Agent.objects.filter(pk=second.pk).update(is_active=False)
    nobody = "00000000-0000-7000-8000-000000000000"
    rule(labels=[str(gone.pk), str(kept.pk)], agent=str(second.pk), position=nobody, reply=nobody, priority=1)
    gone.delete()

    chat = customer_writes(floor, shop, "c1")

    assert [label.name for label in chat.labels.all()] == ["Kept"]
    assert (held_by(chat), Chat.objects.get(pk=chat.pk).priority) == (first.pk, 1)


def test_tags_language_and_hours_are_looked_up(floor, shop):
    label = Label.objects.create(name="Seen")
    when = {"tags": ["VIP"], "languages": ["de"], "hours": "outside", "channels": [str(shop.pk)]}
    rule(when=when, labels=[str(label.pk)])
    chat = customer_writes(floor, shop, "c1")
    contact, identity = chat.identity.contact, chat.identity
    contact.tags, identity.locale = ["vip"], "de_DE"
    contact.save()
    identity.save()
    hours = {day: [["00:00", "00:00"]] for day in DAYS}
    for kept, number in ((hours, 0), ({"mon": [["00:00", "00:01"]]}, 1)):
        WorkspaceProfile.objects.filter(workspace=floor).update(business_hours=kept)
        close_chats([chat], by=None)
        customer_writes(floor, shop, "c1", "Hello, where is it", second=60 + number)
        assert chat.labels.count() == number


def test_by_hand_a_rule_still_gives(floor, shop):
    InboxRules.objects.create(strategy="BY_HAND")
    _, second = make_agents(floor, 2)
    rule(when={"words": ["refund"]}, agent=str(second.pk))

    given, waiting = customer_writes(floor, shop, "c1", "Refund"), customer_writes(floor, shop, "c2")

    assert (held_by(given), held_by(waiting)) == (second.pk, None)


def test_an_open_chat_of_nobody_is_dealt_without_rules(floor, shop):
    first, second = make_agents(floor, 2)
    chat = customer_writes(floor, shop, "c1")
    assign_chat(chat, None, by=first)
    rule(agent=str(first.pk))

    customer_writes(floor, shop, "c1", "Anybody?", second=60)

    assert (held_by(chat), "rule" in turns_of(chat)[-1]["turn"]) == (second.pk, False)


def test_rules_are_asked_for_once_however_many_chats_begin(floor, shop):
    make_agents(floor, 1)
    label = Label.objects.create(name="Refund")

    def queries(prefix, number):
        with CaptureQueriesContext(connection) as found:
            deliver(page(shop, *[text(shop, "Refund", customer=f"{prefix}{one}") for one in range(number)]))
        connection.set_tenant(floor)
        return Counter(table for query in found for table in TABLES if f'"{table}"' in query["sql"])

    assert queries("a", 5)["routing_rules"] == 1
    rule(when={"words": ["refund"], "tags": ["none"]}, labels=[str(label.pk)])
    rule("Another", when={"words": ["refund"]}, labels=[str(label.pk)])
    few, many = queries("b", 2), queries("c", 20)
    assert (few["routing_rules"], few) == (1, many)
