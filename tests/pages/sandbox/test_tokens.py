"""Tokens, proofs, scopes, log-ins and what can be read."""

import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from pages.sandbox import world
from pages.sandbox.server import Sandbox
from pages.sandbox.tokens import proof
from tests.pages.sandbox.conftest import Caller, Receiver, code_of
from tests.product import PATIENCE

DAY = 24 * 3600
BACK = "https://desk.example.test/back/"


def test_the_proof_of_the_reference() -> None:
    expected = "c7011da5e99e331ca18ab40681a3a5d330eabbfd24d1382a0ec448f1481b2eb5"
    assert proof("test_app_secret", "EAAB-made-up-token") == expected


@pytest.mark.parametrize(
    ("_case", "parameters", "expected"),
    [
        ("no token", {}, (400, 104, None)),
        ("unknown token", {"access_token": "EAAx"}, (400, 190, None)),
        ("no proof", {"access_token": world.ACME_PAGE_TOKEN}, (400, 100, None)),
        ("wrong proof", {"access_token": world.ACME_PAGE_TOKEN, "appsecret_proof": "00"}, (400, 100, None)),
    ],
)
def test_who_is_not_let_in(_case: str, parameters: dict[str, str], expected: Any, meta: Sandbox) -> None:
    answer = requests.get(f"{meta.url}/v25.0/{world.ACME_PAGE}", params=parameters, timeout=PATIENCE)
    assert code_of(answer) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"expires_at": 1}, (400, 190, 463)),
        ({"broken": 460}, (400, 190, 460)),
        ({"broken": 458}, (400, 190, 458)),
        ({"scopes": ["pages_show_list"]}, (400, 200, None)),
        ({"reaches": []}, (400, 100, 33)),
    ],
)
def test_a_token_that_no_longer_works(change: dict[str, Any], expected: Any, meta: Sandbox, page: Caller) -> None:
    rosa = meta.write("rosa", world.ACME_PAGE, "hello")["sender_id"]
    meta.post(f"tokens/{world.ACME_PAGE_TOKEN}", **change)
    answer = page.send(world.ACME_PAGE, recipient={"id": rosa}, message={"text": "hi"})
    assert code_of(answer) == expected


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", f"v99.0/{world.ACME_PAGE}", (400, 2500, None)),
        ("GET", f"v25.0/{world.ACME_PAGE}/messages", (400, 100, None)),
        ("POST", f"v25.0/{world.ACME_PAGE}/nothing", (400, 100, 33)),
        ("GET", f"v25.0/{world.GLOBEX_PAGE}", (400, 100, 33)),
        ("GET", f"v25.0/{world.ACME_PAGE}?fields=shoe_size", (400, 100, None)),
    ],
)
def test_what_does_not_exist(method: str, path: str, expected: Any, meta: Sandbox) -> None:
    secret = proof(world.APP_SECRET, world.ACME_PAGE_TOKEN)
    parameters = {"access_token": world.ACME_PAGE_TOKEN, "appsecret_proof": secret}
    answer = requests.request(method, f"{meta.url}/{path}", params=parameters, timeout=PATIENCE)
    assert code_of(answer) == expected
    assert answer.json()["error"]["fbtrace_id"] == answer.headers["x-fb-trace-id"]


