"""One form makes a person and a workspace, both or neither."""

import re

import pytest
from django_tenants.utils import schema_context

from agents.models import Position
from agents.permissions import SYSTEM_POSITIONS
from tests.factories import PASSWORD, agent_of
from workspaces.models import Domain, Membership, User, UserActivity, Workspace
from workspaces.tenancy.schemas import schema_exists

pytestmark = pytest.mark.django_db

FORM = {
    "first_name": "Nora",
    "last_name": "Newcomer",
    "email": "Nora@Bigshop.example",
    "password1": PASSWORD,
    "workspace_name": "Big Shop",
    "slug": "big-shop",
    "timezone": "Asia/Tokyo",
}


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (User, Workspace, Domain, Membership, UserActivity))


@pytest.fixture
def sign_up(client_for):
    return lambda **over: client_for().post("/accounts/signup/", {**FORM, **over})


def test_makes_the_person(sign_up):
    assert sign_up().status_code == 302
    nora = User.objects.get(email="nora@bigshop.example")
    assert (nora.name, nora.is_staff, nora.is_active) == ("Nora Newcomer", False, True)
    assert (nora.profile.timezone, nora.preferences.theme) == ("Asia/Tokyo", "auto")
    assert list(nora.emailaddress_set.values_list("email", "primary", "verified")) == [(nora.email, True, False)]
    assert nora.check_password(PASSWORD)


def test_makes_the_workspace_whole(sign_up):
    sign_up()
    nora, made = User.objects.get(email="nora@bigshop.example"), Workspace.objects.get(slug="big-shop")
    assert (made.name, made.owner, made.status, made.schema_name) == ("Big Shop", nora, "ACTIVE", "ws_big_shop")
    assert made.profile.timezone == "Asia/Tokyo"
    assert list(made.domains.values_list("domain", "is_primary")) == [("big-shop.localhost", True)]
    assert list(made.memberships.values_list("user", "role", "status")) == [(nora.pk, "OWNER", "ACTIVE")]
    assert agent_of(nora, made).role == "ADMIN"
    assert agent_of(nora, made).position.slug == "administrator"
    with schema_context(made.schema_name):
        positions = {each.slug: (each.is_system, each.permissions) for each in Position.objects.all()}
    assert positions == {slug: (True, codes) for slug, (_, _, codes) in SYSTEM_POSITIONS.items()}


def test_is_recorded(sign_up):
    before = UserActivity.objects.count()
    sign_up()
    rows = UserActivity.objects.order_by("created_at", "id")[before:]
    nora, made = User.objects.get(email="nora@bigshop.example"), Workspace.objects.get(slug="big-shop")
    assert [(row.activity_type, row.user, row.workspace, row.ip_address) for row in rows] == [
        ("workspace.created", nora, made, "127.0.0.1"),
        ("person.signed_up", nora, None, "127.0.0.1"),
    ]


def test_nobody_is_signed_in_before_the_address_is_proved(client_for, sent_mail):
    client = client_for()
    with sent_mail() as outbox:
        answer = client.post("/accounts/signup/", FORM)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/confirm-email/")
    assert "_auth_user_id" not in client.session
    assert [message.to for message in outbox] == [["nora@bigshop.example"]]


def test_the_code_in_the_mail_signs_in(client_for, sent_mail):
    client = client_for()
    with sent_mail() as outbox:
        client.post("/accounts/signup/", FORM)
    [code] = re.findall(r"^\s*([A-Z0-9-]{6,})\s*$", outbox[0].body, re.MULTILINE)
    answer = client.post("/accounts/confirm-email/", {"code": code})
    nora = User.objects.get(email="nora@bigshop.example")
    assert (answer.status_code, client.session["_auth_user_id"]) == (302, str(nora.pk))
    assert nora.email_verified
    kinds = UserActivity.objects.of(nora).values_list("activity_type", flat=True)
    assert "account.email_confirmed" in kinds
    assert "account.email_changed" not in kinds, "the first address is no change"


INVALID = [
    ("no first name", {"first_name": ""}, "first_name"),
    ("no e-mail", {"email": ""}, "email"),
    ("no e-mail address", {"email": "nora"}, "email"),
    ("short password", {"password1": "kx93hvqp"}, "password1"),
    ("common password", {"password1": "password123"}, "password1"),
    ("password like the address", {"password1": "nora@bigshop"}, "password1"),
    ("no workspace name", {"workspace_name": ""}, "workspace_name"),
    ("name too long", {"workspace_name": "x" * 101}, "workspace_name"),
    ("slug taken", {"slug": "acme"}, "slug"),
    ("slug taken in capitals", {"slug": "ACME "}, "slug"),
    ("slug reserved", {"slug": "admin"}, "slug"),
    ("slug looks alike", {"slug": "acrne"}, "slug"),
    ("slug of 64 signs", {"slug": "a" * 64}, "slug"),
    ("slug in disguise", {"slug": "xn--acme-zra"}, "slug"),
]


@pytest.mark.parametrize(("_case", "over", "field"), INVALID, ids=[case for case, _, _ in INVALID])
def test_wrong_input_leaves_nothing(_case, over, field, sign_up):
    before = counts()
    answer = sign_up(**over)
    assert list(answer.context["form"].errors) == [field]
    assert counts() == before
    assert not schema_exists("ws_big_shop")


def test_a_refused_address_comes_back_with_the_reason_and_another(sign_up):
    assert sign_up(slug="acme").context["form"].errors["slug"] == ["This address is taken. “acme-hq” is free."]


def test_nonsense_for_a_time_zone_is_utc(sign_up):
    sign_up(timezone="Mars/Olympus")
    assert User.objects.get(email="nora@bigshop.example").profile.timezone == "UTC"


def test_an_address_that_has_an_account_makes_nothing_and_reveals_nothing(client_for, sent_mail, ana):
    known, unknown = client_for(), client_for()
    before = counts()
    with sent_mail() as outbox:
        answer = known.post("/accounts/signup/", {**FORM, "email": "ANA@cast.example"})
    assert counts() == before
    assert not schema_exists("ws_big_shop")
    assert [message.to for message in outbox] == [["ana@cast.example"]]
    other = unknown.post("/accounts/signup/", FORM)
    assert (answer.status_code, answer["Location"]) == (other.status_code, other["Location"])
    assert set(known.session.keys()) == set(unknown.session.keys())


def test_the_second_page_does_not_tell_either(client_for, ana):
    known, unknown = client_for(), client_for()
    known.post("/accounts/signup/", {**FORM, "email": "ana@cast.example"})
    unknown.post("/accounts/signup/", FORM)
    pages = [client.post("/accounts/confirm-email/", {"code": "WRONG1"}) for client in (known, unknown)]
    assert [page.status_code for page in pages] == [200, 200]
    assert pages[0].context["form"].errors == pages[1].context["form"].errors
