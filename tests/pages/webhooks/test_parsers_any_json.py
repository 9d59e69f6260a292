"""Whatever comes: nothing is raised, nothing is lost, and each part can be parsed again alone."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pages.webhooks.cutting import body_of
from pages.webhooks.events import Part
from pages.webhooks.parsers import parse
from tests.pages.webhooks import envelopes as make
from tests.pages.webhooks.messenger_cases import MESSAGES
from tests.pages.webhooks.test_parsers_instagram import KNOWN as INSTAGRAM
from tests.pages.webhooks.test_parsers_messenger import ITEMS, WITHOUT_EFFECT
from tests.pages.webhooks.test_parsers_whatsapp_fields import ACCOUNT
from tests.pages.webhooks.whatsapp_cases import MESSAGES as WHATSAPP
from tests.pages.webhooks.whatsapp_cases import STATUSES

VALID: list[Any] = [
    *(each[0] for each in (*MESSAGES, *WITHOUT_EFFECT, *INSTAGRAM, *WHATSAPP, *STATUSES)),
    *(make.page(said) for said, _, _ in ITEMS),
    *(make.whatsapp(field, value) for field, value, _, _ in ACCOUNT),
    make.on_number("user_preferences", user_preferences=[{"wa_id": make.PHONE, "category": "c", "value": "stop"}]),
    make.on_number("user_id_update", user_id_update=[{"user_id": {"previous": "CO.1", "current": "CO.2"}}]),
    make.on_number("standby", standby={"messages": [make.said("text", {"body": "Hola"})], "contacts": [make.card()]}),
]

NASTY: list[Any] = [
    None,
    True,
    0,
    -1,
    10**40,
    10**4000,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "a\0b",
    "\ud800",
    "9" * 400,
    [],
    [[]],
    {},
    {"id": {}},
    [None, 1, {}],
]

SCALARS = st.sampled_from(NASTY) | st.text() | st.integers() | st.floats() | st.booleans() | st.none()
KEYS = st.text(max_size=5) | st.sampled_from(
    "object entry id time messaging standby changes field value message messages statuses metadata contacts".split()
)
ANY = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=25
)
OBJECTS = st.sampled_from(["page", "instagram", "whatsapp_business_account"])


def longest_are_kept(part: Part) -> None:
    limits = {"object": 50, "account_id": 64, "kind": 80, "sender_id": 160, "about": 255, "waba_id": 64}
    for name, limit in limits.items():
        assert len(getattr(part, name)) <= limit, name
    for event in part.events:
        assert len(getattr(event, "external_id", "")) <= 255
        person = getattr(event, "person", None)
        if person:
            assert max(len(person.external_id), len(person.phone) * 5, len(person.name), len(person.username)) <= 255


def check(body: Any) -> list[Part]:
    parts = parse(body)
    assert parts
    for part in parts:
        longest_are_kept(part)
        text = json.dumps(part.payload, allow_nan=False, ensure_ascii=False)
        assert "\\u0000" not in text.replace("\\\\", "")
        text.encode()
        repr(part.events).encode()
        assert parse(part.payload) == [part]
        assert part.is_known or part.kind.startswith("unknown.")
    assert parse(body) == parts
    # What is left of a delivery is put together again.
    assert parse(json.loads(body_of(parts))) == parts
    return parts


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, each in inside for found in ((*path, key), *places(each, (*path, key)))]


def spoil(body: Any, path: tuple[Any, ...], how: Callable[[Any, Any], None]) -> Any:
    body = copy.deepcopy(body)
    holder = body
    for key in path[:-1]:
        holder = holder[key]
    how(holder, path[-1])
    return body


def drop(holder: Any, key: Any) -> None:
    del holder[key]


def double(holder: Any, key: Any) -> None:
    holder[key] = [holder[key], holder[key]]


def put(value: Any) -> Callable[[Any, Any], None]:
    def change(holder: Any, key: Any) -> None:
        holder[key] = value

    return change


@pytest.mark.parametrize("number", range(len(VALID)))
def test_whatever_is_spoiled_at_one_place_is_kept(number: int) -> None:
    body = VALID[number]
    check(body)
    for position, path in enumerate(places(body)):
        # Another value at each place: over all bodies, each value comes to each kind of place.
        for how in (drop, double, put(NASTY[(number + position) % len(NASTY)])):
            check(spoil(body, path, how))


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(VALID), st.data())
def test_whatever_is_spoiled_at_several_places_is_kept(body: Any, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(2, 4))):
        found = places(body)
        if found:
            value = data.draw(ANY)
            body = spoil(
                body, data.draw(st.sampled_from(found)), data.draw(st.sampled_from([drop, double, put(value)]))
            )
    check(body)


@settings(max_examples=400, deadline=None)
@given(ANY)
def test_any_json_is_kept(body: Any) -> None:
    check(body)


@settings(max_examples=400, deadline=None)
@given(OBJECTS, st.lists(st.dictionaries(KEYS, ANY, max_size=4) | ANY, max_size=3))
def test_any_entries_are_kept(name: str, entries: list[Any]) -> None:
    check({"object": name, "entry": entries})


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(VALID), min_size=1, max_size=8))
def test_a_batch_says_what_each_says_in_order(bodies: list[Any]) -> None:
    first = bodies[0]["object"]
    same = [body for body in bodies if body["object"] == first]
    batch = {"object": first, "entry": [entry for body in same for entry in body["entry"]]}
    assert parse(batch) == [part for body in same for part in parse(body)]


@pytest.mark.parametrize(
    "body", [None, 5, "text", [], [{"object": "page"}], {}, {"object": "user"}, {"object": ["page"]}]
)
def test_what_is_no_platforms_is_one_unknown_part(body: Any) -> None:
    (part,) = check(body)
    assert (part.kind, part.platform, part.account_id, part.is_known) == ("unknown.object", "", "", False)


@pytest.mark.parametrize("depth", [50, 400, 900])
@pytest.mark.parametrize("name", ["page", "user"])
def test_nesting_without_end_is_cut_off(depth: int, name: str) -> None:
    deep: Any = 1
    for _ in range(depth):
        deep = [{"x": deep}]
    check(make.page({"novelty": deep, "object": name}))
    check({"object": name, "entry": deep})


def test_what_postgresql_refuses_is_replaced() -> None:
    (part,) = check(make.page_message(text="a\0b\ud800c", **{"k\0y": float("nan")}))
    assert part.events[0].text == "a\ufffdb\ufffdc"
    assert part.payload["entry"][0]["messaging"][0]["message"]["k\ufffdy"] is None


def test_changing_a_payload_leaves_the_body_alone() -> None:
    body = make.page_message(text="Hi")
    parse(body)[0].payload["entry"][0]["messaging"].clear()
    assert body == make.page_message(text="Hi")
