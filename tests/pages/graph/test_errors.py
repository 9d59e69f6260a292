"""Each number that Meta documents has its kind and its words."""

import pickle
from datetime import timedelta

import pytest

from pages.graph.errors import GraphError, classify, classify_answer
from pages.graph.meanings import MEANINGS

# Code, subcode, kind: the rows of Meta's lists.
RETRY, SLOW, RECONNECT, WINDOW = "retry", "slow_down", "reconnect", "window_closed"
PERSON, SETTINGS, FINAL, AMBIGUOUS = "recipient", "configuration", "final", "ambiguous"


def rows(kind, *codes, subcode=None):
    return [(code, subcode, kind) for code in codes]


def under(kind, *pairs):
    return [(code, subcode, kind) for code, subcode in pairs]


GRAPH = [
    *rows(RECONNECT, 0, 102, 190, 10, *range(200, 230), *range(231, 300)),
    *under(RECONNECT, *[(190, subcode) for subcode in (458, 459, 460, 463, 464, 467, 492)]),
    *rows(RETRY, 1, 2, 1200),
    *rows(SETTINGS, 3, 33, 368),
    *under(SETTINGS, (100, 33)),
    *rows(SLOW, 4, 17, 32, 613, 341, *range(80000, 80015)),
    *rows(FINAL, 100, 803, 506, 1609005),
    *rows(PERSON, 230, 551),
]
MESSENGER = [
    *under(RETRY, (1, 99), (100, 2018008), (100, 2018294)),
    *under(AMBIGUOUS, (1, 1357046)),
    *under(SETTINGS, (2, 2018344), (10, 2534077), (100, 2534013), (100, 2018164), (100, 2018320), (100, 2018328)),
    *under(SETTINGS, (100, 2534037), (200, 2534041)),
    *rows(SETTINGS, 36103, 2018300),
    *under(SLOW, (4, 2018354), (10, 1893063), (613, 1893016), (613, 2018338), (613, 2534040)),
    *rows(SLOW, 2534122),
    *under(WINDOW, (10, 2018278), (10, 2534022), (10, 2018065), (100, 2534025)),
    *under(PERSON, (10, 2018108), (100, 2018001), (100, 2534014), (100, 2534029), (200, 1545041), (551, 1545041)),
    *under(PERSON, (100, 2018218)),
    *rows(PERSON, 2018218),
    *rows(RECONNECT, 2018247),
    *under(FINAL, (100, 2018014), (100, 2018047), (100, 2018109), (100, 2018074), (100, 2534015), (100, 2534068)),
    *rows(FINAL, 9000001, *range(2018389, 2018397), 2022, 10303, 2018144, 2018171, 2018234, 2018321),
    *under(
        FINAL, (9, 2018352), (10, 1404170), (10, 1893015), (10, 2018336), (200, 2018021), (200, 2018027), (200, 2018028)
    ),
]
WHATSAPP = [
    *rows(SLOW, 80007, 80008, 130429, 131048, 131056, 132069, 133008, 133009, 133016),
    *rows(FINAL, 130472, 130497, 131008, 131009, 135000, 131021, 131051, 131055, 131060, 132000, 132008, 132012),
    *rows(FINAL, 132005, 132007, *range(138000, 138019), *range(139100, 139104)),
    *rows(FINAL, 131020, 131041, 131059, *range(131201, 131216)),
    *rows(FINAL, 2388019, 2388040, 2388047, 2388072, 2388073, 2388293, 2388299),
    *rows(RETRY, 131000, 131016, 131052, 131053, 131057, 2494100, 133000, 133004, 133015, 134101),
    *rows(RECONNECT, 131005),
    *rows(PERSON, 131026, 131049, 131050, 131062, 137000),
    *rows(SETTINGS, 131030, 131037, 131031, 131042, 131044, 134011, 131045, 133010, 131063, 131064, 132001, 132015),
    *rows(SETTINGS, 132016, 132068, 133005, 133006, 134100, 134102, *range(139000, 139005), *range(147001, 147005)),
    *rows(SETTINGS, 2388001, 2388012, 2388091, 2388093, 2388103),
    *rows(WINDOW, 131047),
    *rows("taken_before", 1752041),
]


@pytest.mark.parametrize(("code", "subcode", "kind"), [*GRAPH, *MESSENGER, *WHATSAPP])
def test_every_row_has_its_kind_and_words_for_people(code, subcode, kind):
    error = classify(code, subcode, 400)
    assert error.kind == kind
    assert error.meaning.endswith(".")
    assert len(error.meaning) > 15
    assert str(code) not in error.meaning


def test_no_row_is_left_out():
    asked = {(code, subcode) for code, subcode, _ in [*GRAPH, *MESSENGER, *WHATSAPP]}
    numbers = {code for code, _ in asked} | {subcode for _, subcode in asked} | asked
    assert [number for number in MEANINGS if number not in numbers] == []


@pytest.mark.parametrize("code", [0, 190, 131005, 131031, 131042, 133010])
def test_what_stops_every_message_stops_the_channel(code):
    assert classify(code).pauses == "channel"


def test_a_pair_that_is_too_fast_waits_by_itself():
    error = classify(131056)
    assert (error.pauses, error.retry_after) == ("recipient", timedelta(seconds=4))


def test_a_subcode_that_nobody_knows_leaves_its_code():
    assert classify(190, 999_999).kind == RECONNECT
    assert classify(100, 463).kind == FINAL


@pytest.mark.parametrize(
    ("status", "transient", "kind"),
    [(400, False, FINAL), (429, False, SLOW), (401, False, RECONNECT), (500, False, RETRY), (400, True, RETRY)],
)
def test_an_unknown_code_is_judged_by_its_status(status, transient, kind):
    error = classify(987_654, status=status, is_transient=transient)
    assert (error.kind, error.code) == (kind, 987_654)


def test_an_unknown_code_says_what_meta_says():
    error = classify(987_654, user_message="The moon is full. ")
    assert error.meaning == "Meta refused this. Meta says: The moon is full."


def test_metas_words_never_stand_alone_and_never_hold_a_token():
    error = classify(987_654, details=f"Malformed access token EAAB{'x' * 40}")
    assert error.meaning == "Meta refused this. Meta says: Malformed access token [hidden]."


@pytest.mark.parametrize("data", ['{"details": "too many"}', "too many", {"details": "too many"}])
def test_details_may_come_as_text(data):
    assert classify_answer({"code": 132000, "error_data": data}, 400).meaning.endswith("Meta says: too many.")


@pytest.mark.parametrize(
    "error", [{}, {"code": "x"}, {"code": None, "error_subcode": []}, {"code": True}, {"code": 1e400}]
)
def test_an_error_of_any_shape_is_one(error):
    assert classify_answer(error, 400).kind == FINAL


def test_codes_may_be_text():
    assert classify_answer({"code": "190", "error_subcode": "463"}, 400).number == "190/463"


def test_an_error_survives_a_queue():
    error = pickle.loads(pickle.dumps(classify(131056, details="x")))  # noqa: S301
    assert isinstance(error, GraphError)
    assert (error.kind, error.retry_after, error.number) == (SLOW, timedelta(seconds=4), "131056")
