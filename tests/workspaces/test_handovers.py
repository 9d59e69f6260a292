"""A log-in goes from the public host to a workspace's once, within a minute, in the same browser."""

import html
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from tests.factories import add_totp
from workspaces.models import Domain, Handover, Membership, UserActivity, Workspace
from workspaces.tenancy.hosts import hosts


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


class Journey:
    """A browser with a cookie jar for each host, on its way in."""

    def __init__(self, public, inside, target="/"):
        self.public, self.inside, self.target = public, inside, target

    def ask(self):
        self.asked = self.inside.get("/sign-in/", {"next": self.target})
        return self.public.get(path_of(self.asked["Location"]))

    def link(self) -> str:
        return path_of(self.ask()["Location"])

    def arrive(self):
        return self.inside.get(self.link())


@pytest.fixture
def journey(client_for, acme, bo):
    def start(user=bo, workspace=acme, target="/"):
        return Journey(client_for(user), client_for(workspace=workspace), target)

    return start


def is_inside(client) -> bool:
    return client.get("/team/").status_code == 200


def test_arrives(journey, acme, bo):
    bo_travels = journey(target="/team/")
    answer = bo_travels.arrive()
    assert (answer.status_code, answer["Location"]) == (302, "/team/")
    assert is_inside(bo_travels.inside)
    assert Handover.objects.count() == 0
    row = UserActivity.objects.filter(user=bo, activity_type="workspace.entered").get()
    assert row.workspace == acme


def test_the_table_holds_no_secret(journey):
    link = journey().link()
    secret = parse_qs(urlsplit(link).query)["link"][0]
    assert len(secret) >= 43
    row = Handover.objects.values().get()
    assert secret not in str(row)


def test_works_once(journey):
    bo_travels = journey()
    link = bo_travels.link()
    assert bo_travels.inside.get(link).status_code == 302
    bo_travels.inside.cookies.pop("session")
    answer = bo_travels.inside.get(link)
    assert (answer.status_code, answer.context["refusal"].message) == (403, "This sign-in link was used already.")


def test_works_once_for_two_at_once(journey, at_once):
    bo_travels = journey()
    link = bo_travels.link()
    handover = bo_travels.inside.cookies["handover"].value
    clients = [journey().inside for _ in range(2)]
    for client in clients:
        client.cookies["handover"] = handover
    before = Session.objects.count()
    answers = at_once(*(lambda client=client: client.get(link) for client in clients), racing_for="handovers")
    assert sorted(answer.status_code for answer in answers) == [302, 403]
    assert Session.objects.count() == before + 1


@pytest.mark.parametrize(("_case", "age", "status"), [("in time", 59, 302), ("too late", 61, 403)])
def test_expires_after_a_minute(_case, age, status, journey):
    bo_travels = journey()
    link = bo_travels.link()
    Handover.objects.update(created_at=timezone.now() - timedelta(seconds=age))
    assert bo_travels.inside.get(link).status_code == status
    assert is_inside(bo_travels.inside) == (status == 302)
    assert Handover.objects.count() == 0


def lose_cookie(journey):
    journey.inside.cookies.clear()


def forge_cookie(journey):
    journey.inside.cookies["handover"] = "state /:1tABCD:forged"


def begin_another_journey(journey):
    """Another tab, or another browser: its own state."""
    journey.inside.get("/sign-in/")


def deactivate(journey):
    Handover.objects.get().user.__class__.objects.filter(pk=Handover.objects.get().user_id).update(is_active=False)


def suspend(journey):
    Membership.objects.filter(user=Handover.objects.get().user_id).update(status="SUSPENDED")


def leave(journey):
    Membership.objects.filter(user=Handover.objects.get().user_id).delete()


def require_two_factor(journey):
    Workspace.objects.filter(slug="acme").update(requires_two_factor=True)
    hosts.forget()


MEANWHILE = [lose_cookie, forge_cookie, begin_another_journey, deactivate, suspend, leave, require_two_factor]


@pytest.mark.parametrize("happens", MEANWHILE, ids=[each.__name__ for each in MEANWHILE])
def test_refused_when_meanwhile(happens, journey):
    bo_travels = journey()
    link = bo_travels.link()
    happens(bo_travels)
    sessions, rows = Session.objects.count(), UserActivity.objects.count()
    answer = bo_travels.inside.get(link)
    assert (answer.status_code, answer.templates[0].name) == (403, "workspaces/link_refused.html")
    assert (Session.objects.count(), UserActivity.objects.count()) == (sessions, rows)
    assert Handover.objects.count() == 0
    assert not is_inside(bo_travels.inside)


@pytest.mark.parametrize(
    "link", ["/enter/", "/enter/?link=", "/enter/?link=nonsense", "/enter/?link=%00", "/enter/?link=é"]
)
def test_nonsense_opens_nothing(link, journey):
    bo_travels = journey()
    bo_travels.link()
    assert bo_travels.inside.get(link).status_code == 403
    assert not is_inside(bo_travels.inside)


