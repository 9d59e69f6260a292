"""The Celery application: tasks are found in each app's tasks.py."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("switchboard")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.CELERY_DB_REUSE_MAX = 1000
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "erase closed workspaces": {
        "task": "workspaces.tasks.erase_closed_workspaces",
        "schedule": crontab(minute=17),
    },
    "forget what has expired": {
        "task": "workspaces.tasks.forget_expired",
        "schedule": crontab(minute=41),
    },
}
