"""What a chat is about, and how much it presses."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from agents.models import Agent
from inbox import live
from inbox.actions.history import tell, tell_of_many
from inbox.actions.locking import locked
from inbox.models import Chat, ChatEvent, ChatLabel, Label

Kind = ChatEvent.Kind


def add_label(chats: Iterable[Chat | UUID], label: Label, *, by: Agent | None, why: str = "") -> list[Chat]:
    with transaction.atomic():
        held = locked(chats, by=by)
        bearing = bearers(held, label)
        changed = [chat for chat in held if chat.pk not in bearing]
        ChatLabel.objects.bulk_create(ChatLabel(chat=chat, label=label, added_by=by) for chat in changed)
        _told(changed, Kind.LABELLED, label, by, why)
    return changed


def remove_label(chats: Iterable[Chat | UUID], label: Label, *, by: Agent | None) -> list[Chat]:
    with transaction.atomic():
        held = locked(chats, by=by)
        bearing = bearers(held, label)
        changed = [chat for chat in held if chat.pk in bearing]
        ChatLabel.objects.filter(label=label, chat__in=changed).delete()
        _told(changed, Kind.UNLABELLED, label, by)
    return changed


def set_priority(chats: Iterable[Chat | UUID], priority: int, *, by: Agent | None, why: str = "") -> list[Chat]:
    with transaction.atomic():
        changed = [chat for chat in locked(chats, by=by) if chat.priority != priority]
        for chat in changed:
            before, chat.priority = chat.get_priority_display(), priority
            chat.save(update_fields=["priority", "updated_at"])
            tell(chat, Kind.PRIORITY, by=by, to=chat.get_priority_display(), **{"from": before}, **reason(why))
        live.chats_changed(changed)
    return changed


def bearers(chats: list[Chat], label: Label) -> set[UUID]:
    return set(ChatLabel.objects.filter(label=label, chat__in=chats).values_list("chat_id", flat=True))


def _told(chats: list[Chat], kind: str, label: Label, by: Agent | None, why: str = "") -> None:
    tell_of_many(chats, kind, by=by, label=label.name, colour=label.colour, **reason(why))
    live.chats_changed(chats)


def reason(why: str) -> dict[str, str]:
    return {"why": why} if why else {}
