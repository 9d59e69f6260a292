import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.core.management.base import BaseCommand, CommandError
from django_tenants.utils import schema_context

from agents.models import Agent
from inbox.actions.sending import send_message
from inbox.models import Chat, Message
from workspaces.models import Workspace
from workspaces.refusals import Refused

Status = Message.Status
ENDS = {Status.READ, Status.FAILED, Status.UNCONFIRMED}
PATIENCE = 30


class Command(BaseCommand):
    help = "Sends an answer into a chat, as an agent would."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("workspace", help="The workspace's slug.")
        parser.add_argument("chat", help="A chat's id, or `latest`: where a customer wrote last.")
        parser.add_argument("text", nargs="?", default="")
        parser.add_argument("--as", dest="email", help="Who answers; by default the workspace's owner.")
        parser.add_argument("--file", action="append", default=[], help="A file to attach; can be given again.")
        parser.add_argument("--wait", action="store_true", help="Follow it until it is read, or failed.")
        parser.add_argument("--for", dest="seconds", type=float, default=PATIENCE, help="How long to follow it.")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = Workspace.objects.with_schema().filter(slug=options["workspace"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace {options['workspace']}.", returncode=2)
        with schema_context(workspace.schema_name):
            chat = find_chat(options["chat"])
            by = find_agent(options["email"] or workspace.owner.email)
            try:
                files = [read_file(path) for path in options["file"]]
                message = send_message(chat, by=by, text=options["text"], files=files, client_id=uuid4())
            except Refused as refusal:
                raise CommandError(f"{refusal.message} {refusal.hint}".strip(), returncode=2) from None
            self.stdout.write(str(message.pk))
            if options["wait"]:
                self.follow(message, options["seconds"])

    def follow(self, message: Message, seconds: float) -> None:
        """Says each turn once; what has not gone wrong when time is up is no failure."""
        said, until = "", time.monotonic() + seconds
        while time.monotonic() < until:
            message.refresh_from_db(fields=["status", "error"])
            # Also why it still waits.
            if said != (now := f"{message.status} {message.error}".strip()):
                said = now
                self.stdout.write(said)
            if message.status in ENDS:
                break
            time.sleep(0.1)
        if message.status in {Status.FAILED, Status.UNCONFIRMED}:
            raise CommandError(message.error or "It was not sent.", returncode=1)


def find_chat(name: str) -> Chat:
    chats = Chat.objects.select_related("channel", "identity__contact")
    if name == "latest":
        chat = chats.exclude(last_incoming_at=None).order_by("-last_incoming_at").first()
    else:
        try:
            chat = chats.filter(pk=UUID(name)).first()
        except ValueError:
            raise CommandError(f"{name} is no chat's id: give one, or `latest`.", returncode=2) from None
    if chat is None:
        raise CommandError("There is no such chat.", returncode=2)
    return chat


def find_agent(email: str) -> Agent:
    agent = Agent.objects.with_person().filter(user__email__iexact=email).first()
    if agent is None:
        raise CommandError(f"Nobody with the address {email} works here.", returncode=2)
    return agent


def read_file(path: str) -> "ContentFile[bytes]":
    try:
        return ContentFile(Path(path).read_bytes(), name=Path(path).name)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.", returncode=2) from None
