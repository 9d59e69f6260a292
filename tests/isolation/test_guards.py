"""Every view of a workspace says who may reach it, and every permission is asked for somewhere."""

import re
from pathlib import Path

import pytest

from agents.permissions import PERMISSIONS
from tests.isolation.urls import public_urls, workspace_urls

ROOT = Path(__file__).resolve().parents[2]

# Open to every member, whatever their position.
OPEN_TO_MEMBERS = {
    "agents:home": "where everybody lands; what it shows is asked for piece by piece",
    "agents:availability": "one's own, and what the sidebar shows of it",
    "agents:pulse": "says of oneself that one is there",
    "inbox:going-off": "for who answers customers: oneself, and what becomes of one's own chats",
    "inbox:shift-end": "for who answers customers: one's own shift, and what becomes of one's own chats",
    "pages:trouble": "says what is broken; the door to mending it is shown to who may",
    "agents:theme": "one's own look",
    "agents:ownership": "asks for the owner, which is no permission that a position could give",
    "avatar": "its name is a secret of 128 bits that only pages with the picture tell",
    "agents:stream-token": "what it opens tells of what one may read, and the token says what that is",
    "inbox:presence": "in the chats that one may read",
    "inbox:hand-over": "for who answers customers: one's own chats",
    "inbox:hand-over-of": "asks for team.manage, unless it is oneself",
    "inbox:home": "leads to the box one was in",
    "inbox:counts": "of what one may read",
    "inbox:furniture": "the boxes one has, with their numbers",
    "inbox:box": "shows the chats that one may read",
    "inbox:rows": "the chats that one may read",
    "inbox:chat": "a chat that one may read",
    "inbox:bulk": "for who answers customers: the chats that one may read",
    "inbox:bulk-undo": "for who answers customers: one's own doing, sealed",
    "inbox:new-view": "one's own view; a shared one asks for inbox.manage",
    "inbox:view": "one's own view; a shared one asks for inbox.manage",
    "inbox:view-removal": "one's own view; a shared one asks for inbox.manage",
    "inbox:panel": "who writes in a chat that one may read",
    "inbox:search": "the people and messages of chats that one may read",
    "inbox:notices": "whether something came in the chats that one may read",
    "inbox:attention": "says of oneself that one looks",
    "inbox:devices": "one's own devices",
    "inbox:device-key": "the public key that every browser is shown",
    "inbox:device-trial": "one's own device",
    "inbox:device-removal": "one's own device",
    "inbox:contacts": "the people whose chats one may read",
    "inbox:contact": "one of the people whose chats one may read",
    "inbox:contact-tags-known": "the words alone, of the people whose chats one may read",
    "inbox:contact-name": "for who answers customers: the people whose chats one may read",
    "inbox:contact-tags": "for who answers customers: the people whose chats one may read",
    "inbox:contact-attributes": "for who answers customers: the people whose chats one may read",
    "inbox:contact-notes": "for who answers customers: the people whose chats one may read",
    "inbox:picture": "the people whose chats one may read",
    "inbox:notes": "for who answers customers: the chats that one may read",
    "inbox:draft": "for who answers customers: one's own, in the chats that one may read",
    "inbox:composer": "a chat that one may read; who answers nobody is shown no form",
    "inbox:typing": "for who answers customers: the chats that one may read",
    "inbox:colleagues": "for who answers customers: who else reads a chat that one may read",
    "inbox:uploads": "for who answers customers: the chats that one may read",
    "inbox:upload": "one's own files",
    "inbox:scheduled": "for who answers customers: the chats that one may read",
    "inbox:scheduled-decision": "for who answers customers: the chats that one may read",
    "inbox:messages": "a chat that one may read; for who answers customers, what is sent to it",
    "inbox:head": "a chat that one may read",
    "inbox:reading": "how far one has read oneself",
    "inbox:assignment": "for who answers customers: a chat that one may read",
    "inbox:state": "for who answers customers: a chat that one may read",
    "inbox:snooze": "for who answers customers: a chat that one may read",
    "inbox:labels": "for who answers customers: a chat that one may read",
    "inbox:priority": "for who answers customers: a chat that one may read",
    "inbox:reaction": "for who answers customers: a chat that one may read",
    "inbox:message-decision": "for who answers customers: a chat that one may read",
    "inbox:attachment": "the files of chats that one may read, which their rows say",
    "replies:list": "for who answers customers: one's own and the shared ones",
    "replies:new": "for who answers customers: one's own, unless one manages the inbox",
    "replies:reply": "for who answers customers; a shared one is changed by who manages the inbox",
    "replies:removal": "for who answers customers; a shared one is deleted by who manages the inbox",
    "replies:pick": "for who answers customers: one's own and the shared ones",
    "replies:used": "for who answers customers: one's own and the shared ones",
    "replies:asset": "for who answers customers: files of one's own and of the shared ones",
    "sign-out": "one's own session",
}
# Without a log-in.
OPEN_TO_ALL = {
    "account_login": "the way in",
    "arrive": "the way in: the link proves who it is",
    "workspace_admin:login": "leads to the way in",
}
OPEN_ON_THE_PUBLIC_HOST = {
    "meta_return",
    "webhooks",
    "webhooks_of_workspace",
    "workspaces:landing",
    "workspaces:slug-check",
    "workspaces:invitation",
    "workspaces:mailbox",
    "workspaces:styleguide",
    "operators:login",
    "account_login",
    "account_signup",
    "account_logout",
    "account_inactive",
    "account_email_verification_sent",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_confirm_login_code",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "socialaccount_login_cancelled",
    "socialaccount_signup",
    "google_login",
    "google_callback",
    "google_login_by_token",
    "openid_connect_login",
    "openid_connect_callback",
}


