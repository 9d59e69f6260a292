"""People from a file: whatever wrote it, however it is broken off, nobody is doubled and nothing is lost."""

import csv
import io
import os
import signal
import subprocess
import sys
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from inbox.actions import importing
from inbox.actions.people import People
from inbox.imported_rows import Rules
from inbox.models import Chat, Contact, ContactImport, FailedRow, Identity
from inbox.sheets import read_sheet
from pages.webhooks.events import Person
from tests import factories
from workspaces.models import UserActivity

HEAD = ["Phone", "Name", "Tags", "City", "Opt-in"]
PLAIN = 'Phone,Name,Tags,City,Opt-in\n+49 151 2345678,Zoë,"VIP, B2B",Köln,yes\n'
COLUMNS = ["phone", "name", "tags", "attribute", "opted_in"]


@pytest.fixture
def number(in_acme):
    return factories.make_channel("WHATSAPP", metadata={"portfolio_id": "900", "waba_id": "7"})


@pytest.fixture
def as_ana(client_for, ana, in_acme):
    return client_for(ana, in_acme)


@pytest.fixture
def upload(as_ana):
    def upload(text, name="people.csv"):
        raw = text if isinstance(text, bytes) else text.encode()
        answer = as_ana.post("/contacts/import/", {"file": SimpleUploadedFile(name, raw)})
        assert answer.status_code == 302, answer.context["form"].errors
        return ContactImport.objects.latest("created_at")

    return upload


@pytest.fixture
def start(as_ana, number):
    def start(found, columns=None, **said):
        columns = columns or COLUMNS
        fields = {f"column-{place}": kind for place, kind in enumerate(columns)}
        sent = {"channel": number.pk, "source": "Shop", **fields, **said, "start": "1"}
        return as_ana.post(f"/contacts/import/{found.pk}/", sent)

    return start


@pytest.fixture
def run(start, upload):
    def run(text, columns=None, **said):
        found = upload(text)
        assert start(found, columns, **said).status_code == 302
        while importing.run_chunk():
            pass
        found.refresh_from_db()
        return found

    return run


def counts(found):
    return found.state, found.created_count, found.updated_count, found.failed_count


def test_files_that_nothing_is_begun_with_do_not_pile_up(upload, start, as_ana, monkeypatch):
    monkeypatch.setattr(importing, "MOST_WAITING", 2)
    first, _ = upload(PLAIN), upload(PLAIN)
    answer = as_ana.post("/contacts/import/", {"file": SimpleUploadedFile("people.csv", PLAIN.encode())})
    assert (answer.status_code, "2 files of yours wait already" in answer.text) == (422, True)
    as_ana.post(f"/contacts/import/{first.pk}/removal/")
    assert upload(PLAIN)


def test_a_person_comes_in_whole(run, number):
    found = run(PLAIN, tags="Fair 2026")
    assert counts(found) == ("DONE", 1, 0, 0)
    face = Identity.objects.select_related("contact").get()
    assert (face.platform, face.scope, face.phone, face.external_id) == ("WHATSAPP", "900", "491512345678", None)
    assert (face.contact.display_name, face.contact.tags) == ("Zoë", ["Fair 2026", "VIP", "B2B"])
    assert face.contact.attributes == {"City": "Köln"}
    assert (face.opted_in, face.opted_in_source, face.opted_in_at) == (True, "Shop", found.started_at)
    assert Chat.objects.count() == 0


def test_who_is_there_is_brought_up_to_date(run, number):
    known = factories.make_identity(number, phone="491512345678", name="Z.", username="zed")
    Contact.objects.update(tags=["Old"], attributes={"City": "Bonn", "Size": "38"}, notes="Hi", display_name="Z.")
    assert counts(run(PLAIN)) == ("DONE", 0, 1, 0)
    known = Identity.objects.select_related("contact").get()
    assert (known.contact.display_name, known.contact.tags) == ("Zoë", ["Old", "VIP", "B2B"])
    assert known.contact.attributes == {"City": "Köln", "Size": "38"}
    assert (known.opted_in, known.external_id is not None, known.contact.notes) == (True, True, "Hi")


