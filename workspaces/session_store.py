"""Django's sessions in the database, read by plain SQL: every request asks for its own."""

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

ALIVE = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    def load(self) -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute(ALIVE, (self.session_key, timezone.now()))
            row = cursor.fetchone()
        if row is None:
            # As Django does it: what ended is not begun again under its old key.
            self._session_key = None
            return {}
        found: dict[str, Any] = self.decode(row[0])
        return found
