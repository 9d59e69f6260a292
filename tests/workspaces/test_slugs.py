"""Which addresses are refused, why, and that what is offered instead can be had."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import make_workspace
from workspaces.refusals import Refused
from workspaces.slugs import LONGEST, RESERVED, check_slug, objection_to, skeleton, suggest_slug

pytestmark = pytest.mark.django_db

SHAPE = "An address has lower-case letters, digits and single hyphens between them."
LIKE_TAKEN = "This address looks too much like one that is taken."
LIKE_RESERVED = "This address looks too much like a reserved one."
TOO_SHORT = "An address has at least 3 characters."
LETTERS = "An address has only the letters a to z, digits and hyphens."
DISGUISE = "An address cannot start with “xn--”: that spells letters of other alphabets in disguise."

REFUSED = [
    ("taken", "acme", "This address is taken."),
    ("taken, with a hyphen", "ac-me", LIKE_TAKEN),
    ("taken, m written rn", "acrne", LIKE_TAKEN),
    ("taken, l written 1", "g1obex", LIKE_TAKEN),
    ("taken, o written 0", "gl0bex", LIKE_TAKEN),
    ("reserved", "www", "This address is reserved."),
    ("reserved too", "admin", "This address is reserved."),
    ("like a reserved one", "adrnin", LIKE_RESERVED),
    ("like a reserved one too", "vvvvw", LIKE_RESERVED),
    ("reserved with a zero", "supp0rt", LIKE_RESERVED),
    ("two characters", "ab", TOO_SHORT),
    ("empty", "", TOO_SHORT),
    ("too long", "a" * 41, "An address has at most 40 characters; this one has 41."),
    ("punycode", "xn--acme-zra", DISGUISE),
    ("cyrillic a", "\N{CYRILLIC SMALL LETTER A}cme", LETTERS),
    ("umlaut", "müller", LETTERS),
    ("digits only", "123456", "An address needs at least one letter."),
    ("two hyphens", "big--shop", SHAPE),
    ("leading hyphen", "-shop", SHAPE),
    ("trailing hyphen", "shop-", SHAPE),
    ("capitals", "BigShop", SHAPE),
    ("underscore", "big_shop", SHAPE),
    ("dot", "big.shop", SHAPE),
    ("line break", "bigshop\n", SHAPE),
    ("space", "big shop", SHAPE),
]


@pytest.mark.parametrize(("_case", "slug", "reason"), REFUSED, ids=[case for case, _, _ in REFUSED])
def test_refused_with_the_reason_and_a_free_address(_case, slug, reason):
    with pytest.raises(Refused) as refusal:
        check_slug(slug)
    suggestion = suggest_slug(slug)
    assert (refusal.value.message, refusal.value.field) == (reason, "slug")
    assert refusal.value.hint == f"“{suggestion}” is free."
    assert objection_to(suggestion) is None


@pytest.mark.parametrize("slug", ["bigshop", "big-shop", "a1b", "shop24", "a" * 40, "x-y-z"])
def test_accepted(slug):
    assert objection_to(slug) is None


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_every_reserved_word_is_refused(word):
    assert objection_to(word) is not None


def test_suggestion_passes_over_what_is_taken():
    assert suggest_slug("Acme") == "acme-hq"
    make_workspace(slug="acme-hq")
    make_workspace(slug="acme-team")
    assert suggest_slug("Acme") == "acme-desk"


def test_no_suggestion_when_all_are_taken():
    for ending in ["hq", "team", "desk", *range(2, 10)]:
        make_workspace(slug=f"acme-{ending}")
    assert suggest_slug("acme") is None
    with pytest.raises(Refused) as refusal:
        check_slug("acme")
    assert refusal.value.hint == ""


def test_an_erased_workspace_frees_its_address(acme):
    acme.status = "ERASED"
    acme.save()
    assert objection_to("acme") is None
    assert objection_to("ac-me") is None


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=80), st.from_regex(r"(xn-)*[a-z0-9-]{0,50}", fullmatch=True)))
def test_any_text_suggests_nothing_or_what_can_be_had(wish):
    suggestion = suggest_slug(wish)
    assert suggestion is None or objection_to(suggestion) is None
    assert suggestion is None or len(suggestion) <= LONGEST


@given(st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True))
def test_a_skeleton_does_not_outgrow_its_column(slug):
    assert len(skeleton(slug)) <= len(slug)
