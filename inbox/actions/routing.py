"""What the rules make of a chat that begins: labels, priority, an answer, and among whom somebody is found for it.

What a rule names and is not there any more is left out, the rest is done. It is all within the transaction of the
customer's message, which nothing of it keeps out.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone

from agents.models import Agent
from inbox.actions.labelling import add_label, set_priority
from inbox.actions.sending import send_message
from inbox.arrivals import Arrival, Wish
from inbox.cases import cases_of
from inbox.models import Chat, Message, RoutingRule
from inbox.routing import first_fitting
from inbox.rulebook import Things, things_of
from templates_app.assets import open_file
from templates_app.models import MessageTemplate
from templates_app.rendering import render, values_of
from workspaces.models import Workspace
from workspaces.refusals import Refused
from workspaces.tenancy.search_path import current_schema

logger = logging.getLogger(__name__)


def follow_rules(arrivals: Iterable[Arrival]) -> list[Wish]:
    arrivals = list(arrivals)
    beginning = [arrival for arrival in arrivals if arrival.begins]
    put_in_team([arrival.chat for arrival in beginning if is_stale(arrival.chat)], None)
    rules = list(RoutingRule.objects.acting()) if beginning else []
    chosen: dict[UUID, RoutingRule] = {}
    for arrival, case in zip(beginning, cases_of(beginning, rules) if rules else [], strict=bool(rules)):
        if rule := first_fitting(rules, case):
            chosen[arrival.chat.pk] = rule
    if not chosen:
        return [Wish(arrival.chat, own=arrival.chat.assigned_to_id) for arrival in arrivals]
    things = things_of(dict.fromkeys(chosen.values()))
    ruled = [arrival for arrival in beginning if arrival.chat.pk in chosen]
    for rule in dict.fromkeys(chosen.values()):
        mark([arrival.chat for arrival in ruled if chosen[arrival.chat.pk] == rule], rule, things)
    answer(ruled, chosen, things)
    positions = positions_of_owners(ruled)
    return [wish_of(arrival, chosen.get(arrival.chat.pk), things, positions) for arrival in arrivals]


def is_stale(chat: Chat) -> bool:
    """Among whom somebody was found for what is over."""
    return chat.state == Chat.State.CLOSED and chat.team_id is not None


def put_in_team(chats: Sequence[Chat], team: UUID | None) -> None:
    """Those among whom somebody is found for them: a position's, or anybody."""
    moved = [chat for chat in chats if chat.team_id != team]
    if moved:
        Chat.objects.filter(pk__in=[chat.pk for chat in moved]).update(team=team, updated_at=timezone.now())
    for chat in moved:
        chat.team_id = team


def mark(chats: Sequence[Chat], rule: RoutingRule, things: Things) -> None:
    why = words_for(rule)
    for name in rule.actions.get("labels", []):
        if label := things.labels.get(name):
            add_label(chats, label, by=None, why=why)
    if (priority := rule.actions.get("priority")) is not None:
        set_priority(chats, priority, by=None, why=why)
    if position := things.positions.get(rule.actions.get("position", "")):
        put_in_team(chats, position.pk)


def words_for(rule: RoutingRule) -> str:
    return f"Rule “{rule.name}”"


def answer(arrivals: Iterable[Arrival], chosen: Mapping[UUID, RoutingRule], things: Things) -> None:
    replies = {
        arrival.chat.pk: (reply, arrival)
        for arrival in arrivals
        if (reply := things.replies.get(chosen[arrival.chat.pk].actions.get("reply", "")))
    }
    if not replies:
        return
    workspace = Workspace.objects.get(schema_name=current_schema())
    # As they are by now: what the customer wrote opens the time in which one may answer.
    chats = Chat.objects.select_related("identity__contact", "channel").in_bulk(list(replies))
    for pk, (reply, arrival) in replies.items():
        try:
            with transaction.atomic():
                send_reply(chats[pk], reply, workspace, client_id=client_id_of(chosen[pk], arrival))
        except (Refused, OSError) as error:
            logger.info("%s: chat %s gets no answer by rule %s: %s", current_schema(), pk, chosen[pk].pk, error)
        except Exception:
            # Of one answer: neither what else the rules do nor who gets the other chats is undone by it.
            logger.exception("%s: chat %s gets no answer by rule %s", current_schema(), pk, chosen[pk].pk)


def client_id_of(rule: RoutingRule, arrival: Arrival) -> UUID:
    """One answer for each time that the chat begins: it is named by what was said last before."""
    return uuid5(rule.pk, f"{arrival.chat.pk} {arrival.chat.last_message_at}")


def send_reply(chat: Chat, reply: MessageTemplate, workspace: Workspace, *, client_id: UUID) -> None:
    if reply.platform and reply.platform != chat.platform:
        raise Refused(f"“{reply.name}” is not for this platform.")
    person = chat.identity
    values = values_of(
        None,
        workspace,
        contact_name=person.name,
        contact_first_name=person.first_name,
        channel_name=chat.channel.name,
    )
    send_message(
        chat,
        by=None,
        sender=Message.Sender.BOT,
        client_id=client_id,
        text=render(reply.content, values),
        files=[open_file(asset) for asset in reply.assets.all()],
    )


def positions_of_owners(arrivals: Iterable[Arrival]) -> dict[UUID, UUID]:
    in_team = [arrival.chat for arrival in arrivals if arrival.chat.team_id]
    owners = {chat.assigned_to_id for chat in in_team if chat.assigned_to_id}
    return dict(Agent.objects.filter(pk__in=owners).values_list("pk", "position")) if owners else {}


def wish_of(arrival: Arrival, rule: RoutingRule | None, things: Things, positions: Mapping[UUID, UUID]) -> Wish:
    """Who had it has it again, unless a rule gives it to somebody else, or among others."""
    chat, own = arrival.chat, arrival.chat.assigned_to_id
    if rule is None:
        return Wish(chat, own=own)
    agent = things.agents.get(rule.actions.get("agent", ""))
    elsewhere = rule.actions.get("position", "") in things.positions and own and positions.get(own) != chat.team_id
    moves = own is not None and (elsewhere or (agent is not None and agent.pk != own))
    return Wish(
        chat,
        own=None if elsewhere else own,
        agent=agent.pk if agent else None,
        rule=rule.name,
        why=f"{words_for(rule)}." if moves else "",
    )
