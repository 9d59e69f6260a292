"""What may be sent to a customer now: Meta's rules as a pure function, asked before typing and before sending."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from inbox.models import Message
from workspaces.models import Platform

WINDOW = timedelta(hours=24)
HUMAN_AGENT_WINDOW = timedelta(days=7)
PRIVATE_REPLY_WINDOW = timedelta(days=7)
# Meta's clock decides, and the message takes its time to get there.
MARGIN = timedelta(minutes=2)


class Mode(StrEnum):
    REPLY = "REPLY"
    HUMAN_AGENT = "HUMAN_AGENT"
    TEMPLATE_ONLY = "TEMPLATE_ONLY"
    NOTHING = "NOTHING"


@dataclass(frozen=True, slots=True)
class Permit:
    mode: Mode
    until: datetime | None = None
    reason: str = ""
    advice: str = ""

    def allows(self, type: str) -> bool:
        """Whether a message of this type may go."""
        if self.mode == Mode.TEMPLATE_ONLY:
            return type == Message.Type.TEMPLATE
        return self.mode != Mode.NOTHING

    @property
    def refusal(self) -> str:
        return f"{self.reason} {self.advice}".strip()


def what_may_be_sent(
    *,
    platform: str,
    sender: str,
    last_incoming_at: datetime | None,
    now: datetime,
    channel_works: bool = True,
    blocked: bool = False,
    has_human_agent: bool = True,
    comment_at: datetime | None = None,
) -> Permit:
    """`last_incoming_at`: when the customer last did something that opens the window, by Meta's clock.

    `comment_at`: asks for the private reply to a comment of that time instead.
    """
    if blocked:
        return Permit(Mode.NOTHING, reason="This contact is blocked.", advice="Unblock the contact to write to them.")
    if not channel_works:
        return Permit(
            Mode.NOTHING,
            reason="The channel is switched off or needs reconnecting.",
            advice="Ask an admin to switch it on or to reconnect it.",
        )
    if comment_at is not None:
        return _after_comment(platform, comment_at, now)
    if last_incoming_at is not None and now < (until := last_incoming_at + WINDOW - MARGIN):
        return Permit(Mode.REPLY, until=until)
    return _OUTSIDE[Platform(platform)](sender, last_incoming_at, now, has_human_agent)


def _after_comment(platform: str, comment_at: datetime, now: datetime) -> Permit:
    until = comment_at + PRIVATE_REPLY_WINDOW - MARGIN
    if platform == Platform.WHATSAPP:
        return Permit(Mode.NOTHING, reason="WhatsApp has no comments.")
    if now < until:
        return Permit(Mode.REPLY, until=until)
    return Permit(
        Mode.NOTHING,
        reason="The comment is older than seven days, the longest Meta allows for a private reply.",
        advice="Answer it in public instead.",
    )


def _outside_on_whatsapp(
    sender: str, last_incoming_at: datetime | None, now: datetime, has_human_agent: bool
) -> Permit:
    never = last_incoming_at is None
    return Permit(
        Mode.TEMPLATE_ONLY,
        reason="This person has not written yet." if never else "It is over 24 hours since this person last wrote.",
        advice="WhatsApp takes only an approved template until they write.",
    )


def _outside_on_meta(sender: str, last_incoming_at: datetime | None, now: datetime, has_human_agent: bool) -> Permit:
    if last_incoming_at is None:
        return Permit(
            Mode.NOTHING,
            reason="This person has not written yet.",
            advice="Meta lets a conversation begin with the customer alone.",
        )
    until = last_incoming_at + HUMAN_AGENT_WINDOW - MARGIN
    if now >= until:
        return Permit(
            Mode.NOTHING,
            reason="It is over seven days since this person last wrote.",
            advice="Wait until they write again, or reach them in another way.",
        )
    if sender != Message.Sender.AGENT:
        return Permit(
            Mode.NOTHING,
            reason="It is over 24 hours since this person last wrote.",
            advice="Until the seventh day a person may answer, automation may not.",
        )
    if not has_human_agent:
        return Permit(
            Mode.NOTHING,
            reason="It is over 24 hours since this person last wrote.",
            advice="The Meta app lacks the “Human Agent” feature, which would allow seven days.",
        )
    return Permit(
        Mode.HUMAN_AGENT,
        until=until,
        reason="It is over 24 hours since this person last wrote.",
        advice="You may still answer by hand; nothing promotional.",
    )


_OUTSIDE: dict[Platform, Callable[[str, datetime | None, datetime, bool], Permit]] = {
    Platform.FACEBOOK: _outside_on_meta,
    Platform.INSTAGRAM: _outside_on_meta,
    Platform.WHATSAPP: _outside_on_whatsapp,
}
