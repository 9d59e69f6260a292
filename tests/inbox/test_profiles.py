"""Who the customers are: asked of Meta once, kept as far as it is told."""

import json

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from django_tenants.utils import schema_context
from PIL import Image

from inbox.actions import profiles
from inbox.models import Identity
from inbox.tasks import fetch_profiles, sweep_media_and_profiles
from tests import factories
from tests.inbox.file_server import answering, png, serving, status

Profile = Identity.Profile


@pytest.fixture
def meta(settings):
    """Graph and its pictures."""
    with serving() as server:
        settings.GRAPH_URL = server.url
        settings.META_HOSTS = dict.fromkeys(settings.META_HOSTS, server.url)
        yield server


@pytest.fixture
def here(acme):
    with schema_context(acme.schema_name):
        yield acme


def wanted(platform="FACEBOOK", **over):
    channel = factories.make_channel(platform)
    fields = {"name": "", "profile_state": Profile.WANTED, **over}
    return factories.make_identity(channel, **fields)


def tells(meta, settings, identity, **profile):
    answer = json.dumps(profile).encode()
    meta.file(f"/{settings.GRAPH_VERSION}/{identity.external_id}", answer, "application/json")


def refuses(meta, settings, identity, code, http=400, **error):
    refusal = {"error": {"message": "no", "type": "OAuthException", "code": code, **error}}
    meta.serve(f"/{settings.GRAPH_VERSION}/{identity.external_id}", answering(http, refusal))


def test_a_messenger_person_gets_name_and_picture(here, meta, settings):
    identity = wanted()
    picture = meta.file("/picture", png(300), "text/html")
    told = {"name": "Mia Meyer", "first_name": "Mia", "last_name": "Meyer", "profile_pic": picture, "locale": "de_DE"}
    tells(meta, settings, identity, id=identity.external_id, **told)
    fetch_profiles(here.schema_name)
    identity.refresh_from_db()
    known = (identity.profile_state, identity.name, identity.first_name, identity.last_name, identity.locale)
    assert known == (Profile.KNOWN, "Mia Meyer", "Mia", "Meyer", "de_DE")
    assert identity.picture.name.startswith(f"{here.schema_name}/pictures/")
    with default_storage.open(identity.picture.name) as file:
        assert (Image.open(file).format, identity.profile_pic_url) == ("WEBP", picture)
    identity.contact.refresh_from_db()
    assert identity.contact.display_name == "Mia Meyer"


def test_an_instagram_person_gets_a_username(here, meta, settings):
    identity = wanted("INSTAGRAM")
    tells(meta, settings, identity, name="Kai", username="kai.k")
    fetch_profiles(here.schema_name)
    identity.refresh_from_db()
    assert (identity.profile_state, identity.name, identity.username) == (Profile.KNOWN, "Kai", "kai.k")


def test_a_name_that_an_agent_gave_stays(here, meta, settings):
    identity = wanted()
    identity.contact.display_name = "Mrs Meyer, wholesale"
    identity.contact.save()
    tells(meta, settings, identity, name="Mia Meyer")
    fetch_profiles(here.schema_name)
    identity.contact.refresh_from_db()
    assert identity.contact.display_name == "Mrs Meyer, wholesale"


@pytest.mark.parametrize(
    ("_case", "body"),
    [("a page", b"<html></html>"), ("too large", png() + bytes(5 * 1024 * 1024)), ("gone", None)],
)
def test_a_bad_picture_costs_no_name(_case, body, here, meta, settings):
    identity = wanted()
    url = meta.serve("/p", status(404)) if body is None else meta.file("/p", body, "image/png")
    tells(meta, settings, identity, name="Mia", profile_pic=url)
    fetch_profiles(here.schema_name)
    identity.refresh_from_db()
    assert (identity.profile_state, identity.name, identity.picture.name) == (Profile.KNOWN, "Mia", "")


def test_who_is_not_shown_by_meta_stays_without_a_name(here, meta, settings):
    identity = wanted()
    refuses(meta, settings, identity, 100, error_subcode=33)
    fetch_profiles(here.schema_name)
    identity.refresh_from_db()
    assert identity.profile_state == Profile.WITHHELD
    asked = len(meta.asked)
    fetch_profiles(here.schema_name)
    assert len(meta.asked) == asked


def test_what_may_pass_is_asked_again_later_and_not_for_ever(here, meta, settings):
    identity = wanted()
    refuses(meta, settings, identity, 2, 500)
    for tried in range(1, profiles.TRIES):
        fetch_profiles(here.schema_name)
        identity.refresh_from_db()
        assert (identity.profile_state, identity.profile_attempts) == (Profile.WANTED, tried)
        assert identity.profile_not_before > timezone.now()
        Identity.objects.update(profile_not_before=None)
    fetch_profiles(here.schema_name)
    identity.refresh_from_db()
    assert identity.profile_state == Profile.WITHHELD


def test_a_dead_token_costs_no_try(here, meta, settings):
    identity = wanted()
    refuses(meta, settings, identity, 190, error_subcode=463)
    fetch_profiles(here.schema_name)
    identity.refresh_from_db()
    assert (identity.profile_state, identity.profile_attempts) == (Profile.WANTED, 0)
    assert identity.profile_not_before > timezone.now()


def test_whatsapp_is_never_asked(here, meta):
    identity = wanted("WHATSAPP")
    fetch_profiles(here.schema_name)
    identity.refresh_from_db()
    assert (identity.profile_state, meta.asked) == (Profile.WANTED, [])


def test_each_is_asked_about_once(transactional_db, acme, meta, settings, at_once):
    with schema_context(acme.schema_name):
        channel = factories.make_channel()
        for _ in range(8):
            identity = factories.make_identity(channel, name="", profile_state=Profile.WANTED)
            tells(meta, settings, identity, name="Mia")
    at_once(*[lambda: fetch_profiles(acme.schema_name)] * 3, racing_for=f'{acme.schema_name}"."identities')
    assert len(meta.asked) == len(set(meta.asked)) == 8
    with schema_context(acme.schema_name):
        assert set(Identity.objects.values_list("profile_state", "name")) == {(Profile.KNOWN, "Mia")}


def test_the_clock_rings_for_who_is_wanted(here, meta, settings, run_tasks):
    identity = wanted()
    tells(meta, settings, identity, name="Mia")
    sweep_media_and_profiles()
    assert run_tasks() == ["inbox.tasks.fetch_profiles"]
    identity.refresh_from_db()
    assert identity.profile_state == Profile.KNOWN


def test_a_token_that_cannot_be_read_costs_no_try(here, meta, settings):
    identity = wanted()
    settings.FIELD_KEYS = ["another key altogether"]
    fetch_profiles(here.schema_name)
    identity.refresh_from_db()
    assert (identity.profile_state, identity.profile_attempts, meta.asked) == (Profile.WANTED, 0, [])
