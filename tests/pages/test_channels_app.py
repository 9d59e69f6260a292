"""The workspace's own Meta app: its secrets go in and do not come out."""

import pytest
from django_tenants.utils import schema_context

from pages.models import GraphCall
from pages.sandbox import world
from tests.pages.channel_fixtures import channels_of, connect, meta, sandbox
from workspaces.models import MetaApp

__all__ = ["connect", "meta", "sandbox"]

pytestmark = pytest.mark.django_db


ANOTHER = "505000000000009"
INSTAGRAM = {"instagram_app_id": world.INSTAGRAM_APP_ID, "instagram_app_secret": world.INSTAGRAM_APP_SECRET}


@pytest.fixture
def inside(client_for, acme, ana, meta):
    return client_for(ana, acme)


class TestOwnApp:
    PAGE = "/settings/channels/app/"
    FORM = {"app_id": world.APP_ID, "app_secret": world.APP_SECRET}

    def test_its_secret_is_never_shown_again_and_its_verify_token_once(self, inside, acme):
        first = inside.post(self.PAGE, self.FORM)
        app = MetaApp.objects.get(workspace=acme)
        assert app.app_secret == self.FORM["app_secret"]
        assert app.verify_token in first.text
        assert f"http://localhost:8000/webhooks/meta/{acme.pk}/" in first.text
        again = inside.get(self.PAGE)
        assert app.verify_token not in again.text
        assert self.FORM["app_secret"] not in first.text + again.text
        assert "Leave empty to keep it" in again.text

    def test_an_empty_secret_keeps_the_one_that_is_there(self, inside, acme):
        inside.post(self.PAGE, self.FORM)
        assert inside.post(self.PAGE, self.FORM | {"app_secret": ""}).status_code == 302
        assert MetaApp.objects.get().app_secret == self.FORM["app_secret"]

    def test_the_first_time_it_takes_one(self, inside):
        answer = inside.post(self.PAGE, self.FORM | {"app_secret": ""})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["app_secret"])

    WRONG = [
        ({"app_id": ANOTHER}, "app_id", "top of the app&#x27;s dashboard"),
        ({"app_secret": "of-another-app"}, "app_secret", "Copy it again under App settings"),
        (INSTAGRAM | {"instagram_app_id": world.APP_ID}, "instagram_app_id", "It is not the App ID above"),
        (INSTAGRAM | {"instagram_app_id": ANOTHER}, "instagram_app_id", "It is not the App ID above"),
        (INSTAGRAM | {"instagram_app_secret": "of-another-app"}, "instagram_app_secret", "Copy it again under Insta"),
    ]

    @pytest.mark.parametrize(("wrong", "field", "advice"), WRONG)
    def test_what_meta_does_not_know_is_not_saved_and_the_field_says_so(self, wrong, field, advice, inside):
        answer = inside.post(self.PAGE, self.FORM | wrong)
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
        assert advice in answer.text
        assert not MetaApp.objects.exists()

    def test_a_kept_secret_must_fit_a_new_id(self, inside):
        inside.post(self.PAGE, self.FORM)
        answer = inside.post(self.PAGE, {"app_id": ANOTHER, "app_secret": ""})
        assert list(answer.context["form"].errors) == ["app_id"]
        assert MetaApp.objects.get().app_id == world.APP_ID

    @pytest.mark.parametrize("fault", ["500", "closed"])
    def test_where_meta_cannot_be_asked_nothing_is_saved(self, fault, inside, meta):
        meta.fault(fault)
        answer = inside.post(self.PAGE, self.FORM)
        assert list(answer.context["form"].errors) == ["__all__"]
        assert "Nothing is saved" in answer.text
        assert not MetaApp.objects.exists()

    def test_instagrams_app_is_saved_with_it(self, inside):
        inside.post(self.PAGE, self.FORM | INSTAGRAM)
        app = MetaApp.objects.get()
        assert (app.instagram_app_id, app.instagram_app_secret) == tuple(INSTAGRAM.values())

    def test_another_instagram_app_stops_instagrams_own_channels_alone(self, meta, connect, inside, acme):
        studio = {"platform": "INSTAGRAM", "external_id": world.ACME_STUDIO_INSTAGRAM, "login": "INSTAGRAM"}
        connect(uses_own_app=True, token=world.ACME_STUDIO_INSTAGRAM_TOKEN, **studio)
        connect(uses_own_app=True)
        MetaApp.objects.create(workspace=acme, **self.FORM, **INSTAGRAM | {"instagram_app_id": ANOTHER})
        assert inside.post(self.PAGE, self.FORM | INSTAGRAM).status_code == 302
        states = {one.platform: one.connection_status for one in channels_of(acme)}
        assert states == {"INSTAGRAM": "NEEDS_RECONNECT", "FACEBOOK": "CONNECTED"}

    def test_what_is_connected_through_it_knows_its_ids(self, inside, acme):
        inside.post(self.PAGE, self.FORM | INSTAGRAM)
        inside.post("/settings/channels/new/token/", {"platform": "FACEBOOK", "token": world.ACME_PAGE_TOKEN})
        inside.post("/settings/channels/new/choice/", {"accounts": f"FACEBOOK:{world.ACME_PAGE}"})
        [channel] = channels_of(acme)
        assert (channel.uses_own_app, channel.app_ids) == (True, {world.APP_ID, world.INSTAGRAM_APP_ID})

    def test_what_was_asked_is_written_down_without_the_secret(self, inside, acme, ana):
        inside.post(self.PAGE, self.FORM)
        with schema_context(acme.schema_name):
            [call] = GraphCall.objects.filter(type="app.check")
        assert call.actor == ana.email
        assert world.APP_SECRET not in f"{call.request}{call.response}"

    def test_a_new_verify_token(self, inside, acme):
        inside.post(self.PAGE, self.FORM)
        old = MetaApp.objects.get().verify_token
        answer = inside.post(f"{self.PAGE}verify-token/")
        new = MetaApp.objects.get().verify_token
        assert new != old
        assert new in answer.text

    def test_removing_it_says_which_channels_stop(self, meta, connect, inside, acme):
        inside.post(self.PAGE, self.FORM)
        outlet = {"external_id": world.ACME_OUTLET_PAGE, "token": world.ACME_OUTLET_PAGE_TOKEN}
        mine, other = connect(uses_own_app=True, name="Through ours"), connect(**outlet)
        page = inside.get(self.PAGE)
        assert "Through ours" in page.text
        assert inside.post(f"{self.PAGE}removal/").status_code == 302
        states = {one.pk: one.connection_status for one in channels_of(acme)}
        assert (states[mine.pk], MetaApp.objects.count()) == ("NEEDS_RECONNECT", 0)
        assert states[other.pk] == "CONNECTED"
