"""The audit log: written by one call, never changed, never with a secret."""

import html
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction

from tests.factories import add_totp, make_member
from workspaces.actions.memberships import suspend_member
from workspaces.audit import Origin, coming_from, record
from workspaces.models import Membership, UserActivity

pytestmark = pytest.mark.django_db

CHANGES = [
    ("update", "UPDATE user_activities SET description = 'nothing happened'"),
    ("update of one column to itself", "UPDATE user_activities SET id = id"),
    ("delete", "DELETE FROM user_activities"),
    ("delete of one", "DELETE FROM user_activities WHERE activity_type = 'workspace.created'"),
    (
        "upsert",
        "INSERT INTO user_activities SELECT * FROM user_activities ON CONFLICT (id) DO UPDATE SET user_agent = ''",
    ),
    ("truncate", "TRUNCATE user_activities"),
    ("truncate of people", "TRUNCATE users CASCADE"),
    ("delete of a workspace", "DELETE FROM workspaces"),
    ("delete of people", "DELETE FROM users"),
    ("delete as a replica", "SET LOCAL session_replication_role = replica; DELETE FROM user_activities"),
    ("truncate as a replica", "SET LOCAL session_replication_role = replica; TRUNCATE user_activities"),
]


@pytest.mark.parametrize(("_case", "statement"), CHANGES, ids=[case for case, _ in CHANGES])
def test_the_database_refuses(_case, statement):
    before = list(UserActivity.objects.values())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{statement}; SET CONSTRAINTS ALL IMMEDIATE")
    assert list(UserActivity.objects.values()) == before


