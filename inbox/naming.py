"""What names a thing that somebody is about to delete, in words: what will no longer be done or shown without it."""

from agents.models import Position
from inbox.models import Label, RoutingRule, SavedView
from inbox.rulebook import channel_said, every
from pages.models import Channel
from templates_app.models import MessageTemplate


def loss_of_label(label: Label) -> str:
    """Rules that put it on chats, and saved views that ask for it."""
    rules = said(rules_naming({"labels": [str(label.pk)]}), "put", "it on chats, and no longer will")
    views = SavedView.objects.filter(filters__label=str(label.pk)).count()
    ask = "1 saved view asks" if views == 1 else f"{views} saved views ask"
    return f"{rules} {f'{ask} for it, and will be empty.' if views else ''}".strip()


def loss_of_position(position: Position) -> str:
    """Rules that deal among those who hold it, and channels that they alone answer."""
    rules = said(rules_naming({"position": str(position.pk)}), "give", "chats to it, and no longer will")
    channels = Channel.objects.defer("access_token").filter(positions=position).order_by("name")
    alone = [channel_said(one) for one in channels if one.positions.count() == 1]
    return f"{rules} {f'Everybody will answer {every(alone)}.' if alone else ''}".strip()


def loss_of_reply(reply: MessageTemplate) -> str:
    return said(rules_naming({"reply": str(reply.pk)}), "answer", "with it, and no longer will")


def rules_naming(actions: dict[str, str | list[str]]) -> list[str]:
    names = RoutingRule.objects.filter(actions__contains=actions).order_by("priority", "id")
    return [f"“{name}”" for name in names.values_list("name", flat=True)]


def said(rules: list[str], do: str, rest: str) -> str:
    """Nothing where no rule does."""
    if not rules:
        return ""
    does, which = ("s", "rule") if len(rules) == 1 else ("", "rules")
    return f"The routing {which} {every(rules)} {do}{does} {rest}."
