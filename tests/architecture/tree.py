"""The modules of the software and what each imports, read with ast: nothing is executed."""

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@lru_cache
def modules() -> dict[str, Path]:
    """Dotted name to file, for every module of the package."""
    paths = sorted((ROOT / "appeal").rglob("*.py"))
    return {".".join(_parts(path)): path for path in paths}


@lru_cache
def parsed(name: str) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(modules()[name].read_text(encoding="utf-8"))


@lru_cache
def imports(name: str) -> frozenset[str]:
    """The modules of ours that a module imports, in functions too; `appeal` itself if it takes a name from there."""
    return frozenset(_imports(name))


def is_under(name: str, *prefixes: str) -> bool:
    """Whether a dotted name is one of the prefixes or stands below one."""
    return any(name == prefix or name.startswith(prefix + ".") for prefix in prefixes)


def _parts(path: Path) -> tuple[str, ...]:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


def _imports(name: str) -> Iterator[str]:
    for node in ast.walk(parsed(name)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if is_under(alias.name, "appeal"))
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} line {node.lineno}: write the whole name of what is imported"
            yield from _taken(node)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in {"import_module", "importlib.import_module"}:
            names = [str(argument.value) for argument in node.args if isinstance(argument, ast.Constant)]
            yield from (named for named in names if is_under(named, "appeal"))


def _taken(node: ast.ImportFrom) -> Iterator[str]:
    if node.module is None or not is_under(node.module, "appeal"):
        return
    for alias in node.names:
        whole = f"{node.module}.{alias.name}"
        yield whole if whole in modules() else node.module
