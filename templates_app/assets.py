"""Files of the library: looked at when they come, opened when they go."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from io import BytesIO
from typing import Any, cast
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection as django_connection

from agents.models import Agent
from pages.files import FILE, HEAD, KINDS, clean_name, kind_on, mime_type_of, storage_name
from pages.graph.content import File as SentFile
from pages.graph.limits import FILE_RULES, FileRule, file_problems, size_of
from templates_app.models import SavedAsset
from workspaces.files import delete_on_commit
from workspaces.models import Platform

connection = cast("Any", django_connection)

NOUNS = {"IMAGE": "Pictures", "VIDEO": "Videos", "AUDIO": "Audio files", "FILE": "Other files"}
LARGEST = max(rule.size for rules in FILE_RULES.values() for rule in rules.values())


def limits() -> list[tuple[str, list[dict[str, str]]]]:
    """Of each kind: what each platform takes, in the order of Platform."""
    return [
        (noun, [{"size": size_of(rules[kind].size), "names": rules[kind].names} for rules in rules_in_order()])
        for kind, noun in NOUNS.items()
    ]


def rules_in_order() -> list[dict[str, FileRule]]:
    return [FILE_RULES[platform] for platform in Platform.values]


def look_at(file: "File[Any]", by: Agent) -> SavedAsset:
    """What it is says its content, not its name. Nothing is stored yet."""
    file.open()
    head, digest = b"", sha256()
    for chunk in file.chunks():
        head = head or chunk[:HEAD]
        digest.update(chunk)
    file.seek(0)
    mime_type = mime_type_of(head)
    kind = KINDS.get(mime_type.split("/")[0], FILE)
    name = clean_name(file.name or "", otherwise=kind.lower(), head=head)
    return SavedAsset(
        name=name, type=kind, mime_type=mime_type, size=file.size, sha256=digest.hexdigest(), created_by=by
    )


def problems_on(platform: str, asset: SavedAsset) -> list[str]:
    """Empty: it can be sent there."""
    kind = kind_on(platform, asset.mime_type)
    # Told by its name, type and size: nobody opens it for that.
    sent = SentFile(asset.name, asset.mime_type, asset.size, BytesIO)
    return file_problems(platform, kind, sent, Platform(platform).label)


def takers_of(asset: SavedAsset) -> list[str]:
    """The platforms that take it, by name."""
    return [Platform(platform).label for platform in Platform.values if not problems_on(platform, asset)]


@contextmanager
def stored(files: Iterable["File[Any]"], by: Agent) -> Iterator[list[SavedAsset]]:
    """Their rows, not saved yet. What fails afterwards leaves no file behind."""
    assets: list[SavedAsset] = []
    try:
        for file in files:
            asset = look_at(file, by)
            place = f"{connection.schema_name}/assets/{asset.pk}/{storage_name(asset.name)}"
            asset.file.name = default_storage.save(place, file, max_length=255)
            assets.append(asset)
        yield assets
    except BaseException:
        for asset in assets:
            default_storage.delete(str(asset.file))
        raise


def remove_unused(assets: Iterable[SavedAsset]) -> None:
    """Inside the transaction that may have parted the last text from them; the files go when it is committed."""
    for asset in SavedAsset.objects.unused().filter(pk__in=[asset.pk for asset in assets]):
        delete_on_commit([str(asset.file)])
        asset.delete()


def open_asset(pk: UUID, agent: Agent) -> "File[Any]":
    """The file under the name it is kept by, for the composer to take a copy of. Raises SavedAsset.DoesNotExist."""
    return open_file(SavedAsset.objects.visible_to(agent).get(pk=pk))


def open_file(asset: SavedAsset) -> "File[Any]":
    file = default_storage.open(str(asset.file))
    file.name = asset.name
    return file
