"""Two who change the rules at the same time: neither's change is lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django_tenants.utils import schema_context

from inbox.actions.routing_rules import move_rule
from inbox.models import RoutingRule
from tests import factories
from tests.conftest import on_own_connection, wait_for_who_waits_for_us


@pytest.mark.usefixtures("transactional_db")
def test_who_waits_for_another_to_move_a_rule_moves_it_in_the_order_of_then(in_acme, acme, ana):
    owner = factories.agent_of(ana, acme)
    connection.set_tenant(acme)
    first, _, third = [
        RoutingRule.objects.create(name=name, priority=place, actions={"priority": 1})
        for place, name in enumerate(("first", "second", "third"), start=1)
    ]

    def down():
        with schema_context(acme.schema_name):
            return move_rule(first, up=False, by=owner, workspace=acme)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            move_rule(third, up=True, by=owner, workspace=acme)
            attempt = pool.submit(on_own_connection, down)
            wait_for_who_waits_for_us()
        assert attempt.result(timeout=60) is True

    connection.set_tenant(acme)
    assert [rule.name for rule in RoutingRule.objects.all()] == ["third", "first", "second"]
