"""Where an echo carries no id of ours, the app that it names says whether it is ours or another tool's."""

import pytest

from inbox.models import Chat, Message
from tests.factories import make_message
from tests.webhooks import SECRET, START, connect, deliver, echo, page, text

PLATFORM, OWN, ANOTHER = "505000000000001", "505000000000009", "263902037430900"


@pytest.mark.parametrize(
    ("channel", "app", "is_ours"),
    [
        ({}, PLATFORM, True),
        ({}, ANOTHER, False),
        ({"uses_own_app": True, "metadata": {"app_ids": [OWN]}}, OWN, True),
        ({"uses_own_app": True, "metadata": {"app_ids": [OWN]}}, PLATFORM, False),
        # Reconnected through the platform's: what it was connected through before counts no more.
        ({"uses_own_app": False, "metadata": {"app_ids": [OWN]}}, OWN, False),
    ],
)
def test_ours_is_settled_and_another_tools_is_written_down(channel, app, is_ours, acme, in_acme, settings):
    settings.META_APP_ID, settings.META_APP_SECRET = PLATFORM, SECRET
    messenger = connect(acme, **channel)
    deliver(page(messenger, text(messenger)))
    ours = make_message(
        Chat.objects.get(), direction="OUT", sender="AGENT", status="UNCONFIRMED", text="Yes", external_id=None,
        sent_at=START,
    )  # fmt: skip
    deliver(page(messenger, echo(messenger, "Yes", mid="m_echo", second=30, app_id=int(app))))
    ours.refresh_from_db()
    expected = ("SENT", "m_echo", 2) if is_ours else ("UNCONFIRMED", None, 3)
    assert (ours.status, ours.external_id, Message.objects.count()) == expected
