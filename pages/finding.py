"""What a log-in or a token opens: asked of Meta, with nothing written down."""

import logging
from dataclasses import dataclass, replace
from typing import Any

from pages.found import (
    FACEBOOK_LOGIN_SCOPES,
    INSTAGRAM_LOGIN_SCOPES,
    INSTAGRAM_SCOPES,
    PAGE_SCOPES,
    WHATSAPP_SCOPES,
    Found,
    missing_scopes,
    missing_tasks,
    needed_scopes,
)
from pages.graph import accounts, oauth
from pages.graph.app import App, own_app, platform_app
from pages.graph.errors import GraphError, Kind
from pages.graph.line import Line, app_line, instagram_line
from pages.logins import return_url
from pages.models import Channel
from workspaces.models import Platform, Workspace
from workspaces.refusals import Refused

logger = logging.getLogger(__name__)

Login = Channel.Login
MANAGES_WHATSAPP = "whatsapp_business_management"
LINKED_FIELDS = "id,name,instagram_business_account{id,username,name}"

NO_APP = "No Meta app is set up for this. Set up the workspace's own under Channels, Meta app."
OTHER_APP = (
    "This token belongs to another Meta app, so its messages would not come here. Make one with the app that is used "
    "here, or set up the other one under Channels, Meta app."
)
NOT_ACCEPTED = "Meta does not accept this token: it is not complete, has ended or was withdrawn."
ANEW = "Copy it again in full, or make a new one at Meta."
OTHER_NUMBER = "This token does not open that number."
ALL_NUMBERS = "Compare the ID with WhatsApp Manager, or leave it empty to see every number that the token opens."


@dataclass(frozen=True, slots=True)
class Source:
    """Through which app, by which log-in, and what Meta says of the token that opened it."""

    app: App
    is_own: bool
    login: str
    facts: accounts.TokenFacts

    def metadata(self, **more: Any) -> dict[str, Any]:
        return told_of(self.facts) | {"app_ids": self.app.ids} | more


def apps_of(workspace: Workspace) -> list[tuple[App, bool]]:
    """The workspace's own first; each with whether it is."""
    own = own_app(workspace)
    return [(app, app is own) for app in (own, platform_app()) if app and (app.app_id or app.instagram_app_id)]


def facebook_login(workspace: Workspace, state: str) -> str:
    app, _ = app_for(workspace, Login.FACEBOOK)
    return oauth.facebook_login_url(app, return_url(), state, FACEBOOK_LOGIN_SCOPES)


def instagram_login(workspace: Workspace, state: str) -> str:
    app, _ = app_for(workspace, Login.INSTAGRAM)
    return oauth.instagram_login_url(app, return_url(), state, INSTAGRAM_LOGIN_SCOPES)


def app_for(workspace: Workspace, login: str) -> tuple[App, bool]:
    for app, is_own in apps_of(workspace):
        if app.instagram_app_id if login == Login.INSTAGRAM else app.app_id:
            return app, is_own
    raise Refused(NO_APP)


def after_login(workspace: Workspace, login: str, code: str) -> list[Found]:
    app, is_own = app_for(workspace, login)
    if login == Login.INSTAGRAM:
        short = oauth.exchange_instagram_code(app, code, return_url())
        long = oauth.exchange_instagram_for_long(app, short.value)
        return [by_instagram(app, is_own, replace(long, scopes=long.scopes or short.scopes), Login.INSTAGRAM)]
    user = oauth.exchange_for_long(app, oauth.exchange_facebook_code(app, code, return_url()).value)
    source = Source(app, is_own, Login.FACEBOOK, accounts.debug_token(app, user.value))
    return [*of_pages(source, accounts.pages_of(app, user.value)), *numbers_if_any(source, user.value)]


def numbers_if_any(source: Source, token: str) -> list[Found]:
    """Who has pages need not have WhatsApp: what cannot be listed does not hold up what can."""
    try:
        return of_numbers(source, token)
    except GraphError as error:
        logger.info("no WhatsApp numbers listed: %s", error)
        return []


def with_token(workspace: Workspace, *, platform: str, token: str, phone_number_id: str = "") -> list[Found]:
    if platform == Platform.INSTAGRAM and token.startswith("IG"):
        return [by_pasted_instagram(workspace, token)]
    source = source_of(workspace, token)
    if platform == Platform.WHATSAPP:
        found = [one for one in of_numbers(source, token) if phone_number_id in {"", one.external_id}]
        if phone_number_id and not found:
            raise Refused(OTHER_NUMBER, hint=ALL_NUMBERS, field="phone_number_id")
        return found
    return [one for one in of_pages(source, pages_behind(source, token)) if one.platform == platform]


def source_of(workspace: Workspace, token: str) -> Source:
    """Whichever app the token was made with: the others could not even ask about it."""
    problem: Refused | GraphError = Refused(NO_APP)
    for app, is_own in apps_of(workspace):
        try:
            facts = accounts.debug_token(app, token)
        except GraphError as error:
            problem = error
            continue
        if facts.is_valid and facts.app_id == app.app_id:
            return Source(app, is_own, Login.TOKEN, facts)
        problem = Refused(OTHER_APP) if facts.is_valid else Refused(facts.problem, hint=ANEW)
    raise problem


def pages_behind(source: Source, token: str) -> list[accounts.Page]:
    if source.facts.type != "PAGE":
        return accounts.pages_of(source.app, long_lived(source, token))
    line = app_line(source.app, token)
    row = accounts.read(line, source.facts.profile_id or "me", LINKED_FIELDS, type="pages.read")
    return [replace(accounts.page_in(row), token=token)]


