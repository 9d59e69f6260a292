"""What agents keep beside their chats: labels, canned replies, views, drafts, what they have read, whom they know."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from agents.models import Agent
from inbox.demo.book import Book, Story
from inbox.demo.files import paper, photo
from inbox.demo.phrases import LABELS, REPLIES
from inbox.models import Chat, ChatRead, Draft, Label, Message, SavedView, ScheduledMessage
from templates_app.actions.replies import save_reply
from templates_app.models import MessageTemplate
from workspaces.models import Platform, Workspace

TAGS = ["vip", "climbing school", "newsletter", "wholesale", "slow payer", "press", "عميل مميز"]
NOTES = [
    "Prefers to be called after four. Size 42 in everything.",
    "Runs the Tuesday group at the Leeds wall and orders for all of them.",
    "Had trouble with a delivery in spring; we gave her a voucher of 20 €.",
    "يفضل التواصل بالعربية",
]
WITH_FILE = {"return": ("return-label.jpg", "receipt"), "sizes": ("sizes.jpg", "boot")}


def make_labels(book: Book) -> None:
    rows = [Label(name=name, colour=colour, description=words) for name, colour, words in LABELS]
    book.labels = {label.name: label for label in Label.objects.bulk_create(rows)}


def make_replies(book: Book, workspace: Workspace) -> None:
    ana, bo = book.team["ana"], book.team["bo"]
    for index, (name, shortcut, content, category) in enumerate(REPLIES):
        own = shortcut == "bye"
        reply = MessageTemplate(name=name, shortcut=shortcut, content=content, category=category, is_shared=not own)
        reply.language = {"horario": "es", "مرحبا": "ar"}.get(shortcut, "")
        reply.created_by, reply.used_count = (bo if own else ana), 214 // (index + 1)
        save_reply(reply, by=reply.created_by, workspace=workspace, files=files_for(shortcut))


def files_for(shortcut: str) -> list[SimpleUploadedFile]:
    found = []
    if shortcut in WITH_FILE:
        name, what = WITH_FILE[shortcut]
        found.append(SimpleUploadedFile(name, photo(what).data))
    if shortcut == "return":
        found.append(SimpleUploadedFile("terms of return.pdf", paper().data))
    return found


def make_views(book: Book) -> None:
    ana, sam, bo = (book.team[key] for key in ("ana", "sam", "bo"))
    complaint, wholesale = (str(book.labels[name].pk) for name in ("Complaint", "Wholesale"))
    rows = [
        ("Angry and waiting", ana, True, {"label": complaint, "waiting": True}, "waiting"),
        ("Window closes soon", sam, True, {"closing": True}, "oldest"),
        ("WhatsApp, nobody's", sam, True, {"platform": Platform.WHATSAPP, "assignee": "nobody"}, "waiting"),
        ("Schools and clubs", bo, False, {"label": wholesale}, "newest"),
        ("Urgent and mine", ana, False, {"assignee": "me", "priority": 2}, "newest"),
        ("Unread by me", sam, False, {"unread": True}, "newest"),
    ]
    SavedView.objects.bulk_create(
        SavedView(name=name, owner=owner, is_shared=shared, filters=filters, sort=sort)
        for name, owner, shared, filters, sort in rows
    )


def make_drafts(book: Book) -> None:
    drafts = [
        Draft(chat=story.chat, agent=agent, kind=kind, text=text)
        for agent, kind, text in begun(book)
        if (story := next((found for found in open_for(book, agent)), None))
    ]
    drafts += [
        Draft(chat=story.chat, agent=story.chat.assigned_to, kind=Draft.Kind.REPLY, text="Thank you, I look into")
        for story in waiting(book)[3:15:3]
        if story.chat.assigned_to
    ]
    Draft.objects.bulk_create(drafts, ignore_conflicts=True)


def begun(book: Book) -> list[tuple[Agent, str, str]]:
    ana, sam, bo = (book.team[key] for key in ("ana", "sam", "bo"))
    return [
        (ana, Draft.Kind.REPLY, "Of course! On Saturday we are open from 10 to 14, I put it"),
        (ana, Draft.Kind.NOTE, "Ask Leeds whether"),
        (sam, Draft.Kind.REPLY, "I have just checked with the carrier:"),
        (bo, Draft.Kind.REPLY, "Hello! Your guarantee card"),
    ]


def open_for(book: Book, agent: Agent) -> list[Story]:
    mine = [story for story in book.stories if story.chat.assigned_to == agent and story.state == Chat.State.OPEN]
    return sorted(mine, key=lambda story: story.last.sent_at, reverse=True)


def waiting(book: Book) -> list[Story]:
    found = [s for s in book.stories if s.state == Chat.State.OPEN and s.last.direction == Message.Direction.IN]
    return sorted(found, key=lambda story: story.last.sent_at, reverse=True)


def schedule(book: Book) -> None:
    """For customers whom the sandbox knows: what is sent later arrives."""
    rosa, liam, hubert = (story_of(book, key) for key in ("rosa", "liam", "hubert"))
    ana, bo, mei = (book.team[key] for key in ("ana", "bo", "mei"))
    hour, day = timedelta(hours=1), timedelta(days=1)
    texts = [
        (rosa, ana, "Good morning Rosa, the green one is waiting for you at the till.", book.now + 20 * hour),
        (liam, bo, "Hi Liam, your parcel has arrived in the Leeds shop.", book.now + 18 * hour),
        (hubert, mei, "A reminder: the sale ends tonight.", book.now + 2 * day),
    ]
    rows = [ScheduledMessage(chat=s.chat, agent=by, text=text, send_at=at) for s, by, text, at in texts]
    why = "The customer wrote first."
    rows.append(
        ScheduledMessage(
            chat=rosa.chat,
            agent=ana,
            text="Shall I put one aside for you?",
            send_at=book.ago(minutes=30),
            state=ScheduledMessage.State.CANCELLED,
            error=why,
        )
    )
    ScheduledMessage.objects.bulk_create(rows)


def story_of(book: Book, customer: str) -> Story:
    return next(story for story in book.stories if book.customers[story.identity.pk].key == customer)


def know_people(book: Book) -> None:
    """Before they are written down."""
    for index, contact in enumerate(book.contacts):
        if index % 4 == 0:
            contact.tags = sorted({TAGS[index // 4 % len(TAGS)], TAGS[index // 3 % len(TAGS)]})
        if index % 6 == 0:
            contact.attributes = {"customer number": f"C-{10400 + index}", "shoe size": str(37 + index % 10)}
        if index % 9 == 0:
            contact.notes = NOTES[index // 9 % len(NOTES)]


def remember_reading(book: Book) -> None:
    """Of the last days each has some before him; what is older all have read."""
    for story in book.stories:
        came = [m.sent_at for m in story.messages if m.direction == Message.Direction.IN]
        counted = story.news.incoming
        fresh = book.now - story.last.sent_at < timedelta(days=2)
        most = 0
        for agent in book.team.values():
            unread = unread_by(book, story, agent, counted) if fresh else 0
            if unread == counted:
                continue
            until = max((m.sent_at for m in story.messages if not m.is_private), default=None)
            if unread:
                until = max(m.sent_at for m in story.messages if m.sent_at < came[-unread])
            book.reads.append(ChatRead(chat=story.chat, agent=agent, incoming_seen=counted - unread, seen_until=until))
            most = max(most, counted - unread) if agent.answers else most
        story.unread = counted - most


def unread_by(book: Book, story: Story, agent: Agent, counted: int) -> int:
    """How many of the customer's messages this agent has not read."""
    if any(m.author_id == agent.pk and m is story.last for m in story.messages):
        return 0
    if story.last.direction == Message.Direction.OUT and story.chat.assigned_to_id == agent.pk:
        return 0
    chance = book.random.random()
    if chance < 0.35 or not counted:
        return 0
    ends = 0
    for message in reversed(story.messages):
        if message.direction == Message.Direction.IN:
            ends += 1
        elif message.author_id:
            break
    return counted if chance > 0.8 and story.chat.assigned_to_id != agent.pk else min(ends, counted)
