"""What is written into the search field, and where it is found in a text."""

import time
from datetime import timedelta
from re import fullmatch

import pytest
from django.utils import timezone

from inbox.search_words import BEFORE, LENGTH, MOST_WORDS, day_of, marked, misspellings, places_in, read


@pytest.mark.parametrize(
    ("text", "words", "operators"),
    [
        ("", [], []),
        ("  late   parcel ", ["late", "parcel"], []),
        ("late late", ["late"], []),
        ('"late parcel" rosa', ["late parcel", "rosa"], []),
        ("“late parcel”", ["late parcel"], []),
        ('"never closed', ["never closed"], []),
        ('from:rosa from:"Rosa Diaz"', [], [("from", "rosa"), ("from", "Rosa Diaz")]),
        ("From:me PAGE:shop refund", ["refund"], [("from", "me"), ("page", "shop")]),
        ("channel:whatsapp label:vip", [], [("channel", "whatsapp"), ("label", "vip")]),
        ("after:2026-01-31 before:today", [], [("after", "2026-01-31"), ("before", "today")]),
        ("is:open is:SNOOZED has:file", [], [("is", "open"), ("is", "SNOOZED"), ("has", "file")]),
        ("https://shop.example/a?b=c", ["https://shop.example/a?b=c"], []),
        ("10:30", ["10:30"], []),
        ("مرحبا 发货 🎉", ["مرحبا", "发货", "🎉"], []),
        ("a\0b", ["ab"], []),
    ],
)
def test_read(text, words, operators):
    asked = read(text)
    assert (asked.words, asked.operators, asked.hints) == (words, operators, [])


@pytest.mark.parametrize(
    ("text", "words", "hint"),
    [
        ("to:rosa", ["to:rosa"], "There is no “to:” here, so it was looked for as a word."),
        ('to:"rosa diaz"', ["to", "rosa diaz"], ""),
        ("from: rosa", ["rosa"], "Write something behind from:, without a space between."),
        ("is:done", [], "is: takes open, snoozed or closed."),
        ("has:luck", [], "has: takes file."),
        ("a b c d e f g h i", list("abcdefgh"), f"Only the first {MOST_WORDS} words count."),
    ],
)
def test_what_is_not_understood_is_told(text, words, hint):
    asked = read(text)
    assert (asked.words, asked.operators, asked.hints) == (words, [], [hint] if hint else [])


def test_a_day_that_is_none_is_told():
    assert read("before:soon").hints[0].startswith("before: takes a day such as 20")
    assert read("after:2026-02-30").operators == []


def test_days_near():
    assert day_of("Today") == timezone.localdate()
    assert day_of("yesterday") == timezone.localdate() - timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "is_short"),
    [
        ("ok", True),
        ("🎉", True),
        ("发货", True),
        ("a_b", True),
        ("ok now", False),
        ("发货了", False),
        ("is:open", False),
    ],
)
def test_what_no_index_finds_is_short(text, is_short):
    assert read(text).is_short is is_short


def said(parts):
    return "".join(f"[{text}]" if hit else text for text, hit in parts)


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("The Parcel is late", ["parcel"], "The [Parcel] is late"),
        ("late, later, LATE", ["late"], "[late], [late]r, [LATE]"),
        ("deliver delivery", ["deliver", "delivery"], "[deliver] [delivery]"),
        ("1 + (2 * 3)", ["(2 *"], "1 + [(2 *] 3)"),
        ("nothing of it", ["parcel"], "nothing of it"),
        ("أين الطلب من فضلك", ["الطلب"], "أين [الطلب] من فضلك"),
        ("two\n\nlines", ["lines"], "two [lines]"),
        ("", ["x"], ""),
    ],
)
def test_marked(text, words, shown):
    assert said(marked(text, words)) == shown


def test_of_a_long_text_a_piece_around_the_first_hit():
    text = "before " * 100 + "parcel " + "after " * 100
    shown = said(marked(text, ["parcel"]))
    assert shown.startswith("…before ")
    assert shown.endswith("…")
    assert "[parcel]" in shown
    assert shown.index("[parcel]") <= BEFORE + 1
    assert len(shown) <= LENGTH + 4


def test_a_long_text_without_a_hit_is_its_beginning():
    assert said(marked("word " * 100, ["parcel"])) == ("word " * 100)[:LENGTH] + "…"


def test_words_written_alike_are_marked():
    assert said(marked("your delivery is near", ["deilvery"], alike=True)) == "your [delivery] is near"


def test_one_slip_is_one_letter():
    patterns = [one.replace("_", ".") for one in misspellings("deilvery")]

    def is_near(word):
        return any(fullmatch(f".*{one}.*", word) for one in patterns)

    assert all(map(is_near, ["delivery", "dealvery", "deillvery", "deivery"]))
    assert not any(map(is_near, ["recovery", "silver", "every"]))


@pytest.mark.parametrize("word", ["rosa", "12345", "my parcel", "发货", "a" * 41])
def test_what_is_short_or_no_word_has_no_misspellings(word):
    assert misspellings(word) == []


def test_a_long_text_is_read_to_its_end_for_words_as_people_write_them():
    text = " ".join(["the parcel has not arrived at our shop"] * 250)[:9900] + " delivery"
    assert places_in(text, ["deilvery", "adress"], alike=True)[-1] == (len(text) - 8, len(text))


def test_words_made_to_be_compared_at_length_cost_little():
    """A page shows many texts, and whoever wrote them decides of what."""
    text = f"{'a' * 198} " * 50
    began = time.process_time()
    for _ in range(20):
        places_in(text, ["a" * 97 + "c" + "a" * 97], alike=True)
    assert time.process_time() - began < 3
