"""Chats that are dealt while something else is done to them, or to whom they are dealt."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection, transaction
from django_tenants.utils import schema_context

from agents.actions.agents import set_availability
from inbox.actions.dealing import deal_due
from inbox.models import Chat, InboxRules
from tests import factories
from tests.conftest import on_own_connection, wait_for_who_waits_for_us
from tests.inbox.dealing import floor, make_agents

__all__ = ["floor"]


def test_who_comes_back_while_their_chats_are_about_to_be_dealt_again_keeps_them(transactional_db, floor):
    gone, _ = make_agents(floor, 2)
    chat = factories.make_chat(factories.make_channel(), assigned_to=gone)
    InboxRules.objects.create(reassign_after=0)
    set_availability(gone, "OFF", by=gone, workspace=floor)

    def by_the_clock():
        with schema_context(floor.schema_name):
            return deal_due()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Chat.objects.select_for_update().get(pk=chat.pk)
            attempt = pool.submit(on_own_connection, by_the_clock)
            wait_for_who_waits_for_us()
            set_availability(gone, "ONLINE", by=gone, workspace=floor)
        assert attempt.result(timeout=60) == 0

    connection.set_tenant(floor)
    assert Chat.objects.get(pk=chat.pk).assigned_to_id == gone.pk
