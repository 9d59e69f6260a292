"""Rules of the house that no single test would notice: imports, migrations, routes, what templates may hold."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.template.loader import get_template
from django.utils.module_loading import import_string

from tests.product import PATIENCE
from workspaces.routes import ROUTES

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ["config", "workspaces", "agents", "pages", "templates_app", "inbox"]
FOLDERS = [ROOT / "templates", *(ROOT / package / "templates" for package in PACKAGES)]
# By the name that Django finds them under.
TEMPLATES = {str(path.relative_to(folder)): path for folder in FOLDERS for path in sorted(folder.rglob("*.html"))}
# Mail programs read no style sheets, and obey no policy of ours.
PAGES = [name for name in TEMPLATES if "email/" not in name]

COMMENT = re.compile(r"\{#.*?#\}|\{% comment.*?%\}.*?\{% endcomment %\}|<!--.*?-->", re.DOTALL)
BREACHES = {
    "a script in the page": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "a style in the page": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"<[^<>]*\sstyle\s*=", re.IGNORECASE),
    "a handler in an attribute": re.compile(r"<[^<>]*\s(on[a-z]+|hx-on[\w:-]*)\s*=", re.IGNORECASE),
    "a script as an address": re.compile(r"javascript:", re.IGNORECASE),
    "something from another server": re.compile(r"<(script|link|img)\b[^>]*(src|href)=.https?:", re.IGNORECASE),
}
STATIC_IN_TEMPLATE = re.compile(r"""\{% static ["']([^"']+)["']""")
IMPORT_IN_SCRIPT = re.compile(
    r"""^\s*(?:import|export)\b[^"';]*["'](\.[^"']+)["']|\bimport\(["'](\.[^"']+)["']\)""", re.MULTILINE
)
STATIC_IN_CODE = re.compile(r"""\bstatic\("([^"]+)"\)""")
ICON = re.compile(r"""\{% icon "([\w-]+)\"""")
TOLD = re.compile(r"""\btell_workspace\("([\w.]+)\"""")


def words_of(name: str) -> str:
    return COMMENT.sub("", TEMPLATES[name].read_text())


def code() -> str:
    return "\n".join(path.read_text() for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


LINT_IMPORTS = """
import sys
sys.path.insert(0, ".")
from importlinter.cli import lint_imports
sys.exit(lint_imports(no_cache=True))
"""


def test_imports_go_down_alone():
    done = subprocess.run(
        [sys.executable, "-c", LINT_IMPORTS], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"[1-9]\d* kept, 0 broken", done.stdout)


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("event", ROUTES)
def test_every_route_leads_to_a_function(event):
    target = import_string(ROUTES[event])
    assert inspect.isfunction(target)
    first = next(iter(inspect.signature(target).parameters.values()))
    assert first.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD


def test_every_route_is_used_and_every_event_has_one():
    assert set(TOLD.findall(code())) == set(ROUTES)


def test_the_templates_are_found():
    assert {"base.html", "agents/team.html", "workspaces/landing.html", "404.html"} <= set(TEMPLATES)
    assert {path for path in ROOT.glob("*/templates") if not path.is_symlink()} <= set(FOLDERS)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_compiles(name):
    assert get_template(name).template.name == name


@pytest.mark.parametrize("rule", BREACHES)
def test_no_page_breaks_the_content_policy(rule):
    assert [name for name in PAGES if BREACHES[rule].search(words_of(name))] == []


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("a script in the page", "<script>alert(1)</script>"),
        ("a script in the page", '<SCRIPT type="module">'),
        ("a style in the page", "<style>p {}</style>"),
        ("a style attribute", '<p class="a"\n style="color: red">'),
        ("a handler in an attribute", '<a href="/" onclick="go()">'),
        ("a handler in an attribute", "<a hx-on:click='go()'>"),
        ("a script as an address", '<a href="javascript:go()">'),
        ("something from another server", '<script src="https://cdn.example/x.js"></script>'),
    ],
)
def test_a_breach_is_seen(rule, text):
    assert BREACHES[rule].search(text)


@pytest.mark.parametrize(
    "text", ['<script src="{% static "js/app.js" %}" type="module">', '<p data-on="1">', "<p lang=en>"]
)
def test_what_is_no_breach(text):
    assert [rule for rule, breach in BREACHES.items() if breach.search(text)] == []


def test_every_static_file_that_is_named_is_there():
    named = {name: STATIC_IN_TEMPLATE.findall(words_of(name)) for name in TEMPLATES} | {
        "*.py": STATIC_IN_CODE.findall(code())
    }
    assert sum(map(len, named.values())) > 20
    assert {(where, path) for where, paths in named.items() for path in paths if not finders.find(path)} == set()


def test_every_icon_that_is_named_is_drawn():
    drawn = set(re.findall(r'<symbol[^>]*\bid="([\w-]+)"', (ROOT / "static" / "img" / "icons.svg").read_text()))
    named = {icon for name in TEMPLATES for icon in ICON.findall(words_of(name))}
    assert len(named) > 5
    assert named - drawn == set()


def test_every_script_that_is_imported_is_there():
    scripts = list((ROOT / "static" / "js").rglob("*.js"))
    imported = [(path, one or two) for path in scripts for one, two in IMPORT_IN_SCRIPT.findall(path.read_text())]
    assert imported
    assert [(str(path), name) for path, name in imported if not (path.parent / name).is_file()] == []