def test_what_the_file_leaves_empty_stays(run, number):
    factories.make_identity(number, phone="491512345678", opted_in=True, opted_in_source="Fair")
    Contact.objects.update(display_name="Zoë", tags=["VIP"])
    run("Phone,Name,Tags,City,Opt-in\n491512345678,,,,\n")
    face = Identity.objects.select_related("contact").get()
    assert (face.contact.display_name, face.contact.tags, face.opted_in_source) == ("Zoë", ["VIP"], "Fair")


def test_twice_in_a_file_and_twice_a_file_is_one_person(run):
    text = "Phone,Name,Tags,City,Opt-in\n491512345678,Zoë,a,,\n+49 151 2345678,Zoë Z,b,,\n"
    first, again = run(text), run(text)
    assert (counts(first), first.repeated_count) == (("DONE", 1, 0, 0), 1)
    assert (counts(again), again.repeated_count) == (("DONE", 0, 2, 0), 0)
    contact = Contact.objects.get()
    assert (contact.display_name, contact.tags) == ("Zoë Z", ["a", "b"])


def test_who_has_opted_out_is_not_opted_in_by_a_file(run, number):
    factories.make_identity(number, phone="491512345678", opted_in=False, name="Z.")
    found = run(PLAIN)
    assert counts(found) == ("DONE", 0, 0, 1)
    assert "opted out" in FailedRow.objects.get().error
    face = Identity.objects.select_related("contact").get()
    assert (face.opted_in, face.contact.display_name) == (False, "Z.")


def test_the_same_phone_in_another_portfolio_is_another_person(run, number):
    elsewhere = factories.make_channel("WHATSAPP", metadata={"portfolio_id": "901"})
    factories.make_identity(elsewhere, phone="491512345678", external_id=None)
    assert counts(run(PLAIN)) == ("DONE", 1, 0, 0)


def test_bad_rows_are_left_out_and_come_back_as_a_file(run, as_ana):
    found = run(
        'Phone,Name,Tags,City,Opt-in\n491512345678,Ok,,,\n0151,"=cmd()",,Köln,\n,x,,,\n491512345679,Ok,,,maybe\n'
    )
    assert counts(found) == ("DONE", 1, 0, 3)
    text = as_ana.get(f"/contacts/import/{found.pk}/failed.csv").content.decode("utf-8-sig")
    again = read_sheet(text.encode())
    assert again.head == ["Row", "What is wrong", *HEAD]
    assert [row[0] for _, row in again.rows] == ["3", "4", "5"]
    assert "'=cmd()" in text
    assert again.rows[0][1][3:] == ["=cmd()", "", "Köln", ""]
    page = as_ana.get(f"/contacts/import/{found.pk}/").content.decode()
    assert "There is no phone number." in page


def test_looked_at_before_anything_happens(upload, as_ana, number):
    found = upload("Phone,Name\n491512345678,Zoë\n0151,Bad\n")
    page = as_ana.get(f"/contacts/import/{found.pk}/")
    assert [error for _, _, error in page.context["rows"]] == [
        "",
        "The country code is missing, as in +49 151 2345678.",
    ]
    assert (page.context["bad_count"], page.context["bad"][0][0]) == (1, 3)
    looked = as_ana.post(
        f"/contacts/import/{found.pk}/", {"column-0": "phone", "channel": number.pk, "country_code": "49"}
    )
    assert looked.status_code == 200
    assert looked.context["bad"][0][1].startswith("A phone number has 7")
    assert (Contact.objects.count(), ContactImport.objects.get().state) == (0, "UPLOADED")


