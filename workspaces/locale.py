"""Times, dates and numbers as their reader has them."""

from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.utils import timezone, translation


@contextmanager
def as_read_by(person: AbstractBaseUser | AnonymousUser) -> Iterator[None]:
    """Who is not known reads them in UTC."""
    profile = getattr(person, "profile", None)
    language = profile.language if profile else settings.LANGUAGE_CODE
    zone = ZoneInfo(profile.timezone if profile else "UTC")
    with translation.override(language), timezone.override(zone):
        yield
