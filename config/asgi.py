"""The stream process: `agents/realtime/stream.py`, with the settings and nothing else of Django."""

import os

from django.conf import settings
from django.utils.log import configure_logging

from config.environment import told_in_one_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

with told_in_one_line():
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    from agents.realtime.stream import application

__all__ = ["application"]
