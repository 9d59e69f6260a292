"""The accounts that may run PostgreSQL, and where they may go."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int

    @classmethod
    def owner_of(cls, path: Path) -> Self:
        found = path.stat()
        return cls(found.st_uid, found.st_gid)

    @classmethod
    def nobody(cls) -> Self:
        entry = pwd.getpwnam("nobody")
        return cls(entry.pw_uid, entry.pw_gid)

    def reaches(self, path: Path) -> bool:
        return all(self._may_enter(part.stat()) for part in (path, *path.parents, *path.resolve().parents))

    def _may_enter(self, found: os.stat_result) -> bool:
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)
