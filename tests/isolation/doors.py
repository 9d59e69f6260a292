"""Every door there is, and what becomes of each who knocks: the table that a new URL must be written into.

A row of eight signs stands for, in this order:

    anonymous  stranger  viewer  agent  supervisor  owner  outsider  operator

On a workspace's host the stranger and the operator hold a session of acme's without being members, the outsider owns
globex and comes with her cookie from there. On the public host everybody but the first is signed in.

    o  a page, and nothing has changed          S  sent to sign in
    >  led on, and nothing has changed          x  forbidden (403)
    w  done: something has changed              -  not found (404)
    r  led on, whatever the id in the address   m  not with this method (405)
    k  not with this content (415)              n  done, and nothing to show (204)
    f  a form comes back with errors (422)      u  refused by an outside provider (401)

With an id of globex in the address, what is `o`, `>`, `w` or `f` here has to be `-`, and with globex's ids in what is
posted nothing may change.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.factories import PASSWORD
from tests.isolation.door import CHANGE, LOOK, Door
from tests.isolation.inbox_doors import INBOX
from workspaces.models import Role

NOTE = {"note": "Because"}
# Of a dialog in the admin.
ANSWER = {"_form_submitted": "True", **NOTE}
PERSON = {"first_name": "Neo", "last_name": "Newcomer"}
WORKSPACE_FORM = {"name": "Renamed", "visibility": "PRIVATE", "timezone": "UTC", "currency": "USD", "language": "en"}


WORKSPACE = {
    "account_login": Door(">x>>>>>x", "mxmmmmmx"),
    "arrive": Door("xxxxxxxx", "mxmmmmmx", query="link=guessed"),
    "sign-out": Door(CHANGE, "SxwwwwSx"),
    "avatar": Door("SxooooSx", LOOK, ids=("picture",)),
    "agents:home": Door("SxooooSx", LOOK),
    "agents:stream-token": Door("SxooooSx", LOOK),
    "agents:theme": Door(CHANGE, "SxwwwwSx", send={"theme": "dark"}),
    "agents:availability": Door("SxooooSx", "Sx>wwwSx", send={"availability": "AWAY"}),
    "agents:pulse": Door(CHANGE, "SxnnnnSx"),
    "agents:team": Door("SxooooSx", LOOK),
    "agents:agent": Door("SxooooSx", LOOK, ids=("agent",)),
    "agents:agent-active": Door(CHANGE, "SxxxwwSx", ids=("agent",), send={"on": "", **NOTE}),
    "agents:agent-availability": Door(CHANGE, "SxxxwwSx", ids=("agent",), send={"availability": "AWAY", **NOTE}),
    "agents:agent-receiving": Door(CHANGE, "SxxxwwSx", ids=("agent",), send={"on": "", **NOTE}),
    "agents:agent-position": Door("SxxxxmSx", "SxxxxwSx", ids=("agent",), send={"position": "supervisor"}),
    "agents:settings": Door("SxxxxoSx", "SxxxxwSx", send=WORKSPACE_FORM),
    "agents:security": Door("SxxxxoSx", "SxxxxfSx", send={"required": "on"}),
    "agents:ownership": Door(
        "SxxxxoSx",
        "SxxxxwSx",
        send={"transfer": "true", "transfer-to": "{member}", "transfer-confirm": "acme"},
    ),
    "agents:members": Door("SxxxooSx", "SxxxmmSx"),
    "agents:member-role": Door("SxxxxmSx", "SxxxxwSx", ids=("member",), send={"role": Role.VIEWER}),
    "agents:member-suspension": Door("SxxxxmSx", "SxxxxwSx", ids=("member",), send=NOTE),
    "agents:invitations": Door(
        "SxxxxoSx", "SxxxxwSx", send={"email": "new@person.example", "role": Role.MEMBER, "position": "{position_slug}"}
    ),
    "agents:invitation-sending": Door("SxxxxmSx", "SxxxxwSx", ids=("invitation",)),
    "agents:invitation-withdrawal": Door("SxxxxmSx", "SxxxxwSx", ids=("invitation",)),
    "agents:activity": Door("SxxxooSx", "SxxxmmSx"),
    "pages:channels": Door("SxxxooSx", "SxxxmmSx"),
    "pages:trouble": Door("SxooooSx", LOOK),
    "pages:channel": Door("SxxxooSx", "SxxxmmSx", ids=("channel",)),
    "pages:channel-active": Door("SxxxxmSx", "SxxxxwSx", ids=("channel",), send={"on": "", **NOTE}),
    "pages:channel-answerers": Door("SxxxxmSx", "SxxxxwSx", ids=("channel",), send={"positions": "{position}"}),
    # Meta cannot be reached from here: that it was asked is what changes.
    "pages:channel-check": Door("SxxxxmSx", "SxxxxwSx", ids=("channel",)),
    "pages:channel-disconnection": Door("SxxxxmSx", "SxxxxwSx", ids=("channel",), send=NOTE),
    "pages:connect": Door("SxxxxoSx", "SxxxxmSx"),
    "pages:connect-facebook": Door("Sxxxx>Sx", "SxxxxmSx"),
    "pages:connect-instagram": Door("Sxxxx>Sx", "SxxxxmSx"),
    "pages:connect-token": Door("SxxxxoSx", "SxxxxfSx", send={"platform": "FACEBOOK", "token": ""}),
    "pages:connect-return": Door("Sxxxx>Sx", "SxxxxmSx", query="state=guessed&code=guessed"),
    "pages:connect-choice": Door("Sxxxx>Sx", "Sxxxx>Sx", send={"accounts": "FACEBOOK:104200000000001"}),
    "pages:meta-app": Door("SxxxxoSx", "SxxxxfSx", send={"app_id": "none", "app_secret": "another"}),
    "pages:meta-app-verify-token": Door("SxxxxmSx", "SxxxxwSx"),
    "pages:meta-app-removal": Door("SxxxxmSx", "SxxxxwSx"),
    **INBOX,
}

# The admin of a workspace: it opens for the supervisor and the owner, and their two signs are all that differs.
HERE = "Sxxx{}Sx"


def here(get: str, post: str, **more: Any) -> Door:
    return Door(HERE.format(get), HERE.format(post), **more)


WORKSPACE_ADMIN = {
    "workspace_admin:index": here("oo", "oo"),
    "workspace_admin:search": here("oo", "oo", query="s=a"),
    "workspace_admin:login": Door("SxSSSSSx", "SxSSSSSx"),
    "workspace_admin:logout": here("mm", "ww"),
    "workspace_admin:jsi18n": here("oo", "mm"),
    "workspace_admin:app_list": here("oo", "oo", ids=("agents",)),
    "admin/(?P<url>.*)$": here("--", "--", ids=("nonsense",)),
    "workspace_admin:agents_agent_pause": here("oo", "ww", ids=("agent",), send=ANSWER),
    "workspace_admin:agents_agent_resume": here("oo", ">>", ids=("agent",), send=ANSWER),
    "workspace_admin:agents_agent_switch_off": here("oo", "ww", ids=("agent",), send=ANSWER),
    "workspace_admin:agents_agent_switch_on": here("oo", ">>", ids=("agent",), send=ANSWER),
    "workspace_admin:workspaces_invitation_resend": here("xo", "xw", ids=("invitation",), send=ANSWER),
    "workspace_admin:workspaces_invitation_withdraw": here("xo", "xw", ids=("invitation",), send=ANSWER),
    "workspace_admin:workspaces_membership_suspend": here("xo", "xw", ids=("member",), send=ANSWER),
    "workspace_admin:workspaces_membership_reactivate": here("xo", "x>", ids=("member",), send=ANSWER),
    "workspace_admin:pages_webhookevent_run": here("xo", "xw", ids=("event",), send=ANSWER),
}
CHANNELS = {"facebookpage": "channel", "instagramaccount": "instagram", "phonenumber": "number"}
for model, kind in CHANNELS.items():
    WORKSPACE_ADMIN |= {
        f"workspace_admin:pages_{model}_check_now": here("xo", "x>", ids=(kind,), send=ANSWER),
        f"workspace_admin:pages_{model}_switch_off": here("xo", "xw", ids=(kind,), send=ANSWER),
        f"workspace_admin:pages_{model}_switch_on": here("xo", "x>", ids=(kind,), send=ANSWER),
        f"workspace_admin:pages_{model}_reconnect": here("x>", "x>", ids=(kind,)),
    }


@dataclass(frozen=True)
class Rows:
    """The pages of a model: list, add, change, delete; two signs each on a workspace's host, one on the public one."""

    kind: str
    get: str
    post: str
    act: dict[str, Any] = field(default_factory=dict)
    add: dict[str, Any] = field(default_factory=dict)
    change: dict[str, Any] = field(default_factory=dict)


