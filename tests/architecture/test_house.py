"""Sizes, names, and pages without anything inline."""

import ast
import re
from pathlib import Path

import pytest

from appeal import pages
from tests.architecture.tree import ROOT, modules, parsed

FILE_LINES, FUNCTION_LINES = 400, 40
NO_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "data", "info", "misc"}
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
# The exercise platforms stand apart and render their pages in an environment of their own.
OURS = [path for path in TEMPLATES if "exercise" not in path.parts]
SCRIPT = re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/ld\+json\")", re.IGNORECASE)
INLINE = re.compile(r"<style\b|<[a-z][^>]*\s(style|on[a-z]+|hx-on[\w:-]*)\s*=|javascript:", re.IGNORECASE)
VENDOR = re.compile(r"""vendor\(\s*["']([^"']+)["'],\s*["']([^"']+)["']""")
ASSET = re.compile(r"""asset\(\s*["']([^"']+)["']""")


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("name", modules())
def test_module_is_short_and_begins_with_a_docstring(name: str) -> None:
    assert len(modules()[name].read_text(encoding="utf-8").splitlines()) <= FILE_LINES
    assert ast.get_docstring(parsed(name))


@pytest.mark.parametrize("name", modules())
def test_functions_are_short(name: str) -> None:
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(parsed(name))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if node.end_lineno is not None and node.end_lineno - node.lineno >= FUNCTION_LINES
    ]
    assert long == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [name for name in modules() if NO_NAMES & set(name.split("."))] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_template_has_nothing_inline(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [match.group(0) for pattern in (SCRIPT, INLINE) for match in pattern.finditer(text)] == []


@pytest.mark.parametrize("path", OURS, ids=relative)
def test_template_asks_for_files_that_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for package, name in VENDOR.findall(text):
        pages.vendor(package, name)
    assert [name for name in ASSET.findall(text) if not (pages.STATIC / name).is_file()] == []
    assert "/static/" not in text, "use asset() or vendor(), which know the version"


@pytest.mark.parametrize("path", sorted((ROOT / "static").glob("*.js")), ids=relative)
def test_script_imports_files_that_exist(path: Path) -> None:
    addresses = re.findall(r'from "(/[^"]+)"', path.read_text(encoding="utf-8"))
    assert [address for address in addresses if not (ROOT / address.lstrip("/")).is_file()] == []


def test_every_template_can_be_compiled() -> None:
    env = pages.environment("en")
    for name in (path.relative_to(ROOT / "templates").as_posix() for path in OURS):
        env.get_template(name)
