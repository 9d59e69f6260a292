"""Whose turn it was in the demo's month: the ring as it would have gone round."""

from agents.models import Agent
from inbox.demo.book import Book
from inbox.models import AssignmentCursor, ChatEvent
from inbox.roster import EVERYBODY
from inbox.rota import Pool, Seat, Strategy, pick

NOT_HERE = ["has no page open", "is away", "is off", "has {0} of {0} chats"]


def tell_turns(book: Book) -> None:
    """Of those who were dealt a chat, in the order of time: whoever the ring met before them was not there."""
    seats = [Seat(agent.pk, agent.name, agent.position_id) for agent in book.answering]
    limits = {agent.pk: agent.limit for agent in Agent.objects.select_related("position")}
    pool = Pool(EVERYBODY, "everybody", seats)
    dealt = [event for story in book.stories for event in story.events if is_dealt(event)]
    for event in sorted(dealt, key=lambda event: event.at):
        for seat in pool.in_turn():
            if str(seat.agent) == event.data["to_id"]:
                seat.absent, seat.open_chats = "", book.random.randrange(7)
                break
            seat.absent = book.random.choice(NOT_HERE).format(limits[seat.agent])
        event.data["turn"] = pick(pool, Strategy.ROUND_ROBIN).turn
    AssignmentCursor.objects.create(name=EVERYBODY, last_agent_id=pool.last, turns=pool.turns)


def is_dealt(event: ChatEvent) -> bool:
    return event.kind == ChatEvent.Kind.ASSIGNED and event.by is None and not event.data["why"]
