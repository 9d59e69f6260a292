"""The workspace's own Meta app: its secrets go in and do not come out."""

import pytest

from pages.sandbox import world
from tests.pages.channel_fixtures import channels_of, connect, meta, sandbox
from workspaces.models import MetaApp

__all__ = ["connect", "meta", "sandbox"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def inside(client_for, acme, ana):
    return client_for(ana, acme)


class TestOwnApp:
    PAGE = "/settings/channels/app/"
    FORM = {"app_id": world.APP_ID, "app_secret": "first-secret-of-the-app"}

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

    def test_a_new_verify_token(self, inside, acme):
        inside.post(self.PAGE, self.FORM)
        old = MetaApp.objects.get().verify_token
        answer = inside.post(f"{self.PAGE}verify-token/")
        new = MetaApp.objects.get().verify_token
        assert new != old
        assert new in answer.text

    def test_removing_it_says_which_channels_stop(self, meta, connect, inside, acme):
        inside.post(self.PAGE, self.FORM | {"app_secret": world.APP_SECRET})
        outlet = {"external_id": world.ACME_OUTLET_PAGE, "token": world.ACME_OUTLET_PAGE_TOKEN}
        mine, other = connect(uses_own_app=True, name="Through ours"), connect(**outlet)
        page = inside.get(self.PAGE)
        assert "Through ours" in page.text
        assert inside.post(f"{self.PAGE}removal/").status_code == 302
        states = {one.pk: one.connection_status for one in channels_of(acme)}
        assert (states[mine.pk], MetaApp.objects.count()) == ("NEEDS_RECONNECT", 0)
        assert states[other.pk] == "CONNECTED"
