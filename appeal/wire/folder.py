"""A folder that is served to the public: one lock, atomic writes, records, and what was withdrawn.

Records are the truth: `records/<family>/<language>/<appeal>.json`, one per appeal and language. Everything else can be
made from them again. A record names the addresses that it serves (`live`) and those that it served once (`gone`).
An address that is gone has a file under `gone/` at the same path, which is what a web server shows with 410, and a
line in `gone.map`: the address, a space, the language.
"""

import fcntl
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from appeal.rules.content import canonical_json

RECORDS = "records"
GONE = "gone"
GONE_MAP = "gone.map"
SITE = "site.json"
# What lies in the folder and is never served.
PRIVATE = frozenset({RECORDS, GONE, GONE_MAP, SITE})

INDEX = "index.html"
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")

Record = dict[str, Any]


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Hold the folder for one writer, among all processes. OSError if it cannot be written."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write(path: Path, content: bytes) -> bool:
    """Put a whole file in its place, durably; False, and nothing touched, when it already says that."""
    if _read(path) == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = _fresh(path)
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    _sync(path.parent)
    return True


def put(folder: Path, address: str, text: str) -> bool:
    """Put a text in the place of an address; False when it already says that."""
    return write(place(folder, address), text.encode())


def remove(path: Path) -> bool:
    """Take a file away, durably; False when it was not there."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    _sync(path.parent)
    return True


def keep(folder: Path, family: str, record: Mapping[str, Any]) -> None:
    """Store one record; it has at least `language`, `appeal`, `live`, `gone` and `gone_pages`."""
    write(_record_path(folder, family, record["language"], record["appeal"]), canonical_json(record))


def record(folder: Path, family: str, language: str, appeal: str) -> Record | None:
    """One record, or None."""
    text = _read(_record_path(folder, family, language, appeal))
    return None if text is None else _decode(text)


def records(folder: Path, family: str = "*") -> list[Record]:
    """All records of a family, or of all families, in the order of their paths."""
    paths = sorted((folder / RECORDS).glob(f"{family}/*/[!.]*.json"))
    return [_decode(path.read_bytes()) for path in paths]


def place(folder: Path, address: str) -> Path:
    """The file behind an address of ours; ValueError if any part of it is not a plain name."""
    parts = address.removeprefix("/").split("/")
    if not address.startswith("/") or any(not _is_plain(part) for part in parts[:-1]):
        raise ValueError(address)
    last = parts[-1] or INDEX
    if not _is_plain(last):
        raise ValueError(address)
    return folder.joinpath(*parts[:-1], last)


def in_use(folder: Path) -> set[str]:
    """All addresses that some record serves now."""
    return {address for one in records(folder) for address in one["live"]}


def settle(folder: Path) -> None:
    """Make the served files agree with the records: withdrawn ones away, their `gone` files and `gone.map` there."""
    live = in_use(folder)
    gone: dict[str, tuple[str, bytes]] = {}
    for one in records(folder):
        for address in one["gone"]:
            gone[address] = (one["language"], one["gone_pages"].get(address, "").encode())
    gone = {address: known for address, known in sorted(gone.items()) if address not in live}
    for address, (_, page) in gone.items():
        write(place(folder / GONE, address), page)
    write(folder / GONE_MAP, "".join(f"{address} {known[0]}\n" for address, known in gone.items()).encode())
    for address in gone:
        remove(place(folder, address))
        # Half a file that a crash left behind says as much as a whole one.
        remove(_fresh(place(folder, address)))
    _forget(folder, live)


def gone_map(text: str) -> dict[str, str]:
    """Addresses and languages of what was withdrawn, as `gone.map` tells them."""
    return dict(line.split(" ", 1) for line in text.splitlines() if " " in line)


def _fresh(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")


def _forget(folder: Path, live: set[str]) -> None:
    """What is shown again is no longer gone."""
    for address in live:
        remove(place(folder / GONE, address))


def _record_path(folder: Path, family: str, language: str, appeal: str) -> Path:
    if not (NAME.match(family) and NAME.match(language) and NAME.match(appeal)):
        raise ValueError(f"{family}/{language}/{appeal}")
    return folder / RECORDS / family / language / f"{appeal}.json"


def _is_plain(part: str) -> bool:
    return bool(part) and not part.startswith(".") and NAME.match(part.replace(".", "_")) is not None


def _decode(text: bytes) -> Record:
    found: Record = json.loads(text)
    return found


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
