"""Secrets at rest: not to be read in the column, and encrypted anew when the key changes."""

import io
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django_tenants.utils import schema_context

from pages.models import Channel
from workspaces.encryption import UnreadableSecret, decrypt, encrypt
from workspaces.management.commands import rotate_field_keys
from workspaces.models import MetaApp, Platform

pytestmark = pytest.mark.django_db

TOKEN = "EAAB-very-secret-token"


@pytest.fixture(autouse=True)
def old_key(settings):
    settings.FIELD_KEYS = ["old key"]


def make_channel(workspace: Any, number: int = 1, token: str = TOKEN) -> Channel:
    with schema_context(workspace.schema_name):
        return Channel.objects.create(
            platform=Platform.FACEBOOK, external_id=f"1042{number}", name="Page", access_token=token
        )


def stored(table: str, column: str, schema: str = "public") -> list[str]:
    with schema_context(schema), connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM "{table}" ORDER BY id')  # noqa: S608
        return [value for (value,) in cursor.fetchall()]


def rotate(*args: str) -> str:
    out = io.StringIO()
    call_command("rotate_field_keys", *args, stdout=out, stderr=out)
    return out.getvalue()


def readable_with(settings: Any, *keys: str) -> Any:
    settings.FIELD_KEYS = list(keys)
    return settings


def test_the_column_holds_no_secret(acme):
    make_channel(acme)
    MetaApp.objects.create(workspace=acme, app_id="1", app_secret="a-secret")
    [token], [secret] = stored("channels", "access_token", acme.schema_name), stored("meta_apps", "app_secret")
    assert TOKEN not in token
    assert "a-secret" not in secret
    assert (decrypt(token), decrypt(secret)) == (TOKEN, "a-secret")


def test_equal_secrets_do_not_look_equal():
    assert encrypt(TOKEN) != encrypt(TOKEN)


def test_nothing_stays_nothing(acme):
    make_channel(acme, token="")
    assert stored("channels", "access_token", acme.schema_name) == [""]


def test_it_cannot_be_looked_up(acme):
    with schema_context(acme.schema_name), pytest.raises(FieldError):
        list(Channel.objects.filter(access_token=TOKEN))


def test_a_key_that_is_gone_is_named_without_the_secret(settings):
    secret = encrypt(TOKEN)
    readable_with(settings, "another key")
    with pytest.raises(UnreadableSecret) as error:
        decrypt(secret)
    assert "FIELD_KEYS" in str(error.value)
    assert secret not in str(error.value)


def test_rotation_reaches_public_and_each_workspace(settings, acme, globex):
    MetaApp.objects.create(workspace=acme, app_id="1", app_secret="a-secret", verify_token="says-it")
    for workspace in (acme, globex):
        make_channel(workspace)
    readable_with(settings, "new key", "old key")
    said = rotate()
    assert "public: 2 encrypted anew" in said
    assert "ws_acme: 1 encrypted anew" in said
    assert "ws_globex: 1 encrypted anew" in said
    readable_with(settings, "new key")
    app = MetaApp.objects.get()
    assert (app.app_secret, app.verify_token) == ("a-secret", "says-it")
    for workspace in (acme, globex):
        with schema_context(workspace.schema_name):
            assert Channel.objects.get().access_token == TOKEN


def test_rotation_is_not_a_change_of_the_row(settings, acme):
    before = make_channel(acme).updated_at
    readable_with(settings, "new key", "old key")
    rotate()
    with schema_context(acme.schema_name):
        assert Channel.objects.get().updated_at == before


def test_a_second_run_finds_nothing_to_do(settings, acme):
    make_channel(acme)
    readable_with(settings, "new key", "old key")
    rotate()
    before = stored("channels", "access_token", acme.schema_name)
    assert "ws_acme: 1 already under the first key" in rotate()
    assert stored("channels", "access_token", acme.schema_name) == before


