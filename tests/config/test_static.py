"""What browsers fetch in production: few files, small, under names that change with what is in them."""

import gzip
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import Client

from config.static import HashedStaticFilesStorage, moved
from workspaces.models import User, Workspace
from workspaces.stylesheets import SHEETS, joined

STATIC = Path(settings.BASE_DIR) / "static"


@pytest.fixture
def collected(tmp_path: Path) -> HashedStaticFilesStorage:
    shutil.copytree(STATIC, tmp_path / "static")
    storage = HashedStaticFilesStorage(location=tmp_path / "static", base_url="/static/")
    files = [path.relative_to(storage.location).as_posix() for path in Path(storage.location).rglob("*.*")]
    for _, _, processed in storage.post_process({name: (storage, name) for name in files}):
        assert not isinstance(processed, Exception)
    return storage


def test_style_sheets_that_belong_together_are_one_file(collected: HashedStaticFilesStorage) -> None:
    for name, files in SHEETS.items():
        css = Path(collected.path(collected.stored_name(joined(name)))).read_text()
        assert len(css) > 0.99 * sum((STATIC / file).stat().st_size for file in files)
        for address in re.findall(r'url\("(\.[^"]+)"\)', css):
            assert (Path(collected.location) / "css" / "joined" / address).exists()


def test_a_page_names_that_one_file(collected: HashedStaticFilesStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Template('{% load styles %}{% styles "all" %}')
    assert page.render(Context()).count("<link") == len(SHEETS["all"])
    monkeypatch.setattr("workspaces.templatetags.styles.staticfiles_storage", collected)
    assert page.render(Context()).count("<link") == 1


def test_modules_that_come_later_have_their_own_names_too(collected: HashedStaticFilesStorage) -> None:
    app = Path(collected.path(collected.stored_name("js/app.js"))).read_text()
    later = re.findall(r'import\("\./([^"]+)"\)', app)
    assert len(later) > 5
    assert all((Path(collected.location) / "js" / name).exists() for name in later)


def test_what_is_moved_still_finds_what_it_names() -> None:
    css = 'a { background: url("../../img/mark.svg") } b { background: url("data:image/png;base64,AA==") }'
    assert moved("css/screens/inbox/list.css", "css/joined/x.css", css) == css.replace("../../img", "../img")


def test_a_page_travels_compressed(client_for: Any, ana: User, acme: Workspace) -> None:
    client: Client = client_for(ana, acme)
    answer = client.get("/inbox/all/", headers={"accept-encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    assert b'<ol class="list-rows"' in gzip.decompress(answer.content)
    assert "Content-Encoding" not in client.get("/inbox/all/")
