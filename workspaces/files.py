"""Files that no row names any more."""

import logging
from collections.abc import Iterable

from django.core.files.storage import default_storage
from django.db import transaction

logger = logging.getLogger(__name__)


def delete_on_commit(names: Iterable[str | None]) -> None:
    """Never fails: a store that is away keeps a file too many, and nothing else that is to be done after the commit."""
    found = [name for name in names if name]
    if found:
        transaction.on_commit(lambda: _delete(found))


def _delete(names: list[str]) -> None:
    for name in names:
        try:
            default_storage.delete(name)
        except Exception:
            # Each kind of store has errors of its own.
            logger.exception("%s: could not be deleted", name)
