"""Every URL there is, from the resolver itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Url:
    # With its namespaces; a pattern without a name goes by its route.
    name: str
    route: str
    view: Any


def workspace_urls() -> list[Url]:
    return list(walk(get_resolver(settings.ROOT_URLCONF)))


def public_urls() -> list[Url]:
    return list(walk(get_resolver(settings.PUBLIC_SCHEMA_URLCONF)))


def walk(resolver: URLResolver, spaces: tuple[str, ...] = (), route: str = "") -> Iterator[Url]:
    for found in resolver.url_patterns:
        here = route + str(found.pattern)
        if isinstance(found, URLPattern):
            yield Url(":".join([*spaces, found.name]) if found.name else here, here, found.callback)
        else:
            yield from walk(found, (*spaces, found.namespace) if found.namespace else spaces, here)
