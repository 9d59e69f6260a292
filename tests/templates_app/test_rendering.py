"""Variables in prepared texts: a word for a name, and nothing is ever executed."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates_app.rendering import VARIABLES, example_values, is_broken, render, unknown_in, values_of
from tests.factories import agent_of

# The browser's own rendering is held to the same (tests/system/test_replies.py).
CASES = json.loads(Path(__file__).with_name("rendering.json").read_text())
VALUES = {
    "contact.first_name": "Rosa",
    "contact.name": "Rosa Martín",
    "agent.first_name": "Bo",
    "agent.name": "Bo Lindqvist",
    "workspace.name": "Acme",
    "channel.name": "Main shop",
}


def values_for(case):
    nobody = {"contact.first_name": "", "contact.name": ""} if case.get("nameless") else {}
    return {**VALUES, **nobody, **case.get("values", {})}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:30])
def test_case(case):
    assert render(case["text"], values_for(case)) == case["rendered"]
    assert unknown_in(case["text"]) == case.get("unknown", [])


def test_the_values_of_the_cases_are_all_there_are():
    assert set(VALUES) == set(VARIABLES)


@given(st.text(alphabet="{}|. acotn\\$&\n"), st.text())
def test_any_text_is_rendered_and_a_value_is_never_read_for_variables(text, value):
    values = dict.fromkeys(VARIABLES, value)
    rendered = render(text + "{{contact.name}}", values)
    assert rendered.endswith(value)
    assert render("{{contact.name}}", {"contact.name": "{{agent.name}}", "agent.name": "x"}) == "{{agent.name}}"


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("Hi {{contact.name}}", False),
        ("Hi {contact.name}", False),
        ("Hi {{contact.name}", True),
        ("Hi {{contact.name", True),
        ("Hi contact.name}}", True),
        ("{{ {{contact.name}} }}", True),
        ("a { b } c", False),
    ],
)
def test_braces_that_do_not_close(text, broken):
    assert is_broken(text) is broken


@pytest.mark.django_db
class TestValues:
    def test_of_a_chat(self, bo, acme):
        values = values_of(agent_of(bo, acme), acme, contact_name="Rosa María Vega", channel_name="Main shop")
        assert values == {
            "contact.first_name": "Rosa",
            "contact.name": "Rosa María Vega",
            "agent.first_name": "Bo",
            "agent.name": "Bo Lindqvist",
            "workspace.name": "Acme Outfitters",
            "channel.name": "Main shop",
        }

    def test_a_first_name_that_is_known_counts(self, bo, acme):
        values = values_of(agent_of(bo, acme), acme, contact_name="Rosa María Vega", contact_first_name="Rosa María")
        assert values["contact.first_name"] == "Rosa María"

    def test_of_nobody(self, bo, acme):
        values = values_of(agent_of(bo, acme), acme)
        assert (values["contact.first_name"], values["contact.name"]) == ("", "")

    def test_an_example_has_a_value_for_each(self, bo, acme):
        values = example_values(agent_of(bo, acme), acme)
        assert set(values) == set(VARIABLES)
        assert all(values.values())


@pytest.mark.parametrize("text", ["{{" + " " * 4000, "{{ a" + " " * 4000 + "b", "{{a|" + " " * 4000 + "|", "{" * 4000])
def test_a_long_row_of_anything_costs_no_time(text):
    """One person's text would hold up everybody else's pages."""
    began = time.process_time()
    found = (is_broken(text), unknown_in(text), render(text, VALUES))
    assert found == (True, [], text)
    assert time.process_time() - began < 1
