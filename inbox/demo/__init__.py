"""What `make run` shows of the inbox: a shop's month, written down at once.

Chats, people and times are told by the modules beside this one and written as the product's actions would have left
them. Nothing is sent to Meta by it.
"""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from agents.models import Agent
from inbox.actions.merging import merge_contacts
from inbox.demo.book import Book
from inbox.demo.daily import tell_of_the_month
from inbox.demo.desk import (
    know_people,
    make_drafts,
    make_labels,
    make_replies,
    make_views,
    remember_reading,
    schedule,
)
from inbox.demo.floor import leave_waiting, run_the_floor
from inbox.demo.showcase import tell_of_the_regulars
from inbox.demo.turns import tell_turns
from inbox.models import Chat, ChatEvent, ContactMerge, Label
from pages.models import Channel
from pages.sandbox import world
from templates_app.models import MessageTemplate
from workspaces.models import Workspace

CHANNELS = {
    "page": world.ACME_PAGE,
    "instagram": world.ACME_INSTAGRAM,
    "studio": world.ACME_STUDIO_INSTAGRAM,
    "number": world.ACME_NUMBER,
    "returns": world.ACME_RETURNS_NUMBER,
}


def fill(workspace: Workspace, team: Mapping[str, Agent]) -> Book | None:
    """Within its schema. Only where nobody has written, labelled or prepared anything yet, so it is done once."""
    found = {channel.external_id: channel for channel in Channel.objects.all()}
    is_used = Chat.objects.exists() or Label.objects.exists() or MessageTemplate.objects.exists()
    if is_used or not set(CHANNELS.values()) <= found.keys():
        return None
    book = Book({key: found[pk] for key, pk in CHANNELS.items()}, team, timezone.now())
    with transaction.atomic():
        make_labels(book)
        make_replies(book, workspace)
        make_views(book)
        run_the_floor(book, workspace)
        tell_of_the_regulars(book)
        tell_of_the_month(book)
        know_people(book)
        tell_turns(book)
        book.write()
        leave_waiting(book)
        remember_reading(book)
        book.write_reads()
        make_drafts(book)
        schedule(book)
        join_rosa(book, workspace)
    return book


def join_rosa(book: Book, workspace: Workspace) -> None:
    """Known from the page and from the number for returns, until somebody saw that she is one."""
    on_page, on_number = [
        story.identity.contact for story in book.stories if book.customers[story.identity.pk].key == "rosa"
    ]
    merge_contacts(on_page, on_number, by=book.team["ana"], workspace=workspace)
    before = book.ago(minutes=50)
    ContactMerge.objects.update(merged_at=before)
    ChatEvent.objects.filter(kind=ChatEvent.Kind.MERGED).update(at=before)
