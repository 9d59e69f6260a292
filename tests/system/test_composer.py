"""The composer in a real browser: at once, once, and nothing lost."""

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from pages.graph.splitting import split_text
from tests.product import Product, eventually
from tests.system.conftest import sign_in

TEXTS = [
    "short",
    "word " * 700,
    "One sentence. " * 200,
    "A paragraph of some length.\n\n" * 90,
    "ñandú " * 300,
    "👩‍👩‍👧‍👦" * 200,
    "不" * 900 + "。" + "好" * 300,
    "x" * 2500,
]
PARTS = """async ([texts, most, unit]) => {
  const { partsOf } = await import("/static/js/composer/text.js");
  return texts.map((text) => partsOf(text, most, unit));
}"""
# On a slow machine a second is over before it was looked at.
SOME_SECONDS = re.compile(r"^\d:(0[1-9]|[1-5]\d)$")
MENTIONS = """async () => {
  const { Mentions } = await import("/static/js/composer/mentions.js");
  const id = (digit) => digit.repeat(8) + "-0000-7000-8000-" + digit.repeat(12);
  const known = new Mentions();
  const read = known.read(`@[Ana](${id("1")}) and @[Ana Lee](${id("2")})`);
  known.add("Ana", id("3"));
  return [read, known.write("@Ana Lee, @Ana, @Ana (2), @Anabel and @nobody")];
}"""


@pytest.fixture(scope="module")
def written(product: Product) -> Iterator[str]:
    """Chats of acme's whose customers have just written, made all at once: to start Django takes seconds."""
    names = [uuid.uuid4().hex[:8] for _ in range(CHATS)]
    product.manage("shell", "-c", MAKE.format(names=names))
    found = "SELECT c.id FROM ws_acme.chats c JOIN ws_acme.identities i ON i.id = c.identity_id"
    return iter([str(pk) for (pk,) in product.rows(f"{found} WHERE i.external_id = ANY(%s)", names)])


@pytest.fixture
def chats(written: Iterator[str]) -> list[str]:
    return [next(written), next(written)]


# More than the tests here take.
CHATS = 30
MAKE = """
from datetime import timedelta
from django.utils import timezone
from django_tenants.utils import schema_context
from tests import factories
with schema_context("ws_acme"):
    now = timezone.now()
    channel = factories.make_channel(external_id="channel-{names[0]}")
    for name in {names}:
        identity = factories.make_identity(channel, name="Customer " + name, external_id=name)
        times = dict(last_message_at=now, last_incoming_at=now, window_expires_at=now + timedelta(hours=23))
        chat = factories.make_chat(channel, identity=identity, **times)
        factories.make_message(chat, text="Where is my order?", external_id="m_" + name)
"""


@pytest.fixture
def come(person: Callable[..., Page], product: Product) -> Callable[..., Page]:
    def come(who: str, chat: str, **options: Any) -> Page:
        page = person(**options)
        sign_in(page, product, f"{who}@acme.example")
        open_chat(page, product, chat)
        return page

    return come


def open_chat(page: Page, product: Product, chat: str) -> None:
    page.goto(f"{product.workspace_url('acme')}/inbox/all/{chat}/")
    wait_for_scripts(page)


def wait_for_scripts(page: Page) -> None:
    """Before them, Enter is a new line."""
    expect(page.get_by_role("tab", name="Reply")).to_have_attribute("aria-selected", re.compile("true|false"))


def answer(page: Page) -> Locator:
    return page.locator("#composer-reply-text")


def bubbles(page: Page, words: str) -> Locator:
    return page.locator("#log article").filter(has_text=words)


def test_the_counter_cuts_as_the_server_does(come, chats):
    page = come("bo", chats[0])
    for platform, most, unit in (("FACEBOOK", 2000, "characters"), ("INSTAGRAM", 1000, "bytes")):
        assert page.evaluate(PARTS, [TEXTS, most, unit]) == [len(split_text(platform, text)) for text in TEXTS]