def no_rows_of(inline: str) -> dict[str, str]:
    return {f"{inline}-TOTAL_FORMS": "0", f"{inline}-INITIAL_FORMS": "0"}


WORKSPACE_MODELS = {
    "agents_agent": Rows(
        "agent",
        "oo xx oo xx",
        "ww xx ww xx",
        act={"action": "pause_all", "_selected_action": "{agent}", **NOTE},
        change={"max_open_chats": "7", "is_active": "on", "can_receive_new_chats": "on", "position": "{position}"}
        | no_rows_of("status_logs"),
    ),
    "agents_position": Rows(
        "position",
        "oo xo oo xo",
        "oo xw xw xw",
        add={"name": "New", "slug": "new", "permissions": "team.view"},
        change={"name": "Day shift", "description": "By day", "permissions": "team.view"} | no_rows_of("agents"),
    ),
    "agents_holiday": Rows(
        "holiday",
        "oo oo oo oo",
        "oo ww ww ww",
        add={"date": "2031-05-01", "name": "New"},
        change={"date": "2031-05-02", "name": "Moved"},
    ),
    "agents_agentstatuslog": Rows("log", "oo xx oo xx", "oo xx xx xx"),
    "workspaces_useractivity": Rows("activity", "oo xx oo xx", "oo xx xx xx"),
    "workspaces_membership": Rows(
        "member",
        "oo xx oo xx",
        "ow xx xw xx",
        act={"action": "suspend_all", "_selected_action": "{member}", **NOTE},
        change={"role": Role.VIEWER},
    ),
    "workspaces_invitation": Rows(
        "invitation",
        "oo xo oo xx",
        "ow xw xx xx",
        act={"action": "withdraw_all", "_selected_action": "{invitation}"},
        add={"email": "new@person.example", "role": Role.MEMBER, "position": "{position_slug}"},
    ),
}
READ_ALONE = {
    "inbox_chat": "chat",
    "inbox_contact": "contact",
    "inbox_identity": "identity",
    "inbox_message": "message",
    "pages_graphcall": "call",
}
WORKSPACE_MODELS |= {model: Rows(kind, "oo xx oo xx", "oo xx xx xx") for model, kind in READ_ALONE.items()}
WORKSPACE_MODELS["pages_webhookevent"] = Rows(
    "event", "oo xx oo xx", "ow xx xx xx", act={"action": "run_all", "_selected_action": "{event}"}
)
WORKSPACE_MODELS |= {f"pages_{model}": Rows(kind, "oo xx oo xx", "oo xx xx xx") for model, kind in CHANNELS.items()}

