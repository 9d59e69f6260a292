"""The workspace's settings: a form in, rows out, heard of at once."""

import pytest

from tests.factories import add_totp, agent_of
from workspaces.models import User, UserActivity, Workspace
from workspaces.tenancy.hosts import hosts

pytestmark = pytest.mark.django_db

FORM = {
    "name": "Acme & Daughters",
    "description": "We make all.",
    "visibility": "PUBLIC",
    "industry": "Retail",
    "company_size": "2-10",
    "website": "https://acme.example/",
    "timezone": "Europe/Riga",
    "currency": "EUR",
    "language": "en-gb",
    "admin_name": "Ana",
    "admin_email": "office@acme.example",
    "admin_phone": "+371 2000 0000",
}


@pytest.fixture
def inside(client_for, acme, ana):
    return client_for(ana, acme)


def test_the_workspace_is_changed_and_recorded(inside, acme, ana, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert inside.post("/settings/", FORM).status_code == 302
    found = Workspace.objects.get(pk=acme.pk)
    values = {name: getattr(found, name, None) or getattr(found.profile, name, None) for name in FORM}
    assert values == FORM
    row = UserActivity.objects.first()
    assert (row.activity_type, row.user, row.workspace) == ("workspace.changed", ana, acme)
    assert set(row.metadata["fields"]) == set(FORM)
    assert hosts.workspace_at("acme.localhost").name == "Acme & Daughters"


def test_saved_twice_it_is_recorded_once(inside):
    inside.post("/settings/", FORM)
    before = UserActivity.objects.count()
    inside.post("/settings/", FORM)
    assert UserActivity.objects.count() == before


WRONG = [
    ("name", ""),
    ("name", "x" * 101),
    ("website", "javascript:alert(1)"),
    ("website", "acme"),
    ("timezone", "Mars"),
    ("visibility", "SECRET"),
    ("admin_email", "office"),
    ("language", "tlh"),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_wrong_input_changes_nothing(field, value, inside, acme):
    before = UserActivity.objects.count()
    answer = inside.post("/settings/", {**FORM, field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) + list(answer.context["profile"].errors) == [field]
    found = Workspace.objects.get(pk=acme.pk)
    assert (found.name, found.profile.industry, UserActivity.objects.count()) == ("Acme Outfitters", "", before)
    assert hosts.workspace_at("acme.localhost").name == "Acme Outfitters"


def test_the_address_and_the_status_are_not_of_this_form(inside, acme, globex):
    inside.post("/settings/", {**FORM, "slug": "globex2", "status": "ERASED", "schema_name": "ws_globex", "owner": "x"})
    found = Workspace.objects.get(pk=acme.pk)
    assert (found.slug, found.status, found.schema_name, found.owner_id) == ("acme", "ACTIVE", "ws_acme", acme.owner_id)


class TestTwoFactor:
    def test_not_before_one_has_it_oneself(self, inside, acme):
        answer = inside.post("/settings/security/", {"required": "on"})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["required"])
        assert not Workspace.objects.get(pk=acme.pk).requires_two_factor

    def test_on_and_off(self, inside, acme, ana, bo, client_for, django_capture_on_commit_callbacks):
        add_totp(ana)
        of_bo = client_for(bo, acme)
        for form, required, status in [({"required": "on"}, True, 302), ({"required": "", "x": ""}, False, 200)]:
            with django_capture_on_commit_callbacks(execute=True):
                assert inside.post("/settings/security/", form).status_code == 302
            assert Workspace.objects.get(pk=acme.pk).requires_two_factor is required
            assert of_bo.get("/team/").status_code == status
            row = UserActivity.objects.first()
            assert (row.activity_type, row.metadata) == ("workspace.two_factor", {"required": required})

    def test_recovery_codes_alone_are_no_second_factor(self, inside, acme, ana):
        ana.authenticator_set.create(type="recovery_codes", data={})
        assert inside.post("/settings/security/", {"required": "on"}).status_code == 422

    def test_who_lacks_it_is_listed(self, inside, ana, bo):
        add_totp(bo)
        listed = inside.get("/settings/security/").context["without_two_factor"]
        assert {member.user.first_name for member in listed} == {"Ana", "Sam", "Vi"}


class TestOwnership:
    def transfer(self, client, acme, to: User, confirm="acme"):
        membership = acme.memberships.filter(user=to).first()
        form = {"transfer": "1", "transfer-to": (membership and membership.pk) or to.pk, "transfer-confirm": confirm}
        return client.post("/settings/ownership/", form)

    def test_is_handed_on(self, inside, acme, sam):
        assert self.transfer(inside, acme, sam).status_code == 302
        assert Workspace.objects.get(pk=acme.pk).owner == sam
        assert inside.get("/settings/ownership/").status_code == 403

    @pytest.mark.parametrize(
        ("who", "confirm"), [("sam", "acne"), ("sam", ""), ("ana", "acme"), ("cy", "acme"), ("grace", "acme")]
    )
    def test_is_not_handed_on(self, who, confirm, inside, acme, ana, request):
        answer = self.transfer(inside, acme, request.getfixturevalue(who), confirm)
        assert answer.status_code == 422
        assert Workspace.objects.get(pk=acme.pk).owner == ana

    def test_an_admin_does_not_hand_it_on(self, client_for, acme, ana, sam):
        acme.memberships.filter(user=sam).update(role="ADMIN")
        client = client_for(sam, acme)
        assert self.transfer(client, acme, sam).status_code == 403
        assert client.post("/settings/ownership/", {"close": "1", "closing-confirm": "acme"}).status_code == 403
        found = Workspace.objects.get(pk=acme.pk)
        assert (found.owner, found.status) == (ana, "ACTIVE")

    def test_closes_it_for_everybody(self, inside, acme, bo, client_for, django_capture_on_commit_callbacks):
        of_bo = client_for(bo, acme)
        with django_capture_on_commit_callbacks(execute=True):
            inside.post("/settings/ownership/", {"close": "1", "closing-confirm": " ACME ", "closing-note": "Moved."})
        assert [client.get("/").status_code for client in (inside, of_bo)] == [403, 403]
        found = Workspace.objects.get(pk=acme.pk)
        assert (found.status, found.status_note) == ("CLOSED", "Moved.")

    def test_does_not_close_it_by_accident(self, inside, acme):
        answer = inside.post("/settings/ownership/", {"close": "1", "closing-confirm": "globex"})
        assert (answer.status_code, Workspace.objects.get(pk=acme.pk).status) == (422, "ACTIVE")


def test_what_the_cache_holds_is_not_what_a_form_changes(inside, acme, ana):
    """The workspace in the request is shared by all requests of the process."""
    inside.post("/settings/", {**FORM, "website": "nonsense"})
    inside.post("/settings/", FORM)
    shared = hosts._known["acme.localhost"][1]
    assert shared.name == "Acme Outfitters", "until the commit announces it"
    assert agent_of(ana, acme).role == "ADMIN"
