"""The workspaces app's door for Celery."""

from celery import shared_task

from workspaces import mail
from workspaces.actions import upkeep


@shared_task
def deliver_mail(pk: str) -> None:
    mail.deliver(pk)


@shared_task
def sweep_mails() -> None:
    mail.ring_for_waiting()


@shared_task
def erase_closed_workspaces() -> None:
    upkeep.erase_closed_workspaces()


@shared_task
def forget_expired() -> None:
    upkeep.forget_expired()
