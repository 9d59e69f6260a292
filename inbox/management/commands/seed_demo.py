"""The demo that `make run` starts with. It may be run again: what is there stays as it is."""

import logging
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django_tenants.utils import schema_context

from agents.actions.agents import change_agent, set_availability, set_receiving
from agents.models import Agent
from inbox import demo
from inbox.demo.telling import tell_sandbox
from pages import finding
from pages.actions.connecting import connect_found
from pages.graph.errors import GraphError
from pages.models import Channel
from pages.sandbox import world
from workspaces.actions.invitations import accept_invitation, invite_member
from workspaces.actions.people import create_person
from workspaces.actions.workspaces import change_workspace, create_workspace
from workspaces.models import Platform, Role, User, Workspace
from workspaces.refusals import Refused

logger = logging.getLogger(__name__)

PASSWORD = "switchboard-demo"  # noqa: S105
OPERATOR = "ops@switchboard.example"

PEOPLE = [
    ("ana@acme.example", "Ana", "Alvarez", "Europe/Madrid"),
    ("sam@acme.example", "Sam", "Okafor", "Europe/London"),
    ("bo@acme.example", "Bo", "Lindqvist", "Europe/Stockholm"),
    ("mei@acme.example", "Mei", "Tanaka", "Asia/Tokyo"),
    ("omar@acme.example", "عمر", "الحسن", "Asia/Dubai"),
    ("lena@acme.example", "Lena", "Hofmann", "Europe/Berlin"),
    ("joao@acme.example", "João", "Ribeiro", "Europe/Lisbon"),
    ("noa@acme.example", "Noa", "Levi", "Asia/Jerusalem"),
    ("grace@globex.example", "Grace", "Mbeki", "Africa/Johannesburg"),
    (OPERATOR, "Olga", "Petrova", "Europe/Berlin"),
]

WORKSPACES = [
    (
        "acme",
        "Acme Outfitters",
        "ana@acme.example",
        "Tents, boots and rope, sold in three cities and online.",
        "Retail",
    ),
    ("globex", "Globex Travel", "grace@globex.example", "Trips for small groups.", "Travel"),
]

MEMBERS = [
    ("acme", "sam@acme.example", Role.MEMBER, "supervisor"),
    ("acme", "bo@acme.example", Role.MEMBER, "agent"),
    ("acme", "mei@acme.example", Role.MEMBER, "agent"),
    ("acme", "omar@acme.example", Role.MEMBER, "agent"),
    ("acme", "lena@acme.example", Role.MEMBER, "supervisor"),
    ("acme", "joao@acme.example", Role.MEMBER, "agent"),
    ("acme", "noa@acme.example", Role.VIEWER, "agent"),
    ("globex", "ana@acme.example", Role.MEMBER, "agent"),
]

# What the sandbox plays: a token, and the accounts it opens. The page Acme Outlet is left for a person to connect.
TOKENS = [
    ("acme", Platform.FACEBOOK, world.ACME_PAGE_TOKEN, {world.ACME_PAGE}),
    ("acme", Platform.INSTAGRAM, world.ACME_PAGE_TOKEN, {world.ACME_INSTAGRAM}),
    ("acme", Platform.INSTAGRAM, world.ACME_STUDIO_INSTAGRAM_TOKEN, {world.ACME_STUDIO_INSTAGRAM}),
    ("acme", Platform.WHATSAPP, world.ACME_WHATSAPP_TOKEN, {world.ACME_NUMBER, world.ACME_RETURNS_NUMBER}),
    ("globex", Platform.FACEBOOK, world.GLOBEX_PAGE_TOKEN, {world.GLOBEX_PAGE}),
    ("globex", Platform.WHATSAPP, world.GLOBEX_WHATSAPP_TOKEN, {world.GLOBEX_NUMBER}),
]


