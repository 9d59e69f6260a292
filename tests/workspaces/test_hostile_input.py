"""What nobody types by accident is answered calmly: names, charsets, sizes, secrets in the log, mail that fails."""

import io
import logging
from smtplib import SMTPServerDisconnected

import pytest
from django.core.exceptions import ValidationError
from kombu.exceptions import OperationalError

from agents.models import Position
from config.logs import MaskSecrets
from config.wsgi import LARGEST_BODY, application, readable_type
from tests import factories
from tests.factories import PASSWORD
from tests.workspaces.test_signup import FORM
from workspaces import mail
from workspaces.models import User, Workspace
from workspaces.names import validate_name

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"

BAD_NAMES = [
    "Ana\nPay here",
    "Ana\r\nBcc: all",
    "Ana\tAlvarez",
    "Ana\0",
    "Ana\x1b[31m",
    "Ana\x85Next",
    "Ana\u2028Next",
    "Ana\u202egnp.exe",
    "Ana\u2066hidden\u2069",
    "Ana\u200e",
    "Ana\u200f",
    "An\u200ba",
    "An\u2060a",
    "\ufeffAna",
    "Ana\u200d",
    "\u200cAna",
    "Ana \u200d Alvarez",
    "An\u200d\u200da",
    "\U0001f468\u200c\U0001f469",
    "\u3164",
    "\u2800",
    "\u0301",
    "\ufe0f",
    "see https://evil.example",
    "\ud800",
]
GOOD_NAMES = [
    "Ana",
    "Jean-Luc O'Neill, Jr. 3",
    "Łukasz Żółć",
    "Nguye\u0302\u0303n",
    "李小龍",
    "김민준",
    "محمد",
    "می\u200cخواهم",  # noqa: RUF001
    "क\u094d\u200dष",
    FAMILY,
    "Bakery ❤\ufe0f\u200d\U0001f525",
    "\U0001f44d\U0001f3fd\u200d♂\ufe0f",
    "1&1",
    "Smith : Sons // Co",
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_hides_something_is_refused_in_words(name):
    with pytest.raises(ValidationError, match=r"Take out|Write at least"):
        validate_name(name)


@pytest.mark.parametrize("name", GOOD_NAMES)
def test_names_of_the_world_pass(name):
    assert validate_name(name) is None


@pytest.mark.parametrize(
    ("model", "field"), [(User, "first_name"), (User, "last_name"), (Workspace, "name"), (Position, "name")]
)
def test_every_name_in_the_database_is_looked_at(model, field):
    with pytest.raises(ValidationError, match="hidden"):
        model._meta.get_field(field).clean("Ana\nEvil", None)


@pytest.mark.parametrize("field", ["first_name", "last_name", "workspace_name"])
def test_sign_up_refuses_it(field, client_for):
    answer = client_for().post("/accounts/signup/", {**FORM, field: "Ana\nhttps"})
    assert "hidden characters" in str(answer.context["form"].errors[field])
    assert not User.objects.filter(email=FORM["email"].lower()).exists()


def test_joining_refuses_it(client_for, acme):
    secret = factories.make_invitation(acme).secret
    form = {"first_name": "see http://evil.example", "password": PASSWORD, "timezone": "UTC"}
    answer = client_for().post(f"/invitations/{secret}/", form)
    assert answer.status_code == 422
    assert "not a web address" in answer.content.decode()


def test_the_profile_and_the_workspace_refuse_it(client_for, ana, acme):
    own = client_for(ana).post("/account/", {"first_name": "Ana\u202e", "timezone": "UTC", "language": "en"})
    assert "hidden characters" in str(own.context["person"].errors["first_name"])
    made = client_for(ana).post("/workspaces/new/", {"name": "A\u200bB", "slug": "brand-new-one"})
    assert "hidden characters" in made.content.decode()
    theirs = client_for(ana, acme).post("/settings/", {"name": "Acme\nhttp", "visibility": "PRIVATE"})
    assert "hidden characters" in theirs.content.decode()


# The door of the process.
def ask(path="/health/", **environ):
    """Through the WSGI application itself; the status."""
    said = []
    body = io.BytesIO(environ.pop("body", b""))
    scope = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "slug=%E4%F6",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "198.51.100.1",
        "wsgi.input": body,
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
        **environ,
    }
    answer = application(scope, lambda status, headers, exc_info=None: said.append(int(status[:3])))
    getattr(answer, "close", lambda: None)()
    return said[0]


