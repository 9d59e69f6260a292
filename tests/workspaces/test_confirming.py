"""Between signing up and the code: a mistyped address is taken back, and impatience is answered in place."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from django.db import connection

from tests.factories import PASSWORD, make_user
from tests.workspaces.test_signup import FORM
from workspaces.models import User, UserActivity, Workspace
from workspaces.tenancy.schemas import schema_exists

pytestmark = pytest.mark.django_db

HERE = "/accounts/confirm-email/"
NOW = time.time
MISTYPED = {**FORM, "email": "nora@bigshpo.example"}


@pytest.fixture
def browser(client_for):
    return signed_up(client_for())


def signed_up(client, form=MISTYPED):
    client.post("/accounts/signup/", form)
    # As after a commit: what was just written holds no schema fast.
    connection.check_constraints()
    return client


def code_in(message) -> str:
    return re.findall(r"^\s*([A-Z0-9-]{6,})\s*$", message.body, re.MULTILINE)[0]


def cancel(client):
    return client.post(HERE, {"action": "cancel"})


def later(monkeypatch, seconds: float) -> None:
    """So many after now, by whoever asks for the time."""
    now = NOW()
    monkeypatch.setattr(time, "time", lambda: now + seconds)


def test_cancelling_frees_both_addresses_at_once(browser, sent_mail):
    assert cancel(browser)["Location"] == "/accounts/signup/"
    assert not schema_exists("ws_big_shop")
    assert not EmailAddress.objects.filter(email=MISTYPED["email"]).exists()
    with sent_mail() as outbox:
        answer = browser.post("/accounts/signup/", {**FORM, "email": "nora@bigshop.example"})
        assert (answer.status_code, answer["Location"]) == (302, HERE)
    browser.post(HERE, {"code": code_in(outbox[0])})
    made = Workspace.objects.with_schema().get(slug="big-shop")
    assert (made.owner.email, made.owner.email_verified) == ("nora@bigshop.example", True)
    assert schema_exists(made.schema_name)


def test_the_same_e_mail_signs_up_again(browser, sent_mail, monkeypatch):
    cancel(browser)
    again = {**MISTYPED, "slug": "better-shop"}
    page = browser.post("/accounts/signup/", again)
    assert "A code went to this address a moment ago. Try again in 10 seconds." in page.content.decode()
    assert not User.objects.filter(email=MISTYPED["email"]).exists(), "nothing is made that nobody can confirm"
    later(monkeypatch, 10)
    with sent_mail() as outbox:
        assert browser.post("/accounts/signup/", again)["Location"] == HERE
    assert [message.to for message in outbox] == [["nora@bigshpo.example"]]
    assert Workspace.objects.with_schema().filter(slug="better-shop").exists()


def test_nothing_of_the_person_stays_but_the_log(browser):
    nora = User.objects.get(email=MISTYPED["email"])
    cancel(browser)
    nora.refresh_from_db()
    assert (nora.name, nora.is_active, nora.check_password(PASSWORD)) == ("Cancelled sign-up", False, False)
    assert MISTYPED["email"] not in nora.email
    kinds = UserActivity.objects.filter(user=nora).values_list("activity_type", flat=True)
    assert {"person.signed_up", "person.sign_up_cancelled"} <= set(kinds)


def test_the_code_in_the_mail_opens_nothing_any_more(client_for, sent_mail):
    with sent_mail() as outbox:
        client = signed_up(client_for())
    cancel(client)
    client.post(HERE, {"code": code_in(outbox[0])})
    assert "_auth_user_id" not in client.session


def test_who_confirmed_meanwhile_loses_nothing(browser):
    EmailAddress.objects.filter(email=MISTYPED["email"]).update(verified=True)
    page = browser.post(
        HERE, {"action": "cancel"}, headers={"referer": "http://localhost/accounts/signup/"}, follow=True
    )
    assert "confirmed already" in page.content.decode()
    assert Workspace.objects.with_schema().filter(slug="big-shop", owner__email=MISTYPED["email"]).exists()


def test_cancelling_a_sign_in_keeps_the_account(client_for):
    make_user(email="late@bigshop.example", verified=False)
    client = client_for()
    client.post("/accounts/login/", {"login": "late@bigshop.example", "password": PASSWORD})
    assert "Cancel the sign-up" not in client.get(HERE).content.decode()
    assert cancel(client)["Location"] == "/accounts/login/"
    assert EmailAddress.objects.filter(email="late@bigshop.example", user__is_active=True).exists()


def test_an_address_that_has_an_account_looks_the_same_and_stays(client_for, ana):
    known, unknown = client_for(), client_for()
    signed_up(known, {**FORM, "email": ana.email})
    signed_up(unknown)
    pages = [client.get(HERE).content.decode() for client in (known, unknown)]
    assert len({re.sub(r"\S+@\S+|\w{64}", "", page) for page in pages}) == 1
    answers = [cancel(client) for client in (known, unknown)]
    assert [answer["Location"] for answer in answers] == ["/accounts/signup/"] * 2
    ana.refresh_from_db()
    assert (ana.is_active, ana.email_verified) == (True, True)


def test_without_a_sign_up_there_is_nothing_to_cancel(client_for, db):
    assert cancel(client_for())["Location"] == "/accounts/login/"


def test_a_new_code_too_soon_is_answered_in_place(browser, sent_mail):
    with sent_mail() as outbox:
        page = browser.post(HERE, {"action": "resend"})
    assert (page.status_code, outbox) == (429, [])
    text = page.content.decode()
    assert "You can ask for another in 10 seconds." in text
    assert 'name="code"' in text
    assert 0 < int(page["Retry-After"]) <= 10


def test_the_code_sent_before_still_works_after_asking_too_soon(client_for, sent_mail):
    with sent_mail() as outbox:
        client = signed_up(client_for())
    client.post(HERE, {"action": "resend"})
    client.post(HERE, {"code": code_in(outbox[0])})
    assert "_auth_user_id" in client.session


def test_a_new_code_comes_when_it_is_time(browser, sent_mail, monkeypatch):
    later(monkeypatch, 9)
    assert "in 1 second." in browser.post(HERE, {"action": "resend"}).content.decode()
    later(monkeypatch, 10)
    with sent_mail() as outbox:
        assert browser.post(HERE, {"action": "resend"}).status_code == 302
    browser.post(HERE, {"code": code_in(outbox[0])})
    assert "_auth_user_id" in browser.session
