"""The secrets of second factors: not to be read in the database, and they work on after the key has changed."""

import io
import json
import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import connection

from tests.factories import PASSWORD
from tests.system.otp import code_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def old_key(settings):
    settings.FIELD_KEYS = ["old key"]


@pytest.fixture
def secret(client_for, bo) -> str:
    """bo sets up an authenticator app, as a person does; the app has been shown its secret."""
    client = client_for()
    client.post("/accounts/login/", {"login": bo.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    shown = re.search(r"\b[A-Z2-7]{32}\b", page)[0]
    assert client.post("/accounts/2fa/totp/activate/", {"code": code_for(shown)}).status_code == 302
    return shown


def recovery_codes(bo) -> list[str]:
    return Authenticator.objects.get(user=bo, type="recovery_codes").wrap().get_unused_codes()


def in_the_database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        return json.dumps(cursor.fetchall())


def gets_in(client_for, bo, code: str) -> bool:
    client = client_for()
    client.post("/accounts/login/", {"login": bo.email, "password": PASSWORD})
    client.post("/accounts/2fa/authenticate/", {"code": code})
    return client.get("/account/").status_code == 200


def rotate(settings, *keys: str) -> str:
    settings.FIELD_KEYS = list(keys)
    said = io.StringIO()
    call_command("rotate_field_keys", stdout=said, stderr=said)
    return said.getvalue()


def test_neither_secret_nor_codes_can_be_read(secret, bo):
    stored = in_the_database()
    assert secret not in stored
    assert not any(code in stored for code in recovery_codes(bo))
    assert not re.search(r'"seed\\*": \\*"[0-9a-f]{80}', stored)


def test_a_recovery_code_opens_once(secret, client_for, bo):
    code = recovery_codes(bo)[0]
    assert gets_in(client_for, bo, code)
    assert not gets_in(client_for, bo, code)


def test_both_work_on_when_the_old_key_is_gone(secret, settings, client_for, bo):
    codes = recovery_codes(bo)
    assert "public: 2 encrypted anew" in rotate(settings, "new key", "old key")
    assert "public: 2 already under the first key" in rotate(settings, "new key")
    assert recovery_codes(bo) == codes
    assert gets_in(client_for, bo, codes[0])
    assert Authenticator.objects.get(user=bo, type="totp").wrap().validate_code(code_for(secret))


def test_rotation_leaves_the_rest_of_the_row(secret, settings, client_for, bo):
    """Which codes are used up stands beside the seed."""
    used = recovery_codes(bo)[0]
    assert gets_in(client_for, bo, used)
    before = Authenticator.objects.get(user=bo, type="recovery_codes").data
    rotate(settings, "new key", "old key")
    after = Authenticator.objects.get(user=bo, type="recovery_codes").data
    assert after.pop("seed") != before.pop("seed")
    assert after == before
    assert not gets_in(client_for, bo, used)


def test_a_lost_key_is_told(secret, settings):
    with pytest.raises(CommandError, match=r"FIELD_KEYS lacks a key that secrets are in: public \(2\)"):
        rotate(settings, "another key")
