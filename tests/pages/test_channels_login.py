"""From the button to the channel: log-ins at Meta and pasted tokens; and no secret on any page."""

import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.core.cache import cache
from django.db import connection
from django_tenants.utils import schema_context

from pages import choices
from pages.models import Channel, GraphCall
from pages.sandbox import world
from tests.pages.channel_fixtures import channels_of, connect, meta, sandbox
from workspaces.models import UserActivity

__all__ = ["connect", "meta", "sandbox"]

pytestmark = pytest.mark.django_db

LOOKS_SECRET = re.compile(r"\b(?:EAA|IGA)\w{8,}")
TOKEN_PAGE = "/settings/channels/new/token/"
CHOICE = "/settings/channels/new/choice/"
RETURN = "/settings/channels/new/return/"


@pytest.fixture
def inside(client_for, acme, ana):
    return client_for(ana, acme)


def log_in(client: Any, kind: str = "facebook", *reaches: str, refused: tuple[str, ...] = ()) -> str:
    """As a person does at Meta; the address that Meta sends the browser to."""
    begun = client.get(f"/settings/channels/new/{kind}/")
    assert begun.status_code == 302
    asked = {name: values[0] for name, values in parse_qs(urlsplit(begun["Location"]).query).items()}
    given = {**asked, "accounts": list(reaches), "decision": "continue", "refused": list(refused)}
    return requests.post(begun["Location"], data=given, allow_redirects=False, timeout=10).headers["Location"]


def come_back(client: Any, client_for: Any, address: str) -> Any:
    """Over the public host, where nobody is signed in."""
    over = client_for().get(address.partition("localhost:8000")[2])
    assert (over.status_code, urlsplit(over["Location"]).hostname) == (302, "acme.localhost")
    return client.get(over["Location"].partition("localhost:8000")[2])


def offered(page: Any) -> dict[str, str]:
    return {one.key: standing.word for one, standing in page.context["offered"]}


def test_facebook_login_connects_what_is_chosen(meta, inside, client_for, acme, django_capture_on_commit_callbacks):
    reaches = [world.ACME_PAGE, world.ACME_OUTLET_PAGE, world.ACME_WABA]
    answer = come_back(inside, client_for, log_in(inside, "facebook", *reaches))
    assert (answer.status_code, answer["Location"]) == (302, CHOICE)
    keys = offered(inside.get(CHOICE))
    assert set(keys) == {
        f"FACEBOOK:{world.ACME_PAGE}",
        f"FACEBOOK:{world.ACME_OUTLET_PAGE}",
        f"INSTAGRAM:{world.ACME_INSTAGRAM}",
        f"WHATSAPP:{world.ACME_NUMBER}",
        f"WHATSAPP:{world.ACME_RETURNS_NUMBER}",
    }
    chosen = [f"FACEBOOK:{world.ACME_PAGE}", f"INSTAGRAM:{world.ACME_INSTAGRAM}", f"WHATSAPP:{world.ACME_NUMBER}"]
    with django_capture_on_commit_callbacks(execute=True):
        assert inside.post(CHOICE, {"accounts": chosen}).status_code == 200
    page, instagram, number = channels_of(acme)
    assert [one.external_id for one in (page, instagram, number)] == [key.partition(":")[2] for key in chosen]
    assert [one.connection_status for one in (page, instagram, number)] == ["CONNECTED"] * 3
    assert (page.token_expires_at, instagram.page_id, number.waba_id) == (None, world.ACME_PAGE, world.ACME_WABA)
    assert (number.metadata["portfolio_id"], number.metadata["quality"]) == (world.ACME_BUSINESS, "GREEN")


def test_instagram_login_connects_the_account(meta, inside, client_for, acme, django_capture_on_commit_callbacks):
    answer = come_back(inside, client_for, log_in(inside, "instagram", world.ACME_STUDIO_INSTAGRAM))
    assert answer["Location"] == CHOICE
    with django_capture_on_commit_callbacks(execute=True):
        inside.post(CHOICE, {"accounts": [f"INSTAGRAM:{world.ACME_STUDIO_INSTAGRAM}"]})
    [account] = channels_of(acme)
    assert (account.login, account.connection_status, account.username) == ("INSTAGRAM", "CONNECTED", "acme.studio")
    assert account.token_expires_at is not None


def test_the_choice_is_forgotten_with_its_tokens(meta, inside, client_for):
    come_back(inside, client_for, log_in(inside, "facebook", world.ACME_PAGE))
    key = f"meta-choice:{inside.session[choices.SESSION]}"
    with schema_context("ws_acme"):
        kept = cache.get(key)
    assert kept
    assert not LOOKS_SECRET.search(kept), "encrypted"
    assert not LOOKS_SECRET.search(json.dumps(dict(inside.session)))
    inside.post(CHOICE, {"accounts": [f"FACEBOOK:{world.ACME_PAGE}"]})
    with schema_context("ws_acme"):
        assert cache.get(key) is None
    assert inside.get(CHOICE)["Location"] == "/settings/channels/new/"


