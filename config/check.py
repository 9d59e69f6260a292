"""`python -m config.check` reads every setting and does nothing else.

Before what, told nonsense, would only be started again and again, or half started: it ends with one line and 2.
"""

import subprocess
import sys
from collections.abc import Mapping

from config.environment import read_every_setting

# In the place of addresses that are known once the servers run.
SOMEWHERE = {"DATABASE_URL": "postgres://somewhere", "REDIS_URL": "redis://somewhere"}


def complaint(environment: Mapping[str, str]) -> str:
    """What the check would say to a process with this environment."""
    given = {name: value for name, value in environment.items() if value or name not in SOMEWHERE}
    command = [sys.executable, "-m", "config.check"]
    done = subprocess.run(command, env={**SOMEWHERE, **given}, capture_output=True, text=True)  # noqa: S603
    return done.stderr.strip() if done.returncode else ""


if __name__ == "__main__":
    read_every_setting()
