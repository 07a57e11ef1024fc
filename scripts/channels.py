"""Writes the channel table of README.md from what the publishers say they can do; `--check` only compares.

Run with `python scripts/channels.py`. The table stands between two marks; nothing else of the page is touched.
"""

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from appeal import publishers  # noqa: E402 the package lies beside the scripts
from appeal.publishers.base import Capabilities, Find, Removal  # noqa: E402

PAGE = ROOT / "README.md"
BEGIN, END = "<!-- channels: written by scripts/channels.py -->", "<!-- channels: end -->"
HEADS = ("channel", "text", "pictures", "correction", "taking down", "when no answer came", "to apply for", "costs")
FINDS = {
    Find.NONE: "a person is asked",
    Find.USUAL: "it is looked for, then a person is asked",
    Find.SURE: "it is looked up",
}


def main(arguments: list[str]) -> int:
    """Write the table, or with `--check` say whether it is as it should be."""
    text = PAGE.read_text()
    wanted = written(text)
    if "--check" in arguments:
        return int(text != wanted)
    PAGE.write_text(wanted)
    return 0


def written(text: str) -> str:
    """The page with the table as the publishers make it."""
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def table() -> str:
    """One row for each publisher, in their own order."""
    rows = [HEADS, tuple("---" for _ in HEADS)]
    rows += [_row(publisher.capabilities) for publisher in publishers.PUBLISHERS.values()]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _row(able: Capabilities) -> tuple[str, ...]:
    return (
        able.label,
        f"{able.text_limit:,} {able.counts}",
        _pictures(able),
        _correction(able),
        _removal(able),
        "sent again: the platform takes it once" if able.is_repeatable else FINDS[able.find],
        able.apply_for,
        able.costs,
    )


def _pictures(able: Capabilities) -> str:
    wanted = able.pictures
    if not wanted.number:
        return "none"
    return f"{wanted.number}, described" if wanted.alt_limit else f"{wanted.number}, not described"


def _correction(able: Capabilities) -> str:
    if able.by_hand:
        return "a person changes it"
    return "changed where it stands" if able.can_update else "a new post that says so"


def _removal(able: Capabilities) -> str:
    if able.by_hand:
        return "a person removes it and says so"
    words = "removed, then looked up until it is gone"
    if able.removal == Removal.FOLLOWS_UP:
        words = "a message that takes it back, to the same addresses"
    pace: Any = able.removals
    return f"{words}; {pace.number} in {pace.seconds / 60:g} minutes" if pace else words


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
