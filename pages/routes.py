"""What happens to a channel and concerns those above: the table that points up, read when it is called."""

from typing import Any

from django.utils.module_loading import import_string

ROUTES = {
    # It may send again: what waited is sent.
    "channel.working": "inbox.actions.outbox.resume_channel",
}


def tell(event: str, *args: Any) -> None:
    import_string(ROUTES[event])(*args)
