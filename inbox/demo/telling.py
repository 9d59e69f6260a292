"""The sandbox hears of the demo's customers, so that an answer to them arrives there."""

import logging
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import requests

from inbox.demo.book import Book, Story
from inbox.models import Message
from pages.sandbox import world

logger = logging.getLogger(__name__)

# Whom one may answer, and a little more.
RECENT = timedelta(days=2)
LAST_WORDS = 2
SECONDS = 5


def tell_sandbox(book: Book, url: str) -> None:
    """What they last wrote, without a word of it to us. Where Meta is played by something else, nothing."""
    known = {customer.key for customer in world.customers()}
    with requests.Session() as session:
        try:
            for story in book.stories:
                if book.now - story.last.sent_at < RECENT:
                    tell_of(session, book, story, url, known)
        except (requests.RequestException, ValueError) as error:
            logger.warning("the sandbox does not know the demo's customers (%s)", type(error).__name__)


def tell_of(session: requests.Session, book: Book, story: Story, url: str, known: set[str]) -> None:
    customer = book.customers[story.identity.pk]
    if customer.key not in known:
        post(session, f"{url}/_sandbox/customers", asdict(customer))
        known.add(customer.key)
    said = [message for message in story.messages if message.direction == Message.Direction.IN]
    for message in said[-LAST_WORDS:]:
        ago = (book.now - message.sent_at).total_seconds()
        wish = {"account": story.channel.external_id, "id": message.external_id, "ago": ago, "quiet": True}
        post(session, f"{url}/_sandbox/customers/{customer.key}/messages", {**wish, "text": message.text or "🙂"})


def post(session: requests.Session, url: str, wish: dict[str, Any]) -> None:
    session.post(url, json=wish, timeout=SECONDS).raise_for_status()
