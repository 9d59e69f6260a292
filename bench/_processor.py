"""What the processor did, which other work on the machine changes less than the clock's time."""

import time
from pathlib import Path


def processor_ms() -> float:
    """Of this process and of the database's that works for it."""
    from django.db import connection

    connection.ensure_connection()
    schedule = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text()
    return time.process_time() * 1000 + int(schedule.split()[0]) / 1_000_000
