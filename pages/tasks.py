"""The pages app's door for Celery."""

from celery import shared_task
from django_tenants.utils import schema_context

from pages.actions import checking, upkeep, webhook_events
from pages.webhooks import bell, digesting
from workspaces import bells
from workspaces.tenancy.everywhere import in_each_workspace
from workspaces.tenancy.schemas import workspace_schemas


@shared_task
def digest_deliveries() -> None:
    """No workspace: a delivery may be for many."""
    bells.answer(bell.TASK)
    digesting.digest_deliveries()


@shared_task
def sweep_deliveries() -> None:
    """Rings for what nobody rang for."""
    if digesting.is_waiting():
        bells.ring(bell.TASK)


@shared_task
def look_after_channels() -> None:
    """Every hour: each workspace that has channels."""
    for schema in checking.schemas_with_channels():
        refresh_instagram_tokens.delay(schema)
        warn_of_dying_tokens.delay(schema)


@shared_task
def check_all_channels() -> None:
    """Every day: each channel there is."""
    for schema, pk in checking.all_channels():
        check_channel.delay(schema, pk)


@shared_task
def refresh_instagram_tokens(schema: str) -> None:
    with schema_context(schema):
        checking.refresh_instagram_tokens(checking.workspace_of(schema))


@shared_task
def warn_of_dying_tokens(schema: str) -> None:
    with schema_context(schema):
        checking.warn_of_dying_tokens()


@shared_task
def check_channel(schema: str, pk: str) -> None:
    with schema_context(schema):
        checking.check_channel_again(schema, pk)


@shared_task
def forget_old_events() -> None:
    in_each_workspace(webhook_events.forget_old_events)


@shared_task
def forget_graph_calls_everywhere() -> None:
    for schema in workspace_schemas():
        forget_graph_calls.delay(schema)


@shared_task
def forget_graph_calls(schema: str) -> None:
    with schema_context(schema):
        upkeep.forget_graph_calls()
