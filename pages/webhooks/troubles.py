"""What went wrong, told without the customer's words: the database quotes the row that it refuses."""

import traceback


def described(error: Exception) -> str:
    """The kind, the place, and the rule that was broken."""
    cause = error.__cause__ or error
    diagnosis = getattr(cause, "diag", None)
    rule = getattr(diagnosis, "constraint_name", None) or getattr(cause, "sqlstate", None)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].name}" if frames else ""
    return f"{type(error).__name__}{place}" + (f" ({rule})" if rule else "")


def frames(error: Exception) -> str:
    return "".join(traceback.format_tb(error.__traceback__))
