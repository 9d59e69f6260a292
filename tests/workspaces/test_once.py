"""A piece of a page that is written once: the same values give the same words, and nobody is given another's."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.template import Context, Template
from django.utils.safestring import SafeString
from django.utils.timezone import override

from workspaces.models import User

ACT = '{% once "inbox/_act.html" chat=chat act="state" field="to" value="CLOSED" icon="check" name=name %}'
TIME = '{% once "components/time.html" at=at %}'
CHAT = UUID(int=1)


def written(source, token="of-this-request", **values):
    return Template(source).render(Context({"csrf_token": token, "chat": CHAT, **values}))


def test_other_values_are_another_piece():
    assert ">Close<" in written(ACT, name="Close")
    assert ">Shut<" in written(ACT, name="Shut")
    assert written(ACT, name="Close", chat=UUID(int=2)) != written(ACT, name="Close")
    assert written(ACT, name="Close") == written(ACT, name="Close")


def test_a_form_has_the_token_of_its_request():
    for token in ("first", "second"):
        assert f'name="csrfmiddlewaretoken" value="{token}"' in written(ACT, token=token, name="Close")


@pytest.mark.parametrize("safe_first", [True, False])
def test_what_somebody_marked_as_safe_says_nothing_of_the_same_words_elsewhere(safe_first):
    raw = f"<b>{safe_first}</b>"
    texts = [SafeString(raw), raw] if safe_first else [raw, SafeString(raw)]
    found = {type(text): written(ACT, name=text) for text in texts}
    assert raw in found[SafeString]
    assert raw not in found[str]


def test_a_time_is_told_where_one_is():
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with override("Asia/Tokyo"):
        there = written(TIME, at=at)
    with override("UTC"):
        here = written(TIME, at=at)
    assert there != here


@pytest.mark.parametrize("value", [[1], {"a": 1}, {1}, object(), User(first_name="Ana")], ids=type)
def test_what_may_change_is_refused(value):
    with pytest.raises(TypeError, match="may change"):
        written(ACT, name=value)
