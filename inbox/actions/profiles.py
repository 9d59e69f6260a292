"""Who the customers are: asked of Meta after their first message is stored, never before."""

import logging
from datetime import timedelta
from io import BytesIO

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from inbox import live
from inbox.downloading import TooLarge, download
from inbox.models import Chat, Contact, Identity
from pages.graph.errors import GraphError, Kind
from pages.graph.line import Line, line_of
from pages.graph.profiles import Profile, read_profile
from pages.models import Channel
from workspaces import bells
from workspaces.avatars import LARGEST_FILE, NotAPicture, make_square
from workspaces.encryption import UnreadableSecret
from workspaces.files import delete_on_commit
from workspaces.models import Workspace

logger = logging.getLogger(__name__)

TRIES = 6
LEASE = timedelta(minutes=15)
FIRST_PAUSE = timedelta(seconds=15)
HELD_PAUSE = timedelta(hours=1)
BATCH = 20
TASK = "inbox.tasks.fetch_profiles"
# What Meta tells, and how it is called in the row.
FACTS = ("name", "first_name", "last_name", "username", "locale", "timezone")


def fetch_profiles(workspace: Workspace) -> int:
    for done in range(BATCH):
        identity = claim_identity()
        if identity is None:
            return done
        if done in (0, BATCH - 1) and Identity.objects.profile_due().exists():
            bells.ring(TASK, workspace.schema_name)
        fetch_profile(identity, workspace)
    return BATCH


@transaction.atomic
def claim_identity() -> Identity | None:
    due = Identity.objects.profile_due().select_for_update(skip_locked=True)
    identity: Identity | None = due.order_by("id").first()
    if identity is None:
        return None
    identity.profile_attempts += 1
    identity.profile_not_before = timezone.now() + LEASE
    identity.save(update_fields=["profile_attempts", "profile_not_before"])
    return identity


def fetch_profile(identity: Identity, workspace: Workspace) -> None:
    """Through the channel that its id belongs to; without one there is nobody to ask."""
    if identity.profile_attempts > TRIES:
        settle(identity, Identity.Profile.WITHHELD)
        return
    try:
        channel = Channel.objects.get(platform=identity.platform, external_id=identity.scope)
        line = line_of(channel, workspace)
        profile = read_profile(line, str(identity.external_id))
    except Channel.DoesNotExist:
        settle(identity, Identity.Profile.WITHHELD)
        return
    except GraphError as error:
        settle_refused(identity, error)
        return
    except UnreadableSecret:
        hold(identity)
        return
    picture = fetch_picture(line, profile.picture_url) if profile.picture_url else ""
    keep_profile(identity, profile, picture)


def fetch_picture(line: Line, url: str) -> str:
    """Where our own small copy of it is; nobody is the worse for none."""
    file = BytesIO()
    try:
        download(line, file, limit=LARGEST_FILE, url=url)
        square = make_square(file)
        folder = f"{connection.schema_name}/pictures"  # type: ignore[attr-defined]
        return default_storage.save(f"{folder}/{square.name}", square)
    except (GraphError, NotAPicture, OSError, TooLarge) as error:
        logger.info("a picture was left out: %s", type(error).__name__)
        return ""


@transaction.atomic
def keep_profile(identity: Identity, profile: Profile, picture: str) -> None:
    """What the row already knows is not emptied by what Meta leaves out."""
    facts = {name: given for name in FACTS if (given := fitting(name, getattr(profile, name)))}
    if picture:
        facts |= {"picture": picture, "profile_pic_url": profile.picture_url}
    row = Identity.objects.select_for_update().filter(pk=identity.pk)
    old = row.values_list("picture", flat=True).first()
    if not settle(identity, Identity.Profile.KNOWN, **facts):
        delete_on_commit([picture])
        return
    if picture:
        delete_on_commit([old])
    if shown := facts.get("name") or facts.get("username"):
        Contact.objects.filter(pk=identity.contact_id, display_name="").update(display_name=shown)
    live.chats_changed(Chat.objects.filter(identity=identity))


def fitting(name: str, given: object) -> str:
    text = "" if given is None else str(given).replace("\0", "")
    return text[: getattr(Identity._meta.get_field(name), "max_length", None)]


def settle(identity: Identity, state: str, **facts: object) -> bool:
    """Only by whoever holds it."""
    facts |= {"profile_state": state, "profile_not_before": None, "profile_attempts": 0}
    return bool(held(identity).update(**facts, updated_at=timezone.now()))


def held(identity: Identity) -> QuerySet[Identity]:
    wanted = Identity.objects.filter(pk=identity.pk, profile_state=Identity.Profile.WANTED)
    return wanted.filter(profile_attempts=identity.profile_attempts)


def settle_refused(identity: Identity, error: GraphError) -> None:
    tries = identity.profile_attempts
    if error.kind is Kind.RECONNECT:
        hold(identity)
    elif (error.retryable or error.kind is Kind.AMBIGUOUS) and tries < TRIES:
        pause = max(FIRST_PAUSE * 4 ** (tries - 1), error.retry_after or timedelta())
        held(identity).update(profile_not_before=timezone.now() + pause)
    else:
        settle(identity, Identity.Profile.WITHHELD)


def hold(identity: Identity) -> None:
    """A channel that needs reconnecting costs no try."""
    later = timezone.now() + HELD_PAUSE
    held(identity).update(profile_not_before=later, profile_attempts=identity.profile_attempts - 1)


def ring_for_wanted_profiles() -> None:
    if Identity.objects.profile_due().exists():
        bells.ring(TASK, connection.schema_name)  # type: ignore[attr-defined]
