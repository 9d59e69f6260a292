"""Text cut to measure: every part fits, nothing is lost, no sign is torn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.graph.limits import split_text, text_length, text_limit
from pages.graph.splitting import is_boundary

PLATFORMS = ["FACEBOOK", "INSTAGRAM", "WHATSAPP"]
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
FLAG = "\U0001f1ea\U0001f1f8"
SIGNS = [
    "a",
    "b",
    " ",
    "\n",
    "\n\n",
    ". ",
    "ñ",
    "n\u0303",
    FAMILY,
    FLAG,
    "\U0001f44d\U0001f3fd",
    "한",
    "\u2764\ufe0f",
    "!",
]


def without_space(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(
    ("platform", "limit", "length"), [("FACEBOOK", 2000, 3), ("INSTAGRAM", 1000, 7), ("WHATSAPP", 4096, 3)]
)
def test_each_platform_counts_its_own_way(platform, limit, length):
    assert text_limit(platform) == limit
    assert text_length(platform, "aß\U0001f600") == length


@given(
    st.sampled_from(PLATFORMS),
    st.lists(st.sampled_from(SIGNS) | st.characters(codec="utf-8"), max_size=60),
    st.integers(1, 90),
)
def test_every_part_fits_and_nothing_is_lost(platform, signs, times):
    text = "".join(signs) * times
    parts = split_text(platform, text)
    assert all(part and part == part.strip() for part in parts)
    assert all(text_length(platform, part) <= text_limit(platform) for part in parts)
    assert without_space("".join(parts)) == without_space(text)


@given(
    st.sampled_from(PLATFORMS),
    st.lists(st.sampled_from([FAMILY, FLAG, "e\u0301", "\U0001f44d\U0001f3fd", "x"]), min_size=900, max_size=1500),
)
def test_no_sign_is_torn(platform, signs):
    text, at = "".join(signs), 0
    for part in split_text(platform, text)[:-1]:
        at += len(part)
        assert is_boundary(text, at)
        assert not part.endswith("\u200d")


def test_what_fits_stays_as_it_is():
    assert split_text("FACEBOOK", "  Hello\n\n world  ") == ["Hello\n\n world"]
    assert split_text("FACEBOOK", "x" * 2000) == ["x" * 2000]
    assert split_text("FACEBOOK", " \n ") == []


def test_paragraphs_before_sentences_before_words():
    paragraph = "One sentence. " * 80
    assert split_text("FACEBOOK", f"{paragraph.strip()}\n\n{paragraph.strip()}") == [paragraph.strip()] * 2
    sentences = split_text("FACEBOOK", "A sentence of some length stands here. " * 80)
    assert all(part.endswith(".") for part in sentences)
    words = split_text("FACEBOOK", "word " * 1000)
    assert all(part.endswith("word") for part in words)


def test_a_full_stop_exactly_at_the_limit_is_a_good_place():
    first = "x" * 1999 + "."
    assert split_text("FACEBOOK", f"{first} And more.") == [first, "And more."]


def test_one_endless_sign_is_cut_at_last():
    parts = split_text("INSTAGRAM", "a" + "\u0301" * 3000)
    assert len(parts) == 7
    assert all(text_length("INSTAGRAM", part) <= 1000 for part in parts)


def test_flags_stay_whole():
    parts = split_text("INSTAGRAM", FLAG * 300)
    assert all(len(part) % 2 == 0 for part in parts)
