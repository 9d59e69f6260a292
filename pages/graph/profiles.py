"""Who the customer is, as Messenger and Instagram tell; WhatsApp says it in its webhooks."""

from dataclasses import dataclass
from typing import Any

from pages.graph.client import call
from pages.graph.errors import GraphError
from pages.graph.line import Line
from workspaces.models import Platform

MESSENGER = "name,first_name,last_name,profile_pic"
# Each needs a permission of its own, which few apps have.
MESSENGER_MORE = "locale,timezone"
INSTAGRAM = "name,username,profile_pic"
REFUSED_FIELDS = {3, 10, 100, *range(200, 300)}


@dataclass(frozen=True, slots=True)
class Profile:
    name: str = ""
    first_name: str = ""
    last_name: str = ""
    username: str = ""
    # It expires: copy the picture.
    picture_url: str = ""
    locale: str = ""
    # Hours from UTC, as Meta gives it.
    timezone: str = ""


def read_profile(line: Line, external_id: str) -> Profile:
    if line.platform == Platform.INSTAGRAM:
        return profile_in(ask(line, external_id, INSTAGRAM))
    try:
        return profile_in(ask(line, external_id, f"{MESSENGER},{MESSENGER_MORE}"))
    except GraphError as error:
        # A subcode speaks of the person, not of the fields.
        if error.code not in REFUSED_FIELDS or error.subcode:
            raise
    return profile_in(ask(line, external_id, MESSENGER))


def ask(line: Line, external_id: str, fields: str) -> dict[str, Any]:
    address = f"customer {external_id}"
    return call(line, "GET", external_id, type="profile.read", params={"fields": fields}, address=address).data


def profile_in(data: dict[str, Any]) -> Profile:
    first, last = text(data.get("first_name")), text(data.get("last_name"))
    return Profile(
        name=text(data.get("name")) or f"{first} {last}".strip(),
        first_name=first,
        last_name=last,
        username=text(data.get("username")),
        picture_url=text(data.get("profile_pic")),
        locale=text(data.get("locale")),
        timezone=text(data.get("timezone")),
    )


def text(value: Any) -> str:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
