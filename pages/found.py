"""An account that a token speaks for, with what is missing before it can be connected."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from pages.models import Channel
from workspaces.models import Platform

Login = Channel.Login


@dataclass(frozen=True, slots=True)
class Found:
    platform: str
    external_id: str
    name: str
    token: str = field(repr=False)
    username: str = ""
    login: str = Login.FACEBOOK
    uses_own_app: bool = False
    token_expires_at: datetime | None = None
    # For the channel's own.
    metadata: dict[str, Any] = field(default_factory=dict)
    # What keeps it from being connected, in words.
    missing: tuple[str, ...] = ()

    @property
    def platform_name(self) -> str:
        return str(Platform(self.platform).label)

    @property
    def handle(self) -> str:
        if self.platform == Platform.WHATSAPP:
            return str(self.metadata.get("display_phone_number") or self.external_id)
        return f"@{self.username}" if self.username else self.external_id

    @property
    def key(self) -> str:
        return f"{self.platform}:{self.external_id}"

    def as_json(self) -> dict[str, Any]:
        expires = self.token_expires_at and self.token_expires_at.isoformat()
        return asdict(self) | {"token_expires_at": expires}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Found":
        expires = kept["token_expires_at"] and datetime.fromisoformat(kept["token_expires_at"])
        return cls(**kept | {"token_expires_at": expires, "missing": tuple(kept["missing"])})


# What each permission is for, in the words of who has to give it.
PURPOSES = {
    "pages_messaging": "read and answer the page's messages",
    "pages_manage_metadata": "be told of new messages",
    "pages_read_engagement": "read the page's name and comments",
    "instagram_basic": "read the account's name",
    "instagram_manage_messages": "read and answer Instagram messages",
    "instagram_business_basic": "read the account's name",
    "instagram_business_manage_messages": "read and answer Instagram messages",
    "whatsapp_business_messaging": "read and answer WhatsApp messages",
    "whatsapp_business_management": "read the number and be told of new messages",
}
PAGE_SCOPES = ("pages_messaging", "pages_manage_metadata", "pages_read_engagement")
INSTAGRAM_BY_PAGE_SCOPES = ("instagram_basic", "instagram_manage_messages", "pages_manage_metadata")
INSTAGRAM_SCOPES = ("instagram_business_basic", "instagram_business_manage_messages")
WHATSAPP_SCOPES = ("whatsapp_business_messaging", "whatsapp_business_management")

# Asked for besides, where the log-in lists what there is.
FACEBOOK_LOGIN_SCOPES = (
    "pages_show_list",
    "business_management",
    *PAGE_SCOPES,
    "pages_manage_engagement",
    "pages_read_user_content",
    *INSTAGRAM_BY_PAGE_SCOPES[:2],
    "instagram_manage_comments",
    *WHATSAPP_SCOPES,
)
INSTAGRAM_LOGIN_SCOPES = (*INSTAGRAM_SCOPES, "instagram_business_manage_comments")


def needed_scopes(platform: str, login_by_instagram: bool = False) -> tuple[str, ...]:
    if platform == Platform.INSTAGRAM:
        return INSTAGRAM_SCOPES if login_by_instagram else INSTAGRAM_BY_PAGE_SCOPES
    return WHATSAPP_SCOPES if platform == Platform.WHATSAPP else PAGE_SCOPES


def missing_scopes(needed: Iterable[str], given: Iterable[str]) -> tuple[str, ...]:
    held = set(given)
    return tuple(f"Permission “{scope}” (to {PURPOSES[scope]})" for scope in needed if scope not in held)


def missing_tasks(tasks: Iterable[str]) -> tuple[str, ...]:
    """What the person who logged in may do on the page."""
    held = set(tasks)
    missing = [] if "MESSAGING" in held else ["Your task “Messages” on the page"]
    if not held & {"MANAGE", "MODERATE", "CREATE_CONTENT"}:
        missing.append("Your task “Content” or full control on the page")
    return tuple(missing)
