"""The team's pages: a form in, a row out. Who may not is in tests/isolation."""

import json
import time
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from agents.models import Agent, AgentStatusLog, Position
from agents.realtime.activity import last_signs
from tests.factories import agent_of, make_member, make_user, seeing_own_chats_alone
from workspaces.hours import DAYS
from workspaces.models import Membership

pytestmark = pytest.mark.django_db


def said(answer) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def logs(acme) -> list[tuple]:
    with schema_context(acme.schema_name):
        rows = AgentStatusLog.objects.values_list("switch", "changed_to", "note")
        return [(switch, turned == "ON", note) for switch, turned, note in rows]


@pytest.fixture
def page(acme):
    return lambda user, part="": f"/team/{agent_of(user, acme).pk}/{part}"


def test_a_supervisor_switches_a_colleague_off_and_on(client_for, acme, sam, bo, page):
    client = client_for(sam, acme)
    answer = client.post(page(bo, "active/"), {"on": "", "note": "left us"})
    assert (answer.status_code, answer["Location"]) == (302, page(bo))
    assert not agent_of(bo, acme).is_active
    client.post(page(bo, "active/"), {"on": "on"})
    assert agent_of(bo, acme).is_active
    assert logs(acme) == [("is_active", True, ""), ("is_active", False, "left us")]


def test_a_supervisor_stops_a_colleagues_chats(client_for, acme, sam, bo, page):
    client_for(sam, acme).post(page(bo, "receiving/"), {"note": "training"})
    assert not agent_of(bo, acme).can_receive_new_chats
    assert logs(acme) == [("can_receive_new_chats", False, "training")]


def test_who_is_dealt_nothing_is_told_who_can_switch_it(client_for, acme, ana, bo, page):
    """Admins begin so, and nobody has set it; an agent has to ask."""
    with schema_context(acme.schema_name):
        Agent.objects.filter(user__in=[ana, bo]).update(can_receive_new_chats=False)
    own_card = client_for(ana, acme).get("/").text.partition('id="own-card"')[2].partition("</p>")[0]
    assert f'href="{page(ana)}"' in own_card
    assert "supervisor" not in client_for(ana, acme).get(page(ana)).text.partition('id="position"')[0]
    assert "A supervisor has set that no new chats are dealt to you" in client_for(bo, acme).get("/").text


@pytest.mark.parametrize(
    ("next_", "lands"), [("", "/"), ("/team/", "/team/"), ("//evil.example/", "/"), ("https://evil.example/", "/")]
)
def test_everybody_says_how_they_stand(next_, lands, client_for, acme, bo):
    client = client_for(bo, acme)
    answer = client.post("/availability/", {"availability": "AWAY", "note": "lunch", "next": next_})
    assert (answer.status_code, answer["Location"]) == (302, lands)
    assert agent_of(bo, acme).availability == "AWAY"
    client.post("/availability/", {"availability": "ONLINE"})
    assert agent_of(bo, acme).availability == "ONLINE"


@pytest.mark.parametrize("said", ["", "IDLE", "online", "\x00"])
def test_what_is_none_of_the_three_changes_nothing(said, client_for, acme, bo):
    assert client_for(bo, acme).post("/availability/", {"availability": said}).status_code == 302
    assert (agent_of(bo, acme).availability, logs(acme)) == ("ONLINE", [])


def test_by_script_the_page_stays_and_shows_it_anew(client_for, acme, bo):
    client = client_for(bo, acme)
    answer = client.post("/availability/", {"availability": "AWAY"}, HTTP_HX_REQUEST="true")
    told = json.loads(answer["HX-Trigger"])
    assert (answer.status_code, told["live:availability"]) == (204, {"agent": str(agent_of(bo, acme).pk)})
    assert "Availability: Away" in client.get("/availability/", HTTP_HX_REQUEST="true").text


def test_a_supervisor_says_how_a_colleague_stands(client_for, acme, sam, bo, page):
    answer = client_for(sam, acme).post(page(bo, "availability/"), {"availability": "AWAY", "note": "dentist"})
    assert (answer.status_code, answer["Location"]) == (302, page(bo))
    with schema_context(acme.schema_name):
        [log] = AgentStatusLog.objects.all()
        told = (log.agent.name, log.switch, log.changed_to, log.changed_by.name, log.note)
    assert told == ("Bo Lindqvist", "availability", "AWAY", "Sam Okafor", "dentist")


def test_a_hand_that_moves_brings_back_who_was_idle(client_for, acme, bo):
    client = client_for(bo, acme)
    with schema_context(acme.schema_name):
        Agent.objects.filter(user=bo).update(is_idle=True)
    assert client.post("/pulse/").status_code == 204
    assert (agent_of(bo, acme).is_idle, logs(acme)) == (False, [("availability", False, "Back")])
    assert bo_has_lived(acme, bo)


