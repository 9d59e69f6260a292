"""The search page: people first, then what was said."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from agents.guards import WorkspaceRequest
from agents.models import Agent
from inbox.finding import query_of
from inbox.mentions import as_read
from inbox.models import Identity, Message
from inbox.rows import PLATFORM_ICONS, PLATFORM_NAMES, WRITERS, initials_of, picture_of
from inbox.search import Found, Person, TooMany, TooMuch, find_messages, find_people, in_turn
from inbox.search_words import Asked, marked, read
from workspaces.models import Platform


@dataclass(frozen=True, slots=True)
class Face:
    """Somebody as a row shows them."""

    name: str
    initials: str
    hue: str
    picture: str
    platforms: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Hit:
    message: Message
    face: Face
    url: str
    writer: str
    parts: list[tuple[str, bool]]


@require_safe
def search(request: WorkspaceRequest) -> HttpResponse:
    asked = read(request.GET.get("q", ""))
    context: dict[str, Any] = {"asked": asked, "people": [], "hits": []}
    after = request.GET.get("after", "")
    try:
        with in_turn(request.agent):
            context |= searched(asked, request.agent, after)
    except TooMany:
        context["too_many"] = True
    except TooMuch:
        context["too_much"] = True
    if after and request.headers.get("HX-Request"):
        return render(request, "inbox/search/_hits.html", context)
    return render(request, "inbox/search/search.html", context)


def searched(asked: Asked, agent: Agent, after: str) -> dict[str, Any]:
    context: dict[str, Any] = {}
    if not after:
        people, people_alike = find_people(asked, agent)
        context |= {"people": [shown(person, asked) for person in people], "people_alike": people_alike}
    found = find_messages(asked, agent, after)
    return context | {"found": found, "hits": hits_of(found, asked, agent)}


def hits_of(found: Found, asked: Asked, agent: Agent) -> list[Hit]:
    return [
        Hit(
            message,
            face_of([message.chat.identity]),
            place_of(message, asked, alike=found.alike),
            writer_of(message, agent),
            marked(words_of(message), asked.words, alike=found.alike) or [(message.get_type_display(), False)],
        )
        for message in found.messages
    ]


def words_of(message: Message) -> str:
    return as_read(message.text) if message.is_private else message.text


def place_of(message: Message, asked: Asked, *, alike: bool) -> str:
    """In its chat, where the words are marked."""
    find = f"&{query_of(asked.text, alike=alike)}" if asked.words else ""
    return f"{reverse('inbox:chat', args=['all', message.chat_id])}?around={message.pk}{find}#message-{message.pk}"


def shown(person: Person, asked: Asked) -> dict[str, Any]:
    face = face_of(person.faces)
    url = reverse("inbox:chat", args=["all", person.chat]) if person.chat else ""
    return {
        "face": face,
        "url": url or reverse("inbox:contact", args=[person.contact.pk]),
        "name": marked(face.name, asked.words),
        "handles": marked(" · ".join(dict.fromkeys(one.handle for one in person.faces if one.handle)), asked.words),
        "blocked": person.contact.blocked,
    }


def face_of(faces: list[Identity]) -> Face:
    first = faces[0]
    platforms = dict.fromkeys(Platform(face.platform) for face in faces)
    return Face(
        first.shown_name,
        initials_of(first.shown_name),
        str(first.pk)[-1],
        picture_of(first.pk, first.picture.name or ""),
        [(PLATFORM_ICONS[platform], PLATFORM_NAMES[platform]) for platform in platforms],
    )


def writer_of(message: Message, agent: Agent) -> str:
    """Before what is ours; the customer's own words need nobody's name."""
    if message.direction != Message.Direction.OUT:
        return ""
    if message.author_id == agent.pk:
        return "You"
    return message.author.name if message.author else WRITERS.get(Message.Sender(message.sender), "Us")
