"""What each platform allows, before Meta is asked."""

from io import BytesIO

import pytest

from pages.graph.content import File, Outgoing, QuickReply
from pages.graph.limits import problems_of

MB = 1024 * 1024


def outgoing(kind="TEXT", **over) -> Outgoing:
    return Outgoing(**{"type": kind, "our_id": "1", **({"text": "Hi"} if kind == "TEXT" else {}), **over})


def file(mime_type, size=1000) -> File:
    return File("thing", mime_type, size, lambda: BytesIO(b""))


def replies(count, title="R{}", payload="P{}"):
    return tuple(QuickReply(title.format(n), payload.format(n)) for n in range(count))


@pytest.mark.parametrize(
    ("platform", "text"),
    [("FACEBOOK", "x" * 2000), ("INSTAGRAM", "ñ" * 500), ("WHATSAPP", "x" * 4096)],
)
def test_text_to_the_limit_and_not_beyond(platform, text):
    assert problems_of(platform, outgoing(text=text)) == []
    (problem,) = problems_of(platform, outgoing(text=text + "x"))
    assert f"{len(text.encode()) + 1:,}" in problem


def test_nothing_is_no_message():
    assert problems_of("FACEBOOK", outgoing(text=" \n")) == ["Write something, or attach a file."]
    assert problems_of("FACEBOOK", outgoing("IMAGE")) == ["Attach the picture."]


@pytest.mark.parametrize(
    ("platform", "kind", "mime_type", "most"),
    [
        ("FACEBOOK", "IMAGE", "image/png", 25),
        ("FACEBOOK", "FILE", "application/zip", 25),
        ("INSTAGRAM", "IMAGE", "image/jpeg", 8),
        ("INSTAGRAM", "AUDIO", "audio/aac", 25),
        ("INSTAGRAM", "VIDEO", "video/quicktime", 25),
        ("INSTAGRAM", "FILE", "application/pdf", 25),
        ("WHATSAPP", "IMAGE", "image/png", 5),
        ("WHATSAPP", "AUDIO", "audio/mpeg", 16),
        ("WHATSAPP", "VOICE", "audio/ogg; codecs=opus", 16),
        ("WHATSAPP", "VIDEO", "video/mp4", 16),
        ("WHATSAPP", "FILE", "application/anything", 100),
    ],
)
def test_files_to_the_limit_and_not_beyond(platform, kind, mime_type, most):
    assert problems_of(platform, outgoing(kind, file=file(mime_type, most * MB))) == []
    (problem,) = problems_of(platform, outgoing(kind, file=file(mime_type, most * MB + 1)))
    assert f"{most} MB" in problem


@pytest.mark.parametrize(
    ("platform", "kind", "mime_type"),
    [
        ("INSTAGRAM", "IMAGE", "image/webp"),
        ("INSTAGRAM", "FILE", "application/zip"),
        ("INSTAGRAM", "AUDIO", "audio/ogg"),
        ("WHATSAPP", "IMAGE", "image/gif"),
        ("WHATSAPP", "VIDEO", "video/webm"),
        ("WHATSAPP", "VOICE", "audio/mpeg"),
    ],
)
def test_the_wrong_kind_is_named_with_the_right_one(platform, kind, mime_type):
    (problem,) = problems_of(platform, outgoing(kind, file=file(mime_type)))
    assert "another kind" in problem


def test_text_beside_a_file():
    picture = file("image/png")
    assert problems_of("WHATSAPP", outgoing("IMAGE", text="x" * 1024, file=picture)) == []
    assert len(problems_of("WHATSAPP", outgoing("IMAGE", text="x" * 1025, file=picture))) == 1
    assert len(problems_of("WHATSAPP", outgoing("AUDIO", text="x", file=file("audio/mpeg")))) == 1
    assert problems_of("FACEBOOK", outgoing("IMAGE", text="x", file=picture)) == [
        "Messenger takes text and a file as two messages."
    ]


@pytest.mark.parametrize(("platform", "most"), [("FACEBOOK", 13), ("INSTAGRAM", 13), ("WHATSAPP", 10)])
def test_quick_replies_to_the_limit_and_not_beyond(platform, most):
    assert problems_of(platform, outgoing(quick_replies=replies(most))) == []
    assert len(problems_of(platform, outgoing(quick_replies=replies(most + 1)))) == 1


@pytest.mark.parametrize(
    ("platform", "count", "title"),
    [("FACEBOOK", 1, 20), ("INSTAGRAM", 5, 20), ("WHATSAPP", 3, 20), ("WHATSAPP", 4, 24)],
)
def test_titles_to_the_limit_and_not_beyond(platform, count, title):
    assert problems_of(platform, outgoing(quick_replies=replies(count, "x" * (title - 1) + "{}"))) == []
    assert len(problems_of(platform, outgoing(quick_replies=replies(count, "x" * title + "{}")))) == count


def test_whatsapps_buttons_take_less_text_and_no_twins():
    assert len(problems_of("WHATSAPP", outgoing(text="x" * 1025, quick_replies=replies(3)))) == 1
    assert problems_of("WHATSAPP", outgoing(text="x" * 1025, quick_replies=replies(4))) == []
    assert len(problems_of("WHATSAPP", outgoing(quick_replies=replies(2, title="Same")))) == 1


def test_templates_are_whatsapps():
    template = {"name": "visit", "language": "es_CO"}
    assert problems_of("WHATSAPP", outgoing("TEMPLATE", template=template)) == []
    assert len(problems_of("WHATSAPP", outgoing("TEMPLATE"))) == 1
    assert len(problems_of("INSTAGRAM", outgoing("TEMPLATE", template=template))) == 1


def test_tags_are_metas_one():
    assert problems_of("INSTAGRAM", outgoing(tag="HUMAN_AGENT")) == []
    assert len(problems_of("WHATSAPP", outgoing(tag="HUMAN_AGENT"))) == 1
    assert len(problems_of("FACEBOOK", outgoing(tag="ACCOUNT_UPDATE"))) == 1
