"""Imports go down only. A new module gets its place in the table below, or this test says that it has none."""

import ast
from itertools import pairwise

import pytest

from tests.architecture.tree import imports, is_under, modules, parsed

# From the ground up. Names of one row do not import each other; a name stands for itself and all that is below it.
ROWS = (
    ("rules",),
    ("orders", "writer"),
    ("db", "wire", "pages", "tips.inbound", "decoding"),
    ("models", "publishers", "tips.sources", "imaging", "printing", "filestore", "sealing", "config"),
    ("keys", "posters", "cards"),
    ("ownership", "spare"),
    ("supervisor",),
    ("installation",),
    ("core",),
    ("schema",),
    ("ledger", "engine"),
    ("ledger_check", "serving"),
    ("services", "backup"),
    ("tips",),
    ("routes.forms", "jobs"),
    ("routes", "scheduler"),
    ("app", "story"),
    ("processes", "training"),
    ("cli",),
    ("__main__",),
)
FLOORS = {f"appeal.{name}": floor for floor, row in enumerate(ROWS) for name in row}
APART = "appeal.exercise"

# Inside services and tips: what stands right may import what stands left, never the other way.
CHAINS = (
    ("services", ("officers", "approvals", "deliveries", "releases", "appeals")),
    ("services", ("rota", "approvals")),
    ("services", ("channels", "approvals")),
    ("services", ("renditions", "photos", "approvals")),
    ("services", ("barring", "photos")),
    ("tips", ("intake", "triage", "leads")),
)

PLATFORM_FOLDERS = {"appeal.publishers": (), "appeal.tips.sources": ("appeal.tips.inbound",)}
PLATFORM_MAY = ("appeal.wire", "appeal.pages", "appeal.rules")
SHARED_BY_PLATFORMS = ("base", "text")

WAKES = ("appeal.jobs", "appeal.processes")


def unit(name: str) -> str:
    """The name in the table that a module belongs to: the longest that fits."""
    fitting = [prefix for prefix in FLOORS if is_under(name, prefix)]
    assert fitting, f"{name} has no place among the floors"
    return max(fitting, key=len)


HOUSE = [name for name in modules() if name != "appeal" and not is_under(name, APART)]


@pytest.mark.parametrize("name", HOUSE)
def test_imports_go_down_only(name: str) -> None:
    own = unit(name)
    wrong = [
        other
        for other in imports(name)
        if not is_under(other, APART)
        and other != "appeal"
        and unit(other) != own
        and FLOORS[unit(other)] >= FLOORS[own]
    ]
    assert wrong == []


@pytest.mark.parametrize("name", HOUSE)
def test_nothing_imports_the_package_itself(name: str) -> None:
    assert "appeal" not in imports(name)


def test_the_package_holds_a_docstring_and_nothing_else() -> None:
    (only,) = parsed("appeal").body
    assert isinstance(only, ast.Expr)
    assert isinstance(only.value, ast.Constant)


def test_no_modules_import_each_other_in_a_circle() -> None:
    found: list[list[str]] = []
    done: set[str] = set()

    def walk(name: str, way: list[str]) -> None:
        if name in way:
            found.append([*way[way.index(name) :], name])
        elif name not in done:
            for other in sorted(imports(name) & modules().keys()):
                walk(other, [*way, name])
            done.add(name)

    for name in modules():
        walk(name, [])
    assert found == []


@pytest.mark.parametrize(("folder", "chain"), CHAINS)
def test_services_and_tips_keep_their_order(folder: str, chain: tuple[str, ...]) -> None:
    for position, lower in enumerate(chain):
        name = f"appeal.{folder}.{lower}"
        higher = {f"appeal.{folder}.{later}" for later in chain[position + 1 :]}
        assert [part for part in modules() if is_under(part, name) and imports(part) & higher] == []


@pytest.mark.parametrize("folder", PLATFORM_FOLDERS)
def test_a_platform_knows_no_database_no_flask_and_no_other_platform(folder: str) -> None:
    for name in modules():
        own = name.removeprefix(folder + ".").split(".")[0]
        if not name.startswith(folder + ".") or own in SHARED_BY_PLATFORMS:
            continue
        family = tuple(other for other in modules() if other.startswith((f"{folder}.{own.split('_')[0]}",)))
        shared = tuple(f"{folder}.{shared}" for shared in SHARED_BY_PLATFORMS)
        allowed = PLATFORM_MAY + PLATFORM_FOLDERS[folder] + shared + family
        assert [other for other in imports(name) if not is_under(other, *allowed)] == []
        assert _foreign(name) & {"flask", "sqlalchemy", "flask_sqlalchemy"} == set()


def test_the_exercise_stands_apart() -> None:
    for name in modules():
        if is_under(name, APART):
            assert [other for other in imports(name) if not is_under(other, APART)] == []
        elif not is_under(name, "appeal.training"):
            assert [other for other in imports(name) if is_under(other, APART)] == []


def test_only_jobs_wake_the_engine() -> None:
    assert [name for name in HOUSE if "appeal.engine" in imports(name) and not is_under(name, *WAKES)] == []
    calls = [name for name in HOUSE for node in ast.walk(parsed(name)) if _is_wake(node)]
    assert [name for name in calls if not is_under(name, "appeal.jobs")] == []


def test_rules_need_the_standard_library_only() -> None:
    third_party = {"flask", "sqlalchemy", "wtforms", "requests", "PIL", "jinja2", "babel", "phonenumbers", "lxml"}
    assert [name for name in modules() if is_under(name, "appeal.rules") and _foreign(name) & third_party] == []


def test_the_table_has_no_name_twice() -> None:
    names = sorted(name for row in ROWS for name in row)
    assert [left for left, right in pairwise(names) if left == right] == []


def _foreign(name: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(parsed(name)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def _is_wake(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "engine.send"