def test_a_hand_that_moves_costs_no_query_of_its_own(client_for, acme, bo):
    client = client_for(bo, acme)
    client.post("/pulse/")
    with CaptureQueriesContext(connection) as pulse:
        client.post("/pulse/")
    with CaptureQueriesContext(connection) as token:
        client.get("/stream-token/")
    assert len(pulse) <= len(token)


def bo_has_lived(acme, bo) -> bool:
    pk = agent_of(bo, acme).pk
    return time.time() - (last_signs(acme.schema_name, [pk])[pk] or 0) < 60


def test_the_team_says_how_everybody_stands_and_how_much_they_have(client_for, acme, sam, bo, ana):
    with schema_context(acme.schema_name):
        Agent.objects.filter(user=bo).update(availability="AWAY", max_open_chats=5)
        Agent.objects.filter(user=ana).update(availability="OFF")
    text = client_for(sam, acme).get("/team/").text
    for words in ("Away", "Off", "Online", "0 of 5"):
        assert words in text


@pytest.mark.parametrize(("days", "is_said"), [(0, False), (3, True)])
def test_the_team_says_who_is_here_outside_their_hours(days, is_said, client_for, acme, sam, page):
    day = DAYS[(timezone.now() + timedelta(days=days)).weekday()]
    with schema_context(acme.schema_name):
        Position.objects.filter(slug="supervisor").update(hours={day: [["00:00", "00:00"]]})
    client = client_for(sam, acme)
    shown = [client.get(path).content.decode() for path in ("/team/", page(sam))]
    assert ["hours: no new chats" in page.lower() for page in shown] == [is_said, is_said]


@pytest.mark.parametrize(("days", "is_said"), [(0, False), (3, True)])
def test_ones_own_menu_says_when_new_chats_come(days, is_said, client_for, acme, bo):
    opens = timezone.now() + timedelta(days=days)
    with schema_context(acme.schema_name):
        Position.objects.filter(agents__user=bo).update(hours={DAYS[opens.weekday()]: [["00:00", "00:00"]]})
    client = client_for(bo, acme)
    pages = [client.get("/availability/").text, client.get("/").text]
    chosen = client.post("/availability/", {"availability": "ONLINE"}, HTTP_HX_REQUEST="true")["HX-Trigger"]

    said = f"Outside your hours: new chats come again {opens:%A}, "
    assert [said in text for text in (*pages, chosen)] == [is_said] * 3
    assert ["New chats come to you" in text for text in pages] == [not is_said] * 2


def test_ones_own_menu_says_that_a_supervisor_has_stopped_new_chats(client_for, acme, bo):
    with schema_context(acme.schema_name):
        Agent.objects.filter(user=bo).update(can_receive_new_chats=False)
    text = client_for(bo, acme).get("/availability/").text
    assert "A supervisor has set that no new chats are dealt to you" in text
    assert "New chats come to you" not in text


def test_numbers_of_colleagues_are_shown_to_who_reads_all_chats(client_for, acme, sam, bo):
    with schema_context(acme.schema_name):
        seeing_own_chats_alone(agent_of(bo, acme))
        Agent.objects.update(max_open_chats=9)
    assert client_for(bo, acme).get("/team/").text.count("0 of 9") == 1
    assert client_for(sam, acme).get("/team/").text.count("0 of 9") == 3


@pytest.mark.parametrize("note", ["x" * 501, "x" * 5000, "\x00", "a\x00b", "😀" * 500])
@pytest.mark.parametrize("part", ["availability", "active", "receiving", "suspension"])
def test_no_note_breaks_a_page(part, note, client_for, acme, ana, bo, page):
    member = acme.memberships.get(user=bo)
    paths = {"availability": "/availability/", "suspension": f"/settings/members/{member.pk}/suspension/"}
    client = client_for(bo if part == "availability" else ana, acme)
    sent = {"on": "", "availability": "AWAY", "note": note}
    answer = client.post(paths.get(part) or page(bo, f"{part}/"), sent)
    assert answer.status_code == 302
    assert all(len(text) <= 500 and "\x00" not in text for _, _, text in logs(acme))


def test_a_refusal_is_said_on_the_page_one_came_from(client_for, acme, ana, page):
    answer = client_for(ana, acme).post(page(ana, "active/"), {"on": ""}, HTTP_REFERER="http://acme.localhost/team/")
    assert (answer.status_code, answer["Location"]) == (302, "http://acme.localhost/team/")
    assert said(answer) == ["You cannot switch yourself off; ask a colleague."]
    assert agent_of(ana, acme).is_active