class TestState:
    def test_works_once(self, meta, inside, client_for):
        address = log_in(inside, "facebook", world.ACME_PAGE)
        come_back(inside, client_for, address)
        assert come_back(inside, client_for, address)["Location"] == "/settings/channels/new/"

    def test_is_of_one_browser(self, meta, inside, client_for, acme, ana):
        address = log_in(inside, "facebook", world.ACME_PAGE)
        other = client_for(ana, acme)
        assert come_back(other, client_for, address)["Location"] == "/settings/channels/new/"
        assert come_back(inside, client_for, address)["Location"] == CHOICE

    def test_is_of_one_person(self, meta, inside, client_for, acme, sam):
        acme.memberships.filter(user=sam).update(role="ADMIN")
        with schema_context(acme.schema_name), connection.cursor() as cursor:
            cursor.execute("UPDATE agents SET role = 'ADMIN' WHERE user_id = %s", [sam.pk])
        sams = client_for(sam, acme)
        address = log_in(inside, "facebook", world.ACME_PAGE)
        session = sams.session
        session["meta_logins"] = dict(inside.session["meta_logins"])
        session.save()
        assert come_back(sams, client_for, address)["Location"] == "/settings/channels/new/"

    def test_is_of_one_workspace(self, meta, inside, client_for, globex, ana):
        with schema_context(globex.schema_name), connection.cursor() as cursor:
            cursor.execute("UPDATE agents SET role = 'ADMIN' WHERE user_id = %s", [ana.pk])
        address = log_in(inside, "facebook", world.ACME_PAGE)
        there = client_for(ana, globex)
        session = there.session
        session["meta_logins"] = dict(inside.session["meta_logins"])
        session.save()
        query = urlsplit(address).query
        assert there.get(f"{RETURN}?{query}")["Location"] == "/settings/channels/new/"

    @pytest.mark.parametrize("state", ["", "guessed", "a:b:c"])
    def test_is_not_guessed(self, state, meta, inside, client_for):
        assert client_for().get(f"/meta/return/?code=x&state={state}").status_code == 403
        assert inside.get(f"{RETURN}?code=x&state={state}")["Location"] == "/settings/channels/new/"

    def test_ends(self, meta, inside, client_for, monkeypatch):
        address = log_in(inside, "facebook", world.ACME_PAGE)
        monkeypatch.setattr("pages.logins.LIFETIME", -1)
        assert client_for().get(address.partition("localhost:8000")[2]).status_code == 403


def test_a_cancelled_login_says_so(meta, inside, client_for):
    begun = inside.get("/settings/channels/new/facebook/")
    state = parse_qs(urlsplit(begun["Location"]).query)["state"][0]
    answer = inside.get(f"{RETURN}?error=access_denied&state={state}", follow=True)
    assert "cancelled" in answer.text


def test_what_works_is_not_replaced_unasked(meta, connect, inside, client_for, acme):
    """A number's token without an end must not be lost to a person's of sixty days."""
    connect()
    come_back(inside, client_for, log_in(inside, "facebook", world.ACME_PAGE, world.ACME_OUTLET_PAGE))
    page = inside.get(CHOICE)
    assert offered(page)[f"FACEBOOK:{world.ACME_PAGE}"] == "Connected here"
    assert page.context["checked"] == [f"INSTAGRAM:{world.ACME_INSTAGRAM}", f"FACEBOOK:{world.ACME_OUTLET_PAGE}"]
    with schema_context(acme.schema_name):
        Channel.objects.update(connection_status=Channel.Connection.NEEDS_RECONNECT)
    assert f"FACEBOOK:{world.ACME_PAGE}" in inside.get(CHOICE).context["checked"]


def test_choosing_nothing_says_so(meta, inside, client_for):
    come_back(inside, client_for, log_in(inside, "facebook", world.ACME_PAGE))
    page = inside.post(CHOICE, {})
    assert (page.status_code, page.context["checked"]) == (422, [])
    assert "Choose at least one" in page.text


def test_a_refused_permission_is_named(meta, inside, client_for, acme):
    come_back(inside, client_for, log_in(inside, "facebook", world.ACME_OUTLET_PAGE, refused=("pages_messaging",)))
    page = inside.get(CHOICE)
    [(found, standing)] = page.context["offered"]
    assert (standing.may_connect, found.external_id) == (False, world.ACME_OUTLET_PAGE)
    assert "pages_messaging" in page.text
    assert "read and answer the page" in page.text
    assert inside.post(CHOICE, {"accounts": [found.key]}).status_code == 422
    assert channels_of(acme) == []


def test_taken_elsewhere_is_shown_without_a_name(meta, connect, inside, client_for, acme, globex):
    connect(globex)
    come_back(inside, client_for, log_in(inside, "facebook", world.ACME_PAGE))
    page = inside.get(CHOICE)
    assert offered(page)[f"FACEBOOK:{world.ACME_PAGE}"] == "Connected elsewhere"
    assert "globex" not in page.text.lower()
    assert inside.post(CHOICE, {"accounts": [f"FACEBOOK:{world.ACME_PAGE}"]}).status_code == 422
    assert channels_of(acme) == []


