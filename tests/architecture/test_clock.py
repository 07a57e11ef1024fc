"""Only one function reads the clock, and only the edges of the house call it; everything else is handed the time."""

import ast

from tests.architecture.tree import imports, is_under, modules, parsed

READINGS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "date.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
}
READS = "appeal.rules.clock"
APART = "appeal.exercise"
MAY_ASK = ("appeal.routes", "appeal.jobs", "appeal.cli", "appeal.processes", "appeal.story")


def test_nothing_else_reads_the_clock() -> None:
    found = [
        f"{name} line {node.lineno}"
        for name in modules()
        if name != READS and not is_under(name, APART)
        for node in ast.walk(parsed(name))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in READINGS
    ]
    assert found == []


def test_only_the_edges_ask_for_the_time() -> None:
    asking = [name for name in modules() if READS in imports(name)]
    assert [name for name in asking if not is_under(name, *MAY_ASK)] == []


def test_no_names_are_taken_out_of_the_time_module() -> None:
    taken = [
        name
        for name in modules()
        if not is_under(name, APART)
        for node in ast.walk(parsed(name))
        if isinstance(node, ast.ImportFrom) and node.module == "time"
        if {alias.name for alias in node.names} & {"time", "time_ns", "localtime", "gmtime"}
    ]
    assert taken == []