def test_a_dry_run_counts_and_changes_nothing(settings, acme):
    make_channel(acme)
    before = stored("channels", "access_token", acme.schema_name)
    readable_with(settings, "new key", "old key")
    assert "ws_acme: 1 to encrypt anew" in rotate("--dry-run")
    assert stored("channels", "access_token", acme.schema_name) == before


def test_a_crash_half_way_loses_nothing_and_is_taken_up_again(settings, acme, monkeypatch):
    """The process dies in the second batch of three."""
    monkeypatch.setattr(rotate_field_keys, "BATCH", 2)
    for number in range(5):
        make_channel(acme, number, token=f"{TOKEN}-{number}")
    readable_with(settings, "new key", "old key")
    replace, done = rotate_field_keys.replace, []

    def dying(*args: Any) -> bool:
        done.append(replace(*args))
        if len(done) == 4:
            raise KeyboardInterrupt
        return done[-1]

    monkeypatch.setattr(rotate_field_keys, "replace", dying)
    with pytest.raises(KeyboardInterrupt):
        rotate()
    tokens = [f"{TOKEN}-{number}" for number in range(5)]
    assert tokens_of(acme) == tokens, "half under one key, half under the other"
    monkeypatch.setattr(rotate_field_keys, "replace", replace)
    assert "ws_acme: 3 encrypted anew" in rotate()
    readable_with(settings, "new key")
    assert tokens_of(acme) == tokens


def tokens_of(workspace: Any) -> list[str]:
    with schema_context(workspace.schema_name):
        return [channel.access_token for channel in Channel.objects.order_by("external_id")]


def test_a_token_that_changes_meanwhile_wins(settings, acme, monkeypatch):
    """An old process writes between our read and our write, with its own first key."""
    make_channel(acme)
    late = encrypt("EAAB-the-refreshed-one")
    readable_with(settings, "new key", "old key")
    replace, written = rotate_field_keys.replace, []

    def overtaken(column: Any, key: Any, *args: Any) -> bool:
        if not written:
            with connection.cursor() as cursor:
                cursor.execute("UPDATE channels SET access_token = %s", [late])
            written.append(late)
        return replace(column, key, *args)

    monkeypatch.setattr(rotate_field_keys, "replace", overtaken)
    rotate()
    readable_with(settings, "new key")
    assert tokens_of(acme) == ["EAAB-the-refreshed-one"]


def test_a_failing_schema_stops_nobody_else(settings, acme, globex, capsys):
    for workspace in (acme, globex):
        make_channel(workspace)
    with schema_context(acme.schema_name), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE channels RENAME TO elsewhere")
    readable_with(settings, "new key", "old key")
    err = io.StringIO()
    rotation = rotate_field_keys.rotate_schema

    def in_savepoint(schema: str, *args: Any, **kwargs: Any) -> Any:
        """The test's own transaction would be broken by the failure; the command has none around it."""
        with transaction.atomic():
            return rotation(schema, *args, **kwargs)

    rotate_field_keys.rotate_schema = in_savepoint
    try:
        with pytest.raises(SystemExit) as ended:
            call_command("rotate_field_keys", stdout=io.StringIO(), stderr=err)
    finally:
        rotate_field_keys.rotate_schema = rotation
    assert ended.value.code == 1
    assert "Not done: ws_acme." in err.getvalue()
    readable_with(settings, "new key")
    assert tokens_of(globex) == [TOKEN]


def test_a_lost_key_is_one_line_and_exit_2(settings, acme, globex):
    make_channel(acme)
    readable_with(settings, "third key")
    make_channel(globex)
    readable_with(settings, "new key", "third key")
    with pytest.raises(CommandError) as error:
        rotate()
    assert (error.value.returncode, str(error.value)) == (
        2,
        "FIELD_KEYS lacks a key that secrets are in: ws_acme (1)",
    )
    readable_with(settings, "new key")
    assert tokens_of(globex) == [TOKEN], "the others are done"


def test_without_any_key(settings):
    readable_with(settings)
    with pytest.raises(CommandError) as error:
        rotate()
    assert error.value.returncode == 2
