"""Canned replies: whose they are, who changes them, what becomes of their files."""

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from templates_app.actions import replies
from templates_app.actions.replies import count_use, delete_reply, save_reply
from templates_app.assets import open_asset, takers_of
from templates_app.models import MessageTemplate, SavedAsset
from tests.templates_app.conftest import picture, words_file
from workspaces.models import UserActivity
from workspaces.refusals import NotAllowed, Refused

pytestmark = pytest.mark.django_db


def names(found):
    return [reply.name for reply in found]


def test_own_ones_and_shared_ones_are_seen(make_reply, agents):
    make_reply("Bo's own")
    make_reply("Sam's own", by="sam")
    make_reply("Everybody's", by="sam", is_shared=True)
    assert names(MessageTemplate.objects.visible_to(agents["bo"])) == ["Bo's own", "Everybody's"]
    assert names(MessageTemplate.objects.visible_to(agents["sam"])) == ["Everybody's", "Sam's own"]
    assert names(MessageTemplate.objects.visible_to(agents["ana"])) == ["Everybody's"]


def test_a_shared_one_is_for_who_manages_the_inbox(make_reply, in_acme, agents):
    with pytest.raises(NotAllowed):
        make_reply(is_shared=True)
    assert not MessageTemplate.objects.exists()
    shared = make_reply(by="sam", is_shared=True)
    shared.content = "Changed"
    with pytest.raises(NotAllowed):
        save_reply(shared, by=agents["bo"], workspace=in_acme)
    with pytest.raises(NotAllowed):
        delete_reply(shared, by=agents["bo"], workspace=in_acme)
    shared.refresh_from_db()
    assert shared.content == "Open from 9 to 5."
    save_reply(shared, by=agents["ana"], workspace=in_acme)


def test_an_own_one_is_not_shared_by_who_may_not(make_reply, in_acme, agents):
    own = make_reply()
    own.is_shared = True
    with pytest.raises(NotAllowed):
        save_reply(own, by=agents["bo"], workspace=in_acme)
    own.refresh_from_db()
    assert own.is_shared is False


def test_an_own_one_is_nobody_elses_to_change(make_reply, in_acme, agents):
    own = make_reply()
    for who in ("sam", "ana"):
        with pytest.raises(NotAllowed):
            save_reply(own, by=agents[who], workspace=in_acme)
        with pytest.raises(NotAllowed):
            delete_reply(own, by=agents[who], workspace=in_acme)
    assert MessageTemplate.objects.filter(pk=own.pk).exists()


def test_what_one_brings_has_an_end(make_reply, in_acme, agents, monkeypatch):
    monkeypatch.setattr(replies, "MOST_OWN", 2)
    kept = [make_reply("One"), make_reply("Two")]
    with pytest.raises(Refused, match="keep 2 replies"):
        make_reply("Three")
    kept[0].content = "Open until 6."
    save_reply(kept[0], by=agents["bo"], workspace=in_acme)
    make_reply("Another's", by="sam")
    monkeypatch.setattr(replies, "LARGEST_IN_ALL", 2 * len(words_file().read()))
    for number in range(2):
        make_reply(f"Shared {number}", by="sam", is_shared=True, files=[words_file()])
    with pytest.raises(Refused, match="come to more than"):
        make_reply("Shared 3", by="sam", is_shared=True, files=[words_file()])
    assert SavedAsset.objects.count() == 2


def test_a_viewer_has_none(make_reply):
    with pytest.raises(NotAllowed):
        make_reply(by="vi")


@pytest.mark.parametrize(
    ("first", "second", "taken"),
    [
        ({"by": "sam", "is_shared": True}, {"by": "ana", "is_shared": True}, True),
        ({"by": "bo"}, {"by": "bo"}, True),
        ({"by": "bo"}, {"by": "sam"}, False),
        ({"by": "sam"}, {"by": "sam", "is_shared": True}, False),
    ],
)
def test_a_shortcut_is_one_replys_among_those_of_its_kind(first, second, taken, make_reply):
    make_reply("One", shortcut="hours", **first)
    if taken:
        with pytest.raises(Refused) as refusal:
            make_reply("Two", shortcut="hours", **second)
        assert refusal.value.field == "shortcut"
    else:
        make_reply("Two", shortcut="hours", **second)
    assert MessageTemplate.objects.count() == (1 if taken else 2)


