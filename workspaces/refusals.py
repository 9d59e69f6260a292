"""A rule said no, in words for the person who asked."""


class Refused(Exception):
    def __init__(self, message: str, *, field: str | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.hint = hint


class NotAllowed(Refused):
    """The person may not do this at all, however they ask."""
