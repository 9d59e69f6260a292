"""Keeping channels alive: asked, repaired, renewed, and their people told in time."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from celery import current_app
from django.utils import timezone
from django_tenants.utils import schema_context

from config.celery import app as celery
from pages import finding, tasks
from pages.actions import checking
from pages.graph import subscriptions
from pages.graph.errors import GraphError, Kind
from pages.graph.line import line_of
from pages.models import Channel
from pages.sandbox import world
from tests import factories
from tests.pages.channel_fixtures import channels_of, connect, fresh, history, meta, sandbox, told
from workspaces.models import Platform, UserProfile

__all__ = ["connect", "meta", "sandbox"]

pytestmark = pytest.mark.django_db

STUDIO = {
    "platform": Platform.INSTAGRAM,
    "external_id": world.ACME_STUDIO_INSTAGRAM,
    "token": world.ACME_STUDIO_INSTAGRAM_TOKEN,
    "login": Channel.Login.INSTAGRAM,
    "metadata": {},
}
NUMBER = {
    "platform": Platform.WHATSAPP,
    "external_id": world.ACME_NUMBER,
    "token": world.ACME_WHATSAPP_TOKEN,
    "metadata": {"waba_id": world.ACME_WABA},
}
KINDS: list[dict[str, Any]] = [{}, STUDIO, NUMBER]


def check(channel: Channel, workspace: Any) -> str:
    with schema_context(workspace.schema_name):
        return checking.check_channel(channel, workspace)


def change(channel: Channel, workspace: Any, **values: Any) -> Channel:
    with schema_context(workspace.schema_name):
        Channel.objects.filter(pk=channel.pk).update(**values)
    return fresh(channel, workspace)


@pytest.mark.parametrize("kind", KINDS, ids=["page", "Instagram Login", "number"])
def test_a_check_says_that_it_works_and_notes_how_it_is(kind, meta, connect, acme):
    channel = connect(**kind)
    assert check(channel, acme) == ""
    channel = fresh(channel, acme)
    assert channel.checked_at is not None
    assert channel.connection_status == "CONNECTED"
    if channel.platform == Platform.WHATSAPP:
        assert channel.metadata["quality"] == "GREEN"
        assert channel.metadata["messaging_tier"] == "TIER_2K"
    if channel.platform == Platform.FACEBOOK:
        assert "pages_messaging" in channel.metadata["scopes"]


def test_lost_webhook_fields_are_asked_for_again(meta, connect, acme):
    channel = connect()
    line = line_of(channel, acme)
    with schema_context(acme.schema_name):
        subscriptions.unsubscribe(line)
        assert subscriptions.subscribed_fields(line) == set()
    assert check(channel, acme) == ""
    with schema_context(acme.schema_name):
        assert subscriptions.subscribed_fields(line) == set(subscriptions.PAGE_FIELDS)


def test_a_refused_token_marks_the_channel_and_a_good_one_frees_it(meta, connect, acme, sent_mail):
    channel = connect()
    meta.fault("190")
    with sent_mail() as outbox:
        assert check(channel, acme) != ""
    channel = fresh(channel, acme)
    assert (channel.connection_status, len(outbox)) == ("NEEDS_RECONNECT", 1)
    assert channel.connection_problem
    meta.delete("faults")
    told.clear()
    with sent_mail():
        assert check(channel, acme) == ""
    assert (fresh(channel, acme).connection_status, told) == ("CONNECTED", [world.ACME_PAGE])
    assert history(channel, acme)[-2:] == ["NEEDS_RECONNECT", "CONNECTED"]


@pytest.mark.parametrize("fault", ["500", "429", "4"])
def test_what_passes_by_itself_marks_nothing(fault, meta, connect, acme, sent_mail):
    channel = connect()
    meta.fault(fault)
    with sent_mail() as outbox:
        assert check(channel, acme) != ""
    assert (fresh(channel, acme).connection_status, outbox) == ("CONNECTED", [])


def test_a_token_of_another_account_is_noticed(meta, connect, acme):
    channel = connect(**STUDIO | {"external_id": "17841400000000099"})
    assert "another account" in check(channel, acme)
    assert fresh(channel, acme).connection_status == "NEEDS_RECONNECT"


def test_a_wrong_app_secret_does_not_blame_the_channel(meta, connect, acme):
    channel = connect()
    with schema_context(acme.schema_name):
        line = line_of(channel, acme)
    with schema_context(acme.schema_name), pytest.raises(GraphError) as error:
        finding.token_facts(replace(line, app_secret="wrong"))
    assert error.value.kind == Kind.CONFIGURATION


class TestRefresh:
    def refresh(self, acme: Any) -> None:
        with schema_context(acme.schema_name):
            checking.refresh_instagram_tokens(acme)

    def studio(
        self, connect: Any, acme: Any, *, ends: timedelta | None, old: timedelta = timedelta(days=46)
    ) -> Channel:
        now = timezone.now()
        channel = connect(**STUDIO)
        return change(channel, acme, token_expires_at=ends and now + ends, connected_at=now - old)

    def test_before_it_ends_it_is_renewed(self, meta, connect, acme):
        channel = self.studio(connect, acme, ends=timedelta(days=14))
        self.refresh(acme)
        again = fresh(channel, acme)
        assert again.access_token != channel.access_token
        assert again.token_expires_at > timezone.now() + timedelta(days=59)
        assert check(again, acme) == "", "the new one works"

    def test_one_whose_end_nobody_knows_too(self, meta, connect, acme):
        channel = self.studio(connect, acme, ends=None)
        self.refresh(acme)
        assert fresh(channel, acme).token_expires_at is not None

    @pytest.mark.parametrize(
        ("ends", "old"),
        [
            (timedelta(days=16), timedelta(days=44)),
            (timedelta(days=14), timedelta(hours=23)),
            (timedelta(days=-1), timedelta(days=61)),
        ],
        ids=["too early", "too young", "over"],
    )
    def test_otherwise_it_is_left_alone(self, ends, old, meta, connect, acme):
        channel = self.studio(connect, acme, ends=ends, old=old)
        self.refresh(acme)
        assert fresh(channel, acme).access_token == channel.access_token

    def test_a_page_s_token_is_none_of_them(self, meta, connect, acme):
        linked = {"platform": Platform.INSTAGRAM, "external_id": world.ACME_INSTAGRAM, "login": Channel.Login.FACEBOOK}
        channel = connect(**linked, metadata={"page_id": world.ACME_PAGE})
        change(channel, acme, connected_at=timezone.now() - timedelta(days=50))
        with schema_context(acme.schema_name):
            assert checking.due_for_refresh(timezone.now()) == []

    def test_whoever_reconnected_it_meanwhile_is_not_overwritten(self, meta, connect, acme):
        channel = self.studio(connect, acme, ends=timedelta(days=3))
        change(channel, acme, access_token="IGAA-the-newer-one")
        with schema_context(acme.schema_name):
            checking.refresh_token_of(channel, acme)
        assert fresh(channel, acme).access_token == "IGAA-the-newer-one"

    def test_a_refused_renewal_marks_it(self, meta, connect, acme):
        channel = self.studio(connect, acme, ends=timedelta(days=3))
        meta.fault("190", path="refresh_access_token")
        self.refresh(acme)
        assert fresh(channel, acme).connection_status == "NEEDS_RECONNECT"


class TestWarning:
    def warn(self, acme: Any, sent_mail: Any) -> list[Any]:
        with schema_context(acme.schema_name), sent_mail() as outbox:
            checking.warn_of_dying_tokens()
        return outbox

    def test_fourteen_days_three_days_and_a_day_before_once_each(self, acme, ana, sent_mail):
        with schema_context(acme.schema_name):
            channel = factories.make_channel(name="Acme Shop")
        ends = timezone.now() + timedelta(days=13, hours=12)
        said = []
        for left in (20, 13.5, 10, 2.5, 2, 0.5, 0.2):
            shift = timedelta(days=left) - (ends - timezone.now())
            # The end comes nearer by moving it; the same end, as far as the warnings go.
            said.append(self.at(channel, acme, ends, shift, sent_mail))
        assert [len(mails) for mails in said] == [0, 1, 0, 1, 0, 1, 0]
        assert said[1][0].to == [ana.email]
        assert "within 14 days" in said[1][0].subject
        assert f"{acme.url}/settings/channels/{channel.pk}/" in said[1][0].body

    def at(self, channel: Channel, acme: Any, ends: Any, shift: timedelta, sent_mail: Any) -> list[Any]:
        with schema_context(acme.schema_name), sent_mail() as outbox:
            checking.warn_of_end(channel, ends, ends - timezone.now() + shift)
        return outbox

    def test_another_end_is_another_warning(self, acme, sent_mail):
        with schema_context(acme.schema_name):
            channel = factories.make_channel()
        for days in (10, 12):
            change(channel, acme, token_expires_at=timezone.now() + timedelta(days=days))
            assert len(self.warn(acme, sent_mail)) == 1
            assert self.warn(acme, sent_mail) == []

    def test_the_end_is_told_in_the_readers_zone(self, acme, ana, sent_mail):
        UserProfile.objects.filter(user=ana).update(timezone="Asia/Tokyo", language="en-gb")
        ends = timezone.now() + timedelta(days=2)
        with schema_context(acme.schema_name):
            factories.make_channel(token_expires_at=ends)
        local = ends.astimezone(ZoneInfo("Asia/Tokyo"))
        [sent] = self.warn(acme, sent_mail)
        assert f"ends on {local.day} {local:%b} {local.year}, {local:%H:%M} (Asia/Tokyo)." in sent.body

    def test_the_access_to_data_ends_too(self, acme, sent_mail):
        ends = (timezone.now() + timedelta(days=2)).isoformat()
        with schema_context(acme.schema_name):
            factories.make_channel(metadata={"data_access_expires_at": ends})
        [message] = self.warn(acme, sent_mail)
        assert "The access to data" in message.body

    def test_what_has_no_end_is_quiet(self, acme, sent_mail):
        with schema_context(acme.schema_name):
            factories.make_channel()
        assert self.warn(acme, sent_mail) == []


def test_the_clock_reaches_each_workspace_with_channels(meta, connect, acme, globex, run_tasks):
    connect()
    tasks.look_after_channels.delay()
    tasks.check_all_channels.delay()
    run_tasks()
    waiting = run_tasks()
    assert waiting == []
    assert channels_of(acme)[0].checked_at is not None


def test_what_the_clock_rings_for_is_there():
    current_app.loader.import_default_modules()
    rung = {entry["task"] for entry in celery.conf.beat_schedule.values()}
    assert {"pages.tasks.look_after_channels", "pages.tasks.check_all_channels"} <= rung <= set(current_app.tasks)
