"""Files from Meta: the token goes to Meta alone, and nothing is fetched from inside our own network."""

import pytest

from pages.graph import media
from pages.graph.errors import GraphError, Kind
from pages.graph.guard import is_public
from pages.graph.media import is_metas_own, open_media
from tests.pages.graph.conftest import TOKEN, line, whatsapp
from tests.pages.graph.peer import Peer, Reply, graph_error

FILE = b"\x00\x01" * 100_000


def fetched(*args, **over) -> bytes:
    with open_media(*args, **over) as download:
        return b"".join(download.chunks(within=30))


def failure(*args, **over) -> GraphError:
    with pytest.raises(GraphError) as raised:
        fetched(*args, **over)
    return raised.value


def test_a_link_is_fetched_without_the_token(meta):
    meta.will(Reply(raw=FILE, headers={"Content-Type": "Image/PNG; x=y"}))
    with open_media(line(), url=f"{meta.url}/cdn/a.png?sig=1") as download:
        assert (download.content_type, download.length) == ("image/png", len(FILE))
        assert b"".join(download.chunks(within=30)) == FILE
    assert "Authorization" not in meta.asked[0].headers


def test_a_media_id_is_resolved_and_fetched_with_the_token(meta):
    meta.will({"url": f"{meta.url}/lookaside/1", "id": "135"}, Reply(raw=FILE))
    assert fetched(whatsapp(), media_id="135") == FILE
    assert meta.asked[0].path == "/v25.0/135"
    assert meta.asked[0].query["phone_number_id"] == "106500000000001"
    assert meta.asked[1].headers["Authorization"] == f"Bearer {TOKEN}"


def test_a_link_that_is_over_is_resolved_once_more(meta):
    meta.will({"url": f"{meta.url}/1"}, Reply(status=404), {"url": f"{meta.url}/2"}, Reply(raw=b"x"))
    assert fetched(whatsapp(), media_id="135") == b"x"
    meta.will({"url": f"{meta.url}/1"}, Reply(status=404), {"url": f"{meta.url}/2"}, Reply(status=404))
    assert failure(whatsapp(), media_id="135").gone
    assert len(meta.asked) == 8


def test_an_id_that_is_over_is_gone(meta):
    meta.will(graph_error(100, 33))
    error = failure(whatsapp(), media_id="135")
    assert (error.gone, len(meta.asked)) == (True, 1)


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_link_that_expired_is_gone(meta, status):
    meta.will(Reply(status=status))
    error = failure(line(), url=f"{meta.url}/a")
    assert (error.gone, error.kind) == (True, Kind.FINAL)


@pytest.mark.parametrize("reply", [Reply(status=503), Reply(fate="reset"), Reply(raw=b"x", fate="short")])
def test_what_broke_off_is_tried_again(meta, reply):
    meta.will(reply)
    error = failure(line(), url=f"{meta.url}/a")
    assert (error.kind, error.gone) == (Kind.RETRY, False)


def test_the_token_does_not_follow_a_redirect_to_a_stranger(meta):
    """By name a stranger; where the name leads is the one place here that may be asked."""
    stranger = meta.url.replace("127.0.0.1", "127.1")
    meta.will({"url": f"{meta.url}/1"}, Reply(status=302, headers={"Location": f"{stranger}/file"}), Reply(raw=b"x"))
    assert fetched(whatsapp(), media_id="135") == b"x"
    asked = {request.path: "Authorization" in request.headers for request in meta.asked}
    assert asked == {"/v25.0/135": True, "/1": True, "/file": False}


def test_with_a_sandbox_nothing_private_beside_it_is_asked(meta):
    stranger = Peer()
    meta.will(Reply(status=302, headers={"Location": f"{stranger.url}/admin"}))
    for url in (f"{stranger.url}/admin", f"{meta.url}/a"):
        error = failure(line(), url=url)
        assert (error.meaning, error.kind) == (media.FORBIDDEN, Kind.FINAL)
    assert (len(meta.asked), stranger.asked) == (1, [])
    stranger.close()


def test_redirects_end(meta):
    meta.will(*[Reply(status=302, headers={"Location": "/again"})] * 9)
    assert failure(line(), url=f"{meta.url}/a").kind == Kind.FINAL
    assert len(meta.asked) == 4


@pytest.mark.parametrize("location", ["ftp://127.0.0.1/x", "file:///etc/passwd", "https://user@host/"])
def test_every_step_of_a_redirect_is_looked_at(meta, location):
    meta.will(Reply(status=302, headers={"Location": location}))
    assert failure(line(), url=f"{meta.url}/a").kind == Kind.FINAL
    assert len(meta.asked) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433"])  # noqa: S104
def test_without_a_sandbox_nothing_private_is_asked(meta, settings, monkeypatch, host):
    port = meta.url.rpartition(":")[2]
    settings.GRAPH_URL = ""
    # As if http were allowed: the address itself must be enough to refuse.
    monkeypatch.setattr(media, "check", lambda url: None)
    error = failure(line(), url=f"http://{host}:{port}/admin")
    assert error.kind in {Kind.FINAL, Kind.RETRY}
    assert meta.asked == []


def test_an_open_door_inside_looks_like_a_shut_one(meta, settings):
    """Else a file's error would tell what listens where in our own network."""
    settings.GRAPH_URL = ""
    open_port = meta.url.rpartition(":")[2]
    errors = {failure(line(), url=f"https://127.0.0.1:{port}/").meaning for port in (open_port, 1)}
    assert errors == {media.FORBIDDEN}


@pytest.mark.parametrize(
    "url", ["http://lookaside.fbsbx.com/x", "", "x", "https://", "https://a:b@x.example/", "https://x:0/"]
)
def test_without_a_sandbox_it_is_https_and_a_host(settings, url):
    settings.GRAPH_URL = ""
    error = failure(line(), url=url)
    assert (error.kind, error.left) == (Kind.FINAL, False)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("157.240.1.1", True),
        ("2a03:2880::1", True),
        ("10.0.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:0a00:0001::", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b:1::a00:1", False),
        ("::ffff:0:10.0.0.1", False),
        ("::10.0.0.1", False),
        ("fec0::1", False),
        ("224.0.0.1", False),
    ],
)
def test_what_counts_as_public(address, public):
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("https://lookaside.fbsbx.com/whatsapp/x", True),
        ("https://graph.facebook.com/x", True),
        ("https://evilfacebook.com/x", False),
        ("https://facebook.com.evil.example/x", False),
        ("https://scontent.cdn.example/x", False),
    ],
)
def test_which_hosts_are_metas(settings, url, own):
    settings.GRAPH_URL = ""
    assert is_metas_own(url) is own
