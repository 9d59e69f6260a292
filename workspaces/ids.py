"""Ids that sort by the time they were made, so that new rows land at the end of an index."""

import os
import time
import uuid

MILLISECOND = 1_000_000


def uuid7() -> uuid.UUID:
    """The twelve bits behind the milliseconds are their fraction: what one process makes sorts as it was made."""
    milliseconds, rest = divmod(time.time_ns(), MILLISECOND)
    value = (milliseconds << 80) | (0x7 << 76) | ((rest << 12) // MILLISECOND << 64)
    return uuid.UUID(int=value | (0x2 << 62) | (int.from_bytes(os.urandom(8), "big") >> 2))