# The operators' admin: it opens for the operator alone.
THERE = "Sxxxxxx{}"


def there(get: str, post: str, **more: Any) -> Door:
    return Door(THERE.format(get), THERE.format(post), **more)


OPERATORS = {
    "operators:index": there("o", "o"),
    "operators:search": there("o", "o", query="s=a"),
    "operators:login": Door("SSSSSSSS", "SSSSSSSS"),
    "operators:logout": there("o", "w"),
    "operators:jsi18n": there("o", "m"),
    "operators:app_list": there("o", "o", ids=("workspaces",)),
    "admin/(?P<url>.*)$": there("-", "-", ids=("nonsense",)),
    "operators:usersessions_usersession_end": there("o", "w", ids=("session",), send=ANSWER),
    "operators:workspaces_delivery_retry": there("o", "w", ids=("delivery",), send=ANSWER),
    "operators:workspaces_delivery_forget": there("o", "w", ids=("delivery",), send=ANSWER),
    "operators:workspaces_membership_suspend": there("o", "w", ids=("member",), send=ANSWER),
    "operators:workspaces_membership_reactivate": there("o", ">", ids=("member",), send=ANSWER),
    "operators:workspaces_user_deactivate": there("o", "w", ids=("user",), send=ANSWER),
    "operators:workspaces_user_reactivate": there("o", ">", ids=("user",), send=ANSWER),
    "operators:workspaces_user_appoint": there("o", "w", ids=("user",), send=ANSWER),
    "operators:workspaces_user_dismiss": there("o", ">", ids=("user",), send=ANSWER),
    "operators:workspaces_workspace_suspend": there("o", "w", ids=("workspace",), send=ANSWER),
    "operators:workspaces_workspace_reactivate": there("o", ">", ids=("workspace",), send=ANSWER),
    "operators:workspaces_workspace_reopen": there("o", ">", ids=("workspace",), send=ANSWER),
}
OPERATORS_MODELS = {
    "usersessions_usersession": Rows("session", "o x o x", "o x x x"),
    "workspaces_delivery": Rows("delivery", "o x o x", "o x x x"),
    "workspaces_invitation": Rows("invitation", "o x o x", "o x x x"),
    # Roles are the workspace's own business.
    "workspaces_membership": Rows("member", "o x o x", "o x x x", change={"role": Role.VIEWER}),
    "workspaces_user": Rows("user", "o x o x", "o x x x"),
    "workspaces_useractivity": Rows("activity", "o x o x", "o x x x"),
    "workspaces_workspace": Rows("workspace", "o x o x", "o x x x"),
}

