"""Mail is a row until it has left: after commit and outside the request; with the queue away inside it."""

import logging
from functools import partial
from typing import Any
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone
from kombu.exceptions import OperationalError

from workspaces.locale import as_read_by
from workspaces.models import Mail, User

logger = logging.getLogger(__name__)

# As many as a sweep rings for.
SWEEP = 200


def send_mail_later(template: str, to: str, context: dict[str, Any]) -> None:
    """Renders `<template>_subject.txt` and `<template>_message.txt`."""
    context = {"public_url": settings.PUBLIC_URL, **context}
    subject = " ".join(render_to_string(f"{template}_subject.txt", context).split())
    enqueue_mail(subject, render_to_string(f"{template}_message.txt", context), [to])


def send_notice(template: str, user: User, context: dict[str, Any]) -> None:
    """For who wants to be told by e-mail; where the account itself is at stake, send_mail_later is the one."""
    if user.preferences.email_notifications:
        with as_read_by(user):
            send_mail_later(template, user.contact_email or user.email, {"person": user.name, **context})


def enqueue_mail(subject: str, body: str, to: list[str], html: str | None = None) -> None:
    for address in to:
        mail = Mail.objects.create(to=address, subject=subject, body=body, html=html or "")
        transaction.on_commit(partial(ring, mail.pk))


def ring(pk: UUID) -> None:
    try:
        current_app.send_task("workspaces.tasks.deliver_mail", [str(pk)])
    except OperationalError:
        logger.warning("the queue is away: mail is sent from the request")
        deliver(pk)


def ring_for_waiting() -> None:
    """For what a lost task left, and what failed and is due again."""
    for pk in Mail.objects.due(timezone.now()).values_list("pk", flat=True)[:SWEEP]:
        ring(pk)


def deliver(pk: UUID | str) -> None:
    """Once, whoever rings: what was claimed is nobody else's until its lease is over. Never fails."""
    mail = _claim(pk)
    if mail is None:
        return
    try:
        send(mail)
    except OSError as error:  # SMTPException is one too
        logger.exception("mail not sent, will be tried again: %s", mail.subject)
        again = timezone.now() + mail.pause
        Mail.objects.filter(pk=pk).update(error=f"{type(error).__name__}: {error}"[:500], not_before=again)
    else:
        Mail.objects.filter(pk=pk).delete()


def _claim(pk: UUID | str) -> Mail | None:
    now = timezone.now()
    claimed = Mail.objects.due(now).filter(pk=pk)
    if not claimed.update(not_before=now + Mail.LEASE, attempts=F("attempts") + 1):
        return None
    return Mail.objects.get(pk=pk)


def send(mail: Mail) -> None:
    message = EmailMultiAlternatives(mail.subject, mail.body, to=[mail.to])
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    message.send()