@pytest.mark.parametrize(
    "said",
    [
        {"column-0": "name"},
        {"column-1": "phone"},
        {"all_agreed": "on", "source": ""},
        {"channel": "00000000-0000-7000-8000-000000000000"},
        {"country_code": "x"},
        {"tags": "x" * 60},
    ],
)
def test_what_is_not_understood_starts_nothing(upload, start, said):
    found = upload("Phone,Name\n491512345678,Zoë\n")
    assert start(found, ["phone", "name"], **said).status_code == 422
    assert ContactImport.objects.get().state == "UPLOADED"


def test_a_messenger_page_is_no_number(upload, start, in_acme):
    found = upload("Phone,Name\n491512345678,Zoë\n")
    assert start(found, ["phone", "name"], channel=factories.make_channel().pk).status_code == 422


def test_a_second_click_starts_nothing_more(upload, start):
    found = upload(PLAIN)
    for _ in range(2):
        start(found)
    assert UserActivity.objects.filter(activity_type="contacts.imported").count() == 1


def test_the_worker_is_rung_and_does_it(upload, start, run_tasks, django_capture_on_commit_callbacks, in_acme):
    found = upload(PLAIN)
    with django_capture_on_commit_callbacks(execute=True):
        start(found)
    assert "inbox.tasks.import_contacts" in run_tasks()
    connection.set_tenant(in_acme)
    assert counts(ContactImport.objects.get()) == ("DONE", 1, 0, 0)


def test_progress_is_asked_for_until_it_is_done(upload, start, as_ana, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 2)
    found = upload("Phone\n" + "".join(f"4915112345{n:02}\n" for n in range(5)))
    start(found, ["phone"])
    importing.run_chunk()
    polled = {"HX-Request": "true", "HX-Target": "import-progress"}
    running = as_ana.get(f"/contacts/import/{found.pk}/", headers=polled).content.decode()
    assert "2 of 5 rows" in running
    assert "every 1s" in running
    while importing.run_chunk():
        pass
    done = as_ana.get(f"/contacts/import/{found.pk}/", headers=polled).content.decode()
    assert "Finished" in done
    assert "every 1s" not in done


def test_thrown_away_before_it_began_and_never_after(upload, start, as_ana):
    found = upload(PLAIN)
    as_ana.post(f"/contacts/import/{found.pk}/removal/")
    assert not ContactImport.objects.exists()
    found = upload(PLAIN)
    start(found)
    as_ana.post(f"/contacts/import/{found.pk}/removal/")
    assert ContactImport.objects.get().state == "RUNNING"


def test_a_removed_number_stops_it_with_words(upload, start, number):
    found = upload(PLAIN)
    start(found)
    ContactImport.objects.update(channel=None)
    assert importing.run_chunk()
    found.refresh_from_db()
    assert (found.state, found.problem) == ("FAILED", "The number for which it was has been removed.")
    assert not importing.run_chunk()


def test_an_agent_without_the_permission_imports_nothing(client_for, bo, in_acme, number):
    client = client_for(bo, in_acme)
    file = SimpleUploadedFile("people.csv", PLAIN.encode())
    assert client.post("/contacts/import/", {"file": file}).status_code == 403
    assert not ContactImport.objects.exists()


def test_whoever_writes_after_the_import_is_the_imported_person(run, number):
    run(PLAIN)
    people = People(number, [(Person(external_id="US.123", phone="491512345678", name="Zed"), timezone.now())])
    assert not people.new
    face = Identity.objects.select_related("contact").get()
    assert (face.external_id, face.contact.display_name) == ("US.123", "Zoë")