CHARSETS = ["rot13", "idna", "utf-16", "utf-7", "punycode", "hex", "undefined", '"utf-16"', "no-such-thing"]


@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("POST", 403)])
def test_another_charset_is_not_followed(method, status, transactional_db):
    assert {charset: ask_in(charset, method) for charset in CHARSETS} == {charset: {status} for charset in CHARSETS}


def ask_in(charset, method):
    """The statuses of three ways to write it; a form without its token ends at the guard against forgery."""
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    headers = (kind, kind.replace("charset=", "CHARSET = "), kind.replace("charset=", "charset*=x''%41"))
    body = b"slug=%FFa"
    sent = {"REQUEST_METHOD": method, "CONTENT_LENGTH": str(len(body))}
    return {ask("/address-check/", **sent, CONTENT_TYPE=header, body=body) for header in headers}


def test_what_is_left_of_a_content_type():
    assert readable_type("application/json; charset=UTF-8") == "application/json; charset=UTF-8"
    assert readable_type("text/plain; charset=utf-16") == "text/plain"
    assert readable_type("multipart/form-data; boundary=abc") == "multipart/form-data; boundary=abc"
    assert readable_type("multipart/form-data; charset=utf-7; boundary=abc") == 'multipart/form-data; boundary="abc"'


@pytest.mark.parametrize(("length", "status"), [(LARGEST_BODY + 1, 413), ("9" * 40, 413), (0, 200), ("x", 200)])
def test_a_body_that_is_too_large_is_not_read(length, status, transactional_db):
    assert ask(CONTENT_LENGTH=str(length)) == status


# The log.
@pytest.mark.parametrize(
    "message",
    [
        "Unprocessable Entity: /invitations/s3cr3t/",
        "Gone: /invitations//s3cr3t",
        "Forbidden: /enter/?link=s3cr3t",
        "GET /enter/?a=b&link=s3cr3t HTTP/1.1",
        "GET /meta/return/?state=x&code=s3cr3t HTTP/1.1",
        "Forbidden: /webhooks/meta/?hub.mode=subscribe&hub.verify_token=s3cr3t",
        "/accounts/login/?next=%2Finvitations%2Fs3cr3t%2F",
        "Not Found: /accounts/password/reset/key/1-s3cr3t/",
    ],
)
def test_the_log_keeps_no_live_secret(message):
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(MaskSecrets())
    handler.handle(logging.makeLogRecord({"msg": "%s (%d)", "args": (message, 422)}))
    assert "s3cr3t" not in out.getvalue()
    assert "[hidden]" in out.getvalue()
    assert "(422)" in out.getvalue()


def test_the_filter_is_on_whatever_prints(settings):
    assert all("secrets" in handler["filters"] for handler in settings.LOGGING["handlers"].values())
    assert logging.getLogger("django").handlers == logging.getLogger("django.server").handlers == []
    assert logging.getLogger("django.server").propagate


def test_a_line_without_a_secret_stays():
    record = logging.makeLogRecord({"msg": "Not Found: %s", "args": ("/team/",)})
    assert MaskSecrets().filter(record)
    assert (record.msg, record.args) == ("Not Found: %s", ("/team/",))


# Mail.
@pytest.mark.parametrize("error", [ConnectionRefusedError("away"), SMTPServerDisconnected("away"), TimeoutError()])
def test_with_queue_and_mail_server_away_sign_up_goes_on(
    error, client_for, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def away(problem):
        def fail(*args, **kwargs):
            raise problem

        return fail

    monkeypatch.setattr(mail.current_app, "send_task", away(OperationalError("away")))
    monkeypatch.setattr(mail, "send", away(error))
    with django_capture_on_commit_callbacks(execute=True):
        assert client_for().post("/accounts/signup/", FORM).status_code == 302
    assert Workspace.objects.filter(slug=FORM["slug"]).exists()
    assert [record.levelname for record in caplog.records if "will be tried again" in record.message] == ["ERROR"]


@pytest.mark.parametrize("provider", ["%00", "sso%00", "a%00b", "nothing"])
@pytest.mark.parametrize("page", ["login/", "login/callback/"])
def test_a_provider_that_cannot_be_is_not_found(provider, page, client_for):
    assert client_for().get(f"/accounts/oidc/{provider}/{page}").status_code == 404
