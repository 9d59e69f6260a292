"""Every code means something, and every page of a workspace asks for one or is known to be open to all its members."""

import ast
from pathlib import Path

import pytest

from agents import urls
from agents.guards import requires
from agents.models import Agent, Position
from agents.permissions import ALL_CODES, CHOICES, PERMISSIONS, SYSTEM_POSITIONS

AGENTS = Path(urls.__file__).parent

# Pages without a code: for every member, or guarded by the ownership itself.
OPEN = {"home", "availability", "ownership", "pulse", "stream-token", "theme"}


def test_every_page_asks_for_a_code_or_is_known_to_be_open():
    views = {pattern.name: getattr(pattern.callback, "permission", None) for pattern in urls.urlpatterns}
    assert {name for name, code in views.items() if code is None} == OPEN
    assert {code for code in views.values() if code} <= ALL_CODES


def codes_in(tree: ast.AST) -> set[str]:
    found = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return found & ALL_CODES


def test_every_code_is_asked_for_somewhere():
    registry = AGENTS / "permissions.py"
    apps = [AGENTS, *(AGENTS.parent / name for name in ("pages", "templates_app", "inbox"))]
    files = [path for app in apps for path in app.rglob("*.py") if path != registry]
    used = set().union(*(codes_in(ast.parse(path.read_text())) for path in files))
    assert used == ALL_CODES


def test_every_code_is_explained():
    for code, permission in PERMISSIONS.items():
        assert permission.code == code
        assert permission.label
        assert permission.allows.endswith(".")
    assert [code for code, _ in CHOICES] == list(PERMISSIONS)


def test_system_positions_hold_known_codes():
    for _, _, codes in SYSTEM_POSITIONS.values():
        assert set(codes) <= ALL_CODES
        assert codes == sorted(codes)
    assert set(SYSTEM_POSITIONS["administrator"][2]) == ALL_CODES


def test_an_unknown_code_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        requires("team.veiw")
    with pytest.raises(KeyError):
        Agent(position=Position()).can("team.veiw")


LOOKING = {"team.view", "members.view", "audit.view", "channels.view", "messages.view"}
CASES = [
    ("an agent has those of the position", "AGENT", ["team.view", "team.manage"], True, {"team.view", "team.manage"}),
    ("an admin has all", "ADMIN", [], True, ALL_CODES),
    ("a viewer only looks", "VIEWER", sorted(ALL_CODES), True, LOOKING),
    ("who is off has none", "AGENT", ["team.view"], False, set()),
    ("an admin who is off has none", "ADMIN", ["team.view"], False, set()),
    ("a code of the past counts for nothing", "AGENT", ["team.view", "gone.code"], True, {"team.view"}),
]


@pytest.mark.parametrize(("_case", "role", "held", "active", "codes"), CASES, ids=[case[0] for case in CASES])
def test_codes(_case, role, held, active, codes):
    agent = Agent(role=role, is_active=active, position=Position(permissions=held))
    assert agent.codes == codes
    assert {code for code in ALL_CODES if agent.can(code)} == codes
