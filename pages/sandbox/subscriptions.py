"""POST, GET and DELETE /{page, Instagram account or WABA}/subscribed_apps"""

from __future__ import annotations

from typing import Any

from pages.sandbox.errors import invalid, missing_object, no_permission
from pages.sandbox.requests import Request
from pages.sandbox.state import State
from pages.sandbox.tokens import Token
from pages.sandbox.world import FACEBOOK, INSTAGRAM, Account

Json = dict[str, Any]
PAGE_FIELDS = (
    "messages message_echoes message_edits message_deliveries message_reads message_reactions message_context"
    " message_mention message_template_status_update messaging_account_linking messaging_appointments"
    " messaging_customer_information messaging_feedback messaging_game_plays messaging_handovers"
    " messaging_in_thread_lead_form_submit messaging_integrity messaging_optins messaging_optouts"
    " messaging_policy_enforcement messaging_postbacks messaging_referrals marketing_message_echoes"
    " marketing_message_deliveries marketing_message_delivery_failed marketing_message_reads marketing_message_clicks"
    " business_integrity calls call_permission_reply call_settings_update response_feedback send_cart standby"
    " inbox_labels conversations feed mention ratings leadgen live_videos videos follow"
).split()
INSTAGRAM_FIELDS = (
    "messages message_edit message_reactions messaging_seen messaging_postbacks messaging_referral messaging_optins"
    " messaging_handover standby comments live_comments mentions story_insights story_reactions share_to_story follow"
    " comment_poll_response story_poll_response agent_messages delta"
).split()


def answer(state: State, request: Request, token: Token, node: str) -> Json:
    accounts = state.numbers_of(node) or [state.accounts[node]] if node in {*state.accounts, *wabas(state)} else []
    if not accounts or node not in token.reaches or node != accounts[0].webhook_id:
        raise missing_object(node, request.method)
    check_scope(accounts[0], token)
    if request.method == "GET":
        return {"data": [entry(state, accounts[0], app_id) for app_id in accounts[0].subscriptions]}
    if request.method == "DELETE":
        for account in accounts:
            account.subscriptions.pop(token.app_id, None)
    else:
        wanted = read_fields(accounts[0], request)
        for account in accounts:
            account.subscriptions[token.app_id] = wanted
    for account in state.accounts.values():
        if account in accounts or (account.page_id and account.page_id == node):
            account.is_connected = request.method == "POST"
    state.record.add("subscription", account=node, app_id=token.app_id, method=request.method)
    return {"success": True}


def wabas(state: State) -> set[str]:
    return {account.waba_id for account in state.accounts.values() if account.waba_id}


def check_scope(account: Account, token: Token) -> None:
    scope = {FACEBOOK: "pages_manage_metadata", INSTAGRAM: "instagram_business_basic"}.get(account.platform)
    if account.page_id:
        scope = "pages_manage_metadata"
    scope = scope or "whatsapp_business_management"
    if scope not in token.scopes:
        raise no_permission(200, scope)


def fields_of(account: Account) -> list[str]:
    return {FACEBOOK: PAGE_FIELDS, INSTAGRAM: INSTAGRAM_FIELDS}.get(account.platform, [])


def read_fields(account: Account, request: Request) -> list[str]:
    known = fields_of(account)
    if not known:
        return ["*"]
    given = request.parameters.get("subscribed_fields") or ""
    wanted = given if isinstance(given, list) else [name.strip() for name in str(given).split(",") if name.strip()]
    if not wanted:
        raise invalid("The parameter subscribed_fields is required.")
    for index, name in enumerate(wanted):
        if name not in known:
            raise invalid(f'Param subscribed_fields[{index}] must be one of {{{", ".join(known)}}} - got "{name}".')
    return wanted


def entry(state: State, account: Account, app_id: str) -> Json:
    app = state.apps.get(app_id)
    name = app.name if app else app_id
    if not fields_of(account):
        return {"whatsapp_business_api_data": {"id": app_id, "name": name, "link": "https://www.facebook.com/games/"}}
    wanted = account.subscriptions[app_id]
    return {"id": app_id, "name": name, "subscribed_fields": fields_of(account) if "*" in wanted else wanted}
