"""The rows that benchmarks run on: workspaces, and channels that webhooks are routed to."""

import itertools
from uuid import UUID

OWNER = "bench@example.com"
ACCOUNT = 100_000


def make_workspaces(until: int) -> None:
    """Two whole ones; of the others what counts here, which is the row, the host and the schema."""
    from django.db import transaction

    from workspaces.actions.people import create_person
    from workspaces.actions.workspaces import create_workspace
    from workspaces.models import Domain, User, Workspace
    from workspaces.tenancy.schemas import create_schema

    owner = User.objects.filter(email=OWNER).first() or create_person(
        email=OWNER, first_name="Bench", password=None, verified=True
    )
    for number in range(Workspace.objects.count(), until):
        slug = f"bench-{number}"
        if number < 2:
            create_workspace(name=slug, slug=slug, owner=owner)
            continue
        with transaction.atomic():
            row = Workspace(name=slug, slug=slug, slug_skeleton=slug, schema_name=f"ws_bench_{number}", owner=owner)
            row.save()
            Domain.objects.create(tenant=row, domain=row.host)
            create_schema(row.schema_name)


def make_channels(platform: str = "FACEBOOK", *, each: int = 1) -> list[str]:
    """Their accounts, so many in each workspace."""
    from django_tenants.utils import schema_context

    from pages.models import Channel
    from workspaces.models import ChannelRoute, Workspace

    accounts: list[str] = []
    for workspace in Workspace.objects.order_by("schema_name"):
        for _ in range(each):
            account = str(ACCOUNT + len(accounts))
            metadata = {"waba_id": f"9{account}", "portfolio_id": f"8{account}"} if platform == "WHATSAPP" else {}
            with schema_context(workspace.schema_name):
                Channel.objects.create(
                    platform=platform, external_id=account, name=account, access_token=account, metadata=metadata
                )
            ChannelRoute.objects.create(
                platform=platform, external_id=account, account_id=metadata.get("waba_id", ""), workspace=workspace
            )
            accounts.append(account)
    return accounts


def make_chats(schema: str, number: int) -> list[tuple[UUID, UUID]]:
    """Each with its channel, who take turns; all of their customers wrote just now."""
    from django.utils import timezone
    from django_tenants.utils import schema_context

    from inbox.actions.chatting import WINDOW
    from inbox.models import Chat, Contact, Identity
    from pages.models import Channel

    now = timezone.now()
    with schema_context(schema):
        channels = list(Channel.objects.order_by("pk"))
        contacts = Contact.objects.bulk_create(Contact(display_name=f"Customer {i}") for i in range(number))
        identities = Identity.objects.bulk_create(
            Identity(contact=contact, platform=channel.platform, scope=channel.scope, external_id=str(7_000_000 + i))
            for i, (contact, channel) in enumerate(zip(contacts, itertools.cycle(channels), strict=False))
        )
        chats = Chat.objects.bulk_create(
            Chat(
                identity=identity,
                channel=channel,
                platform=channel.platform,
                last_incoming_at=now,
                window_expires_at=now + WINDOW,
            )
            for identity, channel in zip(identities, itertools.cycle(channels), strict=False)
        )
    return [(chat.pk, chat.channel_id) for chat in chats]