def long_lived(source: Source, token: str) -> str:
    """The pages' tokens live as long as the one that they are asked with."""
    if source.facts.type != "USER" or source.facts.expires_at is None:
        return token
    return oauth.exchange_for_long(source.app, token).value


def of_pages(source: Source, pages: list[accounts.Page]) -> list[Found]:
    found = []
    for page in pages:
        missing = () if source.facts.type == "PAGE" else missing_tasks(page.tasks)
        base = Found(
            platform=Platform.FACEBOOK,
            external_id=page.id,
            name=page.name,
            token=page.token,
            login=source.login,
            uses_own_app=source.is_own,
            token_expires_at=source.facts.expires_at if source.facts.type == "PAGE" else None,
            metadata=source.metadata(),
            missing=(*lacking(source, PAGE_SCOPES, page.id), *missing),
        )
        found.append(base)
        if page.instagram:
            found.append(linked_instagram(source, base, page.instagram, missing))
    return found


def linked_instagram(
    source: Source, page: Found, instagram: accounts.LinkedInstagram, missing: tuple[str, ...]
) -> Found:
    return replace(
        page,
        platform=Platform.INSTAGRAM,
        external_id=instagram.id,
        name=instagram.name or instagram.username,
        username=instagram.username,
        metadata=page.metadata | {"page_id": page.external_id},
        missing=(*missing_scopes(needed_scopes(Platform.INSTAGRAM), source.facts.scopes), *missing),
    )


def of_numbers(source: Source, token: str) -> list[Found]:
    if MANAGES_WHATSAPP not in source.facts.scopes:
        return []
    return [
        Found(
            platform=Platform.WHATSAPP,
            external_id=number.id,
            name=number.verified_name or number.display_phone_number,
            token=token,
            login=source.login,
            uses_own_app=source.is_own,
            token_expires_at=source.facts.expires_at,
            metadata=source.metadata(**told_of_number(number), portfolio_id=number.waba.portfolio_id),
            missing=lacking(source, WHATSAPP_SCOPES, number.waba.id),
        )
        for number in accounts.whatsapp_numbers_of(source.app, token, source.facts)
    ]


def lacking(source: Source, needed: tuple[str, ...], account: str) -> tuple[str, ...]:
    """A permission may have been given for some accounts alone."""
    targets = source.facts.targets
    held = [scope for scope in source.facts.scopes if not targets.get(scope) or account in targets[scope]]
    return missing_scopes(needed, held)


def by_pasted_instagram(workspace: Workspace, token: str) -> Found:
    problem: Refused | GraphError = Refused(NO_APP)
    for app, is_own in apps_of(workspace):
        try:
            return by_instagram(app, is_own, oauth.Token(token), Login.TOKEN)
        except GraphError as error:
            problem = Refused(NOT_ACCEPTED, hint=ANEW) if error.kind == Kind.RECONNECT else error
    raise problem


def by_instagram(app: App, is_own: bool, token: oauth.Token, login: str) -> Found:
    identity = accounts.identity_of(instagram_line(app, token.value))
    return Found(
        platform=Platform.INSTAGRAM,
        external_id=identity.id,
        name=identity.name or identity.username,
        username=identity.username,
        token=token.value,
        login=login,
        uses_own_app=is_own,
        token_expires_at=token.expires_at,
        metadata={"scopes": list(token.scopes), "app_ids": app.ids},
        # Of a token that was pasted nobody tells them.
        missing=missing_scopes(INSTAGRAM_SCOPES, token.scopes) if token.scopes else (),
    )


def facts_of(channel: Channel, line: Line) -> dict[str, Any]:
    """How it is now. Raises where the token is worth nothing."""
    identity = accounts.identity_of(line)
    if identity.id != channel.external_id:
        raise GraphError("Its token speaks for another account. Reconnect it.", kind=Kind.RECONNECT)
    told: dict[str, Any] = {"name": identity.name}
    if channel.platform == Platform.WHATSAPP:
        told |= told_of_number(accounts.number_facts(line))
    else:
        told["username"] = identity.username
    if line.is_instagram_login or not line.app_id:
        return told
    facts = token_facts(line)
    if not facts.is_valid:
        raise GraphError(facts.problem, kind=Kind.RECONNECT)
    return told | told_of(facts) | {"token_expires_at": facts.expires_at}


def token_facts(line: Line) -> accounts.TokenFacts:
    try:
        return accounts.debug_token(App(line.app_id, line.app_secret), line.token)
    except GraphError as error:
        if error.kind == Kind.RECONNECT:
            # It is the app that was not let in, not the channel.
            raise GraphError("Meta does not accept the app's secret.", kind=Kind.CONFIGURATION) from error
        raise


def told_of(facts: accounts.TokenFacts) -> dict[str, Any]:
    ends = facts.data_access_expires_at
    return {"scopes": list(facts.scopes), "data_access_expires_at": ends.isoformat() if ends else None}


def told_of_number(number: accounts.Number) -> dict[str, Any]:
    told = {
        "waba_id": number.waba.id,
        "display_phone_number": number.display_phone_number,
        "quality": number.quality,
        "messaging_tier": number.messaging_limit,
    }
    return {name: value for name, value in told.items() if value}


def missing_of(channel: Channel, facts: dict[str, Any]) -> tuple[str, ...]:
    """Nothing where the token's permissions are not told."""
    return missing_scopes(needed_scopes(channel.platform), facts["scopes"]) if "scopes" in facts else ()