class Command(BaseCommand):
    help = "Creates the demo's people and workspaces where they are missing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--without-chats", action="store_true", help="people and channels alone")

    def handle(self, *args: Any, **options: Any) -> None:
        for person in PEOPLE:
            add_person(*person)
        User.objects.filter(email=OPERATOR).update(is_staff=True)
        new = [workspace for workspace in WORKSPACES if add_workspace(*workspace)]
        for member in MEMBERS:
            add_member(*member)
        if any(slug == "acme" for slug, *_ in new):
            live_a_day_in_acme()
        # Without it, this would be asked of Meta itself.
        if settings.GRAPH_URL:
            for slug, platform, token, accounts in TOKENS:
                connect(slug, platform, token, accounts)
            if not options["without_chats"]:
                fill_acme()


def fill_acme() -> None:
    workspace = Workspace.objects.with_schema().get(slug="acme")
    with schema_context(workspace.schema_name):
        agents = Agent.objects.with_person()
        team = {agent.user.email.split("@")[0]: agent for agent in agents.filter(user__email__endswith="@acme.example")}
        team["ana"] = agents.get(user=workspace.owner_id)
        book = demo.fill(workspace, team)
    if book:
        tell_sandbox(book, settings.GRAPH_URL)


def connect(slug: str, platform: str, token: str, wanted: set[str]) -> None:
    workspace = Workspace.objects.with_schema().get(slug=slug)
    with schema_context(workspace.schema_name):
        missing = wanted - set(Channel.objects.filter(platform=platform).values_list("external_id", flat=True))
        if not missing:
            return
        owner = Agent.objects.with_person().get(user=workspace.owner_id)
        try:
            accounts = finding.with_token(workspace, platform=platform, token=token)
        except (GraphError, Refused) as error:
            # Somebody has ended the token in the sandbox, or Meta is away: the rest of the demo comes all the same.
            logger.warning("%s: no %s in the demo (%s)", slug, platform, error)
            return
        for account in accounts:
            if account.external_id in missing:
                connect_found(account, workspace, by=owner)


def add_person(email: str, first_name: str, last_name: str, timezone: str) -> None:
    if not User.objects.filter(email=email).exists():
        create_person(
            email=email,
            first_name=first_name,
            last_name=last_name,
            password=PASSWORD,
            verified=True,
            timezone=timezone,
        )


def add_workspace(slug: str, name: str, owner: str, description: str, industry: str) -> bool:
    if Workspace.objects.with_schema().filter(slug=slug).exists():
        return False
    person = User.objects.get(email=owner)
    workspace = create_workspace(name=name, slug=slug, owner=person, timezone=person.profile.timezone)
    change_workspace(workspace, by=person, description=description, industry=industry, company_size="11-50")
    return True


def add_member(slug: str, email: str, role: Role, position: str) -> None:
    workspace = Workspace.objects.with_schema().get(slug=slug)
    person = User.objects.get(email=email)
    if not workspace.memberships.filter(user=person).exists():
        invitation = invite_member(workspace, email=email, role=role, position=position, by=workspace.owner)
        accept_invitation(invitation, by=person)


def live_a_day_in_acme() -> None:
    """Something for every screen to show."""
    workspace = Workspace.objects.with_schema().get(slug="acme")
    invite_member(workspace, email="kim@acme.example", role=Role.MEMBER, position="agent", by=workspace.owner)
    with schema_context(workspace.schema_name):
        sam, mei, omar, joao = (
            Agent.objects.with_person().get(user__email=f"{name}@acme.example")
            for name in ["sam", "mei", "omar", "joao"]
        )
        change_agent(omar, by=sam, workspace=workspace, emp_id="A-104", max_open_chats=8)
        set_availability(mei, Agent.Availability.AWAY, by=mei, note="Lunch", workspace=workspace)
        set_receiving(omar, False, by=sam, note="In training this morning", workspace=workspace)
        set_receiving(joao, False, by=sam, note="On leave for two weeks", workspace=workspace)
        set_availability(mei, Agent.Availability.ONLINE, by=mei, workspace=workspace)