def test_names_and_mentions_are_the_same(come, chats):
    read, written = come("bo", chats[0]).evaluate(MENTIONS)
    one, two, three = (digit * 8 + "-0000-7000-8000-" + digit * 12 for digit in "123")
    assert read == "@Ana and @Ana Lee"
    assert written == f"@[Ana Lee]({two}), @[Ana]({one}), @[Ana (2)]({three}), @Anabel and @nobody"


def test_a_bubble_at_once_is_the_message_when_confirmed(come, chats):
    page = come("bo", chats[0])
    held: list[Route] = []
    page.route(
        "**/messages/", lambda route: held.append(route) if route.request.method == "POST" else route.continue_()
    )
    answer(page).fill("It is on its way")
    answer(page).press("Enter")
    expect(bubbles(page, "It is on its way")).to_contain_text("Sending")
    expect(answer(page)).to_have_value("")
    held[0].continue_()
    expect(bubbles(page, "It is on its way")).not_to_contain_text("Sending…")
    expect(bubbles(page, "It is on its way")).to_have_count(1)
    expect(page.locator("article[data-pending]")).to_have_count(0)


def test_what_failed_stays_over_a_reload_and_is_sent_once(come, chats, product):
    page = come("bo", chats[0])
    page.route("**/messages/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    answer(page).fill("Nothing is lost")
    answer(page).press("Enter")
    expect(bubbles(page, "Nothing is lost")).to_contain_text("Not sent")
    page.unroute("**/messages/")
    page.reload()
    expect(bubbles(page, "Nothing is lost")).to_contain_text("Not sent")
    expect(answer(page)).to_have_value("")
    page.get_by_role("button", name="Retry").click()
    expect(page.locator("article[data-pending]")).to_have_count(0)
    expect(bubbles(page, "Nothing is lost")).to_have_count(1)
    assert product.rows("SELECT count(*) FROM ws_acme.messages WHERE text = 'Nothing is lost'") == [(1,)]


def test_what_is_written_offline_goes_when_one_is_back_and_is_no_draft(come, chats, product):
    page = come("bo", chats[0])
    page.context.set_offline(True)
    answer(page).fill("From the tunnel")
    answer(page).press("Enter")
    expect(bubbles(page, "From the tunnel")).to_contain_text("You are offline")
    with page.expect_response("**/draft/"):
        page.context.set_offline(False)
    expect(page.locator("article[data-pending]")).to_have_count(0)
    drafts = "SELECT count(*) FROM ws_acme.drafts WHERE chat_id = %s AND text <> ''"
    eventually(lambda: product.rows(drafts, chats[0]) == [(0,)], what="nothing is left in the draft")
    page.reload()
    wait_for_scripts(page)
    expect(answer(page)).to_have_value("")
    assert product.rows("SELECT count(*) FROM ws_acme.messages WHERE text = 'From the tunnel'") == [(1,)]


def test_a_draft_stays_with_its_chat(come, chats, product):
    page = come("bo", chats[0])
    with page.expect_response("**/draft/"):
        answer(page).fill("Only for the first")
    open_chat(page, product, chats[1])
    expect(answer(page)).to_have_value("")
    answer(page).fill("Only for the second")
    # Before the pause is over.
    open_chat(page, product, chats[0])
    expect(answer(page)).to_have_value("Only for the first")
    open_chat(page, product, chats[1])
    expect(answer(page)).to_have_value("Only for the second")


def test_two_agents_do_not_speak_over_each_other(come, chats):
    ana, bo = come("ana", chats[0]), come("bo", chats[0])
    answer(ana).fill("Let me look")
    answer(bo).fill("I have it")
    answer(bo).press("Enter")
    expect(bo.locator("article[data-pending]")).to_have_count(0)
    answer(ana).press("Enter")
    dialog = ana.get_by_role("dialog")
    expect(dialog).to_contain_text("I have it")
    dialog.get_by_role("button", name="Edit").click()
    expect(answer(ana)).to_have_value("Let me look")
    answer(ana).fill("Bo has it")
    answer(ana).press("Enter")
    expect(bubbles(ana, "Bo has it")).to_have_count(1)
    expect(ana.locator("article[data-pending]")).to_have_count(0)


def quoting(page: Page) -> Locator:
    return page.locator("[data-quoting]")


def question(page: Page) -> Locator:
    return page.locator("#log article").filter(has_text="Where is my order?").first


def test_who_types_faster_than_the_canned_replies_come_gets_the_one_that_is_meant(come, chats):
    bo = come("bo", chats[0])
    expect(bo.locator("html")).to_have_attribute("data-live", "live")
    held: list[Route] = []
    bo.route("**/replies/pick/**", lambda route: held.append(route))
    with bo.expect_request("**/replies/pick/**"):
        answer(bo).press_sequentially("Hi /refund")
        answer(bo).press("Enter")
    # Neither sent nor a new line.
    expect(answer(bo)).to_have_value("Hi /refund")
    for route in held:
        route.continue_()
    bo.unroute("**/replies/pick/**")
    expect(answer(bo)).to_have_value(re.compile("^Hi The refund is on its way"))
    assert bubbles(bo, "/refund").count() == 0


def test_what_no_canned_reply_is_called_goes_when_one_insists(come, chats):
    bo = come("bo", chats[0])
    for text in ("see /nowhere", "/home"):
        answer(bo).press_sequentially(text)
        answer(bo).press("Enter")
        expect(bo.get_by_text(f"No canned reply is called “/{text.split('/')[1]}”.")).to_be_visible()
        expect(answer(bo)).to_have_value(text)
        assert bubbles(bo, text).count() == 0
        answer(bo).press("Enter")
        expect(bubbles(bo, text)).to_have_count(1)


def test_a_message_is_quoted_by_its_button_and_by_a_key(come, chats, product):
    page = come("bo", chats[0])
    expect(quoting(page)).to_be_hidden()
    question(page).hover()
    with page.expect_response("**/draft/"):
        question(page).get_by_role("link", name="Reply to this message").click()
    expect(quoting(page)).to_contain_text("Where is my order?")
    expect(answer(page)).to_be_focused()
    # Escape takes it away first, and leaves the field then.
    answer(page).press("Escape")
    expect(quoting(page)).to_be_hidden()
    expect(answer(page)).to_be_focused()
    answer(page).press("Escape")
    page.keyboard.press("q")
    expect(quoting(page)).to_contain_text("Where is my order?")
    with page.expect_response("**/draft/"):
        answer(page).fill("In the post")
    page.reload()
    wait_for_scripts(page)
    expect(quoting(page)).to_contain_text("Where is my order?")
    held: list[Route] = []
    page.route(
        "**/messages/", lambda route: held.append(route) if route.request.method == "POST" else route.continue_()
    )
    answer(page).press("Enter")
    pending = page.locator("article[data-pending]")
    expect(pending).to_contain_text("Where is my order?")
    expect(quoting(page)).to_be_hidden()
    held[0].continue_()
    expect(pending).to_have_count(0)
    bubbles(page, "In the post").locator("a.quote").click()
    expect(question(page)).to_be_focused()
    sent = "SELECT r.text FROM ws_acme.messages m JOIN ws_acme.messages r ON r.id = m.reply_to_id WHERE m.chat_id = %s"
    assert product.rows(sent, chats[0]) == [("Where is my order?",)]


def test_without_scripts_a_link_quotes(come, chats):
    page = come("bo", chats[0])
    address, cookies = page.url, page.context.cookies()
    bare = page.context.browser.new_context(java_script_enabled=False)
    bare.add_cookies(cookies)
    plain = bare.new_page()
    plain.goto(address)
    question(plain).get_by_role("link", name="Reply to this message").click()
    expect(quoting(plain)).to_contain_text("Where is my order?")
    answer(plain).fill("With no script")
    plain.get_by_role("button", name="Send", exact=True).click()
    expect(bubbles(plain, "With no script").locator("a.quote")).to_contain_text("Where is my order?")
    bare.close()


def test_a_voice_note_is_recorded_heard_and_sent(come, chats, product):
    page = come("bo", chats[0], permissions=["microphone"])
    page.get_by_role("button", name="Record a voice note").click()
    recorder = page.get_by_role("group", name="Voice note")
    expect(recorder.get_by_role("timer")).to_have_text(SOME_SECONDS)
    # Not while it is recorded.
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#composer-reply [role=alert]")).to_contain_text("Stop or cancel it")
    recorder.get_by_role("button", name="Cancel").click()
    expect(recorder).to_be_hidden()
    expect(page.locator("[data-uploads] li")).to_have_count(0)

    page.get_by_role("button", name="Record a voice note").click()
    expect(recorder.get_by_role("timer")).to_have_text(SOME_SECONDS)
    recorder.get_by_role("button", name="Stop").click()
    expect(page.locator("[data-uploads] li")).to_contain_text("Voice note")
    heard = page.locator("[data-uploads] audio")
    page.wait_for_function("sound => sound.duration > 0.5 && sound.duration < 120", arg=heard.element_handle())
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#log audio-player").last).to_contain_text("Voice note")
    expect(page.locator("article[data-pending]")).to_have_count(0)
    expect(page.locator("[data-uploads] li")).to_have_count(0)
    kept = (
        "SELECT m.type, a.mime_type FROM ws_acme.attachments a JOIN ws_acme.messages m ON m.id = a.message_id"
        " WHERE m.chat_id = %s"
    )
    assert product.rows(kept, chats[0]) == [("VOICE", "audio/mp4")]


def test_without_leave_the_microphone_says_what_to_do(come, chats):
    page = come("bo", chats[0])
    page.get_by_role("button", name="Record a voice note").click()
    expect(page.locator("#composer-reply [role=alert]")).to_contain_text("may not use the microphone here. Allow it")


def test_a_file_on_its_way_is_waited_for_and_no_longer(come, chats):
    bo = come("bo", chats[0])
    held: list[Route] = []
    bo.route("**/uploads/", lambda route: held.append(route))
    bo.locator("#composer-reply [data-pick]").set_input_files(
        {"name": "terms.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
    )
    answer(bo).fill("Our terms")
    answer(bo).press("Enter")
    waits = bo.get_by_text("A file is still on its way up.")
    expect(waits).to_be_visible()
    held[0].continue_()
    expect(bo.locator("#composer-reply .upload:not([data-uploading])")).to_be_visible()
    expect(waits).to_have_count(0)
    answer(bo).press("Enter")
    expect(bubbles(bo, "Our terms")).not_to_contain_text("Sending…")


def test_a_file_let_fall_on_a_note_is_the_notes(come, chats, product):
    page = come("bo", chats[0])
    page.get_by_role("tab", name="Note").click()
    page.evaluate(
        """() => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File(["Plain words"], "for-us.txt", { type: "text/plain" }));
          document.querySelector("#log").dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
        }"""
    )
    expect(page.locator("#composer-note [data-uploads]")).to_contain_text("for-us.txt")
    expect(page.locator("#composer-note [data-uploading]")).to_have_count(0)
    expect(page.locator("#composer-reply [data-uploads] li")).to_have_count(0)
    page.get_by_role("button", name="Add note").click()
    note = page.locator("#log article[data-note]").filter(has_text="for-us.txt")
    expect(note).to_be_visible()
    expect(page.locator("article[data-pending]")).to_have_count(0)
    kept = (
        "SELECT m.is_private, m.status FROM ws_acme.attachments a JOIN ws_acme.messages m ON m.id = a.message_id"
        " WHERE m.chat_id = %s"
    )
    assert product.rows(kept, chats[0]) == [(True, "SENT")]
