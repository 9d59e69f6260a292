"""A page about people costs the same for five and for fifteen of them."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from workspaces.audit import record
from workspaces.models import User, Workspace


def queries(client: Any, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


@pytest.mark.parametrize(
    "path",
    ["/", "/team/", "/settings/members/", "/settings/security/", "/settings/activity/", "/settings/ownership/"],
)
def test_more_people_are_no_more_queries(path: str, client_for: Any, ana: User, acme: Workspace) -> None:
    client = client_for(ana, acme)
    before = queries(client, path)

    for _ in range(10):
        person = factories.make_member(acme).user
        factories.make_invitation(acme)
        record("workspace.entered", "Signed in to the workspace", by=person, workspace=acme)
    connection.set_schema_to_public()

    assert queries(client, path) <= before
