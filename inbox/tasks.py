"""The inbox's door for Celery."""

from uuid import UUID

from celery import shared_task
from django_tenants.utils import schema_context

from agents.realtime import presence
from inbox import shifts, turns
from inbox.actions import (
    dealing,
    idling,
    importing,
    media,
    notifying,
    outbox,
    profiles,
    scheduling,
    seen,
    standing,
    uploading,
)
from workspaces import bells
from workspaces.models import Workspace
from workspaces.tenancy.everywhere import in_each_workspace


@shared_task
def fetch_media(schema: str) -> None:
    bells.answer(media.TASK, schema)
    if workspace := Workspace.objects.with_schema().filter(schema_name=schema).first():
        with schema_context(schema):
            media.fetch_media(workspace)


@shared_task
def fetch_profiles(schema: str) -> None:
    bells.answer(profiles.TASK, schema)
    if workspace := Workspace.objects.with_schema().filter(schema_name=schema).first():
        with schema_context(schema):
            profiles.fetch_profiles(workspace)


@shared_task
def sweep_media_and_profiles() -> None:
    in_each_workspace(media.ring_for_waiting_media, profiles.ring_for_wanted_profiles)


@shared_task
def notify(schema: str, news: dict[str, list[list[str]]]) -> None:
    if workspace := Workspace.objects.with_schema().filter(schema_name=schema).first():
        with schema_context(schema):
            notifying.notify(workspace, news)


@shared_task
def try_device(schema: str, pk: str) -> None:
    if workspace := Workspace.objects.with_schema().filter(schema_name=schema).first():
        with schema_context(schema):
            notifying.try_device(workspace, UUID(pk))


@shared_task
def send_waiting(schema: str) -> None:
    bells.answer(turns.TASKS["send"], schema)
    with schema_context(schema):
        outbox.send_waiting("send")


@shared_task
def send_waiting_in_bulk(schema: str) -> None:
    bells.answer(turns.TASKS["bulk"], schema)
    with schema_context(schema):
        outbox.send_waiting("bulk")


@shared_task
def sweep_outboxes() -> None:
    in_each_workspace(outbox.sweep)


@shared_task
def tell_seen(schema: str, chat_id: str) -> None:
    with schema_context(schema):
        seen.tell_seen(UUID(chat_id))


@shared_task
def tell_typing(schema: str, chat_id: str, on: bool) -> None:
    with schema_context(schema):
        seen.tell_typing(UUID(chat_id), on)


@shared_task
def tell_reaction(schema: str, message_id: str, emoji: str) -> None:
    with schema_context(schema):
        seen.tell_reaction(UUID(message_id), emoji)


@shared_task
def send_scheduled_everywhere() -> None:
    in_each_workspace(scheduling.send_due)


@shared_task
def forget_uploads_everywhere() -> None:
    in_each_workspace(uploading.forget_old_uploads)


@shared_task
def turn_clocks() -> None:
    # Before anything is dealt, who shows no sign of life is found: they are dealt nothing.
    in_each_workspace(standing.turn_clock, idling.find_idle, dealing.deal_due, shifts.tell_of_ends)


@shared_task
def deal_waiting(schema: str) -> None:
    bells.answer(presence.DEALING, schema)
    with schema_context(schema):
        dealing.deal_due()


@shared_task
def import_contacts(schema: str) -> None:
    bells.answer(importing.TASK, schema)
    with schema_context(schema):
        importing.run_imports()


@shared_task
def sweep_imports() -> None:
    in_each_workspace(importing.ring_for_running_imports)
