"""What only development has: the mail that would have been sent."""

import email
import email.policy
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.mail.backends import filebased

NEWEST = 50


class EmailBackend(filebased.EmailBackend):
    """A file for each mail: Django's own names let two of the same second fall together."""

    _fname: str | None

    def _get_filename(self) -> str:
        if self._fname is None:
            self._fname = str(Path(self.file_path) / f"{uuid4()}.log")
        return self._fname


@dataclass(frozen=True)
class Mail:
    to: str
    subject: str
    sent_at: datetime
    body: str


def read_mailbox() -> list[Mail]:
    folder = Path(settings.EMAIL_FILE_PATH)
    files = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True) if folder.exists() else []
    return [read_mail(path) for path in files[:NEWEST]]


def read_mail(path: Path) -> Mail:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    text = message.get_body(preferencelist=("plain",))
    return Mail(
        to=str(message["To"]),
        subject=str(message["Subject"]),
        sent_at=datetime.fromtimestamp(path.stat().st_mtime, tz=UTC),
        # Django's file backend ends each message with a line of hyphens.
        body=str(text.get_content()).rsplit("-" * 79, 1)[0].strip() if text else "",
    )
