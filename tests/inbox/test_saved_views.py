"""Views that people keep: one's own, and those for everybody."""

import pytest

from inbox.actions.labelling import add_label
from inbox.actions.saved_views import MOST
from inbox.boxes import find_box
from inbox.lists import page_of
from inbox.models import Label, SavedView
from tests.inbox.test_list import agent, channel, chats_at, colleague, shown  # noqa: F401


@pytest.fixture
def view(agent):  # noqa: F811
    return SavedView.objects.create(name="My VIPs", owner=agent, filters={"assignee": "me"})


@pytest.fixture
def shared(colleague):  # noqa: F811
    return SavedView.objects.create(name="All VIPs", owner=colleague, is_shared=True, filters={})


def test_a_view_is_saved_as_it_is_seen(channel, agent, bo, acme, client_for):  # noqa: F811
    first, second = chats_at(channel, 1, 2)
    label = Label.objects.create(name="VIP")
    add_label([first], label, by=agent)
    client = client_for(bo, acme)

    response = client.post(
        f"/inbox/label-{label.pk}/views/", {"name": "Mine of these", "assignee": "nobody", "q": "x", "sort": "waiting"}
    )
    made = SavedView.objects.get()

    assert response.url == f"/inbox/view-{made.pk}/"
    assert (made.owner, made.is_shared, made.sort) == (agent, False, "waiting")
    assert made.filters == {"label": str(label.pk), "assignee": "nobody"}
    page = client.get(response.url)
    assert shown(page) == [str(first.pk)]
    assert "Mine of these" in page.content.decode()
    assert second.pk not in {row.pk for row in page_of(find_box(agent, f"view-{made.pk}").chats, agent).rows}


def test_a_name_that_is_looked_for_makes_no_view(bo, acme, client_for):
    client = client_for(bo, acme)
    response = client.post("/inbox/all/views/", {"name": "Rosa's", "q": "Rosa"}, follow=True)
    assert "The view is not saved" in response.content.decode()
    assert not SavedView.objects.exists()
    assert "save-view" not in client.get("/inbox/all/?q=Rosa").content.decode().split('id="save-view"')[0]


def test_a_view_of_mentions_is_of_any_state_as_they_are(agent, bo, acme, client_for):  # noqa: F811
    client = client_for(bo, acme)
    client.post("/inbox/mentions/views/", {"name": "Mentions", "priority": "1"})
    client.post("/inbox/mentions/views/", {"name": "Open mentions", "state": "OPEN"})
    asked = dict(SavedView.objects.values_list("name", "filters"))
    assert asked["Mentions"] == {"mentions": True, "state": "ANY", "priority": 1}
    assert asked["Open mentions"] == {"mentions": True, "state": "OPEN"}


@pytest.mark.parametrize("name", ["", " ", "x" * 61])
def test_a_view_needs_a_name(name, bo, acme, client_for):
    response = client_for(bo, acme).post("/inbox/all/views/", {"name": name, "assignee": "me"})
    assert (response.status_code, SavedView.objects.count()) == (302, 0)


def test_nobody_keeps_views_without_end(agent, bo, acme, client_for):  # noqa: F811
    SavedView.objects.bulk_create(SavedView(name=f"View {n}", owner=agent, filters={}) for n in range(MOST))
    client = client_for(bo, acme)
    answer = client.post("/inbox/all/views/", {"name": "One more", "assignee": "me"}, follow=True)
    assert f"You keep {MOST} views already." in answer.content.decode()
    assert SavedView.objects.count() == MOST
    client.post(f"/inbox/views/{SavedView.objects.first().pk}/", {"name": "Another name"})
    assert SavedView.objects.filter(name="Another name").exists()


def test_only_who_manages_the_inbox_shares(bo, sam, acme, in_acme, client_for):
    client_for(bo, acme).post("/inbox/all/views/", {"name": "Bo's", "is_shared": "on", "assignee": "me"})
    client_for(sam, acme).post("/inbox/all/views/", {"name": "Sam's", "is_shared": "on", "assignee": "me"})
    assert dict(SavedView.objects.values_list("name", "is_shared")) == {"Bo's": False, "Sam's": True}


