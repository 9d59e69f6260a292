"""A voice note as the browser recorded it, in the form that the platform plays as one."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO, Any

from django.core.files.base import File as DjangoFile

from workspaces.models import Platform
from workspaces.refusals import Refused

MOST_BYTES = 16 * 1024 * 1024
SCRIPT = Path(__file__).with_name("transcoding.py")
SUFFIXES = {Platform.WHATSAPP: "ogg", Platform.FACEBOOK: "m4a", Platform.INSTAGRAM: "m4a"}
# Of the clock; of the processor's time it takes less by itself.
PATIENCE = 30
# In each process: so many at once, the others wait.
TURNS = BoundedSemaphore(2)
WORDS = {
    "long": ("A voice note has five minutes at most.", "Record it in parts."),
    "short": ("There is nothing to hear in this recording.", "Hold the recording a little longer."),
    "unknown": ("This is no recording that can be sent.", "Attach it as a file instead."),
}
UNREADABLE = ("This recording could not be read.", "Record it again.")
BUSY = ("Too many recordings are being worked on.", "Try again in a minute.")


@contextmanager
def voice_note(platform: str, recording: "DjangoFile[Any]") -> Iterator["DjangoFile[Any]"]:
    """Looked into by a process of its own, which a broken or a hostile file can take down with nothing else."""
    if recording.size > MOST_BYTES:
        raise refusal("long")
    suffix = SUFFIXES[Platform(platform)]
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as made:
        for chunk in recording.chunks():
            given.write(chunk)
        given.seek(0)
        transcode(suffix, given, made)
        made.seek(0)
        yield DjangoFile(made, name=f"voice-note.{suffix}")


def transcode(suffix: str, given: IO[bytes], made: IO[bytes]) -> None:
    if not TURNS.acquire(timeout=PATIENCE):
        raise Refused(BUSY[0], hint=BUSY[1], field="files")
    try:
        # Isolated, and without our settings and secrets.
        command = [sys.executable, "-I", str(SCRIPT), suffix, str(MOST_BYTES)]
        done = subprocess.run(  # noqa: S603 - nothing of it is anybody's input
            command, stdin=given, stdout=made, stderr=subprocess.PIPE, timeout=PATIENCE, env={}, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise refusal("") from error
    finally:
        TURNS.release()
    if done.returncode:
        raise refusal(done.stderr[-40:].decode(errors="replace"))


def refusal(why: str) -> Refused:
    words, hint = WORDS.get(why, UNREADABLE)
    return Refused(words, hint=hint, field="files")