PAGES = (world.ACME_PAGE, world.ACME_OUTLET_PAGE, world.GLOBEX_PAGE)
NUMBERS = (world.ACME_NUMBER, world.ACME_RETURNS_NUMBER)
PASTED = [
    ("FACEBOOK", world.ACME_PAGE_TOKEN, {f"FACEBOOK:{world.ACME_PAGE}"}),
    ("FACEBOOK", world.USER_TOKEN, {f"FACEBOOK:{page}" for page in PAGES}),
    ("INSTAGRAM", world.ACME_PAGE_TOKEN, {f"INSTAGRAM:{world.ACME_INSTAGRAM}"}),
    ("INSTAGRAM", world.ACME_STUDIO_INSTAGRAM_TOKEN, {f"INSTAGRAM:{world.ACME_STUDIO_INSTAGRAM}"}),
    ("WHATSAPP", world.ACME_WHATSAPP_TOKEN, {f"WHATSAPP:{number}" for number in NUMBERS}),
]


@pytest.mark.parametrize(("platform", "token", "keys"), PASTED)
def test_a_pasted_token_shows_what_it_opens(platform, token, keys, meta, inside):
    answer = inside.post(TOKEN_PAGE, {"platform": platform, "token": token})
    assert (answer.status_code, answer["Location"]) == (302, CHOICE)
    assert set(offered(inside.get(CHOICE))) == keys


def test_one_number_of_many(meta, inside):
    form = {"platform": "WHATSAPP", "token": world.ACME_WHATSAPP_TOKEN, "phone_number_id": world.ACME_RETURNS_NUMBER}
    assert inside.post(TOKEN_PAGE, form).status_code == 302
    assert set(offered(inside.get(CHOICE))) == {f"WHATSAPP:{world.ACME_RETURNS_NUMBER}"}


NUMBER_OF_OTHERS = {
    "platform": "WHATSAPP",
    "token": world.ACME_WHATSAPP_TOKEN,
    "phone_number_id": world.GLOBEX_NUMBER,
}


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"token": "EAAnonsense"}, "token"),
        ({"token": "two words"}, "token"),
        ({"token": ""}, "token"),
        ({"platform": "INSTAGRAM", "token": "IGnonsense"}, "token"),
        ({"platform": "TELEGRAM"}, "platform"),
        (NUMBER_OF_OTHERS, "phone_number_id"),
    ],
)
def test_a_token_that_opens_nothing(form, field, meta, inside):
    answer = inside.post(TOKEN_PAGE, {"platform": "FACEBOOK", "token": world.ACME_PAGE_TOKEN} | form)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])


def test_a_token_is_not_given_back_in_the_form(meta, inside):
    answer = inside.post(TOKEN_PAGE, {"platform": "WHATSAPP", "token": "EAAnonsensenonsense", "phone_number_id": "1"})
    assert answer.status_code == 422
    assert "nonsense" not in answer.text


class TestNoSecretAnywhere:
    @pytest.fixture
    def all_connected(self, meta, inside, client_for, caplog, django_capture_on_commit_callbacks):
        caplog.set_level("DEBUG")
        reaches = [world.ACME_PAGE, world.ACME_OUTLET_PAGE, world.ACME_WABA]
        come_back(inside, client_for, log_in(inside, "facebook", *reaches))
        keys = list(offered(inside.get(CHOICE)))
        with django_capture_on_commit_callbacks(execute=True):
            answer = inside.post(CHOICE, {"accounts": keys})
        assert not LOOKS_SECRET.search(answer.text)

    def test_on_the_pages_and_in_the_admin(self, all_connected, inside, acme):
        models = {"FACEBOOK": "facebookpage", "INSTAGRAM": "instagramaccount", "WHATSAPP": "phonenumber"}
        addresses = ["/settings/channels/", "/settings/channels/app/", "/admin/search/?s=EAA"]
        for channel in channels_of(acme):
            admin = f"/admin/pages/{models[channel.platform]}/"
            addresses += [f"/settings/channels/{channel.pk}/", admin, f"{admin}{channel.pk}/change/"]
        for address in addresses:
            page = inside.get(address)
            assert page.status_code == 200, address
            assert not LOOKS_SECRET.search(page.text), address

    def test_in_what_is_kept_and_logged(self, all_connected, acme, caplog):
        with schema_context(acme.schema_name):
            calls = json.dumps(list(GraphCall.objects.values("request", "response", "address", "actor")))
            assert GraphCall.objects.filter(type="webhooks.subscribe").exists()
        audit = str(list(UserActivity.objects.values_list("description", "metadata")))
        for kept in (calls, audit, caplog.text):
            assert not LOOKS_SECRET.search(kept)
            assert world.APP_SECRET not in kept
            assert world.INSTAGRAM_APP_SECRET not in kept

    def test_not_to_be_searched_or_filtered_by(self, all_connected, inside):
        address = "/admin/pages/facebookpage/"
        assert inside.get(f"{address}?access_token__startswith=EAA").status_code in {302, 400}