def test_a_view_is_renamed_and_deleted(view, bo, acme, client_for):
    client = client_for(bo, acme)
    client.post(f"/inbox/views/{view.pk}/", {"name": "Mine"})
    assert SavedView.objects.get().name == "Mine"
    client.post(f"/inbox/views/{view.pk}/", {"name": ""})
    assert SavedView.objects.get().name == "Mine"
    assert client.post(f"/inbox/views/{view.pk}/removal/").url == "/inbox/mine/"
    assert not SavedView.objects.exists()


def test_nobody_sees_anothers_own_view(view, sam, acme, client_for):
    client = client_for(sam, acme)
    for path in (f"/inbox/view-{view.pk}/", f"/inbox/view-{view.pk}/rows/"):
        assert client.get(path).status_code == 404
    for path in (f"/inbox/views/{view.pk}/", f"/inbox/views/{view.pk}/removal/"):
        assert client.post(path, {"name": "Taken"}).status_code == 404
    assert SavedView.objects.get().name == "My VIPs"
    assert "My VIPs" not in client.get("/inbox/all/").content.decode()


def test_a_shared_view_is_seen_by_all_and_changed_by_who_manages_the_inbox(shared, bo, sam, acme, client_for):
    agents, supervisors = client_for(bo, acme), client_for(sam, acme)
    assert "All VIPs" in agents.get(f"/inbox/view-{shared.pk}/").content.decode()
    for path in (f"/inbox/views/{shared.pk}/", f"/inbox/views/{shared.pk}/removal/"):
        assert agents.post(path, {"name": "Taken"}).status_code == 403
    assert SavedView.objects.get().name == "All VIPs"
    supervisors.post(f"/inbox/views/{shared.pk}/", {"name": "VIPs", "is_shared": "on"})
    assert (SavedView.objects.get().name, SavedView.objects.get().is_shared) == ("VIPs", True)


def test_what_a_view_asked_for_may_be_gone(agent, bo, acme, client_for):  # noqa: F811
    view = SavedView.objects.create(
        name="Old", owner=agent, filters={"label": "00000000-0000-7000-8000-000000000000", "burnt": "x"}
    )
    response = client_for(bo, acme).get(f"/inbox/view-{view.pk}/")
    assert (response.status_code, shown(response)) == (200, [])


def test_what_a_view_asks_for_is_seen_and_changed(view, bo, acme, client_for):
    client, place = client_for(bo, acme), f"/inbox/view-{view.pk}/"
    page = client.get(f"{place}?priority=2").content.decode()
    assert "Assigned to: Me" in page
    assert '<input type="checkbox" name="priority" value="2"> <span>Also <bdi>Priority: Urgent' in page
    change = {"name": view.name, "asks": "1"}
    client.post(f"/inbox/views/{view.pk}/", change | {"keep": "assignee", "priority": "2", "q": "Rosa"})
    view.refresh_from_db()
    assert view.filters == {"assignee": "me", "priority": 2}
    client.post(f"/inbox/views/{view.pk}/", change | {"keep": "priority"})
    view.refresh_from_db()
    assert view.filters == {"priority": 2}
    client.post(f"/inbox/views/{view.pk}/", {"name": "Only the name"})
    view.refresh_from_db()
    assert (view.name, view.filters) == ("Only the name", {"priority": 2})


def test_a_view_whose_label_is_gone_says_so(view, ana, bo, acme, client_for):
    client, label = client_for(bo, acme), Label.objects.create(name="VIP")
    SavedView.objects.filter(pk=view.pk).update(filters={"label": str(label.pk)})
    words = "Nothing can be in this view: the label that it asks for is no longer there."
    assert words not in client.get(f"/inbox/view-{view.pk}/").content.decode()
    deleting = client_for(ana, acme).get(f"/settings/labels/{label.pk}/").content.decode()
    assert "1 saved view asks for it, and will be empty." in deleting
    label.delete()
    page = client.get(f"/inbox/view-{view.pk}/").content.decode()
    assert words in page
    assert "Label: no longer there" in page
