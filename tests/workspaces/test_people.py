"""A person's own account: profile, preferences, addresses, and the clock they read."""

import re
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import ProtectedError

from tests.factories import PASSWORD, make_address, make_user, make_workspace
from workspaces.actions.people import deactivate_person, reactivate_person, save_address
from workspaces.audit import record
from workspaces.models import User, UserActivity, UserAddress, UserPreferences, UserProfile

pytestmark = pytest.mark.django_db

PROFILE = {
    "first_name": "Bo",
    "last_name": "Lindqvist",
    "contact_email": "bo@home.example",
    "phone": "+46 8 123",
    "timezone": "Europe/Stockholm",
    "language": "en-gb",
    "bio": "Hej.",
    "date_of_birth": "1990-02-28",
    "gender": "OTHER",
}
ADDRESS = {"address_type": "WORK", "street_address": "2 Low Street", "city": "Leeds", "country": "United Kingdom"}


@pytest.fixture
def client(client_for, bo):
    return client_for(bo)


def activity(user: User) -> list[str]:
    return list(UserActivity.objects.of(user).values_list("activity_type", flat=True))


def test_the_profile_is_saved_and_recorded(client, bo):
    assert client.post("/account/", PROFILE)["Location"] == "/account/"
    user = User.objects.get(pk=bo.pk)
    saved = {name: getattr(user, name, None) or getattr(user.profile, name, None) for name in PROFILE}
    assert {name: str(value) for name, value in saved.items()} == PROFILE
    row = UserActivity.objects.of(bo).first()
    assert (row.activity_type, row.workspace) == ("profile.changed", None)
    assert set(row.metadata["fields"]) == set(PROFILE) - {"first_name", "last_name"}
    assert "Hej." not in f"{row.description}{row.metadata}"


def test_saved_again_nothing_is_recorded(client, bo):
    client.post("/account/", PROFILE)
    client.post("/account/", PROFILE)
    assert activity(bo) == ["profile.changed"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first_name", ""),
        ("contact_email", "bo"),
        ("timezone", "Mars/Olympus"),
        ("timezone", ""),
        ("language", "tlh"),
        ("date_of_birth", "2999-01-01"),
        ("date_of_birth", "x"),
        ("phone", "1" * 21),
        ("bio", "x" * 1001),
    ],
)
def test_wrong_input_changes_nothing(field, value, client, bo):
    answer = client.post("/account/", {**PROFILE, field: value})
    assert answer.status_code == 422
    assert [*answer.context["person"].errors, *answer.context["form"].errors] == [field]
    assert (User.objects.get(pk=bo.pk).contact_email, bo.profile.timezone, activity(bo)) == ("", "UTC", [])


@pytest.mark.parametrize("field", ["email", "is_staff", "is_active", "password", "id", "user"])
def test_the_account_itself_is_not_of_this_form(field, client, bo):
    before = User.objects.filter(pk=bo.pk).values("email", "is_staff", "is_active", "password").get()
    client.post("/account/", {**PROFILE, field: "evil@evil.example"})
    assert User.objects.filter(pk=bo.pk).values("email", "is_staff", "is_active", "password").get() == before


def test_preferences(client, bo):
    form = {"theme": "dark", "push_notifications": "on", "privacy_profile_visibility": "PRIVATE"}
    assert client.post("/account/preferences/", form).status_code == 302
    found = UserPreferences.objects.get(user=bo)
    assert (found.theme, found.email_notifications, found.push_notifications) == ("dark", False, True)
    assert activity(bo) == ["preferences.changed"]
    assert client.post("/account/preferences/", {**form, "theme": "pink"}).status_code == 422
    assert UserPreferences.objects.get(user=bo).theme == "dark"


def test_preferences_of_the_inbox_are_on_until_they_are_switched_off(client, bo):
    names = ["enter_sends", "shortcuts_on", "sound_on"]
    assert UserPreferences.objects.filter(user=bo).values_list(*names).get() == (True, True, True)
    form = {"theme": "auto", "privacy_profile_visibility": "PUBLIC", "shortcuts_on": "on"}
    assert client.post("/account/preferences/", form).status_code == 302
    assert UserPreferences.objects.filter(user=bo).values_list(*names).get() == (False, True, False)


ZONES = [("UTC", "en"), ("Asia/Tokyo", "en"), ("America/Caracas", "en"), ("Asia/Kathmandu", "en-gb")]


@pytest.mark.parametrize(("zone", "language"), ZONES)
@pytest.mark.parametrize("where", ["account", "workspace"])
def test_every_time_is_in_the_readers_zone(where, zone, language, client_for, acme, ana):
    row = record("test", "Test", by=ana, workspace=acme)
    UserProfile.objects.filter(user=ana).update(timezone=zone, language=language)
    pages = {
        "account": (client_for(ana), "/account/activity/"),
        "workspace": (client_for(ana, acme), "/settings/activity/"),
    }
    client, path = pages[where]
    shown = re.findall(r'<time[^>]* datetime="([^"]+)"', client.get(path).text)
    local = row.created_at.astimezone(ZoneInfo(zone)).isoformat()
    assert local in shown


