"""The labels that a workspace has, and the rules of its inbox."""

import pytest
from django.db import IntegrityError, connection, transaction

from inbox.actions.labels import delete_label, save_label
from inbox.actions.rules import save_rules
from inbox.models import Chat, ChatLabel, InboxRules, Label, RoutingRule
from tests import factories
from workspaces.models import UserActivity
from workspaces.refusals import NotAllowed, Refused

pytestmark = pytest.mark.django_db

RULES = {"strategy": "ROUND_ROBIN", "tell_after": "10"}
FORM = {"name": "Return", "colour": "amber", "description": "Something comes back"}


@pytest.fixture
def in_acme(acme):
    connection.set_tenant(acme)
    return acme


@pytest.fixture
def inside(client_for, sam, in_acme):
    return client_for(sam, in_acme)


@pytest.fixture
def supervisor(in_acme, sam):
    return factories.agent_of(sam, in_acme)


def log():
    row = UserActivity.objects.latest("created_at")
    return row.activity_type, row.description


def bear(label, *states):
    channel = factories.make_channel()
    for state in states:
        ChatLabel.objects.create(chat=factories.make_chat(channel, state=state), label=label)


def test_created(inside):
    assert inside.post("/settings/labels/", {**FORM, "name": "  Return   goods "}).status_code == 302
    label = Label.objects.get()
    assert (label.name, label.colour, label.description) == ("Return goods", "amber", "Something comes back")
    assert log() == ("label.created", "Created the label Return goods")


def test_changed(inside):
    label = Label.objects.create(name="Order")
    assert inside.post(f"/settings/labels/{label.pk}/", FORM).status_code == 302
    label.refresh_from_db()
    assert (label.name, label.colour) == ("Return", "amber")
    before = UserActivity.objects.count()
    assert log()[1] == "Changed the label Return: it was called Order, grey became amber, another description"
    inside.post(f"/settings/labels/{label.pk}/", FORM)
    assert UserActivity.objects.count() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "x" * 51), ("name", "a\u200bb"), ("name", "RETURN"), ("colour", "mauve")],
)
def test_what_is_refused(field, value, inside):
    Label.objects.create(name="Return")
    answer = inside.post("/settings/labels/", {**FORM, "name": "Another", field: value})
    assert (answer.status_code, Label.objects.count()) == (422, 1)
    errors = answer.context["form"].errors
    assert set(errors) <= {field, "__all__"}
    assert errors


def test_a_name_given_twice_at_once_is_refused(in_acme, supervisor):
    save_label(Label(name="Return"), by=supervisor, workspace=in_acme)
    with pytest.raises(Refused, match="There is a label of this name"):
        save_label(Label(name="return"), by=supervisor, workspace=in_acme)
    assert Label.objects.count() == 1


def test_the_list_counts_open_chats(inside, django_assert_max_num_queries):
    for name in ("Return", "unused", "Order"):
        Label.objects.create(name=name)
    bear(Label.objects.get(name="Order"), Chat.State.OPEN, Chat.State.OPEN, Chat.State.CLOSED, Chat.State.SNOOZED)
    bear(Label.objects.get(name="Return"), Chat.State.CLOSED)
    inside.get("/settings/labels/")
    with django_assert_max_num_queries(8):
        page = inside.get("/settings/labels/")
    shown = [(label.name, label.open_chats) for label in page.context["labels"]]
    assert shown == [("Order", 2), ("Return", 0), ("unused", 0)]
    assert "2 open chats" in page.content.decode()


def test_deleted_it_leaves_the_chats(inside):
    label = Label.objects.create(name="Order")
    bear(label, Chat.State.OPEN, Chat.State.CLOSED)
    assert "2 chats lose it" in inside.get(f"/settings/labels/{label.pk}/").content.decode()
    assert inside.post(f"/settings/labels/{label.pk}/removal/").status_code == 302
    assert (Label.objects.count(), ChatLabel.objects.count(), Chat.objects.count()) == (0, 0, 2)
    assert log() == ("label.deleted", "Deleted the label Order")
    assert "taken off 2 chats" in inside.get("/settings/labels/").content.decode()


def test_deleted_twice_it_is_deleted_once(in_acme, supervisor):
    label = Label.objects.create(name="Order")
    bear(label, Chat.State.OPEN)
    assert [delete_label(label, by=supervisor, workspace=in_acme) for _ in range(2)] == [1, 0]
    assert UserActivity.objects.filter(activity_type="label.deleted").count() == 1


def test_agents_do_not_set_them_up(in_acme, bo, client_for):
    label = Label.objects.create(name="Order")
    browser, agent = client_for(bo, in_acme), factories.agent_of(bo, in_acme)
    assert browser.post("/settings/labels/", FORM).status_code == 403
    with pytest.raises(NotAllowed):
        save_label(Label(name="New"), by=agent, workspace=in_acme)
    with pytest.raises(NotAllowed):
        delete_label(label, by=agent, workspace=in_acme)
    with pytest.raises(NotAllowed):
        save_rules(auto_close_days=3, by=agent, workspace=in_acme)
    assert (list(Label.objects.values_list("name", flat=True)), InboxRules.objects.count()) == (["Order"], 0)


class TestRules:
    def test_no_chat_is_closed_by_itself_at_first(self, in_acme):
        assert InboxRules.objects.current().auto_close_days is None

    def test_set_and_unset(self, inside):
        for days, kept, words in (("14", 14, "after 14 days"), ("1", 1, "after 1 day"), ("", None, "stay open")):
            assert inside.post("/settings/inbox/", {**RULES, "auto_close_days": days}).status_code == 302
            assert InboxRules.objects.get().auto_close_days == kept
            assert log()[1].endswith(words)
        before = UserActivity.objects.count()
        inside.post("/settings/inbox/", {**RULES, "auto_close_days": ""})
        assert UserActivity.objects.count() == before

    @pytest.mark.parametrize("days", ["0", "-1", "366", "soon", "1.5"])
    def test_what_is_refused(self, days, inside):
        assert inside.post("/settings/inbox/", {**RULES, "auto_close_days": days}).status_code == 422
        assert InboxRules.objects.current().auto_close_days is None

    def test_there_is_one_row(self, in_acme):
        InboxRules.objects.create()
        for row in (InboxRules(), InboxRules(is_only=False)):
            with pytest.raises(IntegrityError), transaction.atomic():
                row.save()


def test_the_question_names_the_rules_that_put_it_on_chats(inside):
    label = Label.objects.create(name="Order")
    RoutingRule.objects.create(name="Bulk", actions={"labels": [str(label.pk)]})
    RoutingRule.objects.create(name="Other", actions={"labels": [str(Label.objects.create(name="Return").pk)]})
    text = inside.get(f"/settings/labels/{label.pk}/").content.decode()
    assert "The routing rule “Bulk” puts it on chats, and no longer will." in text


def test_who_reads_their_own_chats_alone_is_told_no_number_of_others(inside, in_acme, supervisor):
    label = Label.objects.create(name="Return")
    bear(label, "OPEN", "OPEN", "OPEN")
    mine = factories.make_chat(factories.make_channel(), assigned_to=supervisor)
    ChatLabel.objects.create(chat=mine, label=label)
    assert [found.open_chats for found in inside.get("/settings/labels/").context["labels"]] == [4]
    connection.set_tenant(in_acme)
    type(supervisor.position).objects.filter(pk=supervisor.position_id).update(permissions=["inbox.manage"])
    assert [found.open_chats for found in inside.get("/settings/labels/").context["labels"]] == [1]
