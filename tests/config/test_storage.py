"""One variable says where files are kept."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from config.storage import storage_at


def test_without_it_they_are_on_this_machine():
    storage = storage_at("")
    assert storage["OPTIONS"] == {"allow_overwrite": True}
    assert import_string(storage["BACKEND"])(**storage["OPTIONS"]).is_name_available("x")


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("s3://files", {"bucket_name": "files"}),
        (
            "s3://AK:se%2Fcr+et@files?region=eu-west-1",
            {"bucket_name": "files", "access_key": "AK", "secret_key": "se/cr+et", "region_name": "eu-west-1"},
        ),
        (
            "s3://files?endpoint=http://minio:9000&folder=switchboard",
            {"bucket_name": "files", "endpoint_url": "http://minio:9000", "location": "switchboard"},
        ),
    ],
)
def test_a_bucket(url, options):
    assert storage_at(url) == {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


@pytest.mark.parametrize(
    "url", ["files", "gs://files", "s3://", "s3://key:secret@", "s3://files/folder", "s3://files?regoin=eu", "s3:files"]
)
def test_what_is_no_bucket_is_said_without_the_secret(url):
    with pytest.raises(ImproperlyConfigured, match="STORAGE_URL must look like") as refused:
        storage_at(url)
    assert "secret@files" not in str(refused.value)
