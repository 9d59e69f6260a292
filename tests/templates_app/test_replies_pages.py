"""The pages of canned replies, and what the composer asks for."""

import json
import re
import uuid

import pytest
from django.utils.html import escape

from inbox.models import RoutingRule
from templates_app.models import MessageTemplate
from tests.templates_app.conftest import picture, words_file

pytestmark = pytest.mark.django_db

FORM = {"name": "Opening hours", "shortcut": "/Hours", "content": "Hi {{contact.first_name|there}}!", "whose": "own"}


def saved(browser, **over):
    return browser.post("/settings/replies/new/", {**FORM, **over})


def test_written_and_found(browser_of, bo, agents):
    browser = browser_of(bo)
    assert "No canned reply yet" in browser.get("/settings/replies/").content.decode()
    files = [picture(), words_file()]
    answer = saved(browser, category="  Shop   floor ", platform="WHATSAPP", language="de", added=files)
    assert (answer.status_code, answer["Location"]) == (302, "/settings/replies/")
    reply = MessageTemplate.objects.get()
    fields = ["name", "shortcut", "content", "category", "platform", "language", "is_shared", "created_by_id"]
    assert [getattr(reply, name) for name in fields] == [
        "Opening hours", "hours", FORM["content"], "Shop floor", "WHATSAPP", "de", False, agents["bo"].pk,
    ]  # fmt: skip
    assert [asset.name for asset in reply.assets.all()] == ["price.png", "terms.txt"]
    for words, found in (("hours", True), ("shop THERE", True), ("nothing", False), ("\x00", True)):
        page = browser.get("/settings/replies/", {"q": words}).content.decode()
        assert ("Opening hours" in page) is found


def test_changed_and_deleted(browser_of, bo, make_reply):
    reply = make_reply(files=[picture(), words_file()])
    kept = reply.assets.first()
    browser, address = browser_of(bo), f"/settings/replies/{reply.pk}/"
    assert "price.png" in browser.get(address).content.decode()
    assert browser.post(address, {**FORM, "kept": [kept.pk]}).status_code == 302
    reply.refresh_from_db()
    assert (reply.name, list(reply.assets.all())) == ("Opening hours", [kept])
    assert browser.post(f"{address}removal/").status_code == 302
    assert not MessageTemplate.objects.exists()
    assert browser.post(f"{address}removal/").status_code == 404


def test_the_question_names_the_rules_that_answer_with_it(browser_of, sam, make_reply):
    reply = make_reply(by="sam", is_shared=True)
    RoutingRule.objects.create(name="Night", actions={"reply": str(reply.pk)})
    RoutingRule.objects.create(name="Other", actions={"reply": str(uuid.uuid4())})
    page = browser_of(sam).get(f"/settings/replies/{reply.pk}/").content.decode()
    assert "The routing rule “Night” answers with it, and no longer will." in page
    assert "“Other”" not in page


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "required"),
        ("name", "a\u202eb", "hidden"),
        ("shortcut", "two words", "one word"),
        ("shortcut", "a/b", "one word"),
        ("content", "Hi {{contact.frist_name}}", "There is no variable {{contact.frist_name}}"),
        ("content", "Hi {{contact.frist_name}}", "{{contact.first_name}}, {{contact.name}}"),
        ("content", "Hi {{contact.name}", "two braces"),
        ("content", "", "Write a text, or add a file"),
        ("content", "x" * 4097, "4096"),
        ("platform", "FAX", "FAX"),
        ("language", "tlh", "tlh"),
        ("whose", "shared", "shared"),
        ("added", [words_file("empty.txt", b"")], "empty"),
        ("added", [words_file(f"{number}.txt") for number in range(11)], "Up to 10"),
    ],
)
def test_what_is_refused(field, value, says, browser_of, bo):
    answer = saved(browser_of(bo), **{field: value})
    assert answer.status_code == 422
    assert says in " ".join(answer.context["form"].errors[field])
    assert not MessageTemplate.objects.exists()


def test_a_taken_shortcut_says_by_whom(browser_of, bo, make_reply):
    make_reply("Closing time", shortcut="hours")
    answer = saved(browser_of(bo))
    assert answer.context["form"].errors["shortcut"] == ["“/hours” is the shortcut of “Closing time”."]
    # What was typed is what the page still shows.
    assert FORM["name"] in answer.content.decode()


def test_a_file_that_the_platform_does_not_take(browser_of, bo):
    answer = saved(browser_of(bo), platform="INSTAGRAM", added=[words_file()])
    assert answer.context["form"].errors["added"] == ["Instagram takes a file as PDF; terms.txt is another kind."]
    assert saved(browser_of(bo), platform="WHATSAPP", added=[words_file()]).status_code == 302


