"""Static files in production: hashed names, also inside JavaScript modules, and compressed copies."""

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from django.contrib.staticfiles.storage import HashedFilesMixin
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

from workspaces.stylesheets import SHEETS, joined

ADDRESS = re.compile(r'url\("(\.[^"]+)"\)')


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    joins_styles = True
    support_js_module_import_aggregation = True
    # Only our own modules: elsewhere a comment that says import("…") would be taken for one.
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        HashedFilesMixin._js_module_import_aggregation_patterns[1],  # type: ignore[attr-defined]
    )
    keep_only_hashed_files = True

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if not dry_run:
            for name, files in SHEETS.items():
                made = joined(name)
                self.delete(made)
                self._save(made, ContentFile("".join(moved(file, made, read(paths, file)) for file in files).encode()))
                paths[made] = (self, made)
        yield from super().post_process(paths, dry_run, **options)


def read(paths: dict[str, Any], name: str) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        return str(file.read().decode())


def moved(source: str, target: str, css: str) -> str:
    """What it names relative to itself, named relative to where it stands now."""

    def address(found: re.Match[str]) -> str:
        named = posixpath.join(posixpath.dirname(source), found[1])
        return f'url("{posixpath.relpath(named, posixpath.dirname(target))}")'

    return ADDRESS.sub(address, css)
