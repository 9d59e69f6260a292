"""Two contacts turn out to be one person, says an agent; and that they are not, says an agent later."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from agents.actions.positions import require
from agents.models import Agent
from inbox import live
from inbox.actions.editing import with_tags
from inbox.actions.history import tell_of_many
from inbox.actions.people import lock_name
from inbox.models import Chat, ChatEvent, Contact, ContactMerge, Identity
from workspaces.audit import record
from workspaces.models import Workspace
from workspaces.refusals import NotAllowed, Refused

FIELDS = ["display_name", "tags", "attributes", "notes", "blocked"]


@transaction.atomic
def merge_contacts(kept: Contact, gone: Contact, *, by: Agent, workspace: Workspace) -> ContactMerge:
    """Everything of the one moves to the other; the same again is the same merge."""
    require(by, "contacts.manage")
    if kept.pk == gone.pk:
        raise Refused("These are one contact already.")
    into, other = _hold(kept.pk, gone.pk, by=by)
    done = ContactMerge.objects.standing().filter(kept=into, gone=other).first()
    if done:
        return done
    if into.merged_into_id or other.merged_into_id:
        raise Refused("One of them has been merged into another contact meanwhile.", hint="Look again.")
    moved = list(Identity.objects.filter(contact=other).order_by("id").values_list("pk", flat=True))
    chats = list(Chat.objects.filter(identity__contact__in=[into, other]))
    before = values_of(into)
    _write(into, combined(into, other))
    Identity.objects.filter(pk__in=moved).update(contact=into, updated_at=timezone.now())
    Contact.objects.filter(pk=other.pk).update(merged_into=into, updated_at=timezone.now())
    merge = ContactMerge.objects.create(
        kept=into, gone=other, by=by, moved=[str(pk) for pk in moved], before=before, after=values_of(into)
    )
    names = {"kept": str(into), "gone": named(other)}
    tell_of_many(chats, ChatEvent.Kind.MERGED, by=by, **names)
    live.chats_changed(chats)
    words = f"Merged {names['gone']} into {names['kept']}"
    record("contact.merged", words, by=by.user, workspace=workspace, kept=str(into.pk), gone=str(other.pk))
    return merge


@transaction.atomic
def undo_merge(merge: ContactMerge, *, by: Agent, workspace: Workspace) -> bool:
    """As it was before, but for what was written since, which stays with the contact where it was written."""
    require(by, "contacts.manage")
    kept, gone = _hold(merge.kept_id, merge.gone_id, by=by)
    held = ContactMerge.objects.get(pk=merge.pk)
    if held.undone_at:
        return False
    if why := why_not_undone(held):
        raise Refused(why, hint="Undo that one first.")
    faces = Identity.objects.filter(pk__in=held.moved, contact=kept)
    if not faces.exists():
        raise Refused("Meta has since told that both are one person.", hint="They cannot be taken apart.")
    chats = list(Chat.objects.filter(identity__contact=kept))
    faces.update(contact=gone, updated_at=timezone.now())
    Contact.objects.filter(pk=gone.pk).update(merged_into=None, updated_at=timezone.now())
    _write(kept, taken_apart(values_of(kept), held.before, held.after))
    ContactMerge.objects.filter(pk=held.pk).update(undone_at=timezone.now(), undone_by=by)
    gone.merged_into = None
    names = {"kept": str(kept), "gone": named(gone)}
    tell_of_many(chats, ChatEvent.Kind.UNMERGED, by=by, **names)
    live.chats_changed(chats)
    words = f"Took {names['gone']} and {names['kept']} apart again"
    record("contact.unmerged", words, by=by.user, workspace=workspace, kept=str(kept.pk), gone=str(gone.pk))
    return True


def why_not_undone(merge: ContactMerge) -> str:
    later = ContactMerge.objects.standing().touching(merge.kept_id, merge.gone_id).filter(merged_at__gt=merge.merged_at)
    return "One of the two has been merged with another contact since." if later.exists() else ""


def values_of(contact: Contact) -> dict[str, Any]:
    return {name: getattr(contact, name) for name in FIELDS}


def combined(kept: Contact, gone: Contact) -> dict[str, Any]:
    """Where both know a thing, the kept one does."""
    notes = [kept.notes, gone.notes if gone.notes != kept.notes else ""]
    return {
        "display_name": kept.display_name or gone.display_name,
        "tags": with_tags(kept.tags, gone.tags),
        "attributes": {**gone.attributes, **kept.attributes},
        "notes": "\n\n".join(text for text in notes if text),
        "blocked": kept.blocked or gone.blocked,
    }


def taken_apart(now: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What nobody has touched since the merge is as it was before it; of the rest, what was added or taken away."""
    result = {name: before[name] if now[name] == after[name] else now[name] for name in FIELDS}
    if now["tags"] != after["tags"]:
        came = set(after["tags"]) - set(before["tags"])
        result["tags"] = [tag for tag in now["tags"] if tag not in came]
    if now["attributes"] != after["attributes"]:
        came = {key for key in after["attributes"] if key not in before["attributes"]}
        changed = {key for key, value in now["attributes"].items() if after["attributes"].get(key) != value}
        result["attributes"] = {
            key: value for key, value in now["attributes"].items() if key not in came or key in changed
        }
    return result


def named(contact: Contact) -> str:
    """A contact without a name is called as its platform calls it."""
    face = None if contact.display_name else Identity.objects.filter(contact=contact).first()
    return face.own_name if face else str(contact)


def _write(contact: Contact, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(contact, name, value)
    contact.save(update_fields=[*FIELDS, "updated_at"])


def _hold(first: UUID, second: UUID, *, by: Agent) -> list[Contact]:
    """One merge at a time in a workspace; then identities, contacts, in one order, as whoever hears of people does."""
    lock_name("merges")
    list(Identity.objects.select_for_update().filter(contact__in=[first, second]).order_by("id").values_list("pk"))
    found = Contact.objects.select_for_update().filter(pk__in=[first, second]).order_by("id").in_bulk()
    visible = set(Contact.objects.visible_to(by).filter(pk__in=found).values_list("pk", flat=True))
    # Who was merged away has no chats by which anybody could see them.
    if first not in visible or not (second in visible or (second in found and found[second].merged_into_id)):
        raise NotAllowed("This contact is not yours to work on.")
    return [found[first], found[second]]