SHOWN = "Smmmmmmm"  # the POST of a page that only shows, to who is signed in
SIGN_UP = {**PERSON, "email": "neo@new.example", "password1": PASSWORD, "workspace_name": "Neo", "slug": "neo-hq"}
NEW_PASSWORD = "another horse battery staple"

NOBODY = "00000000-0000-7000-8000-000000000000"

PUBLIC = {
    # Meta's, who proves it with a signature.
    "webhooks": Door("xxxxxxxx", "kkkkkkkk"),
    "webhooks_of_workspace": Door("--------", "kkkkkkkk", ids=(NOBODY,)),
    "workspaces:landing": Door("oooooooo", "mmmmmmmm"),
    "workspaces:slug-check": Door("oooooooo", "mmmmmmmm", query="slug=acme"),
    "meta_return": Door("xxxxxxxx", "mmmmmmmm", query="state=guessed&code=guessed"),
    "workspaces:mailbox": Door("--------", "mmmmmmmm"),
    "workspaces:styleguide": Door("--------", "mmmmmmmm"),
    "workspaces:chooser": Door("Sooooooo", SHOWN),
    "workspaces:new-workspace": Door("Sooooooo", "Swwwwwww", send={"name": "Neo", "slug": "neo-hq"}),
    "workspaces:reopening": Door(SHOWN, "S----w--", ids=("closed",)),
    "workspaces:enter": Door("Sxwwwwxx", SHOWN, ids=("slug",), query="state=of-this-browser"),
    "workspaces:invitation": Door(
        "oooooooo", "wooooooo", ids=("secret",), send={**PERSON, "password": PASSWORD}, tells=True
    ),
    "workspaces:profile": Door("Sooooooo", "Swwwwwww", send={**PERSON, "timezone": "UTC", "language": "en"}),
    "workspaces:picture": Door(SHOWN, "Sfffffff"),
    "workspaces:preferences": Door(
        "Sooooooo", "Swwwwwww", send={"theme": "dark", "privacy_profile_visibility": "PRIVATE"}
    ),
    "workspaces:addresses": Door("Sooooooo", "Swwwwwww", send={"address_type": "HOME", "city": "York"}),
    # bo's: he is the agent.
    "workspaces:address": Door("S--o----", "S--w----", ids=("address",), send={"address_type": "WORK", "city": "York"}),
    "workspaces:address-removal": Door(SHOWN, "S--w----", ids=("address",)),
    "workspaces:activity": Door("Sooooooo", SHOWN),
    "workspaces:session-ending": Door(SHOWN, "Sw------", ids=("session",)),
    "avatar": Door("Sooooooo", SHOWN, ids=("picture",)),
}

LEGACY = "S>>>>>>>"

