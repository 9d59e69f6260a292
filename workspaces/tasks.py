"""The workspaces app's door for Celery."""

from smtplib import SMTPException

from celery import shared_task

from workspaces import mail
from workspaces.actions import upkeep


@shared_task(autoretry_for=(OSError, SMTPException), retry_backoff=5, max_retries=8)
def deliver_mail(subject: str, body: str, to: list[str], html: str | None) -> None:
    mail.deliver_mail(subject, body, to, html)


@shared_task
def erase_closed_workspaces() -> None:
    upkeep.erase_closed_workspaces()


@shared_task
def forget_expired() -> None:
    upkeep.forget_expired()