def test_many_have_no_shortcut(make_reply):
    make_reply("One", by="sam", is_shared=True)
    make_reply("Two", by="sam", is_shared=True)
    assert MessageTemplate.objects.filter(shortcut="").count() == 2


def test_the_database_itself_keeps_shortcuts_apart(make_reply):
    make_reply(shortcut="hours")
    other = make_reply("Other")
    with pytest.raises(IntegrityError), transaction.atomic():
        MessageTemplate.objects.filter(pk=other.pk).update(shortcut="hours")


def test_what_is_shared_is_in_the_log_and_what_is_private_is_not(make_reply, in_acme, agents):
    before = UserActivity.objects.count()
    own = make_reply()
    delete_reply(own, by=agents["bo"], workspace=in_acme)
    assert UserActivity.objects.count() == before
    shared = make_reply("Returns", by="sam", is_shared=True)
    save_reply(shared, by=agents["ana"], workspace=in_acme)
    delete_reply(shared, by=agents["sam"], workspace=in_acme)
    # Twice, as by a double click.
    delete_reply(shared, by=agents["sam"], workspace=in_acme)
    kinds = list(UserActivity.objects.order_by("created_at").values_list("activity_type", flat=True))
    assert kinds[before:] == ["reply.created", "reply.changed", "reply.deleted"]


class TestFiles:
    def test_they_are_what_is_in_them(self, make_reply):
        reply = make_reply(files=[picture("price\u202elist.jpeg"), words_file("terms:of/use.exe")])
        shown = [(asset.name, asset.type, asset.mime_type) for asset in reply.assets.all()]
        assert shown == [("pricelist.jpeg", "IMAGE", "image/png"), ("use.exe", "FILE", "text/plain")]
        assert all(str(asset.file).startswith("ws_acme/assets/") for asset in reply.assets.all())

    def test_a_file_that_is_not_kept_goes_with_its_row(
        self, make_reply, in_acme, agents, django_capture_on_commit_callbacks
    ):
        reply = make_reply(files=[picture("a.png"), picture("b.png")])
        first, second = reply.assets.all()
        with django_capture_on_commit_callbacks(execute=True):
            save_reply(reply, by=agents["bo"], workspace=in_acme, kept=[second], files=[words_file()])
        assert [asset.name for asset in reply.assets.all()] == ["b.png", "terms.txt"]
        assert not SavedAsset.objects.filter(pk=first.pk).exists()
        assert not default_storage.exists(str(first.file))
        assert default_storage.exists(str(second.file))

    def test_a_file_that_another_reply_has_stays(self, make_reply, in_acme, agents, django_capture_on_commit_callbacks):
        reply, other = make_reply(files=[picture()]), make_reply("Other")
        asset = reply.assets.get()
        other.assets.add(asset)
        with django_capture_on_commit_callbacks(execute=True):
            delete_reply(reply, by=agents["bo"], workspace=in_acme)
        assert other.assets.get() == asset
        assert default_storage.exists(str(asset.file))

    def test_they_go_with_their_last_reply(self, make_reply, in_acme, agents, django_capture_on_commit_callbacks):
        reply = make_reply(files=[picture()])
        name = str(reply.assets.get().file)
        with django_capture_on_commit_callbacks(execute=True):
            delete_reply(reply, by=agents["bo"], workspace=in_acme)
        assert not SavedAsset.objects.exists()
        assert not default_storage.exists(name)

    def test_a_refused_reply_leaves_none_behind(self, make_reply, monkeypatch):
        make_reply(shortcut="hours")
        saved, save = [], default_storage.save
        monkeypatch.setattr(
            default_storage, "save", lambda *args, **more: saved.append(save(*args, **more)) or saved[-1]
        )
        with pytest.raises(Refused):
            make_reply("Two", shortcut="hours", files=[picture(), words_file()])
        assert [default_storage.exists(name) for name in saved] == [False, False]
        assert not SavedAsset.objects.exists()

    def test_another_replys_file_cannot_be_kept(self, make_reply, in_acme, agents):
        foreign = make_reply("Sam's", by="sam", files=[picture()]).assets.get()
        own = make_reply()
        save_reply(own, by=agents["bo"], workspace=in_acme, kept=[foreign])
        assert not own.assets.exists()

    def test_the_composer_opens_what_the_agent_may_use(self, make_reply, agents):
        own = make_reply(files=[words_file()]).assets.get()
        shared = make_reply(
            "Shared", by="sam", is_shared=True, files=[words_file("shared.txt", b"for all")]
        ).assets.get()
        private = make_reply("Private", by="sam", files=[words_file("private.txt")]).assets.get()
        with open_asset(own.pk, agents["bo"]) as file:
            assert (file.name, file.read()) == ("terms.txt", b"plain words")
        with open_asset(shared.pk, agents["bo"]) as file:
            assert file.read() == b"for all"
        with pytest.raises(SavedAsset.DoesNotExist):
            open_asset(private.pk, agents["bo"])

    @pytest.mark.parametrize(
        ("mime_type", "size", "takers"),
        [
            ("image/png", 1000, ["Messenger", "Instagram", "WhatsApp"]),
            ("image/png", 6 * 2**20, ["Messenger", "Instagram"]),
            ("image/webp", 1000, ["Messenger", "WhatsApp"]),
            ("application/pdf", 30 * 2**20, ["WhatsApp"]),
            ("text/plain", 0, []),
        ],
    )
    def test_who_takes_it(self, mime_type, size, takers):
        assert takers_of(SavedAsset(name="x", mime_type=mime_type, size=size)) == takers


