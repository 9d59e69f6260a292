"""Mail leaves after the commit, from the queue; from the request when the queue is away."""

import os
import re
import subprocess
import sys
import textwrap
from datetime import datetime
from pathlib import Path
from smtplib import SMTPServerDisconnected
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend as EmailBackend
from django.db import connection, transaction
from django.utils import timezone

from tests.factories import make_invitation, make_user
from tests.product import PATIENCE, with_database
from workspaces.actions.invitations import accept_invitation, invite_member
from workspaces.actions.upkeep import forget_expired
from workspaces.development import read_mailbox
from workspaces.mail import deliver, enqueue_mail, ring, send_mail_later, send_notice
from workspaces.models import Mail, UserProfile
from workspaces.tasks import sweep_mails

PROJECT = Path(__file__).resolve().parents[2]


def test_nothing_leaves_before_the_commit(db, django_capture_on_commit_callbacks, run_tasks):
    with django_capture_on_commit_callbacks(execute=True):
        enqueue_mail("Subject", "Body", ["to@x.example"])
        assert run_tasks() == []
    assert mail.outbox == []
    assert run_tasks() == ["workspaces.tasks.deliver_mail"]
    assert [(message.subject, message.to) for message in mail.outbox] == [("Subject", ["to@x.example"])]


def test_a_rollback_sends_nothing(transactional_db, run_tasks):
    with transaction.atomic():
        enqueue_mail("Subject", "Body", ["to@x.example"])
        transaction.set_rollback(True)
    assert run_tasks() == []
    with transaction.atomic():
        enqueue_mail("Subject", "Body", ["to@x.example"])
    assert run_tasks() == ["workspaces.tasks.deliver_mail"]


def test_a_message_may_have_two_forms(db, sent_mail):
    with sent_mail() as outbox:
        enqueue_mail("Subject", "Body", ["to@x.example"], "<p>Body</p>")
    assert [(part.content, part.mimetype) for part in outbox[0].alternatives] == [("<p>Body</p>", "text/html")]


def test_development_keeps_each_mail_by_itself(settings, tmp_path, db):
    settings.EMAIL_FILE_PATH = tmp_path
    settings.EMAIL_BACKEND = "workspaces.development.EmailBackend"
    for number in range(40):
        deliver(write(f"Mail {number}").pk)
    assert {kept.subject for kept in read_mailbox()} == {f"Mail {number}" for number in range(40)}


def test_a_subject_is_one_line(db, sent_mail):
    context = {"by": "Evil\r\nBcc: all@evil.example", "workspace": "Acme\n\nOutfitters"}
    with sent_mail() as outbox:
        send_mail_later("workspaces/email/invitation", "to@x.example", context)
    assert "\n" not in outbox[0].subject
    assert outbox[0].recipients() == ["to@x.example"]
    outbox[0].message().as_bytes()


@pytest.mark.parametrize(("wanted", "contact", "to"), [(True, "", 1), (True, "home@x.example", 1), (False, "", 0)])
def test_a_notice_is_for_who_wants_it(wanted, contact, to, db, sent_mail):
    user = make_user(contact_email=contact)
    user.preferences.email_notifications = wanted
    user.preferences.save()
    with sent_mail() as outbox:
        send_notice("workspaces/email/joined", user, {"joined": "Bo", "workspace": "Acme", "url": "http://x"})
    assert [message.to for message in outbox] == [[contact or user.email]] * to


def test_account_mail_names_its_reader_and_their_time(client_for, bo, sent_mail):
    """Also of a password chosen by who is not signed in."""
    UserProfile.objects.filter(user=bo).update(timezone="Asia/Tokyo", language="en-gb")
    client = client_for()
    with sent_mail() as outbox:
        client.post("/accounts/password/reset/", {"email": bo.email})
    [link] = re.findall(r"(/accounts/password/reset/key/\S+)", outbox[0].body)
    new = "another correct horse battery"
    before = timezone.now()
    with sent_mail() as outbox:
        client.post(client.get(link)["Location"], {"password1": new, "password2": new})
    assert "Hello Bo," in outbox[0].body
    assert any(f"When: {in_tokyo(when)} (Asia/Tokyo)" in outbox[0].body for when in (before, timezone.now()))


def in_tokyo(when: datetime) -> str:
    local = when.astimezone(ZoneInfo("Asia/Tokyo"))
    return f"{local.day} {local:%b} {local.year}, {local:%H:%M}"


def test_whoever_invited_is_told(acme, sam, sent_mail):
    invitation = make_invitation(acme, invited_by=sam)
    guest = make_user(email=invitation.email, first_name="Gus")
    with sent_mail() as outbox:
        accept_invitation(invitation, by=guest)
    assert [message.to for message in outbox] == [[sam.email]]
    assert "Gus" in outbox[0].body


