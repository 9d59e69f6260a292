"""Labels and views that change are told to the screens that show them, and a quote that is joined is redrawn."""

import pytest
from django.db import connection

from inbox.actions.labels import delete_label, save_label
from inbox.actions.saved_views import delete_view, save_view
from inbox.models import Label, Message, SavedView
from tests import factories
from tests.inbox.test_live import ana_in, platform_app, told  # noqa: F401
from tests.webhooks import connect, deliver, item, page, text
from workspaces.refusals import NotAllowed


def audiences(told):  # noqa: F811
    return [(one["everyone"], one["agents"]) for one in told.all() if one["name"] == "furniture"]


def test_labels(told, acme, ana_in):  # noqa: F811
    label = Label(name="VIP", colour="teal")
    save_label(label, by=ana_in, workspace=acme)
    assert audiences(told) == [(True, [])]
    label.name = "Important"
    save_label(label, by=ana_in, workspace=acme)
    delete_label(label, by=ana_in, workspace=acme)
    assert audiences(told) == [(True, []), (True, [])]
    # A second click deletes nothing, and tells nothing.
    delete_label(label, by=ana_in, workspace=acme)
    assert audiences(told) == []


def test_a_view_of_ones_own_concerns_nobody_else(told, ana_in):  # noqa: F811
    view = save_view(SavedView(name="Mine", owner=ana_in), by=ana_in)
    assert audiences(told) == [(False, [str(ana_in.pk)])]
    view.is_shared = True
    save_view(view, by=ana_in)
    assert audiences(told) == [(True, [])]
    # Nobody else has it any more.
    view.is_shared = False
    save_view(view, by=ana_in)
    assert audiences(told) == [(True, [])]
    delete_view(view, by=ana_in)
    assert audiences(told) == [(False, [str(ana_in.pk)])]


def test_what_is_refused_is_not_told(told, acme, ana_in, bo):  # noqa: F811
    other = factories.agent_of(bo, acme)
    connection.set_tenant(acme)
    view = SavedView.objects.create(name="Mine", owner=ana_in)
    with pytest.raises(NotAllowed):
        delete_view(view, by=other)
    with pytest.raises(NotAllowed):
        save_label(Label(name="VIP"), by=other, workspace=acme)
    assert audiences(told) == []


def test_a_quote_that_is_joined_later_is_drawn_anew(told, acme):  # noqa: F811
    channel = connect(acme)
    answer = {"mid": "m_2", "text": "Yes", "reply_to": {"mid": "m_1"}}
    deliver(page(channel, item(channel, second=2, message=answer)))
    connection.set_tenant(acme)
    quoting = Message.objects.get(external_id="m_2")
    told.all()
    deliver(page(channel, text(channel, "Blue?", mid="m_1", second=1)))
    connection.set_tenant(acme)
    quoting.refresh_from_db()
    assert quoting.reply_to.external_id == "m_1"
    ids = [one["data"]["ids"] for one in told.all() if one["name"] == "message"]
    assert {str(quoting.pk), str(quoting.reply_to_id)} == {pk for some in ids for pk in some}
