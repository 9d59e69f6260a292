"""The demo that `make run` starts with. It may be run again: what is there stays as it is."""

from typing import Any

from django.core.management.base import BaseCommand

from workspaces.actions.invitations import accept_invitation, invite_member
from workspaces.actions.people import create_person
from workspaces.actions.workspaces import create_workspace
from workspaces.models import Role, User, Workspace

PASSWORD = "switchboard-demo"  # noqa: S105

PEOPLE = [
    ("ana@acme.example", "Ana", "Alvarez"),
    ("sam@acme.example", "Sam", "Okafor"),
    ("bo@acme.example", "Bo", "Lindqvist"),
    ("mei@acme.example", "Mei", "Tanaka"),
    ("omar@acme.example", "عمر", "الحسن"),
    ("grace@globex.example", "Grace", "Mbeki"),
    ("ops@switchboard.example", "Olga", "Petrova"),
]

WORKSPACES = [
    ("acme", "Acme Outfitters", "ana@acme.example"),
    ("globex", "Globex Travel", "grace@globex.example"),
]

MEMBERS = [
    ("acme", "sam@acme.example", Role.MEMBER, "supervisor"),
    ("acme", "bo@acme.example", Role.MEMBER, "agent"),
    ("acme", "mei@acme.example", Role.MEMBER, "agent"),
    ("acme", "omar@acme.example", Role.MEMBER, "agent"),
    ("globex", "ana@acme.example", Role.MEMBER, "agent"),
]


class Command(BaseCommand):
    help = "Creates the demo's people and workspaces where they are missing."

    def handle(self, *args: Any, **options: Any) -> None:
        for email, first_name, last_name in PEOPLE:
            if not User.objects.filter(email=email).exists():
                create_person(email=email, first_name=first_name, last_name=last_name, password=PASSWORD, verified=True)
        User.objects.filter(email="ops@switchboard.example").update(is_staff=True)
        for slug, name, owner in WORKSPACES:
            if not Workspace.objects.with_schema().filter(slug=slug).exists():
                create_workspace(name=name, slug=slug, owner=User.objects.get(email=owner))
        for slug, email, role, position in MEMBERS:
            workspace = Workspace.objects.with_schema().get(slug=slug)
            person = User.objects.get(email=email)
            if not workspace.memberships.filter(user=person).exists():
                invitation = invite_member(workspace, email=email, role=role, position=position, by=workspace.owner)
                accept_invitation(invitation, by=person)
