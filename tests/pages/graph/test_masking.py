"""What may be written down as it is: nothing in which a secret could stand."""

import json

import pytest

from pages.graph import masking
from tests.pages.graph.conftest import TOKEN

TEXTS = ["plain", "a=b", "EAAB" + "x" * 20, "1234567|abcdefgh", TOKEN, 'with "quotes"', "\x00", "x" * 3000, "é"]
NAMES = ["text", "Access_Token", "pin", "code", "EAAB" + "x" * 20]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("text", TEXTS)
def test_what_is_called_plain_has_nothing_to_mask(name, text):
    value = {"a": [{name: text}]}
    written = json.dumps(value, ensure_ascii=False)
    changed = masking.masked(value, [TOKEN]) != value
    assert not (masking.is_plain(written, [TOKEN]) and changed)
    if (name, text) == ("text", "plain"):
        assert masking.is_plain(written, [TOKEN])