def test_uses_are_counted(make_reply, agents):
    own = make_reply()
    foreign = make_reply("Sam's", by="sam")
    assert [count_use(own.pk, by=agents["bo"]) for _ in range(2)] == [True, True]
    assert count_use(foreign.pk, by=agents["bo"]) is False
    with pytest.raises(NotAllowed):
        count_use(own.pk, by=agents["vi"])
    own.refresh_from_db()
    foreign.refresh_from_db()
    assert (own.used_count, own.last_used_at is not None, foreign.used_count) == (2, True, 0)


class TestPicking:
    @pytest.fixture(autouse=True)
    def some(self, make_reply):
        make_reply("Refund", shortcut="money", content="You get it back.", used_count=1)
        make_reply("Opening hours", shortcut="hours", content="Open from 9 to 5, refund or not.", used_count=5)
        make_reply("Where we are", shortcut="refund-desk", content="Main street.", used_count=0)
        make_reply("On WhatsApp", shortcut="wa", content="Here alone.", platform="WHATSAPP", used_count=9)

    @pytest.mark.parametrize(
        ("words", "found"),
        [
            ("refund", ["Where we are", "Refund", "Opening hours"]),
            ("REF", ["Where we are", "Refund", "Opening hours"]),
            ("ho", ["Opening hours"]),
            ("street main", ["Where we are"]),
            ("", ["On WhatsApp", "Opening hours", "Refund", "Where we are"]),
            ("%", []),
            ("_", []),
            ("nothing like it", []),
        ],
    )
    def test_the_closest_first_then_the_most_used(self, words, found, agents):
        assert names(MessageTemplate.objects.visible_to(agents["bo"]).best_for(words)) == found

    def test_of_another_platform_is_not_offered(self, agents):
        visible = MessageTemplate.objects.visible_to(agents["bo"])
        assert "On WhatsApp" not in names(visible.for_platform("FACEBOOK").best_for(""))
        assert "On WhatsApp" in names(visible.for_platform("WHATSAPP").best_for(""))
