"""The record of who did what: entries are only added, then chained and signed by one job at a time.

An entry keeps the names of fields and salted hashes of their values. Words lie beside it, sealed together with a salt
of their own, so that erasing them leaves a hash that nobody can try guesses against.
"""

import hashlib
import json
import secrets
import socket
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from appeal import installation
from appeal.db import reading, writing
from appeal.models.ledger import LedgerEntry, LedgerLock, LedgerText
from appeal.rules.errors import LedgerBroken

SALT = "salt"
LOCK_ROW = 1
FIRST_PREVIOUS = "0" * 64

# What a place, a hash and a signature vouch for.
CONTENT = ("id", "actor", "action", "target", "fields", "reason_code", "text_sha256", "place", "previous")

_SAME = ("id", "at", "actor", "action", "target", "reason_code", "text_sha256")
_WORDS = "the ledger is only added to"
_ID_IS_USED = "EXISTS (SELECT 1 FROM ledger_entries WHERE id = NEW.id)"
_PLACE_IS_USED = "EXISTS (SELECT 1 FROM ledger_entries WHERE place = NEW.place)"

_PLACE_SQLITE = "OLD.place IS NULL AND NEW.place IS NOT NULL AND NEW.fields IS OLD.fields AND " + " AND ".join(
    f"NEW.{name} IS OLD.{name}" for name in _SAME
)
_PLACE_POSTGRESQL = (
    "OLD.place IS NULL AND NEW.place IS NOT NULL AND NEW.fields::text IS NOT DISTINCT FROM OLD.fields::text AND "
    + " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in _SAME)
)

# An entry may get its place once; nothing else of it ever changes. SQLite's OR REPLACE deletes without asking the
# trigger for deletions, so that taking a used id or place is refused as well.
TRIGGERS: Mapping[str, Sequence[str]] = {
    "sqlite": (
        "CREATE TRIGGER ledger_entries_insert BEFORE INSERT ON ledger_entries "
        f"WHEN NEW.place IS NOT NULL OR {_ID_IS_USED} "
        f"BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END",
        "CREATE TRIGGER ledger_entries_update BEFORE UPDATE ON ledger_entries "
        f"WHEN NOT ({_PLACE_SQLITE}) OR {_PLACE_IS_USED} "
        f"BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END",
        "CREATE TRIGGER ledger_entries_delete BEFORE DELETE ON ledger_entries "
        f"BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION ledger_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_WORDS}'; END $$",
        "CREATE TRIGGER ledger_entries_insert BEFORE INSERT ON ledger_entries FOR EACH ROW "
        "WHEN (NEW.place IS NOT NULL) EXECUTE FUNCTION ledger_is_only_added_to()",
        "CREATE TRIGGER ledger_entries_update BEFORE UPDATE ON ledger_entries FOR EACH ROW "
        f"WHEN (NOT ({_PLACE_POSTGRESQL})) EXECUTE FUNCTION ledger_is_only_added_to()",
        "CREATE TRIGGER ledger_entries_delete BEFORE DELETE ON ledger_entries FOR EACH ROW "
        "EXECUTE FUNCTION ledger_is_only_added_to()",
        "CREATE TRIGGER ledger_entries_truncate BEFORE TRUNCATE ON ledger_entries FOR EACH STATEMENT "
        "EXECUTE FUNCTION ledger_is_only_added_to()",
    ),
}


def record(
    session: Session,
    *,
    at: datetime,
    actor: str,
    action: str,
    target: str,
    fields: Mapping[str, str] | None = None,
    reason_code: str = "",
    words: str = "",
) -> None:
    """Add an entry inside the caller's transaction: `fields` are hashed, `words` are sealed beside it."""
    entry = LedgerEntry(
        at=at, actor=actor, action=action, target=target, fields=_hashed(fields or {}), reason_code=reason_code
    )
    session.add(entry)
    if words:
        salt = secrets.token_hex(16)
        entry.text_sha256 = salted(salt, "words", words)
        session.flush()
        sealed = installation.current().keys.seal(canonical({"salt": salt, "words": words}))
        session.add(LedgerText(entry_id=entry.id, sealed=sealed))


