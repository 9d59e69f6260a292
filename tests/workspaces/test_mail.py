"""Mail leaves after the commit, from the queue; from the request when the queue is away."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from django.core import mail
from django.db import transaction

from tests.factories import make_invitation, make_user
from workspaces.actions.invitations import accept_invitation
from workspaces.development import read_mailbox
from workspaces.mail import deliver_mail, enqueue_mail, send_mail_later, send_notice

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


def test_development_keeps_each_mail_by_itself(settings, tmp_path):
    settings.EMAIL_FILE_PATH = tmp_path
    settings.EMAIL_BACKEND = "workspaces.development.EmailBackend"
    for number in range(40):
        deliver_mail(f"Mail {number}", "Body", ["to@x.example"])
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


def test_whoever_invited_is_told(acme, sam, sent_mail):
    invitation = make_invitation(acme, invited_by=sam)
    guest = make_user(email=invitation.email, first_name="Gus")
    with sent_mail() as outbox:
        accept_invitation(invitation, by=guest)
    assert [message.to for message in outbox] == [[sam.email]]
    assert "Gus" in outbox[0].body


QUEUE_AWAY = """
    import django, time
    django.setup()
    from workspaces.mail import _enqueue
    began = time.monotonic()
    _enqueue("Subject", "Body", ["to@x.example"], None)
    print(round(time.monotonic() - began))
"""


def test_with_the_queue_away_it_leaves_from_the_request(tmp_path):
    """In a process of its own, as Celery keeps its connections."""
    environment = {
        **os.environ,
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "SWITCHBOARD_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(QUEUE_AWAY)],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) <= 10, "the person waits for it"
    [letter] = (tmp_path / "mail").glob("*.log")
    assert "To: to@x.example" in letter.read_text()