def in_admin(name: str) -> bool:
    return name.startswith(("workspace_admin:", "admin/"))


def test_every_view_asks_for_a_permission_or_says_why_not():
    views = {url.name: url.view for url in workspace_urls() if not in_admin(url.name)}
    unguarded = {name for name, view in views.items() if getattr(view, "permission", None) not in PERMISSIONS}
    assert unguarded == (OPEN_TO_MEMBERS.keys() | OPEN_TO_ALL.keys()) - {"workspace_admin:login"}


def test_every_view_of_the_admin_passes_its_door():
    """`HouseSite.admin_view` asks `has_permission` first; tests/isolation/doors.py shows that it does."""
    views = {url.name: url.view for url in workspace_urls() if in_admin(url.name)}
    assert {name for name, view in views.items() if not hasattr(view, "__wrapped__")} == {"workspace_admin:login"}


def test_who_is_signed_out_reaches_these_views_alone():
    for urls, known in ((workspace_urls(), set(OPEN_TO_ALL)), (public_urls(), OPEN_ON_THE_PUBLIC_HOST)):
        assert {url.name for url in urls if not getattr(url.view, "login_required", True)} == known


# The ways in which code asks for a permission.
BEFORE = r"\brequires\(|\brequire\(\w+, |\bmay\([^()]*, |\.can\(|\b(?:view|change)_code = "
ASKED = re.compile(rf'(?:{BEFORE})"(?P<code>[a-z]+\.[a-z]+)"')


@pytest.mark.parametrize("code", PERMISSIONS)
def test_every_permission_is_asked_for(code):
    assert code in codes_asked_for()


def test_only_permissions_that_exist_are_asked_for():
    assert codes_asked_for() <= set(PERMISSIONS)


def codes_asked_for() -> set[str]:
    apps = (ROOT / app for app in ("agents", "pages", "templates_app", "inbox"))
    files = (
        path for app in apps for path in app.rglob("*.py") if path.name != "permissions.py" or "admin" in path.parts
    )
    return {found["code"] for path in files for found in ASKED.finditer(path.read_text())}
