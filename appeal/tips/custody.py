"""What happens to every file that came in: put together, hashed, looked at by the scanner, cleaned for viewing.

The sealed original stays as it came. Its SHA-256 is in the ledger, so that a court can be shown that it is the same.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from appeal import db, imaging, installation, ledger
from appeal.models.tip import Message, MessageFile, Tip
from appeal.rules.errors import AppealError, PictureRefused
from appeal.tips import opening
from appeal.tips.sources import webform
from appeal.wire import clamd

log = structlog.get_logger()

NEW, CHECKED, QUARANTINED, DAMAGED = "new", "checked", "quarantined", "damaged"
# Suspected abuse material: see `tips.guarded`.
LOCKED = "locked"
LIMIT = 20
Scan = Callable[[bytes], str]


@dataclass(frozen=True)
class _Found:
    """What was learnt about one file; `pieces` are the keys that are no longer needed."""

    file: str
    state: str
    sealed_name: bytes
    cleaned: str | None
    sha256: str
    virus: str
    pieces: tuple[str, ...]


def take(now: datetime, *, limit: int = LIMIT, scan: Scan | None = None) -> int:
    """Take the oldest new files into custody and return how many; while the scanner is silent they stay new."""
    with db.reading() as session:
        wanted = select(MessageFile.message_id, MessageFile.position).where(MessageFile.state == NEW).limit(limit)
        found = session.execute(wanted.order_by(MessageFile.message_id, MessageFile.position)).all()
    count = 0
    for message_id, position in found:
        try:
            _take_one(message_id, position, scan or _scanner(), now)
        except clamd.ScannerSilent as error:
            log.warning("the virus scanner is silent", kind=str(error))
            break
        count += 1
    return count


def _take_one(message_id: int, position: int, scan: Scan, now: datetime) -> None:
    with db.reading() as session:
        row = session.get_one(MessageFile, (message_id, position), populate_existing=True)
        tip_id = session.get_one(Message, message_id).tip_id
    try:
        found = _examine(row, scan)
    except AppealError as error:
        log.error("a file cannot be opened", kind=type(error).__name__)
        found = _Found(row.file, DAMAGED, row.sealed_name, None, "", "", ())
    with db.writing() as session:
        now_there = session.get_one(MessageFile, (message_id, position), populate_existing=True)
        if now_there.state != NEW:  # somebody locked it meanwhile
            _forget(found, row.file)
            return
        _keep(session, now_there, found, tip_id, now)
    for key in found.pieces:
        installation.current().files.delete(key)


def _examine(row: MessageFile, scan: Scan) -> _Found:
    held = installation.current()
    data = opening.bytes_of(row)
    name, _mime = opening.name_of(row)
    mime, sha256, virus = webform.media_type(data) or _mime, hashlib.sha256(data).hexdigest(), scan(data)
    sealed_name = held.keys.seal(json.dumps({"name": name, "mime": mime, "sha256": sha256}).encode())
    pieces = opening.pieces_of(row)
    file = held.files.put(held.keys.seal(data)) if pieces else row.file
    cleaned = None if virus else _cleaned(data, mime)
    gone = (row.file, *pieces) if pieces else ()
    return _Found(file, QUARANTINED if virus else CHECKED, sealed_name, cleaned, sha256, virus, gone)


def _cleaned(data: bytes, mime: str) -> str | None:
    """The key of a picture made anew from its points, sealed; None for what is no picture or cannot be read as one."""
    if not mime.startswith("image/"):
        return None
    held = installation.current()
    try:
        return held.files.put(held.keys.seal(imaging.clean(data).data))
    except PictureRefused:
        return None


def _keep(session: Session, row: MessageFile, found: _Found, tip_id: int, now: datetime) -> None:
    row.file, row.state, row.sealed_name, row.cleaned = found.file, found.state, found.sealed_name, found.cleaned
    if found.pieces:
        # Only now can a picture be compared with others.
        session.execute(update(Tip).where(Tip.id == tip_id).values(indexed_count=0))
    ledger.record(
        session,
        at=now,
        actor="system",
        action="take file into custody",
        target=f"tip:{tip_id}",
        fields={"file": found.file, "sha256": found.sha256, "size": str(row.size), "state": found.state},
        reason_code=found.state,
        words=f"SHA-256 {found.sha256} {found.virus}".strip(),
    )


def _forget(found: _Found, original: str) -> None:
    """Delete what was made of a file that was locked meanwhile."""
    for key in (found.cleaned, found.file if found.file != original else None):
        if key:
            installation.current().files.delete(key)


def _scanner() -> Scan:
    address = installation.current().config.clamd
    return (lambda data: clamd.scan(address, data)) if address else (lambda _data: "")
