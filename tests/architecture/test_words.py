"""Words that may not stand anywhere in the project: what is reserved for others, and places on one machine."""

import re
from pathlib import Path

from tests.architecture.tree import ROOT

# Written in halves, so that this file does not find itself.
FORBIDDEN = re.compile("GDS " + r"Transport|govuk-" + r"crest|logotype-" + r"crest|/wo" + "rk/", re.IGNORECASE)
SKIPPED_FOLDERS = {
    ".git",
    ".venv",
    "instance",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
}
BINARY = {".png", ".jpg", ".jpeg", ".webp", ".avif", ".heic", ".gif", ".mo", ".pdf", ".zip", ".ico", ".bin"}
# The script that removes them has to name them.
MAY_NAME = {"scripts/vendor.py", "tests/test_vendor.py"}


def test_no_file_holds_a_forbidden_word() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in _files(ROOT)
        for match in FORBIDDEN.finditer(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []


def _files(folder: Path) -> list[Path]:
    found: list[Path] = []
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or path.name in SKIPPED_FOLDERS:
            continue
        if path.is_dir():
            found += _files(path)
        elif path.suffix not in BINARY and path.relative_to(ROOT).as_posix() not in MAY_NAME:
            found.append(path)
    return found
