"""A person whom nobody wants to hear any more: what they write is kept, but opens nothing and tells nobody."""

from django.db import transaction

from agents.actions.positions import require
from agents.models import Agent
from inbox import live
from inbox.actions.editing import hold
from inbox.actions.history import tell_of_many
from inbox.models import Chat, ChatEvent, Contact
from workspaces.audit import record
from workspaces.models import Workspace


def block_contact(contact: Contact, *, by: Agent, workspace: Workspace) -> bool:
    return _set_blocked(contact, True, by=by, workspace=workspace)


def unblock_contact(contact: Contact, *, by: Agent, workspace: Workspace) -> bool:
    return _set_blocked(contact, False, by=by, workspace=workspace)


def _set_blocked(contact: Contact, blocked: bool, *, by: Agent, workspace: Workspace) -> bool:
    """Whether that was new: a second click says nothing twice."""
    require(by, "contacts.manage")
    with transaction.atomic():
        held = hold(contact, by=by)
        if held.blocked == blocked:
            return False
        held.blocked = blocked
        held.save(update_fields=["blocked", "updated_at"])
        chats = list(Chat.objects.filter(identity__contact=held))
        tell_of_many(chats, ChatEvent.Kind.BLOCKED if blocked else ChatEvent.Kind.UNBLOCKED, by=by)
        live.chats_changed(chats)
        kind, verb = ("blocked", "Blocked") if blocked else ("unblocked", "Unblocked")
        record(f"contact.{kind}", f"{verb} {held}", by=by.user, workspace=workspace, contact=str(held.pk))
    return True
