"""The ledger checked: written out as lines, and verified from those lines or from the live database.

An export is JSON Lines: a first line with the public key, then one entry a line in the order of the places. Each line
is written in the one canonical way, so that no byte can change unseen. Verifying an export needs no database.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select

from appeal import installation, ledger
from appeal.db import reading
from appeal.models.ledger import LedgerEntry
from appeal.rules.errors import LedgerBroken

FORMAT = "appeal ledger 1"
ROWS_AT_ONCE = 500
MARKS = ("sha256", "signature")
NAMES = frozenset({*ledger.CONTENT, "at", *MARKS})

Content = dict[str, Any]


@dataclass(frozen=True)
class Verified:
    """How many entries are in order, and the hash of the last: keep it, and a cut-off end shows later."""

    count: int
    head: str


def export(stream: TextIO) -> int:
    """Write every entry that has a place; returns how many."""
    return sum(1 for line in lines() if stream.write(line)) - 1


def lines() -> Iterator[str]:
    """The export line by line, the one with the public key first."""
    yield _line({"format": FORMAT, "public_key": own_key()})
    yield from (_line(entry) for entry in _entries())


def own_key() -> str:
    """The key that checks what this installation signs, in hex."""
    return ledger.public_key(installation.current().desk_keys.ledger_seed)


def verify(source: Path | Iterable[str], public_key: str) -> Verified:
    """Check an export against the key (in hex), offline; raises `LedgerBroken` naming the first wrong entry."""
    if isinstance(source, Path):
        try:
            with source.open(encoding="utf-8", newline="\n") as stream:
                return _verify_lines(stream, public_key)
        except UnicodeDecodeError:
            raise LedgerBroken("the export is not UTF-8 text") from None
    return _verify_lines(source, public_key)


def verify_database(public_key: str) -> Verified:
    """Check the live database in the same way; entries without a place are not looked at yet."""
    return _verify(_entries(), public_key)


def _verify_lines(lines: Iterable[str], public_key: str) -> Verified:
    rest = iter(lines)
    header = _parsed(next(rest, ""), "the first line")
    if header.get("format") != FORMAT or set(header) != {"format", "public_key"}:
        raise LedgerBroken("the first line does not say that this is a ledger")
    if header["public_key"] != public_key:
        raise LedgerBroken("the ledger was signed with another key than the one to check against")
    return _verify((_parsed(line, f"entry {place}") for place, line in enumerate(rest, start=1)), public_key)


def _parsed(line: str, name: str) -> Content:
    try:
        value = json.loads(line)
    except ValueError:
        raise LedgerBroken(f"{name}: is not JSON") from None
    if not isinstance(value, dict) or _line(value) != line:
        raise LedgerBroken(f"{name}: is not written the way it was written out")
    return value


def _verify(entries: Iterable[Content], public_key: str) -> Verified:
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
    head, count = ledger.FIRST_PREVIOUS, 0
    for place, entry in enumerate(entries, start=1):
        fault = _fault(entry, place, head, key)
        if fault:
            raise LedgerBroken(f"entry {place}: {fault}")
        head, count = entry["sha256"], place
    return Verified(count, head)


def _fault(entry: Content, place: int, head: str, key: Ed25519PublicKey) -> str:
    if entry.keys() != NAMES:
        return "its fields are not those of an entry"
    if entry["place"] != place:
        return "its place is wrong"
    if entry["previous"] != head:
        return "does not follow the one before"
    content = {name: value for name, value in entry.items() if name not in MARKS}
    if hashlib.sha256(ledger.canonical(content)).hexdigest() != entry["sha256"]:
        return "hash does not match"
    return "" if _is_signed(entry, key) else "signature does not match"


def _is_signed(entry: Content, key: Ed25519PublicKey) -> bool:
    """The text is compared too: a hex digit in upper case means the same signature, yet somebody wrote it."""
    try:
        signature = bytes.fromhex(entry["signature"])
        key.verify(signature, bytes.fromhex(entry["sha256"]))
    except (TypeError, ValueError, InvalidSignature):
        return False
    return signature.hex() == str(entry["signature"])


def _entries() -> Iterator[Content]:
    """The placed entries in order, a few hundred in memory at a time."""
    after = 0
    while found := _batch(after, ROWS_AT_ONCE):
        yield from found
        after = found[-1]["place"]


def _batch(after: int, size: int) -> Sequence[Content]:
    """A row that cannot even be read spoils its batch; from there on one at a time, so that it can be named."""
    query = select(LedgerEntry).where(LedgerEntry.place > after).order_by(LedgerEntry.place).limit(size)
    try:
        with reading() as session:
            return [_content_with_marks(entry) for entry in session.scalars(query)]
    except ValueError:
        if size == 1:
            raise LedgerBroken(f"entry {after + 1}: cannot be read") from None
        return _batch(after, 1)


def _content_with_marks(entry: LedgerEntry) -> Content:
    return ledger.content_of(entry) | {name: getattr(entry, name) for name in MARKS}


def _line(value: Content) -> str:
    return ledger.canonical(value).decode() + "\n"
