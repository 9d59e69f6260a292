import gc

# What loading makes stays: looking through it for what may go, each 700 objects, is a seventh of a start.
# Before the next line, which begins to load.
gc.set_threshold(50_000, 20, 20)

from config.celery import app as celery_app  # noqa: E402

__all__ = ["celery_app"]