def test_the_orm_is_refused_too():
    row = UserActivity.objects.first()
    row.description = "nothing happened"
    for change in (row.save, row.delete, UserActivity.objects.all().delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


@pytest.mark.parametrize(
    "name",
    ["password", "new_password", "secret", "client_secret", "token", "csrftoken", "recovery_codes", "api_key", "code"],
)
def test_a_secret_is_a_mistake_of_ours(name, ana):
    before = UserActivity.objects.count()
    with pytest.raises(ValueError, match="secrets never enter"):
        record("test", "Test", by=ana, **{name: "x"})
    assert UserActivity.objects.count() == before


def test_where_it_came_from_is_kept(ana, acme):
    with coming_from(Origin("2001:db8::1", "x" * 900)):
        row = record("test", "Test", by=ana, workspace=acme, fields=["a"])
    row.refresh_from_db()
    assert (row.ip_address, row.user_agent, row.metadata) == ("2001:db8::1", "x" * 500, {"fields": ["a"]})
    assert (record("test", "Test", by=None).ip_address, record("test", "Test", by=None).user_agent) == (None, "")


def test_a_request_is_where_it_comes_from(client_for, bo):
    client = client_for(bo, REMOTE_ADDR="198.51.100.7", HTTP_USER_AGENT="Lynx", HTTP_X_FORWARDED_FOR="203.0.113.9")
    client.post("/account/preferences/", {"theme": "dark", "privacy_profile_visibility": "PUBLIC"})
    row = UserActivity.objects.of(bo).first()
    assert (row.activity_type, row.ip_address, row.user_agent) == ("preferences.changed", "198.51.100.7", "Lynx")


def test_behind_one_proxy_it_is_who_the_proxy_saw(client_for, bo, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    client = client_for(bo, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.9")
    client.post("/account/preferences/", {"theme": "dark", "privacy_profile_visibility": "PUBLIC"})
    assert UserActivity.objects.of(bo).first().ip_address == "203.0.113.9"


def test_nothing_of_one_request_is_left_for_the_next(client_for, bo):
    client_for(bo, REMOTE_ADDR="198.51.100.7").get("/account/")
    assert record("test", "Test", by=bo).ip_address is None


@pytest.fixture
def rows(acme, globex, ana, bo, grace):
    record("test.acme", "Ana in Acme", by=ana, workspace=acme)
    record("test.acme", "Bo in Acme", by=bo, workspace=acme)
    record("test.globex", "Ana in Globex", by=ana, workspace=globex)
    record("test.account", "Ana alone", by=ana)
    record("test.globex", "Grace in Globex", by=grace, workspace=globex)


def shown(answer) -> set[str]:
    return {row.description for row in answer.context["page"].rows if row.activity_type.startswith("test.")}


def test_a_workspaces_log_is_its_own(rows, client_for, acme, ana):
    assert shown(client_for(ana, acme).get("/settings/activity/")) == {"Ana in Acme", "Bo in Acme"}


def test_a_persons_log_is_their_own(rows, client_for, ana, bo):
    assert shown(client_for(ana).get("/account/activity/")) == {"Ana in Acme", "Ana in Globex", "Ana alone"}
    assert shown(client_for(bo).get("/account/activity/")) == {"Bo in Acme"}


def test_the_person_in_the_address_of_ones_own_log_changes_nothing(rows, client_for, bo, ana):
    assert shown(client_for(bo).get("/account/activity/", {"person": ana.pk, "user": ana.pk})) == {"Bo in Acme"}


FILTERS = [
    ("nothing", {}, {"Ana in Acme", "Bo in Acme"}),
    ("a person", {"person": "bo"}, {"Bo in Acme"}),
    ("a person of another workspace", {"person": "grace"}, {"Ana in Acme", "Bo in Acme"}),
    ("a kind", {"what": "test."}, {"Ana in Acme", "Bo in Acme"}),
    ("another kind", {"what": "member."}, set()),
    ("since long ago", {"since": "2000-01-01"}, {"Ana in Acme", "Bo in Acme"}),
    ("since far ahead", {"since": "2999-01-01"}, set()),
    ("until long ago", {"until": "2000-01-01"}, set()),
    ("until the last day there is", {"until": "9999-12-31"}, {"Ana in Acme", "Bo in Acme"}),
    ("since the first day there is", {"since": "0001-01-01"}, {"Ana in Acme", "Bo in Acme"}),
    (
        "nonsense",
        {"person": "x", "since": "x", "until": "\x00", "what": "\x00", "before": "\x00"},
        {"Ana in Acme", "Bo in Acme"},
    ),
]


@pytest.mark.parametrize(("_case", "query", "found"), FILTERS, ids=[case for case, _, _ in FILTERS])
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Niue"])
def test_filters(_case, query, found, zone, rows, client_for, acme, ana, request):
    ana.profile.timezone = zone
    ana.profile.save()
    if query.get("person", "x") != "x":
        query = {"person": request.getfixturevalue(query["person"]).pk}
    assert shown(client_for(ana, acme).get("/settings/activity/", query)) == found


def test_a_day_begins_at_the_readers_midnight(client_for, acme, ana):
    row = record("test.acme", "Now", by=ana, workspace=acme)
    for zone in ["UTC", "Pacific/Kiritimati", "Pacific/Niue", "Asia/Kathmandu"]:
        ana.profile.timezone = zone
        ana.profile.save()
        client, day = client_for(ana, acme), row.created_at.astimezone(ZoneInfo(zone)).date()
        assert shown(client.get("/settings/activity/", {"since": day, "until": day})) == {"Now"}


OPERATOR = Origin("198.51.100.77", "Konqueror/9 (of the operator)")
TRACES = ["Olga", "Petrova", "ops@cast.example", "198.51.100.77", "Konqueror/9"]


@pytest.fixture
def stepped_in(acme, bo, ops):
    """An operator suspends bo in acme, from an address of hers."""
    with coming_from(OPERATOR):
        suspend_member(Membership.objects.get(workspace=acme, user=bo), note="Spam", by=ops)
    return UserActivity.objects.get(activity_type="member.suspended")


def test_owners_read_that_it_was_an_operator_and_not_which(stepped_in, client_for, acme, ana):
    client, row = client_for(ana, acme), f"/admin/workspaces/useractivity/{stepped_in.pk}/change/"
    for page in ("/settings/activity/", "/admin/", "/admin/workspaces/useractivity/", row):
        text = html.unescape(client.get(page).content.decode())
        assert "Switchboard's operators" in text, page
        assert "Suspended Bo Lindqvist: Spam" in text, page
        assert [trace for trace in TRACES if trace in text] == [], page


@pytest.mark.parametrize(("term", "found"), [("Olga", 0), ("ops@cast", 0), ("198.51.100.77", 0), ("Spam", 1)])
def test_nobody_finds_out_by_searching(term, found, stepped_in, client_for, acme, ana):
    page = client_for(ana, acme).get("/admin/workspaces/useractivity/", {"q": term}).content.decode()
    assert page.count("Suspended Bo Lindqvist") == found


def test_nobody_finds_out_by_filtering(stepped_in, client_for, acme, ana, ops):
    for place in ("/settings/activity/", "/admin/workspaces/useractivity/"):
        text = client_for(ana, acme).get(place, {"person": ops.pk}).content.decode()
        assert "Petrova" not in text


def test_operators_read_it_all_and_so_does_she(stepped_in, client_for, ops):
    add_totp(ops)
    client = client_for(ops)
    for page in (f"/admin/workspaces/useractivity/{stepped_in.pk}/change/", "/account/activity/"):
        text = client.get(page).content.decode()
        assert "198.51.100.77" in text
        assert "Konqueror/9" in text


def test_an_operator_who_is_a_member_acts_under_their_name(acme, ops, client_for, ana):
    make_member(acme, ops, role="ADMIN")
    with coming_from(OPERATOR):
        record("test.acme", "As a colleague", by=ops, workspace=acme)
    assert "Olga Petrova" in client_for(ana, acme).get("/settings/activity/").content.decode()
