"""The Celery application: tasks are found in each app's tasks.py."""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import task_prerun, worker_init, worker_shutdown
from django.db import close_old_connections

from config.environment import read_every_setting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("switchboard")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.CELERY_DB_REUSE_MAX = 1000
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "ring for what waits at the door": {
        "task": "pages.tasks.sweep_deliveries",
        "schedule": 10.0,
        "options": {"expires": 10.0},
    },
    "ring for what waits to be sent": {
        "task": "inbox.tasks.sweep_outboxes",
        "schedule": 15.0,
        # A sweep that came late is overtaken by the next.
        "options": {"expires": 15.0},
    },
    "send what was scheduled": {
        "task": "inbox.tasks.send_scheduled_everywhere",
        "schedule": crontab(),
        "options": {"expires": 60.0},
    },
    "wake what was snoozed, close what is idle": {
        "task": "inbox.tasks.turn_clocks",
        "schedule": crontab(),
        "options": {"expires": 60.0},
    },
    "forget files that were never sent": {
        "task": "inbox.tasks.forget_uploads_everywhere",
        "schedule": crontab(hour=3, minute=51),
    },
    "ring for files and profiles that wait": {
        "task": "inbox.tasks.sweep_media_and_profiles",
        "schedule": 30.0,
        "options": {"expires": 30.0},
    },
    "ring for mail that waits": {
        "task": "workspaces.tasks.sweep_mails",
        "schedule": 30.0,
        "options": {"expires": 30.0},
    },
    "ring for imports that were broken off": {
        "task": "inbox.tasks.sweep_imports",
        "schedule": 30.0,
        "options": {"expires": 30.0},
    },
    "forget old webhooks": {
        "task": "pages.tasks.forget_old_events",
        "schedule": crontab(hour=3, minute=11),
    },
    "forget old calls to Meta": {
        "task": "pages.tasks.forget_graph_calls_everywhere",
        "schedule": crontab(hour=3, minute=31),
    },
    "erase closed workspaces": {
        "task": "workspaces.tasks.erase_closed_workspaces",
        "schedule": crontab(minute=17),
    },
    "refresh tokens, and warn of those that end": {
        "task": "pages.tasks.look_after_channels",
        "schedule": crontab(minute=7),
    },
    "check every channel": {
        "task": "pages.tasks.check_all_channels",
        "schedule": crontab(hour=4, minute=23),
    },
    "forget what has expired": {
        "task": "workspaces.tasks.forget_expired",
        "schedule": crontab(minute=41),
    },
}


@app.on_configure.connect
def settle_the_settings(**_: Any) -> None:
    read_every_setting()


@task_prerun.connect
def look_at_the_connection(task: Any, **kwargs: Any) -> None:
    """As before each request: one that died with its PostgreSQL, or is too old, is replaced."""
    if not task.request.is_eager:
        close_old_connections()


@worker_init.connect
def keep_calls_for_a_moment(**_: Any) -> None:
    from pages.graph.call_log import call_log

    call_log.begin()


@worker_shutdown.connect
def write_what_was_kept(**_: Any) -> None:
    from pages.graph.call_log import call_log

    call_log.end()
