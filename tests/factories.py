"""What tests are made of: plain functions, each through the product's own actions, everything overridable."""

import itertools
import secrets
import uuid
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_context

from agents.models import Agent, Position
from inbox.models import Attachment, Chat, Contact, Identity, Message
from pages.models import Channel, WebhookEvent
from workspaces.actions.invitations import hash_of
from workspaces.actions.people import create_person
from workspaces.actions.workspaces import create_workspace
from workspaces.encryption import encrypt
from workspaces.models import Invitation, Membership, Role, User, UserAddress, Workspace
from workspaces.routes import tell_workspace

PASSWORD = "correct horse battery staple"

_numbers = itertools.count(1)


def make_user(**over: Any) -> User:
    person = {
        "email": f"person{next(_numbers)}@people.example",
        "first_name": "Pat",
        "last_name": "Person",
        "password": PASSWORD,
        "verified": True,
        "timezone": "UTC",
    }
    made_with = {name: over.pop(name, value) for name, value in person.items()}
    user = create_person(**made_with)
    for name, value in over.items():
        setattr(user, name, value)
    if over:
        user.save()
    return user


def make_workspace(**over: Any) -> Workspace:
    slug = over.pop("slug", f"company-{next(_numbers)}x")
    owner = over.pop("owner", None) or make_user()
    with schema_context("public"):
        workspace = create_workspace(
            name=over.pop("name", slug.title()), slug=slug, owner=owner, timezone=over.pop("timezone", "UTC")
        )
        for name, value in over.items():
            setattr(workspace, name, value)
        if over:
            workspace.save()
        # As at a commit: what still waits for its constraints could not be dropped.
        connection.check_constraints()
    return workspace


def make_member(workspace: Workspace, user: User | None = None, **over: Any) -> Membership:
    """Joined the way an accepted invitation joins."""
    position = over.pop("position", Position.AGENT)
    fields = {"role": Role.MEMBER, "invited_by": workspace.owner, **over}
    membership = Membership.objects.create(workspace=workspace, user=user or make_user(), **fields)
    tell_workspace("member.joined", workspace, membership=membership, position=position)
    return membership


def make_invitation(workspace: Workspace, **over: Any) -> Invitation:
    """The secret of its link, which no row has, is in `.secret`."""
    secret = secrets.token_urlsafe(32)
    fields = {
        "email": f"guest{next(_numbers)}@people.example",
        "role": Role.MEMBER,
        "position": Position.AGENT,
        "invited_by": workspace.owner,
        "expires_at": timezone.now() + Invitation.LIFETIME,
        "token_hash": hash_of(secret),
        **over,
    }
    invitation = Invitation.objects.create(workspace=workspace, **fields)
    invitation.secret = secret
    return invitation


def make_expired_invitation(workspace: Workspace, **over: Any) -> Invitation:
    return make_invitation(workspace, expires_at=timezone.now() - timedelta(seconds=1), **over)


def make_position(workspace: Workspace, **over: Any) -> Position:
    number = next(_numbers)
    fields = {"name": f"Position {number}", "slug": f"position-{number}", "permissions": ["team.view"], **over}
    with schema_context(workspace.schema_name):
        return Position.objects.create(**fields)


def make_address(user: User, **over: Any) -> UserAddress:
    fields = {"address_type": UserAddress.Type.HOME, "street_address": "1 High Street", "city": "York", **over}
    return UserAddress.objects.create(user=user, **fields)


def add_totp(user: User) -> None:
    """A second factor; its secret is of no interest here."""
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt("JBSWY3DPEHPK3PXP")})
    user.__dict__.pop("has_two_factor", None)


def seeing_own_chats_alone(agent: Agent) -> Agent:
    """His position, and with it all who hold it, does not read the chats of others."""
    agent.position.permissions = ["team.view"]
    agent.position.save()
    return agent


def agent_of(user: User, workspace: Workspace) -> Agent:
    with schema_context(workspace.schema_name):
        return Agent.objects.with_person().get(user=user)


def make_channel(platform: str = "FACEBOOK", **over: Any) -> Channel:
    """Within the workspace whose schema is the current one, as the next ones are."""
    number = next(_numbers)
    fields = {"external_id": f"1000{number}", "name": f"Channel {number}", "access_token": f"token-{number}", **over}
    return Channel.objects.create(platform=platform, **fields)


def make_identity(channel: Channel, **over: Any) -> Identity:
    number = next(_numbers)
    fields = {"external_id": f"2000{number}", "name": f"Customer {number}", **over}
    contact = fields.pop("contact", None) or Contact.objects.create(display_name=fields["name"])
    return Identity.objects.create(contact=contact, platform=channel.platform, scope=channel.scope, **fields)


def make_chat(channel: Channel | None = None, **over: Any) -> Chat:
    channel = channel or make_channel()
    identity = over.pop("identity", None) or make_identity(channel)
    return Chat.objects.create(channel=channel, platform=channel.platform, identity=identity, **over)


def make_message(chat: Chat | None = None, **over: Any) -> Message:
    chat = chat or make_chat()
    fields = {
        "direction": Message.Direction.IN,
        "sender": Message.Sender.CONTACT,
        "status": Message.Status.RECEIVED,
        "text": "Hello",
        "external_id": f"m_{next(_numbers)}",
        "sent_at": timezone.now(),
        **over,
    }
    return Message.objects.create(chat=chat, channel=chat.channel, **fields)


def make_attachment(message: Message | None = None, **over: Any) -> Attachment:
    return Attachment.objects.create(message=message or make_message(), **{"kind": Message.Type.IMAGE, **over})


def make_event(channel: Channel | None = None, **over: Any) -> WebhookEvent:
    fields = {
        "platform": channel.platform if channel else "FACEBOOK",
        "object": "page",
        "account_id": channel.external_id if channel else "1",
        "kind": "messages",
        "payload": {},
        "fingerprint": uuid.uuid4(),
        "received_at": timezone.now(),
        **over,
    }
    return WebhookEvent.objects.create(channel=channel, **fields)