class TestAddresses:
    def defaults(self, user) -> list[str]:
        return [each.street_address for each in UserAddress.objects.filter(user=user, is_default=True)]

    def test_added_changed_removed(self, client, bo):
        assert client.post("/account/addresses/", ADDRESS).status_code == 302
        address = UserAddress.objects.get(user=bo)
        assert client.post(f"/account/addresses/{address.pk}/", {**ADDRESS, "city": "York"}).status_code == 302
        assert UserAddress.objects.get(user=bo).city == "York"
        assert client.post(f"/account/addresses/{address.pk}/removal/").status_code == 302
        assert UserAddress.objects.filter(user=bo).count() == 0
        assert activity(bo) == ["address.removed", "address.changed", "address.added"]

    def test_one_default_at_most(self, client, bo):
        first = make_address(bo, street_address="first", is_default=True)
        client.post("/account/addresses/", {**ADDRESS, "street_address": "second", "is_default": "on"})
        assert self.defaults(bo) == ["second"]
        client.post(f"/account/addresses/{first.pk}/", {**ADDRESS, "street_address": "first", "is_default": "on"})
        assert self.defaults(bo) == ["first"]

    def test_a_default_is_of_one_person(self, client, bo, ana):
        make_address(ana, street_address="hers", is_default=True)
        client.post("/account/addresses/", {**ADDRESS, "is_default": "on"})
        assert self.defaults(ana) == ["hers"]

    def test_two_defaults_at_once_are_one(self, bo, at_once):
        address = lambda name: UserAddress(address_type="HOME", street_address=name, is_default=True)  # noqa: E731
        results = at_once(
            lambda: save_address(bo, address("a")), lambda: save_address(bo, address("b")), racing_for="users"
        )
        assert results == [None, None]
        assert len(self.defaults(bo)) == 1
        assert UserAddress.objects.filter(user=bo).count() == 2

    def test_the_database_refuses_two_defaults(self, bo):
        make_address(bo, is_default=True)
        with pytest.raises(IntegrityError, match="one_default_address_per_user"), transaction.atomic():
            make_address(bo, is_default=True)

    def test_another_persons_is_not_there(self, client, ana):
        address = make_address(ana)
        for path in ["", "removal/"]:
            assert client.post(f"/account/addresses/{address.pk}/{path}", ADDRESS).status_code == 404
        assert UserAddress.objects.get(pk=address.pk).city == "York"


class TestDeactivation:
    def test_is_recorded_and_undone(self, bo, ops):
        deactivate_person(bo, by=ops)
        reactivate_person(bo, by=ops)
        kinds = UserActivity.objects.filter(user=ops).values_list("activity_type", flat=True)
        assert list(kinds) == ["person.reactivated", "person.deactivated"]
        assert User.objects.get(pk=bo.pk).is_active

    def test_of_who_owns_a_workspace_leaves_the_workspace_open(self, ana, ops, acme):
        deactivate_person(ana, by=ops)
        acme.refresh_from_db()
        assert (User.objects.get(pk=ana.pk).is_active, acme.is_open, acme.owner) == (False, True, ana)
        assert UserActivity.objects.get(activity_type="person.deactivated").metadata["owns"] == ["acme"]

    def test_of_who_owned_one_that_is_erased(self, ops):
        owner = make_user()
        make_workspace(owner=owner, status="ERASED")
        deactivate_person(owner, by=ops)
        assert not User.objects.get(pk=owner.pk).is_active


class TestTheLogInAddress:
    @pytest.fixture(autouse=True)
    def reauthenticated(self, client):
        assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302

    def change(self, client, sent_mail, email: str) -> str:
        with sent_mail() as outbox:
            client.post("/accounts/email/", {"action_add": "", "email": email})
        return outbox[0].body

    def test_is_changed_by_a_code_sent_to_the_new_one(self, client, bo, sent_mail):
        [code] = re.findall(
            r"^\s*([A-Z0-9-]{6,})\s*$", self.change(client, sent_mail, "New@Home.example"), re.MULTILINE
        )
        assert User.objects.get(pk=bo.pk).email == "bo@cast.example"
        client.post("/accounts/confirm-email/", {"code": code})
        user = User.objects.get(pk=bo.pk)
        assert (user.email, user.email_verified) == ("new@home.example", True)
        assert list(user.emailaddress_set.values_list("email", "primary")) == [("new@home.example", True)]
        assert {"account.email_changed", "account.email_confirmed"} <= set(activity(bo))

    def test_is_not_changed_without_the_password(self, client_for, bo, sent_mail):
        with sent_mail() as outbox:
            answer = client_for(bo).post("/accounts/email/", {"action_add": "", "email": "new@home.example"})
        assert answer["Location"].startswith("/accounts/reauthenticate/")
        assert outbox == []

    def test_is_not_taken_from_another_person(self, client, bo, ana, sent_mail):
        body = self.change(client, sent_mail, "ANA@cast.example")
        assert not re.findall(r"^\s*([A-Z0-9]{6,})\s*$", body, re.MULTILINE)
        assert User.objects.get(pk=bo.pk).email == "bo@cast.example"
        assert User.objects.get(pk=ana.pk).email == "ana@cast.example"


@pytest.mark.parametrize("email", ["Upper@case.example", "UPPER@CASE.EXAMPLE"])
def test_addresses_are_kept_in_lower_case(email):
    assert make_user(email=email).email == "upper@case.example"
    with pytest.raises(IntegrityError, match="users_email_is_lower_case"), transaction.atomic():
        User.objects.filter(email="upper@case.example").update(email=email)


def test_a_person_is_not_deleted_while_they_belong_somewhere(bo):
    with pytest.raises((ProtectedError, DatabaseError)), transaction.atomic():
        bo.delete()
    assert User.objects.filter(pk=bo.pk).exists()
