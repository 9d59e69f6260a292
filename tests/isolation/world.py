"""Two workspaces that must not know of each other: what is in them, what gives them away, whether it has moved."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_context

from agents.actions.agents import change_agent, set_receiving
from agents.models import Agent, AgentStatusLog, Holiday, Position, PushSubscription
from inbox.actions.importing import upload_contacts
from inbox.actions.merging import merge_contacts
from inbox.actions.saved_views import save_view
from inbox.actions.scheduling import schedule_message
from inbox.actions.uploading import take_upload
from inbox.models import (
    Attachment,
    Chat,
    Contact,
    Identity,
    Label,
    Message,
    RoutingRule,
    SavedView,
    ScheduledMessage,
    Upload,
)
from pages.models import Channel, GraphCall, WebhookEvent
from templates_app.actions.replies import save_reply
from templates_app.models import MessageTemplate, SavedAsset
from tests import factories
from workspaces.actions.workspaces import close_workspace
from workspaces.ids import uuid7
from workspaces.models import (
    ChannelRoute,
    Delivery,
    Membership,
    MetaApp,
    Platform,
    User,
    UserActivity,
    WebPushKey,
    Workspace,
    WorkspaceProfile,
)

# In everything that can be written; nothing else in the product spells like this.
MARKS = {"acme": "Qzvak", "globex": "Xqjog"}
PICTURE = "0123456789abcdef0123456789abcdef.webp"

CONVERSATION = (Attachment, Chat, Contact, GraphCall, Identity, Message, WebhookEvent)
PREPARED = (
    Holiday,
    Label,
    MessageTemplate,
    PushSubscription,
    RoutingRule,
    SavedAsset,
    SavedView,
    ScheduledMessage,
    Upload,
)

# Rows that come and go with looking at a page, or that migrations alone write.
UNWATCHED = {"django_session", "django_migrations", "mails"}


@dataclass(frozen=True)
class World:
    # For each workspace: the id of one row of each kind.
    ids: dict[str, dict[str, str]]
    # For each workspace: what only it has.
    traits: dict[str, frozenset[str]]
    digest: dict[str, str]

    def given_away(self, place: str, text: str, *, but: str = "") -> set[str]:
        """What of this workspace can be read here, besides what was brought along."""
        text, but = text.lower(), but.lower()
        return {trait for trait in self.traits[place] if trait in text and trait not in but}


def make_world(session: str) -> World:
    """`session`: one that the operators can look at."""
    ids = {slug: furnish(Workspace.objects.get(slug=slug), mark) for slug, mark in MARKS.items()}
    ids["acme"] |= make_what_people_have() | {"session": session}
    make_operator_safe()
    # Made when it is first asked for, by whom does not matter.
    WebPushKey.objects.current()
    default_storage.save(f"avatars/{PICTURE}", ContentFile(b"RIFF"))
    traits = {slug: traits_of(Workspace.objects.get(slug=slug)) for slug in MARKS}
    return World(ids, traits, digest())


def furnish(workspace: Workspace, mark: str) -> dict[str, str]:
    """One row of each kind, with the mark in each text, about somebody who is nowhere else."""
    describe(workspace, mark)
    person = factories.make_user(email=f"kim@{mark.lower()}.example", first_name=f"Kim{mark}", last_name=mark)
    factories.make_address(person, street_address=f"1 {mark} Street", city=mark)
    member = factories.make_member(workspace, person)
    invitation = factories.make_invitation(workspace, email=f"guest@{mark.lower()}.example")
    position = factories.make_position(workspace, name=f"Night shift {mark}", slug=f"night-{mark.lower()}")
    agent, log = put_to_work(workspace, person, mark)
    activity = UserActivity.objects.within(workspace).order_by("-pk").first()
    assert activity
    rows = {"agent": agent, "member": member, "position": position, "log": log, "activity": activity}
    key = Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data={"name": mark})
    rows |= {"workspace": workspace, "user": person, "invitation": invitation, "key": key}
    rows |= connect(workspace, mark)
    rows |= converse(workspace, rows["channel"], mark)
    rows |= prepare(workspace, mark)
    rows |= leave_undone(workspace, rows["chat"], mark)
    rows |= meet(workspace, mark)
    rows |= rest(workspace, mark)
    rows |= rule(workspace, mark)
    return {kind: str(row.pk) for kind, row in rows.items()} | {
        "slug": workspace.slug,
        "position_slug": position.slug,
        "secret": invitation.secret,  # type: ignore[attr-defined]
    }


def rest(workspace: Workspace, mark: str) -> dict[str, Any]:
    with schema_context(workspace.schema_name):
        return {"holiday": Holiday.objects.create(date="2030-12-25", name=f"Feast {mark}")}


def connect(workspace: Workspace, mark: str) -> dict[str, Any]:
    """A page, an Instagram account and a number, through an app of its own."""
    MetaApp.objects.create(workspace=workspace, app_id="505000000000008", app_secret=mark, verify_token=mark)
    secret = {"name": f"Shop {mark}", "access_token": f"EAA{mark}"}
    with schema_context(workspace.schema_name):
        channels = [factories.make_channel(platform, username=mark, **secret) for platform in Platform.values]
    for channel in channels:
        ChannelRoute.objects.create(platform=channel.platform, external_id=channel.external_id, workspace=workspace)
    return dict(zip(("channel", "instagram", "number"), channels, strict=True))


def converse(workspace: Workspace, channel: Channel, mark: str) -> dict[str, Any]:
    """A customer's message with a file, all that was kept about it, and one that never got in."""
    with schema_context(workspace.schema_name):
        event = factories.make_event(channel, payload={"text": mark})
        call = GraphCall.objects.create(channel=channel, type="messages.send", request={"text": mark}, status=200)
        face = default_storage.save(f"{workspace.schema_name}/pictures/{mark}.webp", ContentFile(b"RIFF"))
        identity = factories.make_identity(channel, name=f"Customer {mark}", external_id=mark, picture=face)
        now = timezone.now()
        times = {"last_message_at": now, "last_incoming_at": now, "window_expires_at": now + timedelta(hours=23)}
        chat = factories.make_chat(channel, identity=identity, **times)
        message = factories.make_message(chat, text=f"Hello {mark}", event=event, external_id=f"m_{mark}")
        name = default_storage.save(f"{workspace.schema_name}/attachments/x/{mark}.png", ContentFile(b"PNG"))
        file = {"file": name, "name": f"{mark}.png", "mime_type": "image/png", "size": 3, "state": "STORED"}
        attachment = factories.make_attachment(message, **file)
    delivery = Delivery.objects.create(body=mark.encode(), state=Delivery.State.PARKED, workspace_id=workspace.pk)
    rows = {"event": event, "call": call, "contact": identity.contact, "identity": identity, "chat": chat}
    return {**rows, "message": message, "attachment": attachment, "delivery": delivery}


