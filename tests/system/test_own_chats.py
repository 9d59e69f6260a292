"""Who sees their own chats alone, in a real browser: what a colleague takes leaves it, and they hear by whom."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from playwright.sync_api import expect

from tests.product import Product
from tests.system.conftest import sign_in

OF_BO = """
SELECT c.id, p.display_name FROM ws_acme.chats c JOIN ws_acme.identities i ON i.id = c.identity_id
JOIN ws_acme.contacts p ON p.id = i.contact_id JOIN ws_acme.agents a ON a.id = c.assigned_to_id
JOIN public.users u ON u.id = a.user_id
WHERE u.email = 'bo@acme.example' AND c.state = 'OPEN' AND p.display_name <> ''
ORDER BY c.last_message_at DESC LIMIT 1
"""


@pytest.fixture
def chat(product: Product) -> Iterator[tuple[str, str]]:
    """One of bo's; his position sees no others."""
    with psycopg.connect(product.database_url, autocommit=True) as connection:
        found: Any = connection.execute(OF_BO).fetchone()
        change = "UPDATE ws_acme.positions SET permissions = %s WHERE slug = 'agent'"
        connection.execute(change, ['["team.view"]'])
        yield str(found[0]), found[1]
        connection.execute(change, ['["messages.view", "team.view"]'])


def test_a_chat_that_is_taken_from_them_vanishes(person: Any, product: Product, chat: tuple[str, str]) -> None:
    pk, name = chat
    bo, sam = person(), person()
    for page, email, box in ((bo, "bo@acme.example", "mine"), (sam, "sam@acme.example", "all")):
        sign_in(page, product, email)
        page.goto(f"{product.workspace_url('acme')}/inbox/{box}/{pk}/")
        expect(page.locator("html")).to_have_attribute("data-live", "live")
    expect(bo.locator("#thread-head")).to_contain_text(name)

    sam.locator("#assignee-button").click()
    sam.locator("#act-take").click()

    expect(bo.get_by_text("This chat is no longer yours to see")).to_be_visible()
    expect(bo.locator(".toast")).to_contain_text(f"took the chat with {name}.")
    expect(bo.locator(f"#row-{pk}")).to_have_count(0)
    expect(bo.locator("main")).not_to_contain_text(name)
    assert pk not in bo.url
