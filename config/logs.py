"""What the log must not keep: links that let in whoever reads them, and Meta's log-ins on their way back."""

import logging
import re

# Of invitations, new passwords and hand-overs; also when they are part of another address.
SLASH = r"(?:/|%2F)+"
SECRET = re.compile(
    rf"({SLASH}(?:invitations|reset{SLASH}key){SLASH}|(?:\blink|[?&]code|verify_token)(?:=|%3D))[^/\s?&%\"']+",
    re.IGNORECASE,
)


class MaskSecrets(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        try:
            message = record.getMessage()
        except Exception:  # a message that does not fit its arguments: the handler says so
            return True
        if SECRET.search(message):
            record.msg, record.args = mask(message), None
        return True


def mask(text: str) -> str:
    return SECRET.sub(r"\1[hidden]", text)