class Refusing(EmailBackend):
    """A server that takes nothing."""

    def send_messages(self, messages):
        raise SMTPServerDisconnected("away")


@pytest.fixture
def server_away(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    yield
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def write(subject="Subject"):
    enqueue_mail(subject, "Body", ["to@x.example"])
    return Mail.objects.get(subject=subject)


def test_what_valkey_lost_is_sent_by_the_next_sweep(db, run_tasks):
    """The task was never on the queue: nobody ran what follows the commit."""
    write()
    sweep_mails()
    assert run_tasks() == ["workspaces.tasks.deliver_mail"]
    assert [message.subject for message in mail.outbox] == ["Subject"]
    assert not Mail.objects.exists()


def test_an_invitation_whose_task_was_lost_arrives(acme, ana, run_tasks):
    invite_member(acme, email="guest@x.example", role="MEMBER", position="agent", by=ana)
    assert run_tasks() == []
    sweep_mails()
    run_tasks()
    assert [message.to for message in mail.outbox] == [["guest@x.example"]]


def test_rung_twice_it_leaves_once(db, run_tasks):
    waiting = write()
    for _ in range(3):
        ring(waiting.pk)
    assert len(run_tasks()) == 3
    assert len(mail.outbox) == 1


def test_two_at_once_send_one(at_once):
    waiting = write()
    at_once(*[lambda: deliver(waiting.pk)] * 3, racing_for="mails")
    assert len(mail.outbox) == 1


def test_a_server_that_is_away_is_tried_again_later(db, server_away, settings, run_tasks):
    waiting = write()
    deliver(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.attempts, "SMTPServerDisconnected" in waiting.error) == (1, True)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    sweep_mails()
    assert run_tasks() == [], "not at once"
    Mail.objects.update(not_before=timezone.now())
    sweep_mails()
    run_tasks()
    assert len(mail.outbox) == 1


def test_who_dies_while_sending_is_replaced(db, run_tasks, monkeypatch):
    waiting = write()
    monkeypatch.setattr(EmailMultiAlternatives, "send", lambda self: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        deliver(waiting.pk)
    monkeypatch.undo()
    sweep_mails()
    assert run_tasks() == [], "its lease is not over"
    Mail.objects.filter(not_before__lte=timezone.now() + Mail.LEASE).update(not_before=timezone.now())
    sweep_mails()
    run_tasks()
    assert len(mail.outbox) == 1


def test_it_is_given_up_in_the_end_and_forgotten_after_a_week(db, server_away, run_tasks):
    waiting = write()
    for _ in range(Mail.TRIES):
        Mail.objects.update(not_before=timezone.now())
        deliver(waiting.pk)
    Mail.objects.update(not_before=timezone.now())
    sweep_mails()
    assert run_tasks() == []
    Mail.objects.update(created_at=timezone.now() - Mail.KEPT)
    forget_expired()
    assert not Mail.objects.exists()


def test_codes_and_links_cannot_be_read_in_the_table(db):
    enqueue_mail("Subject", "Your code is QX77-PLUM", ["to@x.example"], "<b>QX77-PLUM</b>")
    with connection.cursor() as cursor:
        cursor.execute("SELECT mails::text FROM mails")
        assert "QX77" not in str(cursor.fetchall())


def test_who_invites_sees_that_it_has_not_left(acme, ana, client_for, server_away, sent_mail):
    client = client_for(ana, acme)
    with sent_mail():
        client.post("/settings/invitations/", {"email": "guest@x.example", "role": "MEMBER", "position": "agent"})
    page = client.get("/settings/members/").content.decode()
    assert "Not sent yet" in page
    Mail.objects.all().delete()
    assert "Not sent yet" not in client.get("/settings/members/").content.decode()


QUEUE_AWAY = """
    import django, sys, time
    django.setup()
    from workspaces.mail import ring
    began = time.monotonic()
    ring(sys.argv[1])
    print(round(time.monotonic() - began))
"""


def test_with_the_queue_away_it_leaves_from_the_request(tmp_path, transactional_db):
    """In a process of its own, as Celery keeps its connections."""
    waiting = write()
    environment = {
        **os.environ,
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "DATABASE_URL": with_database(os.environ["DATABASE_URL"], connection.settings_dict["NAME"]),
        "SWITCHBOARD_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(QUEUE_AWAY), str(waiting.pk)],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) <= 10, "the person waits for it"
    [letter] = (tmp_path / "mail").glob("*.log")
    assert "To: to@x.example" in letter.read_text()
