"""A rule that deals among the people of a position that nobody holds: its pages say so."""

from django.db import connection

from agents.models import Agent, Position
from inbox.models import RoutingRule
from tests import factories
from tests.inbox.dealing import floor

__all__ = ["floor"]

SAID = "is <bdi>Night</bdi>: its chats wait until somebody is, or takes them by hand."


def test_it_is_said_until_somebody_holds_it(floor, client_for, bo, sam):
    agent, browser = factories.agent_of(bo, floor), client_for(sam, floor)
    connection.set_tenant(floor)
    night = Position.objects.create(name="Night", slug="night")
    made = RoutingRule.objects.create(name="Late", actions={"position": str(night.pk)})
    pages = ["/settings/routing/", f"/settings/routing/{made.pk}/"]
    assert [SAID in browser.get(page).text for page in pages] == [True, True]

    connection.set_tenant(floor)
    Agent.objects.filter(pk=agent.pk).update(position=night)

    found = [browser.get(page).text for page in pages]
    assert [("Late" in text, SAID in text) for text in found] == [(True, False)] * 2
