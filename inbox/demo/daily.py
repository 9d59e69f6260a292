"""A month in the shop: who writes, where, when, and how far it has come."""

from datetime import datetime, timedelta
from itertools import cycle

from agents.models import Agent
from inbox.demo.book import Book, Status, Story
from inbox.demo.conversations import CONVERSATIONS, Conversation
from inbox.demo.faces import somebody
from inbox.demo.files import paper, photo
from inbox.demo.people import TONGUES
from inbox.models import Chat, ChatEvent
from pages.models import Channel

CHATS = 268
# How often each channel is written to.
WEIGHTS = {"page": 28, "instagram": 22, "studio": 10, "number": 30, "returns": 10}
WHY = ["Speaks the language.", "Knows the prices for schools.", "Had the last order, too.", "Is on the late shift."]
ENDS = ["Sorted out.", "", "", "", "Answered on the phone."]
QUESTIONS = [
    "do we still have the old price for this one?",
    "can you take over when I leave at four?",
    "is this the same person as last week?",
    "what did we agree with the carrier?",
]
# How many hours ago they ended that the customer ended: a window that closes soon, or a long wait.
HOURS = [20.4, 21.2, 22.1, 22.8, 23.3, 23.7, 30, 52, 75, 98, 125, 149]
# These are of the last few hours.
FRESH = 28
MINUTE = timedelta(minutes=1)


def tell_of_the_month(book: Book) -> None:
    scripts = book.random.sample(CONVERSATIONS, len(CONVERSATIONS))
    for index, script in zip(range(CHATS), cycle(scripts)):
        channel = some_channel(book)
        face, name = somebody(book, channel, script.tongue, index)
        hours, waits = when(book, index)
        converse(book.story(channel, face), script, name, end=book.ago(hours=hours), waits=waits)


def some_channel(book: Book) -> Channel:
    return book.channels[book.random.choices(list(WEIGHTS), weights=list(WEIGHTS.values()))[0]]


def when(book: Book, index: int) -> tuple[float, bool]:
    """How many hours ago it ended, and whether the customer still waits."""
    if index < len(HOURS):
        return HOURS[index], True
    if index < FRESH:
        return 0.03 + (index - len(HOURS)) * 0.17, index % 3 != 0
    hours = 3 + 24 * 29 * book.random.random() ** 2.2
    return hours, hours < 40 and book.random.random() < 0.45


def converse(story: Story, script: Conversation, name: str, *, end: datetime, waits: bool) -> None:
    book, lines = story.book, script.lines
    if waits:
        lines = lines[: book.random.choice([at for at, (who, _) in enumerate(lines) if who == "<"]) + 1]
    times = clock(book, lines, end)
    agent = book.random.choice(book.there_at(end))
    words = words_for(book, script, name)
    answered = any(who != "<" for who, _ in lines)
    if answered or book.random.random() < 0.3:
        take(story, agent, times[0] + MINUTE)
    for (who, text), at in zip(lines, times, strict=True):
        say(story, agent, who, text.format(**words), at)
    dress(story, script, times[-1])
    if end > book.ago(days=2) and book.random.random() < 0.3:
        ask_a_colleague(story, end)
    settle(story, agent, end, waits=waits)


def clock(book: Book, lines: list[tuple[str, str]], end: datetime) -> list[datetime]:
    """From the end backwards: whoever goes on writing is quick, an answer takes its time."""
    times = [end]
    for (who, _), (before, _) in zip(reversed(lines), list(reversed(lines))[1:], strict=False):
        minutes = book.random.uniform(0.3, 2) if who == before else book.random.uniform(2, 45)
        times.append(times[-1] - minutes * MINUTE)
    return times[::-1]


def words_for(book: Book, script: Conversation, name: str) -> dict[str, str]:
    words = {"name": name, "order": f"AC-{book.random.randint(41000, 49999)}"}
    words["product"] = book.random.choice(TONGUES[script.tongue].goods)
    return words | {key: book.mention(key) for key in ("ana", "sam", "bo")}


def say(story: Story, agent: Agent, who: str, text: str, at: datetime) -> None:
    if who == "<":
        story.says(text, at)
    elif who == ">":
        story.answers(agent, text, at)
    else:
        story.notes(agent, text, at, seen=at < story.book.ago(days=2))


def take(story: Story, agent: Agent, at: datetime) -> None:
    book, chance = story.book, story.book.random.random()
    if chance < 0.5 and agent.role != Agent.Role.ADMIN:
        story.assign(agent, None, at)
    elif chance < 0.65:
        by = book.team["sam"] if agent != book.team["sam"] else book.team["ana"]
        story.assign(agent, by, at, book.random.choice(WHY))
    else:
        story.assign(agent, agent, at)


def dress(story: Story, script: Conversation, end: datetime) -> None:
    """A label here, a picture there."""
    book, owner = story.book, story.chat.assigned_to
    first = story.messages[0].sent_at + MINUTE
    if book.random.random() < 0.7:
        story.label(script.label, owner, first)
    if script.tongue == "ar" and script.label == "Returns":
        story.label("إرجاع", owner, first)
    if script.label == "Complaint" and owner:
        story.prioritise(book.random.choice([Chat.Priority.HIGH, Chat.Priority.URGENT]), owner, first)
    if script.label in {"Complaint", "Returns"} and book.random.random() < 0.25:
        sample = photo(book.random.choice(["boot", "tent", "rope", "parcel", "receipt"]), book.random.randrange(6))
        shown = story.says("", min(end + MINUTE / 2, book.ago(seconds=20)), type="IMAGE")
        story.attach(shown, sample)
    if script.label == "Invoice" and owner and story.messages[-1].author_id and book.random.random() < 0.4:
        sent = story.answers(owner, "", end + MINUTE / 4, type="FILE")
        story.attach(sent, paper())


def ask_a_colleague(story: Story, at: datetime) -> None:
    asked = story.book.random.choice(["ana", "sam", "bo"])
    agent = story.chat.assigned_to
    if agent and agent != story.book.team[asked]:
        text = f"{story.book.mention(asked)} {story.book.random.choice(QUESTIONS)}"
        story.notes(agent, text, min(at + 2 * MINUTE, story.book.ago(seconds=15)))


def settle(story: Story, agent: Agent, end: datetime, *, waits: bool) -> None:
    """What became of it."""
    book, age = story.book, story.book.now - end
    if story.last.author_id and age < timedelta(hours=6):
        story.last.status = Status.SENT if age < timedelta(minutes=6) else Status.DELIVERED
    after = min(end + 20 * MINUTE, book.ago(seconds=10))
    if waits:
        return
    if age > timedelta(days=12) and book.random.random() < 0.1:
        story.close(None, end + timedelta(days=10), "Nothing was said for 10 days.")
    elif age > timedelta(hours=30) and book.random.random() < 0.9:
        story.close(agent, after, book.random.choice(ENDS))
    elif age > timedelta(hours=3) and book.random.random() < 0.22:
        until = book.random.choice([None, book.now + timedelta(hours=book.random.randint(3, 90))])
        story.snooze(agent, after, until)
    elif book.random.random() < 0.08:
        story.happens(ChatEvent.Kind.REOPENED, agent, after)
