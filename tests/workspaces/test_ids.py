"""Ids of rows: of version 7, and in the order in which they were made."""

import time
import uuid

from workspaces.ids import uuid7


def test_what_one_process_makes_sorts_as_it_was_made_within_a_millisecond_too():
    made = [uuid7() for _ in range(20_000)]

    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_they_are_of_version_seven_and_carry_their_time():
    before = time.time_ns() // 1_000_000
    made = uuid7()
    after = time.time_ns() // 1_000_000

    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert before <= made.int >> 80 <= after
