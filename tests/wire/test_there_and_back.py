"""A customer writes, an agent answers, the customer reads: what Meta has, and what is in the workspace."""

import base64
import hashlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pages.sandbox import world
from tests.product import eventually
from tests.wire.wire import Wire

ACCOUNTS = {"messenger": world.ACME_PAGE, "instagram": world.ACME_INSTAGRAM, "whatsapp": world.ACME_NUMBER}


def picture(colour: str) -> bytes:
    file = BytesIO()
    Image.new("RGB", (40, 40), colour).save(file, "PNG")
    return file.getvalue()


def soon(look: Callable[[], Any], what: str) -> Any:
    return eventually(look, what=what)


@pytest.mark.parametrize("account", ACCOUNTS.values(), ids=ACCOUNTS.keys())
def test_words_and_pictures_go_both_ways(wire: Wire, account: str, tmp_path: Path) -> None:
    meta, since = wire.meta, wire.last_record()
    chat = wire.chat_with("zoe", account)

    sent = picture("red")
    photo = meta.write("zoe", account, kind="image", mime="image/png", data_base64=base64.b64encode(sent).decode())
    assert wire.arrives(photo["id"]) == chat
    files = "SELECT file, sha256 FROM attachments a JOIN messages m ON m.id = message_id WHERE external_id = %s"
    stored = soon(lambda: [row for row in wire.rows("acme", files, photo["id"]) if row[0]], "the picture is here")
    assert stored[0][1] == hashlib.sha256(sent).hexdigest()
    assert (wire.folder / "media" / stored[0][0]).read_bytes() == sent

    (tmp_path / "ours.png").write_bytes(picture("blue"))
    wire.python("manage.py", "send", "acme", chat, "Here it is", "--file", str(tmp_path / "ours.png"))
    took = soon(lambda: whole_answer(wire.accepted(since)), "Meta has the answer and its picture")
    assert {(one["account"], one["customer"]) for one in took} == {(account, "zoe")}
    assert {one["text"] for one in took} >= {"Here it is"}

    ids = [one["id"] for one in took]
    states = "SELECT id::text, status, external_id FROM messages WHERE external_id = ANY(%s)"
    soon(lambda: len(wire.rows("acme", states, ids)) == len(ids), "each of ours has Meta's id")
    assert {row[0] for row in wire.rows("acme", states, ids)} == {one["ours"] for one in took}
    if account != world.ACME_INSTAGRAM:
        arrived = {("DELIVERED",)}
        soon(lambda: set(statuses(wire, ids)) == arrived, "delivered")
    meta.act("reads", "zoe", account)
    soon(lambda: set(statuses(wire, ids)) == {("READ",)}, "read")
    ours = "SELECT count(*) FROM messages WHERE chat_id = %s AND direction = 'OUT'"
    assert wire.rows("acme", ours, chat) == [(len(ids),)]


def whole_answer(taken: list[Any]) -> list[Any] | None:
    """Its words may be the picture's caption."""
    kinds = [one["type"] for one in taken]
    return taken if "image" in kinds and any(one["text"] for one in taken) else None


def statuses(wire: Wire, ids: list[str]) -> list[tuple[Any, ...]]:
    return wire.rows("acme", "SELECT status FROM messages WHERE external_id = ANY(%s)", ids)


@pytest.mark.parametrize("account", ACCOUNTS.values(), ids=ACCOUNTS.keys())
def test_another_tool_answers_and_the_customer_thinks_again(wire: Wire, account: str) -> None:
    meta = wire.meta
    chat = wire.chat_with("kenji", account)

    echo = meta.post(f"accounts/{account}/echoes", customer="kenji", text="From the shop's telephone")
    assert wire.arrives(echo["id"]) == chat
    told = wire.message(echo["id"], fields="direction, sender, status, text")
    assert told is not None
    assert told[:2] + told[3:] == ("OUT", "ELSEWHERE", "From the shop's telephone")
    assert told[2] in {"SENT", "DELIVERED"}

    meta.act("reactions", "kenji", account, message_id=echo["id"], emoji="❤")
    reacted = lambda: wire.message(echo["id"], fields="reactions #>> '{contact,emoji}'")  # noqa: E731
    soon(lambda: reacted() == ("❤",), "the reaction is on it")
    meta.act("reactions", "kenji", account, message_id=echo["id"], emoji="")
    soon(lambda: reacted() == ("",), "the reaction is taken back")

    word = meta.write("kenji", account, "Do you hav it in blue?")
    wire.arrives(word["id"])
    meta.act("edits", "kenji", account, message_id=word["id"], text="And in blue?")
    edited = ("And in blue?", "Do you hav it in blue?")
    soon(lambda: wire.message(word["id"], fields="text, earlier_texts #>> '{0,text}'") == edited, "edited")
    if account != world.ACME_PAGE:
        meta.act("deletions", "kenji", account, message_id=word["id"])
        soon(lambda: wire.message(word["id"], fields="text, deleted_at IS NOT NULL") == ("", True), "unsent")
