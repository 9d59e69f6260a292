"""The documents say what the code does: every setting, every file they name, every link."""

import re
from collections import Counter
from itertools import chain, pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
READ_BY_CODE = re.compile(
    r"""(?:\benv(?:\.\w+)?\(|\brequired\(|\benviron\.get\(|\bgetenv\(|\benviron\[)\s*"(?P<name>[A-Z][A-Z0-9_]*)"(?!\]\s*=[^=])"""
)
READ_BY_SHELL = re.compile(r"\$\$?\{?(?P<name>[A-Z][A-Z0-9_]*)(?:[:}]|\b)")
LISTED = re.compile(r"#?(?P<name>[A-Z][A-Z0-9_]*)=(?P<default>.*)")
TABLED = re.compile(r"\| `(?P<name>[A-Z][A-Z0-9_]*)` \| (?:`(?P<default>[^`]*)`)? ?\| \S.*\|")
DEFAULT_IN_CODE = re.compile(r"""\benv\.\w+\("(?P<name>[A-Z_]+)", default=(?P<default>True|False|\d+|"[^"]*")[,)]""")
DEFAULT_IN_SHELL = re.compile(r"\$\{(?P<name>[A-Z_]+):-(?P<default>[^}]*)\}")
# With a folder in front: `actions/` alone is every app's.
NAMED_FILE = re.compile(r"`((?:[\w.-]+/)+(?:[\w.-]+\.(?:py|md|css|js|html|toml|txt)|[\w-]+/))`")
LINK = re.compile(r"\]\((?P<target>[^)#\s]+)(?:#[^)]*)?\)")


def code() -> str:
    packages = (ROOT / name for name in ["config", "workspaces", "agents", "pages", "templates_app", "inbox"])
    return "\n".join(path.read_text() for path in chain.from_iterable(package.rglob("*.py") for package in packages))


def procfile() -> str:
    return (ROOT / "Procfile").read_text()


def names_read() -> set[str]:
    return {found["name"] for found in chain(READ_BY_CODE.finditer(code()), READ_BY_SHELL.finditer(procfile()))}


def defaults_read() -> dict[str, str]:
    """Those that stand in the code as they are; others are worked out there."""
    literal = {"True": "true", "False": "false"}
    found = chain(DEFAULT_IN_SHELL.finditer(procfile()), DEFAULT_IN_CODE.finditer(code()))
    defaults = {one["name"]: literal.get(one["default"], one["default"].strip('"')) for one in found}
    return {name: default for name, default in defaults.items() if default}


def example() -> list[tuple[str, str]]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return [(found["name"], found["default"]) for line in lines if (found := LISTED.fullmatch(line))]


def table() -> list[tuple[str, str]]:
    lines = (ROOT / "docs" / "operations.md").read_text().splitlines()
    return [(found["name"], found["default"] or "") for line in lines if (found := TABLED.fullmatch(line))]


@pytest.mark.parametrize("listed", [example, table])
def test_every_setting_of_the_environment_is_listed_once_and_no_other(listed):
    assert Counter(name for name, _ in listed()) == dict.fromkeys(names_read(), 1)


def test_both_lists_agree_on_the_defaults():
    assert dict(example()) == dict(table())


def test_the_defaults_are_those_of_the_code():
    listed = dict(example())
    # Where the clock's notes go without a folder of their own is the Procfile's business alone.
    known = {name: default for name, default in defaults_read().items() if name != "SWITCHBOARD_VAR"}
    assert known == {name: listed[name] for name in known}
    assert len(known) > 8


def test_the_example_changes_nothing_when_it_is_copied():
    lines = (ROOT / ".env.example").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []


def test_every_setting_of_the_example_is_explained():
    lines = (ROOT / ".env.example").read_text().splitlines()
    explained = re.compile(r"# .+")
    assert [
        line
        for above, line in zip(["", *lines], lines, strict=False)
        if LISTED.fullmatch(line) and not explained.match(above)
    ] == []


def test_every_explanation_of_the_example_is_of_a_setting():
    _, *lines = (ROOT / ".env.example").read_text().partition("\n# ---")[2].splitlines()
    explained = [line for line in lines if line.startswith("# ") and not line.startswith("# ---")]
    assert explained == [above for above, line in pairwise(lines) if LISTED.fullmatch(line)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('env("DEBUG")', "DEBUG"),
        ('env.bool("DEBUG", default=True)', "DEBUG"),
        ('required(\n    "SECRET_KEY", None)', "SECRET_KEY"),
        ('os.environ.get("PORT") or 8000', "PORT"),
        ('os.environ["PORT"]', "PORT"),
        ('if os.environ["PORT"] == "1":', "PORT"),
        ('os.environ["PORT"] = "1"', None),
        ('os.environ.setdefault("PORT", "1")', None),
        ("env.bool(name)", None),
    ],
)
def test_what_counts_as_reading_a_setting(text, name):
    found = READ_BY_CODE.search(text)
    assert (found["name"] if found else None) == name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_a_document_names_is_there(document):
    named = NAMED_FILE.findall(document.read_text())
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_between_documents_leads_somewhere(document):
    targets = [found["target"] for found in LINK.finditer(document.read_text())]
    inside = [target for target in targets if not target.startswith(("http://", "https://", "mailto:"))]
    assert [target for target in inside if not (document.parent / target).exists()] == []