def prepare(workspace: Workspace, mark: str) -> dict[str, Any]:
    """A label, and a shared reply with a file, both of the owner's."""
    with schema_context(workspace.schema_name):
        owner = Agent.objects.with_person().get(user=workspace.owner)
        label = Label.objects.create(name=f"About {mark}", description=f"All of {mark}")
        reply = MessageTemplate(name=f"Reply {mark}", content=f"Yours, {mark}", is_shared=True, created_by=owner)
        save_reply(reply, by=owner, workspace=workspace, files=[ContentFile(b"PNG", f"{mark}.png")])
        return {"label": label, "reply": reply, "asset": reply.assets.get()}


def rule(workspace: Workspace, mark: str) -> dict[str, Any]:
    """A routing rule before another one, and a day on which nobody is here."""
    with schema_context(workspace.schema_name):
        labels = [str(label.pk) for label in Label.objects.all()]
        first, _ = [
            RoutingRule.objects.create(
                name=f"{place} {mark}", conditions={"words": [mark]}, actions={"labels": labels}, priority=number
            )
            for number, place in enumerate(("First", "Second"), start=1)
        ]
        return {"rule": first, "holiday": Holiday.objects.create(date="2099-12-24", name=f"Day of {mark}")}


def meet(workspace: Workspace, mark: str) -> dict[str, Any]:
    """Somebody else, somebody who was merged, and people in a file."""
    with schema_context(workspace.schema_name):
        owner = Agent.objects.with_person().get(user=workspace.owner)
        page = factories.make_channel(name=f"Second {mark}")
        other, kept, gone = (factories.make_chat(page).identity.contact for _ in range(3))
        merge = merge_contacts(kept, gone, by=owner, workspace=workspace)
        upload = upload_contacts(f"Phone {mark}\n491512345678\n".encode(), f"{mark}.csv", by=owner)
        return {"other_contact": other, "merge": merge, "import": upload}


