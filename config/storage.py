"""Where files are kept: on this machine, or in a bucket of anything that speaks S3."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# The same name is the same file: what is stored a second time takes the place of the first.
LOCAL = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"allow_overwrite": True}}
# What may stand behind the question mark, and what django-storages calls it.
QUERY = {"region": "region_name", "endpoint": "endpoint_url", "folder": "location"}
SHAPE = "STORAGE_URL must look like s3://key:secret@bucket?region=eu-west-1&endpoint=https://host&folder=name."


def storage_at(url: str) -> dict[str, Any]:
    """Django's words for it. boto3 is imported with the first file, so only who names a bucket needs it."""
    if not url:
        return LOCAL
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ImproperlyConfigured(SHAPE) from None
    bucket = parts.netloc.rpartition("@")[2]
    query = dict(parse_qsl(parts.query))
    if parts.scheme != "s3" or not bucket or parts.path.strip("/") or query.keys() - QUERY.keys():
        raise ImproperlyConfigured(SHAPE)
    options: dict[str, Any] = {"bucket_name": bucket, **{QUERY[name]: value for name, value in query.items()}}
    # Without them boto3 looks in its usual places: the environment, the machine's role.
    if parts.username and parts.password:
        options |= {"access_key": unquote(parts.username), "secret_key": unquote(parts.password)}
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