ALLAUTH = {
    "account_signup": Door("o>>>>>>>", "w>>>>>>>", send=SIGN_UP),
    "account_login": Door("o>>>>>>>", "o>>>>>>>", send={"login": "nobody@new.example", "password": "guessed"}),
    "account_logout": Door(">ooooooo", ">wwwwwww"),
    "account_inactive": Door("oooooooo", "mmmmmmmm"),
    "account_reauthenticate": Door("Sooooooo", "S>>>>>>>", send={"password": PASSWORD}),
    "account_email": Door("Sooooooo", "S>>>>>>>", send={"action_add": "", "email": "other@new.example"}),
    "account_email_verification_sent": Door(LEGACY, LEGACY),
    "account_change_password": Door(
        "Sooooooo",
        "Swwwwwww",
        send={"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    ),
    "account_set_password": Door(LEGACY, LEGACY),
    "account_reset_password": Door("oooooooo", ">>>>>>>>", send={"email": "vi@cast.example"}),
    "account_reset_password_done": Door("oooooooo", "mmmmmmmm"),
    "account_reset_password_from_key": Door("oooooooo", "oooooooo", ids=("1", "guessed")),
    "account_reset_password_from_key_done": Door("oooooooo", "mmmmmmmm"),
    "account_confirm_login_code": Door(LEGACY, LEGACY, send={"code": "guess"}),
    "mfa_index": Door("Sooooooo", SHOWN),
    "mfa_authenticate": Door(LEGACY, LEGACY, send={"code": "123456"}),
    "mfa_reauthenticate": Door("S>>>>>>o", "S>>>>>>o", send={"code": "guess"}),
    "mfa_activate_totp": Door("Soooooo>", "Soooooo>", send={"code": "guess"}),
    "mfa_deactivate_totp": Door("S------o", "S------w"),
    "mfa_view_recovery_codes": Door("S-------", SHOWN),
    "mfa_generate_recovery_codes": Door("Sooooooo", "Soooooow"),
    "mfa_download_recovery_codes": Door("S-------", "S-------"),
    "mfa_list_webauthn": Door("Sooooooo", SHOWN),
    "mfa_add_webauthn": Door("Sooooooo", "Sooooooo"),
    "mfa_reauthenticate_webauthn": Door(LEGACY, LEGACY),
    # Somebody else's.
    "mfa_remove_webauthn": Door("S-------", "S-------", ids=("key",)),
    "mfa_edit_webauthn": Door("S-------", "S-------", ids=("key",), send={"name": "Mine"}),
    "mfa_login_webauthn": Door("S>>>>>>>", "S>>>>>>>", send={"credential": "guessed"}),
    "socialaccount_login_cancelled": Door("oooooooo", "mmmmmmmm"),
    "socialaccount_login_error": Door("Suuuuuuu", SHOWN),
    "socialaccount_signup": Door("SSSSSSSS", "SSSSSSSS"),
    "socialaccount_connections": Door("Sooooooo", "Sooooooo", send={"account": "1"}),
    "accounts/social/login/cancelled/": Door(LEGACY, LEGACY),
    "accounts/social/login/error/": Door(LEGACY, LEGACY),
    "accounts/social/signup/": Door(LEGACY, LEGACY),
    "accounts/social/connections/": Door(LEGACY, LEGACY),
    "google_login": Door("--------", "--------"),
    "google_callback": Door("--------", "--------"),
    "google_login_by_token": Door("--------", "--------"),
    "openid_connect_login": Door("--------", "--------", ids=("sso",)),
    "openid_connect_callback": Door("--------", "--------", ids=("sso",)),
    "usersessions_list": Door("Sooooooo", "Swwwwwww"),
}


def pages(site: str, model: str, rows: Rows, door: Any) -> dict[str, Door]:
    """What Django's admin makes of every model: changes are logged elsewhere, so nothing has a history page."""
    get, post, row = rows.get.split(), rows.post.split(), {"ids": (rows.kind,)}
    none, blind = ("-" * len(get[0])), ("r" * len(get[0]))
    app, _, name = model.partition("_")
    return {
        f"{site}:{model}_changelist": door(get[0], post[0], send=rows.act),
        f"{site}:{model}_add": door(get[1], post[1], send=rows.add),
        f"{site}:{model}_change": door(get[2], post[2], send=rows.change, **row),
        f"{site}:{model}_delete": door(get[3], post[3], send={"post": "yes"}, **row),
        f"{site}:{model}_history": door(none, none, **row),
        f"admin/{app}/{name}/<path:object_id>/": door(blind, blind, **row),
    }


def all_pages(site: str, models: dict[str, Rows], door: Any) -> dict[str, Door]:
    return {name: page for model, rows in models.items() for name, page in pages(site, model, rows, door).items()}


# By the host's workspace; the public host has none.
DOORS = {
    "acme": {**WORKSPACE, **WORKSPACE_ADMIN, **all_pages("workspace_admin", WORKSPACE_MODELS, here)},
    "": {**PUBLIC, **ALLAUTH, **OPERATORS, **all_pages("operators", OPERATORS_MODELS, there)},
}