@pytest.mark.parametrize("came_from", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_a_refusal_does_not_lead_elsewhere(came_from, client_for, acme, ana, page):
    answer = client_for(ana, acme).post(page(ana, "active/"), {"on": ""}, HTTP_REFERER=came_from)
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_an_admin_gives_a_position(client_for, acme, ana, bo, page):
    answer = client_for(ana, acme).post(page(bo, "position/"), {"position": "supervisor"})
    assert answer.status_code == 302
    assert agent_of(bo, acme).position.slug == "supervisor"


@pytest.mark.parametrize("position", ["", "nonsense", "\x00"])
def test_a_position_that_does_not_exist_changes_nothing(position, client_for, acme, ana, bo, page):
    answer = client_for(ana, acme).post(page(bo, "position/"), {"position": position})
    assert (answer.status_code, said(answer)) == (302, ["Choose one of the positions."])
    assert agent_of(bo, acme).position.slug == "agent"


SEARCHES = [
    ("everybody", "", {"Ana", "Sam", "Bo", "Vi"}),
    ("by first name", "bo", {"Bo"}),
    ("by two words", "lind BO", {"Bo"}),
    ("by address", "sam@cast", {"Sam"}),
    ("nobody", "zebulon", set()),
    ("a sign of LIKE", "%", set()),
    ("nothing PostgreSQL stores", "bo\x00", {"Bo"}),
]


@pytest.mark.parametrize(("_case", "query", "names"), SEARCHES, ids=[case for case, _, _ in SEARCHES])
def test_search(_case, query, names, client_for, acme, bo):
    answer = client_for(bo, acme).get("/team/", {"q": query})
    assert {agent.user.first_name for agent in answer.context["page"]} == names


def test_the_log_of_an_agent_is_paged(client_for, acme, bo, sam, page):
    client = client_for(sam, acme)
    for number in range(45):
        client.post(page(bo, "receiving/"), {"on": "on" if number % 2 else "", "note": str(number)})
    seen, query = [], ""
    for _ in range(3):
        shown = client.get(page(bo) + query).context["page"]
        seen += [log.note for log in shown.rows]
        query = f"?before={shown.older}".replace("+", "%2B") if shown.older else ""
    assert seen == [str(number) for number in reversed(range(45))]
    assert query == ""


def test_links_between_pages_can_be_followed(client_for, acme, bo, sam, page):
    """A plus sign in an address is a space: a link to a key must say %2B."""
    client = client_for(sam, acme)
    for number in range(25):
        client.post(page(bo, "receiving/"), {"on": "on" if number % 2 else "", "note": f"note-{number}"})
    first = client.get(page(bo))
    [link] = [part.split('"')[0] for part in first.text.split('href="') if part.startswith("?before=")]
    second = client.get(page(bo) + link.replace("&amp;", "&"))
    assert [log.note for log in second.context["page"].rows] == [f"note-{number}" for number in range(4, -1, -1)]


def test_a_private_profile_shows_its_contact_to_who_manages_members(client_for, acme, ana, bo, sam, page):
    bo.profile.phone = "+371 2000 0000"
    bo.profile.save()
    assert bo.profile.phone in client_for(sam, acme).get(page(bo)).text
    bo.preferences.privacy_profile_visibility = "PRIVATE"
    bo.preferences.save()
    shown = [bo.profile.phone in client_for(user, acme).get(page(bo)).text for user in (ana, bo, sam)]
    assert shown == [True, True, False]


def test_a_name_is_shown_as_it_is_written(client_for, acme, bo, page):
    mallory = make_member(acme, make_user(first_name="<script>alert(1)</script>")).user
    for path in ["/team/", page(mallory), "/"]:
        assert "<script>alert" not in client_for(bo, acme).get(path).text


def test_a_person_who_left_is_not_listed_as_a_member(client_for, acme, globex, bo):
    assert Membership.objects.filter(user=bo, workspace=globex).count() == 0
    assert client_for(bo, globex).get("/team/").status_code == 403


def names_on(answer) -> list[str]:
    return [agent.name for agent in answer.context["page"]]


@pytest.fixture
def crowd(acme):
    for number in range(60):
        make_member(acme, make_user(first_name="Zoe", last_name=f"Number{number:02}"))


def test_a_large_team_comes_in_pages(crowd, client_for, acme, bo):
    client = client_for(bo, acme)
    first, second = client.get("/team/"), client.get("/team/", {"page": 2})
    assert (len(names_on(first)), len(names_on(second))) == (50, 14)
    assert not set(names_on(first)) & set(names_on(second))
    text = first.content.decode()
    assert "64 people" in text
    assert "1 to 50 of 64" in text
    assert 'href="?page=2"' in text


def test_somebody_on_the_last_page_is_found(crowd, client_for, acme, bo):
    answer = client_for(bo, acme).get("/team/", {"q": "zoe number59"})
    assert names_on(answer) == ["Zoe Number59"]
    assert "1 found" in answer.content.decode()


def test_paging_keeps_what_was_searched_for(crowd, client_for, acme, bo):
    text = client_for(bo, acme).get("/team/", {"q": "zoe"}).content.decode()
    assert "1 to 50 of 60" in text
    assert "q=zoe&amp;page=2" in text


@pytest.mark.parametrize("number", ["0", "-1", "x", "999", "\x00", ""])
def test_a_page_that_is_none_is_the_nearest(number, crowd, client_for, acme, bo):
    assert client_for(bo, acme).get("/team/", {"page": number}).status_code == 200
