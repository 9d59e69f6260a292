from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.models import Message
from inbox.policy import MARGIN, Mode, what_may_be_sent
from workspaces.models import Platform

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY, WEEK, TICK = timedelta(hours=24), timedelta(days=7), timedelta(microseconds=1)
META = [Platform.FACEBOOK, Platform.INSTAGRAM]
AGENT, BOT, SYSTEM = Message.Sender.AGENT, Message.Sender.BOT, Message.Sender.SYSTEM


def ask(platform, ago, sender=AGENT, **over):
    last = None if ago is None else NOW - ago
    return what_may_be_sent(platform=platform, sender=sender, last_incoming_at=last, now=NOW, **over)


@pytest.mark.parametrize("platform", Platform)
@pytest.mark.parametrize("sender", [AGENT, BOT, SYSTEM])
@pytest.mark.parametrize("ago", [timedelta(0), timedelta(hours=23), DAY - MARGIN - TICK, timedelta(minutes=-3)])
def test_within_the_window_everybody_may_reply(platform, sender, ago):
    permit = ask(platform, ago, sender)
    assert (permit.mode, permit.until) == (Mode.REPLY, NOW - ago + DAY - MARGIN)


@pytest.mark.parametrize("platform", META)
@pytest.mark.parametrize("ago", [DAY - MARGIN, DAY, timedelta(days=3), WEEK - MARGIN - TICK])
def test_then_a_person_may_until_the_seventh_day(platform, ago):
    permit = ask(platform, ago)
    assert (permit.mode, permit.until) == (Mode.HUMAN_AGENT, NOW - ago + WEEK - MARGIN)
    assert [ask(platform, ago, sender).mode for sender in (BOT, SYSTEM)] == [Mode.NOTHING] * 2
    assert ask(platform, ago, has_human_agent=False).mode == Mode.NOTHING


@pytest.mark.parametrize("platform", META)
@pytest.mark.parametrize("ago", [WEEK - MARGIN, WEEK, timedelta(days=400), None])
def test_then_nobody_may(platform, ago):
    assert {ask(platform, ago, sender).mode for sender in (AGENT, BOT, SYSTEM)} == {Mode.NOTHING}


@pytest.mark.parametrize("sender", [AGENT, BOT, SYSTEM])
@pytest.mark.parametrize("ago", [DAY - MARGIN, DAY, WEEK, timedelta(days=400), None])
def test_whatsapp_takes_templates_outside_the_window(sender, ago):
    permit = ask(Platform.WHATSAPP, ago, sender)
    assert permit.mode == Mode.TEMPLATE_ONLY
    assert (permit.allows("TEMPLATE"), permit.allows("TEXT")) == (True, False)


@pytest.mark.parametrize("platform", Platform)
def test_nothing_goes_to_the_blocked_or_through_what_does_not_work(platform):
    assert ask(platform, timedelta(0), blocked=True).mode == Mode.NOTHING
    assert ask(platform, timedelta(0), channel_works=False).mode == Mode.NOTHING
    assert not ask(platform, timedelta(0), blocked=True).allows("TEMPLATE")


@pytest.mark.parametrize(
    ("platform", "ago", "mode"),
    [
        (Platform.FACEBOOK, timedelta(0), Mode.REPLY),
        (Platform.INSTAGRAM, WEEK - MARGIN - TICK, Mode.REPLY),
        (Platform.FACEBOOK, WEEK - MARGIN, Mode.NOTHING),
        (Platform.WHATSAPP, timedelta(0), Mode.NOTHING),
    ],
)
def test_a_comment_allows_a_private_reply_for_seven_days(platform, ago, mode):
    assert ask(platform, None, comment_at=NOW - ago).mode == mode


anything = {
    "platform": st.sampled_from(list(Platform)),
    "sender": st.sampled_from([AGENT, BOT, SYSTEM]),
    "ago": st.none() | st.timedeltas(timedelta(days=-1), timedelta(days=30)),
    "blocked": st.booleans(),
    "channel_works": st.booleans(),
    "has_human_agent": st.booleans(),
}


@given(**anything)
def test_what_is_not_simply_allowed_is_explained(platform, sender, ago, **over):
    permit = ask(platform, ago, sender, **over)
    assert permit.mode == Mode.REPLY or (permit.reason and permit.advice)
    assert permit.until is None or permit.until > NOW


@given(**anything, later=st.timedeltas(timedelta(0), timedelta(days=30)))
def test_time_never_allows_more(platform, sender, ago, later, **over):
    freedom = [Mode.NOTHING, Mode.TEMPLATE_ONLY, Mode.HUMAN_AGENT, Mode.REPLY]
    now, then = ask(platform, ago, sender, **over), ask(platform, None if ago is None else ago + later, sender, **over)
    assert freedom.index(then.mode) <= freedom.index(now.mode)
