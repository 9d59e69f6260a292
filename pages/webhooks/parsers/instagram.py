"""Instagram: the messages of an account, and what happens to its posts and stories."""

from typing import Any

from pages.webhooks.events import Part
from pages.webhooks.parsers import messaging
from pages.webhooks.parsers.messaging import Dialect, of_field

FIELDS = """comments live_comments mentions story_insights story_reactions share_to_story follow comment_poll_response
    story_poll_response agent_messages delta""".split()

DIALECT = Dialect("INSTAGRAM", dict.fromkeys(FIELDS, of_field))


def parse(body: Any) -> list[Part]:
    return messaging.parse(body, DIALECT)