def leave_undone(workspace: Workspace, chat: Chat, mark: str) -> dict[str, Any]:
    """Of the owner's: a view that all see, a file not sent yet, an answer for later, a device that is told."""
    with schema_context(workspace.schema_name):
        owner = Agent.objects.with_person().get(user=workspace.owner)
        view = save_view(SavedView(name=f"View {mark}", owner=owner, is_shared=True), by=owner)
        upload = take_upload(chat, SimpleUploadedFile(f"{mark}.txt", b"Plain words"), by=owner)
        later = timezone.now() + timedelta(days=1)
        wanted = {"client_id": uuid7(), "send_at": later, "text": f"Later, {mark}"}
        told = {"agent": owner, "login_id": uuid7(), "p256dh": mark, "auth": mark, "browser": f"Chrome on {mark}"}
        device = PushSubscription.objects.create(endpoint=f"https://push.example/{mark}", **told)
        scheduled = schedule_message(chat, by=owner, **wanted)
        return {"view": view, "upload": upload, "scheduled": scheduled, "device": device}


def describe(workspace: Workspace, mark: str) -> None:
    Workspace.objects.filter(pk=workspace.pk).update(name=f"{workspace.name} {mark}", description=f"About {mark}")
    profile = {"industry": mark, "website": f"https://{mark.lower()}.example", "admin_name": mark}
    WorkspaceProfile.objects.filter(workspace=workspace).update(**profile, admin_email=f"boss@{mark.lower()}.example")


def put_to_work(workspace: Workspace, person: User, mark: str) -> tuple[Agent, AgentStatusLog]:
    with schema_context(workspace.schema_name):
        agent, owner = (Agent.objects.with_person().get(user=user) for user in (person, workspace.owner))
        change_agent(agent, by=owner, workspace=workspace, emp_id=f"{mark}-7", contact_number=f"+1 {mark}")
        set_receiving(agent, False, by=owner, workspace=workspace, note=f"Lunch {mark}")
        set_receiving(agent, True, by=owner, workspace=workspace, note=f"Back {mark}")
        agent.refresh_from_db()
        return agent, agent.status_logs.latest("changed_at")


def make_what_people_have() -> dict[str, str]:
    """An address of bo's, a closed workspace of ana's."""
    bo, ana = (User.objects.get(email=f"{name}@cast.example") for name in ("bo", "ana"))
    address = factories.make_address(bo)
    attic = factories.make_workspace(slug="attic", name="Attic", owner=ana)
    close_workspace(attic, note="Too dusty", by=ana)
    return {"address": str(address.pk), "closed": attic.slug, "picture": PICTURE}


def make_operator_safe() -> None:
    """Operators need a second factor."""
    factories.add_totp(User.objects.get(email="ops@cast.example"))


def traits_of(workspace: Workspace) -> frozenset[str]:
    own = {"workspace": workspace.pk, "slug": workspace.slug, "mark": MARKS[workspace.slug]}
    people = Membership.objects.filter(workspace=workspace).exclude(user__in=people_elsewhere(workspace))
    traits = {str(value) for value in own.values()}
    for model in (Membership, UserActivity):
        traits |= {str(pk) for pk in model.objects.filter(workspace=workspace).values_list("pk", flat=True)}
    traits |= {str(pk) for pk in workspace.invitations.values_list("pk", flat=True)}
    for pk, email in people.values_list("user", "user__email"):
        traits |= {str(pk), email}
    with schema_context(workspace.schema_name):
        for model in (Agent, AgentStatusLog, Channel, Position, *CONVERSATION, *PREPARED):
            traits |= {str(pk) for pk in model.objects.values_list("pk", flat=True)}
    return frozenset(trait.lower() for trait in traits)


def people_elsewhere(workspace: Workspace) -> Any:
    return Membership.objects.exclude(workspace=workspace).values("user")


def digest() -> dict[str, str]:
    """Of each table of the public schema and of both workspaces: all of its rows, in one word."""
    with connection.cursor() as cursor:
        # To plan it takes longer than to run it.
        cursor.execute("SELECT 1 FROM pg_prepared_statements WHERE name = 'digest'")
        if not cursor.fetchone():
            cursor.execute(f"PREPARE digest AS {watching_query(cursor)}")
        cursor.execute("EXECUTE digest")
        return dict(cursor.fetchall())


def watching_query(cursor: Any) -> str:
    schemas = ["public", *(f"ws_{slug}" for slug in MARKS)]
    cursor.execute("SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY(%s)", [schemas])
    tables = [f'"{schema}"."{table}"' for schema, table in cursor.fetchall() if table not in UNWATCHED]
    return " UNION ALL ".join(map(word_for, sorted(tables)))


def word_for(table: str) -> str:
    rows = "md5(string_agg(md5(row::text), '' ORDER BY md5(row::text)))"
    return f"SELECT '{table}', coalesce({rows}, '') FROM {table} AS row"  # noqa: S608


def moved(world: World) -> set[str]:
    """The tables that are not as they were."""
    now = digest()
    return {table for table in now if now[table] != world.digest[table]}