def log_in(meta: Sandbox, address: str, client_id: str, **choice: Any) -> dict[str, str]:
    parameters = {"client_id": client_id, "redirect_uri": BACK, "state": "s-1", "scope": choice.pop("scope")}
    assert "Continue" in requests.get(f"{meta.url}{address}", params=parameters, timeout=PATIENCE).text
    answer = requests.post(
        f"{meta.url}{address}", data={**parameters, **choice}, timeout=PATIENCE, allow_redirects=False
    )
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(BACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def test_facebook_login(meta: Sandbox) -> None:
    came_back = log_in(
        meta, "/v25.0/dialog/oauth", world.APP_ID, decision="continue", accounts=[world.ACME_PAGE, world.ACME_WABA],
        scope="pages_show_list,pages_messaging,instagram_basic,whatsapp_business_management",
    )  # fmt: skip
    assert came_back["state"] == "s-1"
    client = {"client_id": world.APP_ID, "client_secret": world.APP_SECRET}
    url = f"{meta.url}/v25.0/oauth/access_token"

    wrong = requests.get(url, params={**client, "client_secret": "x", "code": came_back["code"]}, timeout=PATIENCE)
    assert code_of(wrong)[1] == 1
    short = requests.get(
        url, params={**client, "redirect_uri": BACK, "code": came_back["code"]}, timeout=PATIENCE
    ).json()
    again = requests.get(url, params={**client, "redirect_uri": BACK, "code": came_back["code"]}, timeout=PATIENCE)
    assert code_of(again) == (400, 100, 36009)
    exchange = {"grant_type": "fb_exchange_token", "fb_exchange_token": short["access_token"]}
    long = requests.get(url, params={**client, **exchange}, timeout=PATIENCE).json()
    assert short["expires_in"] <= 3600 < 59 * DAY < long["expires_in"]

    me = Caller(meta, long["access_token"])
    pages = me("GET", "me/accounts?fields=id,name,access_token,tasks,instagram_business_account{id,username}").json()
    assert pages["data"] == [
        {
            "id": world.ACME_PAGE,
            "name": "Acme Outfitters",
            "access_token": world.ACME_PAGE_TOKEN,
            "tasks": ["ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MANAGE", "MESSAGING", "MODERATE"],
            "instagram_business_account": {"id": world.ACME_INSTAGRAM, "username": "acme.outfitters"},
        }
    ]
    app_token = {"access_token": f"{world.APP_ID}|{world.APP_SECRET}", "input_token": long["access_token"]}
    data = requests.get(f"{meta.url}/v25.0/debug_token", params=app_token, timeout=PATIENCE).json()["data"]
    granted = {one["scope"]: one["target_ids"] for one in data["granular_scopes"]}
    assert (data["app_id"], data["is_valid"]) == (world.APP_ID, True)
    assert granted["whatsapp_business_management"] == [world.ACME_WABA]
    numbers = me("GET", f"{world.ACME_WABA}/phone_numbers?fields=id,display_phone_number,quality_rating").json()["data"]
    assert [one["id"] for one in numbers] == [world.ACME_NUMBER, world.ACME_RETURNS_NUMBER]
    owner = me("GET", f"{world.ACME_WABA}?fields=owner_business_info").json()["owner_business_info"]
    assert owner == {"id": world.ACME_BUSINESS, "name": "Acme Outfitters"}


def test_a_login_that_was_cancelled(meta: Sandbox) -> None:
    came_back = log_in(meta, "/v25.0/dialog/oauth", world.APP_ID, decision="cancel", scope="pages_show_list")
    assert (came_back["error"], came_back["state"]) == ("access_denied", "s-1")
    assert "code" not in came_back


def test_instagram_login_and_refresh(meta: Sandbox) -> None:
    came_back = log_in(
        meta, "/oauth/authorize", world.INSTAGRAM_APP_ID, decision="continue", accounts=[world.ACME_STUDIO_INSTAGRAM],
        scope="instagram_business_basic,instagram_business_manage_messages",
    )  # fmt: skip
    form = {
        "client_id": world.INSTAGRAM_APP_ID, "client_secret": world.INSTAGRAM_APP_SECRET, "redirect_uri": BACK,
        "grant_type": "authorization_code", "code": came_back["code"] + "#_",
    }  # fmt: skip
    short = requests.post(f"{meta.url}/oauth/access_token", data=form, timeout=PATIENCE).json()
    exchange = {
        "grant_type": "ig_exchange_token", "client_secret": world.INSTAGRAM_APP_SECRET,
        "access_token": short["access_token"],
    }  # fmt: skip
    long = requests.get(f"{meta.url}/access_token", params=exchange, timeout=PATIENCE).json()["access_token"]
    refresh = {"grant_type": "ig_refresh_token", "access_token": long}

    early = requests.get(f"{meta.url}/refresh_access_token", params=refresh, timeout=PATIENCE)
    meta.post("settings", clock_shift_seconds=2 * DAY)
    fresh = requests.get(f"{meta.url}/refresh_access_token", params=refresh, timeout=PATIENCE).json()
    meta.post("settings", clock_shift_seconds=61 * DAY)
    late = requests.get(f"{meta.url}/refresh_access_token", params=refresh, timeout=PATIENCE)

    assert code_of(early)[1] == 100
    assert fresh["expires_in"] == 60 * DAY
    assert code_of(late) == (400, 190, 463)
    me = Caller(meta, fresh["access_token"])("GET", "me?fields=id,user_id,username").json()
    assert me["user_id"] == world.ACME_STUDIO_INSTAGRAM != me["id"]


def test_profiles_open_when_somebody_has_written(meta: Sandbox, page: Caller) -> None:
    people = {one["key"]: one["ids"] for one in meta.get("customers")}
    path = f"{people['yusuf'][world.ACME_PAGE]}?fields=first_name,last_name,profile_pic"
    assert code_of(page("GET", path)) == (400, 100, 2018218)

    meta.write("yusuf", world.ACME_PAGE, "مرحبا")

    profile = page("GET", path).json()
    assert profile["first_name"] == "يوسف"
    picture = requests.get(profile["profile_pic"], timeout=PATIENCE)
    assert (picture.headers["content-type"], picture.content[:4]) == ("image/png", b"\x89PNG")


def test_subscriptions_decide_what_is_told(meta: Sandbox, page: Caller) -> None:
    path = f"{world.ACME_PAGE}/subscribed_apps"
    assert code_of(page("POST", path, params={"subscribed_fields": "messages,shoes"}))[1] == 100
    assert page("POST", path, params={"subscribed_fields": "messages"}).json() == {"success": True}
    assert page("GET", path).json()["data"][0]["subscribed_fields"] == ["messages"]
    meta.deliver_to("http://127.0.0.1:1/")
    wrote = meta.write("rosa", world.ACME_PAGE, "hello")
    meta.act("reactions", "rosa", world.ACME_PAGE, message_id=wrote["id"], emoji="❤")
    assert [one["kind"] for one in meta.get("webhooks")["webhooks"]] == ["text"]

    page("DELETE", path)
    meta.write("rosa", world.ACME_PAGE, "hello?")
    assert len(meta.get("webhooks")["webhooks"]) == 1


def test_whatsapps_media_goes_up_and_comes_down(meta: Sandbox, number: Caller) -> None:
    picture = requests.get(f"{meta.url}/_sandbox/files/photo.png", timeout=PATIENCE).content
    form = {"messaging_product": "whatsapp", "type": "image/png"}
    path = f"{world.ACME_NUMBER}/media"
    media = number("POST", path, data=form, files={"file": ("a.png", picture, "image/png")}).json()["id"]
    facts = number("GET", media, params={"phone_number_id": world.ACME_NUMBER}).json()
    bearer = {"Authorization": f"Bearer {world.ACME_WHATSAPP_TOKEN}"}

    assert requests.get(facts["url"], headers=bearer, timeout=PATIENCE).content == picture
    assert requests.get(facts["url"], timeout=PATIENCE).status_code == 401
    meta.post("settings", clock_shift_seconds=301)
    assert requests.get(facts["url"], headers=bearer, timeout=PATIENCE).status_code == 404
    big = {"file": ("a.png", picture + b"\0" * 5_300_000, "image/png")}
    assert code_of(number("POST", path, data=form, files=big)) == (400, 131053, None)
    bitmap = {"file": ("a.bmp", b"BM", "image/bmp")}
    assert code_of(number("POST", path, data={**form, "type": "image/bmp"}, files=bitmap))[1] == 100
    assert number("DELETE", media).json() == {"success": True}
    assert code_of(number("GET", media)) == (400, 100, 33)


def test_what_was_known_is_known_again_after_a_kill(tmp_path: Path) -> None:
    memory, client = str(tmp_path / "sandbox.memory"), {"client_id": world.APP_ID, "client_secret": world.APP_SECRET}
    with Sandbox(memory=memory) as meta:
        login = {"decision": "continue", "accounts": [world.ACME_PAGE], "scope": "pages_show_list,pages_messaging"}
        code = log_in(meta, "/v25.0/dialog/oauth", world.APP_ID, **login)["code"]
        wish = {**client, "redirect_uri": BACK, "code": code}
        issued = requests.get(f"{meta.url}/v25.0/oauth/access_token", params=wish, timeout=5).json()["access_token"]
        sender = meta.write("rosa", world.ACME_PAGE, "hello")["sender_id"]
        wait_until_kept(memory, issued.encode())
        meta.kill()
    with Sandbox(memory=memory) as meta:
        pages = Caller(meta, issued)("GET", "me/accounts?fields=id").json()["data"]
        shown = meta.get("threads", account=world.ACME_PAGE, customer="rosa")
        answered = Caller(meta, world.ACME_PAGE_TOKEN).send(
            world.ACME_PAGE, recipient={"id": sender}, message={"text": "Hi"}
        )
    assert ([one["id"] for one in pages], [one["text"] for one in shown["messages"]]) == ([world.ACME_PAGE], ["hello"])
    # Its window is still open.
    assert code_of(answered) == (200, 0, None)


def test_a_webhook_that_was_not_taken_comes_after_the_restart(tmp_path: Path, receiver: Receiver) -> None:
    memory = str(tmp_path / "sandbox.memory")
    with Sandbox(memory=memory, webhook_url="http://127.0.0.1:1/") as meta:
        wrote = meta.write("rosa", world.ACME_PAGE, "hello")["id"]
        wait_until_kept(memory, wrote.encode())
    with Sandbox(memory=memory, webhook_url=receiver.url) as meta:
        assert meta.settled() == 0
        assert [wrote.encode() in body for _, body in receiver.got] == [True]


def wait_until_kept(memory: str, what: bytes) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if Path(memory).exists() and what in Path(memory).read_bytes():
            return
        time.sleep(0.05)
    raise AssertionError("it was not kept")


def test_a_memory_that_cannot_be_read_is_no_obstacle(tmp_path: Path) -> None:
    memory = tmp_path / "sandbox.memory"
    memory.write_bytes(b"not a memory")
    with Sandbox(memory=str(memory)) as meta:
        assert meta.get("threads") == []


@pytest.mark.parametrize(("subcode", "reason"), [(460, "changed their password"), (463, "Session has expired")])
def test_all_tokens_end_at_once_and_work_again(subcode: int, reason: str, meta: Sandbox, page: Caller) -> None:
    asked = {"access_token": f"{world.APP_ID}|{world.APP_SECRET}", "input_token": page.token}
    debug = f"{meta.url}/v25.0/debug_token"
    assert meta.post("tokens/all", broken=subcode)["broken"][str(subcode)] > 1
    refused = page("GET", world.ACME_PAGE)
    assert code_of(refused) == (400, 190, subcode)
    assert reason in refused.json()["error"]["message"]
    assert requests.get(debug, params=asked, timeout=5).json()["data"]["is_valid"] is False

    code = log_in(
        meta, "/v25.0/dialog/oauth", world.APP_ID, decision="continue", accounts=[world.ACME_PAGE],
        scope="pages_show_list,pages_messaging",
    )["code"]  # fmt: skip
    wish = {"client_id": world.APP_ID, "client_secret": world.APP_SECRET, "redirect_uri": BACK, "code": code}
    fresh = requests.get(f"{meta.url}/v25.0/oauth/access_token", params=wish, timeout=5).json()["access_token"]
    pages = Caller(meta, fresh)("GET", "me/accounts?fields=id,access_token").json()["data"]
    assert Caller(meta, pages[0]["access_token"])("GET", world.ACME_PAGE).status_code == 200
    assert page("GET", world.ACME_PAGE).status_code == 400

    assert meta.post("tokens/all", broken=0) == {"broken": {}}
    assert page("GET", world.ACME_PAGE).status_code == 200
    assert requests.get(debug, params=asked, timeout=5).json()["data"]["is_valid"] is True