def test_a_file_alone_is_a_reply(browser_of, bo):
    assert saved(browser_of(bo), content="", added=[picture()]).status_code == 302


def test_shared_by_who_manages_the_inbox(browser_of, sam, bo, agents):
    assert saved(browser_of(sam), whose="shared").status_code == 302
    reply = MessageTemplate.objects.get()
    page = browser_of(bo).get(f"/settings/replies/{reply.pk}/").content.decode()
    assert "who manages the inbox can change it" in page
    assert "<textarea" not in page
    assert browser_of(bo).post(f"/settings/replies/{reply.pk}/", FORM).status_code == 403
    reply.refresh_from_db()
    assert reply.is_shared


def test_only_who_wrote_it_takes_it_back(browser_of, ana, sam, make_reply):
    reply = make_reply(by="sam", is_shared=True)
    assert browser_of(ana).post(f"/settings/replies/{reply.pk}/", FORM).status_code == 422
    assert browser_of(sam).post(f"/settings/replies/{reply.pk}/", FORM).status_code == 302
    assert browser_of(ana).get(f"/settings/replies/{reply.pk}/").status_code == 404


def test_a_viewer_is_not_let_in(browser_of, vi):
    for path in ("/settings/replies/", "/settings/replies/new/", "/replies/pick/"):
        assert browser_of(vi).get(path).status_code == 403
    assert "Canned replies" not in browser_of(vi).get("/").content.decode()


def test_the_page_is_a_few_queries_however_many_there_are(browser_of, bo, make_reply, django_assert_max_num_queries):
    for number in range(12):
        make_reply(f"Reply {number}", files=[words_file()])
    browser = browser_of(bo)
    browser.get("/settings/replies/")
    # One more while this process does not hear yet of changed hosts, and looks them up.
    with django_assert_max_num_queries(9):
        shown = browser.get("/settings/replies/")
    assert "Reply 1" in shown.content.decode()


class TestPicking:
    def test_what_the_composer_is_given(self, browser_of, bo, make_reply):
        text = 'He said "{{contact.first_name}}" <b>'
        reply = make_reply("Hours", shortcut="hours", content=text, files=[picture()])
        page = browser_of(bo).get("/replies/pick/", {"q": "ho"}).content.decode()
        assert f'id="reply-{reply.pk}"' in page
        assert f'data-text="{escape(text)}"' in page
        assert f'data-used="/replies/{reply.pk}/used/"' in page
        asset = reply.assets.get()
        files = json.loads(re.search(r'data-files="([^"]*)"', page)[1].replace("&quot;", '"'))
        assert files == [
            {
                "id": str(asset.pk),
                "name": "price.png",
                "type": "IMAGE",
                "size": asset.size,
                "mime_type": "image/png",
                "url": f"/replies/files/{asset.pk}/",
            }
        ]

    def test_twenty_at_most_of_this_platform_and_in_three_queries_more(
        self, browser_of, bo, make_reply, django_assert_max_num_queries
    ):
        for number in range(25):
            make_reply(f"Reply {number}", platform="WHATSAPP" if number % 5 == 0 else "")
        browser = browser_of(bo)
        browser.get("/replies/pick/")
        with django_assert_max_num_queries(6):
            page = browser.get("/replies/pick/").content.decode()
        assert page.count('role="option"') == 20
        page = browser.get("/replies/pick/", {"platform": "INSTAGRAM", "q": "reply 20"}).content.decode()
        assert "No reply has “reply 20” in it" in page

    def test_its_use_is_counted(self, browser_of, bo, sam, make_reply):
        reply = make_reply()
        assert browser_of(bo).post(f"/replies/{reply.pk}/used/").status_code == 204
        assert browser_of(sam).post(f"/replies/{reply.pk}/used/").status_code == 404
        assert browser_of(bo).post(f"/replies/{uuid.uuid4()}/used/").status_code == 404
        reply.refresh_from_db()
        assert reply.used_count == 1

    def test_its_files_are_shown_to_who_may_use_it(self, browser_of, bo, sam, make_reply):
        shown = make_reply(files=[picture()]).assets.get()
        answer = browser_of(bo).get(f"/replies/files/{shown.pk}/")
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
        assert "sandbox" in answer["Content-Security-Policy"]
        assert b"".join(answer.streaming_content).startswith(b"\x89PNG")
        saved_only = make_reply("Terms", files=[words_file()]).assets.get()
        assert browser_of(bo).get(f"/replies/files/{saved_only.pk}/")["Content-Disposition"].startswith("attachment")
        assert browser_of(sam).get(f"/replies/files/{shown.pk}/").status_code == 404
