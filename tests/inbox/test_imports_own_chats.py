"""Who reads their own chats alone and may import people: no file of a colleague's, and no customer of a colleague's."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from agents.models import Position
from inbox.actions import importing
from inbox.models import Contact, ContactImport, FailedRow, Identity
from tests import factories

pytestmark = pytest.mark.django_db

FILE = "Phone,Name,Tags\n491512345678,Renamed,taken\n"


@pytest.fixture
def number(in_acme):
    return factories.make_channel("WHATSAPP", metadata={"portfolio_id": "900", "waba_id": "7"})


@pytest.fixture
def agent(bo, in_acme):
    found = factories.agent_of(bo, in_acme)
    connection.set_tenant(in_acme)
    own = Position.objects.create(name="Own chats", slug="own-chats", permissions=["contacts.manage"])
    type(found).objects.filter(pk=found.pk).update(position=own)
    return found


@pytest.fixture
def as_bo(client_for, bo, agent, in_acme):
    return client_for(bo, in_acme)


@pytest.fixture
def as_ana(client_for, ana, in_acme):
    return client_for(ana, in_acme)


def upload(client, text=FILE):
    answer = client.post("/contacts/import/", {"file": SimpleUploadedFile("people.csv", text.encode())})
    assert answer.status_code == 302
    return answer["Location"]


def start(client, place, number):
    columns = {f"column-{at}": kind for at, kind in enumerate(("phone", "name", "tags"))}
    return client.post(place, {"channel": number.pk, "source": "Shop", **columns, "start": "1"})


def run(acme):
    connection.set_tenant(acme)
    while importing.run_chunk():
        pass
    return ContactImport.objects.latest("created_at")


def customer(number, *, of=None):
    face = factories.make_identity(number, phone="491512345678", name="Kim")
    Contact.objects.filter(pk=face.contact_id).update(display_name="Kim", tags=["old"])
    factories.make_chat(number, identity=face, assigned_to=of)


def test_a_colleagues_file_is_not_there(as_bo, as_ana, number, in_acme):
    place = upload(as_ana)
    found = ContactImport.objects.get()
    FailedRow.objects.create(contact_import=found, line=2, values=["1", "Secret", ""], error="Bad")
    answers = [as_bo.get(place), as_bo.get(f"{place}failed.csv"), as_bo.post(f"{place}removal/")]
    answers.append(start(as_bo, place, number))
    assert [answer.status_code for answer in answers] == [404] * 4
    assert place not in as_bo.get("/contacts/import/").content.decode()
    connection.set_tenant(in_acme)
    assert ContactImport.objects.get().state == ContactImport.State.UPLOADED


def test_ones_own_is_seen_by_who_reads_all_chats_too(as_bo, as_ana):
    place = upload(as_bo)
    assert [client.get(place).status_code for client in (as_bo, as_ana)] == [200, 200]


def test_a_customer_of_a_colleague_stays_as_they_are(as_bo, number, in_acme):
    customer(number)
    start(as_bo, upload(as_bo), number)
    found = run(in_acme)
    assert (found.state, found.updated_count, found.failed_count) == ("DONE", 0, 1)
    assert "your colleagues" in FailedRow.objects.get().error
    contact = Contact.objects.get()
    assert (contact.display_name, contact.tags) == ("Kim", ["old"])


def test_ones_own_customer_is_brought_up_to_date(as_bo, agent, number, in_acme):
    customer(number, of=agent)
    start(as_bo, upload(as_bo), number)
    assert run(in_acme).updated_count == 1
    contact = Contact.objects.get()
    assert (contact.display_name, contact.tags) == ("Renamed", ["old", "taken"])


def test_who_never_wrote_is_brought_up_to_date(as_bo, number, in_acme):
    """Of a file that was put right and is uploaded once more."""
    for created, updated in ((1, 0), (0, 1)):
        start(as_bo, upload(as_bo), number)
        found = run(in_acme)
        assert (found.created_count, found.updated_count) == (created, updated)
    assert Identity.objects.count() == 1


def test_who_reads_all_chats_may_bring_up_to_date_everybody(as_ana, number, in_acme):
    customer(number)
    start(as_ana, upload(as_ana), number)
    assert run(in_acme).updated_count == 1
