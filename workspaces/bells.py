"""A row is the queue, the task only the bell: at most one ring of each bell waits in Celery.

A lost ring costs seconds: a sweeper rings for what is still waiting.
"""

import logging
from typing import Any

import redis
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from workspaces.valkey import valkey

logger = logging.getLogger(__name__)

PREFIX = "bell"
# A ring that got lost on the way does not keep the bell silent for longer.
SILENT_SECONDS = 10


def ring_on_commit(task: str, *args: Any) -> None:
    transaction.on_commit(lambda: ring(task, *args))


def ring(task: str, *args: Any) -> None:
    """Never fails: what is waiting is in the database."""
    try:
        if not valkey().set(key_of(task, *args), 1, nx=True, ex=SILENT_SECONDS):
            return
    except redis.RedisError as error:
        logger.warning("%s: rung without looking (%s)", task, type(error).__name__)
    try:
        current_app.send_task(task, args)
    except OperationalError:
        logger.warning("%s: the queue is away, a sweeper will ring", task)


def answer(task: str, *args: Any) -> None:
    """Before the first look at the rows, so that what comes from now on rings again."""
    try:
        valkey().delete(key_of(task, *args))
    except redis.RedisError as error:
        logger.warning("%s: answered without a word (%s)", task, type(error).__name__)


def key_of(task: str, *args: Any) -> str:
    return ":".join([PREFIX, task, *map(str, args)])
