"""Devices are told while nobody looks: read off a push service, decrypted as the browser would."""

import base64
import json
import uuid

import redis
from django.conf import settings as django_settings
from django.utils import timezone
from py_vapid import Vapid

from inbox.actions import notifying
from inbox.actions.assigning import assign_chat, assign_chats
from inbox.actions.handing import hand_over_chats
from inbox.actions.noting import write_note
from inbox.attention import note_attention
from inbox.models import Chat
from pages.webhooks.digesting import digest_deliveries
from tests import factories
from tests.inbox.push_office import (
    agent_in,
    happens,
    office,
    own_chat,
    platform_app,
    prefer,
    service,
    subscribed,
    writes,
)
from tests.webhooks import START, deliver, page, post, text
from workspaces.models import WebPushKey
from workspaces.valkey import valkey

__all__ = ["happens", "office", "platform_app", "service", "subscribed"]


def test_a_message_in_my_chat_comes_encrypted_signed_and_leads_to_it(office, acme, bo, subscribed, happens, service):
    browser, chat = subscribed(bo), own_chat(office, agent_in(acme, bo))
    assert happens(writes, office, "Is the blue\n one in stock?") == ["inbox.tasks.notify"]
    (told,) = service.told(browser)
    assert told == {
        "title": "Rosa Marín",
        "body": "Is the blue one in stock?",
        "dir": "ltr",
        "url": f"/inbox/mine/{chat.pk}/",
        "tag": chat.pk.hex,
        "always": False,
    }
    (pushed,) = service.pushed
    assert b"stock" not in pushed.body
    assert {name: pushed.headers[name] for name in ("Content-Encoding", "TTL", "Topic", "Urgency")} == {
        "Content-Encoding": "aes128gcm",
        "TTL": "14400",
        "Topic": chat.pk.hex,
        "Urgency": "high",
    }
    browser.row.refresh_from_db()
    assert browser.row.last_used_at


def test_the_signature_is_ours_and_says_for_whom_it_is(office, acme, bo, subscribed, happens, service):
    subscribed(bo)
    own_chat(office, agent_in(acme, bo))
    happens(writes, office)
    said = service.pushed[0].headers["Authorization"]
    assert Vapid.verify(said)
    parts = dict(part.split("=", 1) for part in said.removeprefix("vapid ").split(","))
    claims = json.loads(base64.urlsafe_b64decode(parts["t"].split(".")[1] + "=="))
    assert parts["k"] == WebPushKey.objects.current().public_key
    assert (claims["aud"], claims["sub"]) == (service.url, f"mailto:hello@{django_settings.BASE_DOMAIN}")
    assert timezone.now().timestamp() < claims["exp"] < timezone.now().timestamp() + 24 * 3600


def test_the_longest_and_the_other_way_round(office, acme, bo, subscribed, happens, service):
    browser = subscribed(bo)
    own_chat(office, agent_in(acme, bo))
    happens(writes, office, "שלום " * 2000)
    (told,) = service.told(browser)
    assert (told["dir"], len(told["body"]), told["body"][-1]) == ("rtl", 160, "…")
    assert len(service.pushed[0].body) < 3000


def test_without_words_if_so_preferred(office, acme, bo, subscribed, happens, service):
    prefer(bo, notices_show_words=False)
    browser = subscribed(bo)
    own_chat(office, agent_in(acme, bo))
    happens(writes, office, "My card number is 4000")
    (told,) = service.told(browser)
    assert (told["title"], told["body"]) == ("New message", f"From Rosa Marín on {office.name}")


def test_a_chat_of_nobody_is_told_to_who_reads_all_and_wants_it(
    office, acme, ana, bo, sam, subscribed, happens, service
):
    factories.seeing_own_chats_alone(agent_in(acme, bo))
    prefer(sam, told_of_unassigned=False)
    browsers = {user.first_name: subscribed(user, user.first_name) for user in (ana, bo, sam)}
    happens(writes, office)
    assert {name: len(service.told(browser)) for name, browser in browsers.items()} == {"Ana": 1, "Bo": 0, "Sam": 0}


def test_whose_chat_a_colleague_takes_is_told_and_whom_the_turn_takes_it_from_is_not(
    office, acme, ana, bo, subscribed, happens, service
):
    browser, agent, colleague = subscribed(bo), agent_in(acme, bo), agent_in(acme, ana)
    chat = own_chat(office, agent)
    happens(lambda: assign_chat(chat, colleague, by=None))
    assert service.told(browser) == []
    happens(lambda: assign_chat(chat, agent, by=agent))
    happens(lambda: assign_chat(chat, colleague, by=colleague))
    (told,) = service.told(browser)
    assert (told["body"], told["url"]) == (f"{colleague.name} took this chat.", f"/inbox/all/{chat.pk}/")


def test_who_sees_their_own_alone_is_led_to_the_inbox(office, acme, ana, bo, subscribed, happens, service):
    browser, agent, colleague = subscribed(bo), agent_in(acme, bo), agent_in(acme, ana)
    own_chat(office, factories.seeing_own_chats_alone(agent))
    happens(lambda: hand_over_chats(agent, None, by=colleague, workspace=acme))
    (told,) = service.told(browser)
    assert (told["body"], told["url"]) == (f"{colleague.name} put this chat back for anybody.", "/inbox/")


def test_another_agents_chat_is_not_told(office, acme, ana, bo, subscribed, happens, service):
    subscribed(ana)
    own_chat(office, agent_in(acme, bo))
    happens(writes, office)
    assert service.pushed == []


