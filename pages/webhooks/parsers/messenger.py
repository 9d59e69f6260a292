"""Messenger: `object` page, with what happens on the page itself."""

from typing import Any

from pages.webhooks.events import Part
from pages.webhooks.parsers import messaging
from pages.webhooks.parsers.items import integrity
from pages.webhooks.parsers.messaging import Change, Dialect, of_field, of_item_and_verb
from pages.webhooks.parsers.parts import Found


def of_integrity(change: Change) -> Found:
    return integrity(change.value, change.at)


def of_template(change: Change) -> Found:
    return Found("template.status")


# Named in Meta's list of fields, without an action of ours.
QUIET = """conversations follow inbox_labels leadgen live_videos videos marketing_message_clicks
    marketing_message_deliveries marketing_message_delivery_failed marketing_message_echoes marketing_message_reads
    message_context message_mention messaging_appointments messaging_in_thread_lead_form_submit messaging_optouts
    messaging_customer_information messaging_feedback messaging_game_plays""".split()

DIALECT = Dialect(
    "FACEBOOK",
    {
        **dict.fromkeys(QUIET, of_field),
        **dict.fromkeys(("feed", "mention", "ratings"), of_item_and_verb),
        **dict.fromkeys(("business_integrity", "messaging_integrity"), of_integrity),
        **dict.fromkeys(("message_template_status_update", "messenger_template_status_update"), of_template),
        "calls": lambda change: Found("calls"),
        "call_permission_reply": lambda change: Found("calls.permission"),
        "call_settings_update": lambda change: Found("calls.settings"),
    },
)


def parse(body: Any) -> list[Part]:
    return messaging.parse(body, DIALECT)
