"""The product's settings, with what a benchmark varies."""

import os

from config.settings import *  # noqa: F403
from config.settings import DATABASES, MIDDLEWARE

if "BENCH_MIGRATIONS" in os.environ:
    MIGRATION_MODULES = {"agents": os.environ["BENCH_MIGRATIONS"]}
if "BENCH_ENGINE" in os.environ:
    DATABASES["default"]["ENGINE"] = os.environ["BENCH_ENGINE"]
if "BENCH_EMPTY" in os.environ:
    MIDDLEWARE = ["bench._empty.empty", *MIDDLEWARE]
if "BENCH_STATIC" in os.environ:
    STATIC_ROOT = os.environ["BENCH_STATIC"]
    MIDDLEWARE = ["bench._counting.counting", *MIDDLEWARE]

# The same server; parameters bound there, and every statement prepared at once.
DATABASES["bound"] = DATABASES["default"] | {"OPTIONS": {"server_side_binding": True, "prepare_threshold": 0}}
