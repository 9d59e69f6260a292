"""Mail leaves after commit and outside the request; with the queue away it leaves inside it."""

import logging
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from kombu.exceptions import OperationalError

from workspaces.models import User

logger = logging.getLogger(__name__)


def send_mail_later(template: str, to: str, context: dict[str, Any]) -> None:
    """Renders `<template>_subject.txt` and `<template>_message.txt`."""
    context = {"public_url": settings.PUBLIC_URL, **context}
    subject = " ".join(render_to_string(f"{template}_subject.txt", context).split())
    enqueue_mail(subject, render_to_string(f"{template}_message.txt", context), [to])


def send_notice(template: str, user: User, context: dict[str, Any]) -> None:
    """For who wants to be told by e-mail; where the account itself is at stake, send_mail_later is the one."""
    if user.preferences.email_notifications:
        send_mail_later(template, user.contact_email or user.email, {"person": user.name, **context})


def enqueue_mail(subject: str, body: str, to: list[str], html: str | None = None) -> None:
    transaction.on_commit(lambda: _enqueue(subject, body, to, html))


def _enqueue(subject: str, body: str, to: list[str], html: str | None) -> None:
    try:
        current_app.send_task("workspaces.tasks.deliver_mail", [subject, body, to, html])
    except OperationalError:
        logger.warning("the queue is away: mail is sent from the request")
        _deliver_or_log(subject, body, to, html)


def _deliver_or_log(subject: str, body: str, to: list[str], html: str | None) -> None:
    """What was committed stays, and its page is shown: each of our mails can be asked for again."""
    try:
        deliver_mail(subject, body, to, html)
    except OSError:  # SMTPException is one too
        logger.exception("mail not sent, can be asked for again: %s", subject)


def deliver_mail(subject: str, body: str, to: list[str], html: str | None = None) -> None:
    message = EmailMultiAlternatives(subject, body, to=to)
    if html:
        message.attach_alternative(html, "text/html")
    message.send()