def test_nobody_is_told_whose_preference_is_silence(office, acme, bo, subscribed, happens, service):
    prefer(bo, push_notifications=False)
    subscribed(bo)
    own_chat(office, agent_in(acme, bo))
    happens(writes, office)
    assert service.pushed == []


def test_who_looks_at_the_inbox_is_told_nothing(office, acme, bo, subscribed, happens, service):
    browser, agent = subscribed(bo), agent_in(acme, bo)
    own_chat(office, agent)
    one, other = uuid.uuid4(), uuid.uuid4()
    note_attention(acme.schema_name, agent, one, looks=True)
    note_attention(acme.schema_name, agent, other, looks=True)
    note_attention(acme.schema_name, agent, other, looks=False)
    happens(writes, office, "while they look")
    note_attention(acme.schema_name, agent, one, looks=False)
    happens(writes, office, "while they do not")
    assert [told["body"] for told in service.told(browser)] == ["while they do not"]


def test_what_is_old_blocked_or_closed_is_not_told(office, acme, bo, subscribed, happens, service):
    subscribed(bo)
    agent = agent_in(acme, bo)
    own_chat(office, agent)
    happens(writes, office, "an hour and more ago", ago=3700)
    chat = own_chat(office, agent, "7002", state=Chat.State.CLOSED)
    chat.identity.contact.blocked = True
    chat.identity.contact.save()
    happens(writes, office, "from who is blocked", customer="7002")
    assert service.pushed == []


def test_a_batch_is_one_task_and_of_many_chats_one_notice(office, acme, bo, subscribed, happens, service):
    browser, agent = subscribed(bo), agent_in(acme, bo)
    for number in range(5):
        own_chat(office, agent, f"800{number}")
    second = timezone.now().timestamp() - START.timestamp()

    def all_write():
        for number in range(5):
            post(page(office, text(office, f"Hello {number}", customer=f"800{number}", second=second)))
        digest_deliveries()

    assert happens(all_write) == ["inbox.tasks.notify"]
    assert [(told["title"], told["url"], told["tag"]) for told in service.told(browser)] == [
        ("News in 5 chats", "/inbox/", "many")
    ]


def test_of_one_chat_the_latest_is_told(office, acme, bo, subscribed, happens, service):
    browser = subscribed(bo)
    own_chat(office, agent_in(acme, bo))
    second = timezone.now().timestamp() - START.timestamp()
    words = [text(office, f"Word {number}", second=second + number) for number in range(3)]
    happens(deliver, page(office, *words))
    assert [told["body"] for told in service.told(browser)] == ["Word 2"]


def test_nobody_is_told_without_end(office, acme, bo, subscribed, happens, service, monkeypatch):
    monkeypatch.setattr(notifying, "MOST_A_MINUTE", 2)
    browser = subscribed(bo)
    own_chat(office, agent_in(acme, bo))
    for number in range(5):
        happens(writes, office, f"Word {number}")
    assert [told["title"] for told in service.told(browser)] == ["Rosa Marín", "Rosa Marín", "Many new messages"]


def test_what_is_counted_is_forgotten_again_wherever_valkey_fails(
    office, acme, bo, subscribed, happens, service, monkeypatch
):
    subscribed(bo)
    own_chat(office, agent_in(acme, bo))

    def times_out(*_, **__):
        raise redis.TimeoutError

    monkeypatch.setattr(redis.Redis, "expire", times_out)
    happens(writes, office)
    counted = list(valkey().scan_iter(f"{acme.schema_name}:push:told:*"))
    assert [0 < valkey().ttl(key) <= 60 for key in counted] == [True]


def test_a_chat_that_is_given_to_me(office, acme, ana, bo, subscribed, happens, service):
    browsers = {user.first_name: subscribed(user, user.first_name) for user in (ana, bo)}
    chat = own_chat(office, None)
    happens(assign_chat, chat, agent_in(acme, bo), by=agent_in(acme, ana))
    happens(assign_chat, chat, agent_in(acme, ana), by=agent_in(acme, ana))
    assert service.told(browsers["Ana"]) == []
    given, taken = service.told(browsers["Bo"])
    assert (given["title"], given["body"]) == ("Rosa Marín", "Ana Alvarez gave you this chat.")
    assert (taken["title"], taken["body"]) == ("Rosa Marín", "Ana Alvarez took this chat.")


def test_many_chats_that_are_given_are_told_in_one(office, acme, ana, bo, subscribed, happens, service):
    browser = subscribed(bo)
    chats = [own_chat(office, None, f"800{number}") for number in range(6)]
    assert happens(assign_chats, chats, agent_in(acme, bo), by=agent_in(acme, ana)) == ["inbox.tasks.notify"]
    assert [told["title"] for told in service.told(browser)] == ["News in 6 chats"]


def test_a_mention(office, acme, ana, bo, subscribed, happens, service):
    browser, chat, agent = subscribed(bo), own_chat(office, None), agent_in(acme, bo)
    note = {"text": f"@[Bo Lindqvist]({agent.pk}) please call her", "client_id": uuid.uuid4()}
    happens(write_note, chat, by=agent_in(acme, ana), **note)
    (told,) = service.told(browser)
    assert (told["title"], told["body"]) == ("Ana Alvarez mentioned you: Rosa Marín", "@Bo Lindqvist please call her")
    assert told["url"] == f"/inbox/all/{chat.pk}/"
