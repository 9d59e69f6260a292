"""A private answer to a comment: who wrote it has no chat yet, and Meta names them only once it has arrived."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from agents.models import Agent
from inbox import live, policy
from inbox.actions.chatting import lock_chats
from inbox.actions.joining import join_identities
from inbox.actions.outbox import announce_on_commit
from inbox.actions.sending import touch_chat
from inbox.models import Chat, Contact, Identity, Message
from pages.graph.content import Outgoing
from pages.graph.limits import problems_of
from pages.models import Channel
from workspaces.refusals import NotAllowed, Refused

# Who wrote the comment, until Meta tells the id that messages have for them.
UNNAMED = "comment:"


def reply_privately(
    channel: Channel, comment_id: str, *, comment_at: datetime, name: str, text: str, by: Agent, client_id: UUID
) -> Message:
    """Once for each comment, within seven days of it."""
    if not by.is_active or by.role == Agent.Role.VIEWER:
        raise NotAllowed("Your position does not allow answering customers.")
    if repeated := Message.objects.filter(client_id=client_id).first():
        return repeated
    permit = policy.what_may_be_sent(
        platform=channel.platform,
        sender=Message.Sender.AGENT,
        last_incoming_at=None,
        now=timezone.now(),
        channel_works=channel.works,
        comment_at=comment_at,
    )
    if permit.mode == policy.Mode.NOTHING:
        raise Refused(permit.reason, hint=permit.advice)
    words = text.replace("\0", "").strip()
    if problems := problems_of(channel.platform, Outgoing(Message.Type.TEXT, str(client_id), words)):
        raise Refused(problems[0])
    with transaction.atomic():
        chat = lock_chat_of(channel, comment_id, name)
        if already_answered(channel, comment_id):
            raise Refused("This comment has had its private answer: Meta allows one.", hint="Answer it in public.")
        message = Message.objects.create(
            chat=chat,
            channel=channel,
            direction=Message.Direction.OUT,
            sender=Message.Sender.AGENT,
            author=by,
            status=Message.Status.QUEUED,
            text=words,
            payload={"comment": {"id": comment_id, "at": comment_at.isoformat()}},
            client_id=client_id,
            sent_at=timezone.now(),
        )
        touch_chat(chat, message, message.sent_at)
        live.messages_came([message])
        announce_on_commit(chat.pk, "send")
    return message


def lock_chat_of(channel: Channel, comment_id: str, name: str) -> Chat:
    unnamed = {"platform": channel.platform, "scope": channel.scope, "external_id": f"{UNNAMED}{comment_id}"}
    identity = Identity.objects.filter(**unnamed).first()
    if identity is None:
        contact = Contact.objects.create(display_name=name)
        identity, made = Identity.objects.get_or_create(**unnamed, defaults={"contact": contact, "name": name})
        if not made:
            contact.delete()
    return lock_chats(channel, [identity])[identity.pk]


def already_answered(channel: Channel, comment_id: str) -> bool:
    """A failed one does not count: Meta did not take it."""
    answers = Message.objects.filter(channel=channel, payload__comment__id=comment_id)
    return answers.exclude(status=Message.Status.FAILED).exists()


def name_the_unnamed(message: Message, chat: Chat) -> bool:
    """The echo of a private answer tells whose chat it belongs in."""
    unnamed = message.chat.identity
    if message.chat_id == chat.pk or not (unnamed.external_id or "").startswith(UNNAMED):
        return False
    join_identities(into=chat.identity, gone=unnamed)
    return True