def test_a_link_for_one_workspace_does_not_open_another(journey, ana, acme, globex, client_for):
    to_acme = journey(ana, acme)
    link = to_acme.link()
    elsewhere = client_for(workspace=globex)
    elsewhere.cookies["handover"] = to_acme.inside.cookies["handover"].value
    assert elsewhere.get(link).status_code == 403
    assert not is_inside(elsewhere)


@pytest.mark.parametrize("who", ["cy", "ops", "grace"])
def test_who_is_no_member_is_not_offered_a_link(who, journey, request):
    travels = journey(request.getfixturevalue(who))
    answer = travels.ask()
    assert (answer.status_code, answer.templates[0].name) == (403, "not_a_member.html")
    assert Handover.objects.count() == 0


def test_who_is_suspended_is_not_offered_a_link(journey, bo):
    bo.memberships.update(status="SUSPENDED")
    assert journey().ask().status_code == 403
    assert Handover.objects.count() == 0


def test_two_factor_is_asked_for_before_the_link(journey, acme, bo):
    require_two_factor(None)
    answer = journey().ask()
    assert (answer.status_code, answer.templates[0].name) == (403, "workspaces/two_factor_needed.html")
    assert Handover.objects.count() == 0
    add_totp(bo)
    assert journey().arrive().status_code == 302


def test_without_a_state_the_journey_begins_at_the_workspace(client_for, bo):
    answer = client_for(bo).get("/enter/acme/")
    assert (answer.status_code, answer["Location"]) == (302, "http://acme.localhost:8000/sign-in/")
    assert Handover.objects.count() == 0


@pytest.mark.parametrize("slug", ["nope", "ACME"])
def test_no_such_workspace(slug, client_for, bo):
    assert client_for(bo).get(f"/enter/{slug}/?state=x").status_code == 404


def test_who_is_not_signed_in_signs_in_first(client_for, acme, journey):
    asked = client_for(workspace=acme).get("/sign-in/")
    answer = client_for().get(path_of(asked["Location"]))
    assert answer["Location"].startswith("/accounts/login/?next=/enter/acme/%3Fstate%3D")


def sign_out(bo_travels, bo):
    bo_travels.public.post("/accounts/logout/")


def change_password(bo_travels, bo):
    bo.set_password("another long password")
    bo.save()


@pytest.mark.parametrize("end", [sign_out, change_password])
def test_a_link_does_not_outlive_its_log_in(end, journey, bo):
    bo_travels = journey()
    link = bo_travels.link()
    end(bo_travels, bo)
    assert bo_travels.inside.get(link).status_code == 403
    assert not is_inside(bo_travels.inside)


OWN = "inbox.acme.example"


@pytest.fixture
def own_domain(acme):
    Domain.objects.create(tenant=acme, domain=OWN, is_primary=False)
    hosts.forget()
    return OWN


def led_on(answer) -> str:
    """The page that leads on by itself; no form's policy names a domain of somebody's own."""
    assert answer.status_code == 200
    [address] = re.findall(r'http-equiv="refresh" content="0;url=([^"]+)"', answer.content.decode())
    return html.unescape(address)


def test_a_domain_of_its_own_is_signed_in_to(own_domain, client_for, bo):
    public, inside = client_for(bo), Client(HTTP_HOST=OWN)
    asked = inside.get("/sign-in/", {"next": "/team/"})
    link = led_on(public.get(path_of(asked["Location"])))
    assert link.startswith(f"http://{OWN}:8000/enter/?link=")
    assert inside.get(path_of(link))["Location"] == "/team/"
    assert is_inside(inside)
    assert inside.get(path_of(link)).status_code == 403, "used up"
    inside.post("/sign-out/")
    assert (is_inside(inside), public.get("/account/").status_code) == (False, 302)


def test_its_link_is_of_no_use_at_the_usual_address(own_domain, client_for, acme, bo):
    public, inside, usual = client_for(bo), Client(HTTP_HOST=OWN), client_for(workspace=acme)
    usual.get("/sign-in/")
    link = led_on(public.get(path_of(inside.get("/sign-in/")["Location"])))
    assert usual.get(path_of(link)).status_code == 403
    assert not is_inside(usual)


@pytest.mark.parametrize(
    "host", ["evil.example", "globex.localhost", "inbox.acme.example.evil.example", "a\0b", OWN + ":80"]
)
def test_nobody_is_led_to_a_host_that_is_not_the_workspaces(host, own_domain, client_for, bo):
    answer = client_for(bo).get("/enter/acme/", {"state": "x", "host": host})
    assert answer["Location"].startswith("http://acme.localhost:8000/enter/?link=")


def test_a_session_of_the_domain_counts_there_alone(own_domain, client_for, acme, bo, globex):
    public, inside = client_for(bo), Client(HTTP_HOST=OWN)
    inside.get(path_of(led_on(public.get(path_of(inside.get("/sign-in/")["Location"])))))
    key = inside.cookies["session"].value
    for host in ("localhost", "globex.localhost"):
        thief = Client(HTTP_HOST=host)
        thief.cookies["session"] = key
        assert thief.get("/account/" if host == "localhost" else "/team/").status_code == 302