def test_killed_in_the_middle_it_goes_on_where_it_was(transactional_db, in_acme, ana, tmp_path):
    agent = factories.agent_of(ana, in_acme)
    connection.set_tenant(in_acme)
    number = factories.make_channel("WHATSAPP", metadata={"portfolio_id": "900"})
    text = "Phone,Name\n" + "".join(f"49151{n:07},P {n}\n" for n in range(900)) + "bad,x\n"
    found = importing.upload_contacts(text.encode(), "people.csv", by=agent)
    rules = Rules(found.head, ["phone", "name"])
    importing.start_import(found, rules, number, by=agent, workspace=in_acme)
    code = f"""
import time, django; django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = {connection.settings_dict["NAME"]!r}
settings.MEDIA_ROOT = {str(importing.default_storage.location)!r}
from django.db import connection; connection.settings_dict["NAME"] = {connection.settings_dict["NAME"]!r}
from django_tenants.utils import schema_context
from inbox.actions import importing
from inbox.actions.people import People
importing.CHUNK = 100
written = importing.Batch.write
def slowly(batch):
    written(batch)
    if importing.ContactImport.objects.get().position == 300:
        time.sleep(600)
importing.Batch.write = slowly
with schema_context({in_acme.schema_name!r}):
    # Whoever looks whether the row is held holds it for a moment.
    while True:
        importing.run_imports()
        time.sleep(0.05)
"""
    worker = subprocess.Popen(
        [sys.executable, "-c", code], env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    )
    try:
        wait_until(lambda: ContactImport.objects.get().position == 300 and is_held(found), worker)
        assert not importing.run_chunk()
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait(60)
    assert Contact.objects.count() == 300
    wait_until(importing.run_chunk)
    with schema_context(in_acme.schema_name):
        while importing.run_chunk():
            pass
        found.refresh_from_db()
        assert counts(found) == ("DONE", 900, 0, 1)
        assert (found.position, Identity.objects.count(), Contact.objects.count()) == (901, 900, 900)
        assert FailedRow.objects.count() == 1


def is_held(found):
    return not ContactImport.objects.running().select_for_update(skip_locked=True).filter(pk=found.pk).exists()


def wait_until(is_so, worker=None):
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with transaction.atomic():
            if is_so():
                return
        assert worker is None or worker.poll() is None
    raise AssertionError("it did not come to that")


def test_the_export_is_the_list_as_filtered(as_ana, in_acme, number):
    page = factories.make_channel()
    one = factories.make_identity(number, phone="491512345678", name="Zoë", opted_in=True, opted_in_source="Shop")
    other = factories.make_identity(page, name="=HYPERLINK(1)")
    factories.make_identity(page, contact=one.contact, name="Zoë Z.")
    Contact.objects.filter(pk=one.contact_id).update(tags=["VIP"], attributes={"City": "Köln"}, notes="+1")
    answer = as_ana.post("/contacts/export/")
    rows = read_all(answer)
    assert [row["Name"] for row in rows] == ["Zoë", "'=HYPERLINK(1)"]
    assert rows[0] | {"First seen": "", "Last seen": ""} == {
        "Name": "Zoë", "WhatsApp phone": "491512345678", "Instagram username": "", "Other names": "Zoë Z.",
        "Tags": "VIP", "Opted in": "yes", "Source of the consent": "Shop", "Facts": "City: Köln", "Notes": "'+1",
        "Blocked": "", "First seen": "", "Last seen": "",
    }  # fmt: skip
    assert [row["Name"] for row in read_all(as_ana.post("/contacts/export/", {"platform": "WHATSAPP"}))] == ["Zoë"]
    log = UserActivity.objects.filter(activity_type="contacts.exported").order_by("pk")
    assert [row.metadata["filters"] for row in log] == [{}, {"platform": "WHATSAPP"}]
    assert other.contact_id


def test_the_export_is_whole_however_long(as_ana, in_acme, monkeypatch):
    monkeypatch.setattr("inbox.actions.exporting.CHUNK", 3)
    channel = factories.make_channel()
    for number in range(10):
        factories.make_identity(channel, name=f"P {number}")
    rows = read_all(as_ana.post("/contacts/export/"))
    assert sorted(row["Name"] for row in rows) == [f"P {number}" for number in range(10)]


def test_an_agent_without_the_permission_exports_nothing(client_for, bo, in_acme):
    assert client_for(bo, in_acme).post("/contacts/export/").status_code == 403
    assert not UserActivity.objects.filter(activity_type="contacts.exported").exists()


def read_all(answer):
    assert answer["Content-Disposition"].startswith("attachment")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))