def words_of(entry: LedgerEntry) -> str | None:
    """The words of an entry, "" if it never had any, None if they were erased; raises `LedgerBroken` if changed."""
    if not entry.text_sha256:
        return ""
    with reading() as session:
        text = session.get(LedgerText, entry.id)
    if text is None:
        return None
    opened = json.loads(installation.current().desk_keys.open(text.sealed))
    if salted(opened["salt"], "words", opened["words"]) != entry.text_sha256:
        raise LedgerBroken(f"entry {entry.place or entry.id}: its words are not what was recorded")
    return str(opened["words"])


def entries(after: int, limit: int, target: str | None = None) -> Sequence[LedgerEntry]:
    """Entries with an id above `after` in the order they were written, perhaps of one target only."""
    query = select(LedgerEntry).where(LedgerEntry.id > after).order_by(LedgerEntry.id).limit(limit)
    with reading() as session:
        return session.scalars(query.where(LedgerEntry.target == target) if target else query).all()


def latest(limit: int, before: int | None = None, target: str | None = None) -> Sequence[LedgerEntry]:
    """The newest entries first, those with an id below `before` when it is given."""
    query = select(LedgerEntry).order_by(LedgerEntry.id.desc()).limit(limit)
    if before is not None:
        query = query.where(LedgerEntry.id < before)
    with reading() as session:
        return session.scalars(query.where(LedgerEntry.target == target) if target else query).all()


def chain(now: datetime, limit: int = 1000) -> int:
    """Give places, hashes and signatures to entries without a place, at most `limit`; returns how many.

    Never "id above the last": a transaction that took a lower id may commit later.
    """
    waiting = select(LedgerEntry).where(LedgerEntry.place.is_(None)).order_by(LedgerEntry.id).limit(limit)
    with writing() as session:
        lock = _lock(session)
        found = session.scalars(waiting).all()
        if found:
            key = Ed25519PrivateKey.from_private_bytes(installation.current().desk_keys.ledger_seed)
            _place(session, found, key)
            lock.holder = f"{socket.gethostname()[:40]} {now:%Y-%m-%dT%H:%M:%S}Z"
    return len(found)


def content_of(entry: LedgerEntry) -> dict[str, Any]:
    """Everything that the hash of an entry covers, as plain values; the moment as UTC text with microseconds."""
    content = {name: getattr(entry, name) for name in CONTENT}
    return content | {"at": entry.at.astimezone(UTC).isoformat(timespec="microseconds")}


def canonical(value: object) -> bytes:
    """The one way to write a value as JSON: sorted names, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def salted(salt: str, name: str, value: str) -> str:
    """The hash that stands in an entry for a value, in hex."""
    return hashlib.sha256(canonical([salt, name, value])).hexdigest()


def public_key(seed: bytes) -> str:
    """The key that checks what this seed signs, in hex."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()


def _hashed(fields: Mapping[str, str]) -> dict[str, str]:
    if not fields:
        return {}
    if SALT in fields:
        raise ValueError("no field may be called salt: it would take the salt's place")
    salt = secrets.token_hex(16)
    return {SALT: salt} | {name: salted(salt, name, value) for name, value in fields.items()}


def _lock(session: Session) -> LedgerLock:
    lock = session.get(LedgerLock, LOCK_ROW, with_for_update=True)
    if lock is None:
        lock = LedgerLock(id=LOCK_ROW)
        session.add(lock)
        session.flush()
    return lock


def _place(session: Session, found: Sequence[LedgerEntry], key: Ed25519PrivateKey) -> None:
    last = session.scalar(select(func.max(LedgerEntry.place))) or 0
    previous = session.scalar(select(LedgerEntry.sha256).where(LedgerEntry.place == last)) or FIRST_PREVIOUS
    for place, entry in enumerate(found, start=last + 1):
        entry.place, entry.previous = place, previous
        entry.sha256 = previous = hashlib.sha256(canonical(content_of(entry))).hexdigest()
        entry.signature = key.sign(bytes.fromhex(entry.sha256)).hex()
