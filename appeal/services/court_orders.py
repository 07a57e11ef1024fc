"""Judges' orders as files: sealed before they are written, opened only by a recorded act, part of what is signed."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from appeal import db, installation, ledger
from appeal.models.appeal import Appeal
from appeal.models.court_order import CourtOrder
from appeal.rules.errors import BadInput, NotFound
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _, say
from appeal.services import force

KINDS_SETTING, FILE_SETTING = "order_kinds", "order_needs_file"
MOST_BYTES = 20_000_000
MOST_FILES, NAME_LIMIT = 5, 120
# How each kind of file begins, and the ending under which it is given out.
BEGINNINGS: Mapping[bytes, str] = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}


@dataclass(frozen=True)
class Order:
    """One order as pages list it."""

    id: int
    name: str
    sha256: str
    size: int
    added_by_id: int
    added_at: datetime


def attach(actor: Actor, *, appeal_id: int, data: bytes, name: str, now: datetime) -> int:
    """Keep a PDF, JPEG or PNG beside an appeal; returns its id. What is approved already stays as it was signed."""
    require(actor, Permission.DRAFT)
    ending = next((one for beginning, one in BEGINNINGS.items() if data.startswith(beginning)), "")
    if not ending or len(data) > MOST_BYTES:
        raise BadInput(fields={"order": _("Choose a PDF, JPEG or PNG of up to 20 MB.")})
    held = installation.current()
    file = held.files.put(held.keys.seal(data))
    with db.writing() as session:
        if session.get(Appeal, appeal_id, with_for_update=True) is None:
            raise NotFound(_("There is no such appeal."))
        if len(_rows(session, appeal_id)) >= MOST_FILES:
            raise BadInput(fields={"order": say("%(most)s orders are the most.", most=MOST_FILES)})
        row = CourtOrder(appeal_id=appeal_id, file=file, sha256=hashlib.sha256(data).hexdigest(), ending=ending)
        row.size, row.sealed_name = len(data), held.keys.seal(name.strip()[:NAME_LIMIT].encode())
        row.added_by_id, row.added_at = actor.id, now
        session.add(row)
        session.flush()
        fields = {"order": row.sha256}
        target = f"appeal:{appeal_id}"
        ledger.record(session, at=now, actor=actor.label, action="attach order", target=target, fields=fields)
        return row.id


def opened(actor: Actor, *, order_id: int, now: datetime) -> tuple[bytes, str]:
    """The file and a neutral name for it; a recorded act of those who write or sign appeals, or read the ledger."""
    if not (actor.may(Permission.DRAFT) or actor.may(Permission.READ_LEDGER)):
        require(actor, Permission.APPROVE)
    with db.writing() as session:
        row = session.get(CourtOrder, order_id)
        if row is None:
            raise NotFound(_("There is no such order."))
        target = f"appeal:{row.appeal_id}"
        ledger.record(session, at=now, actor=actor.label, action="open order", target=target)
    held = installation.current()
    return held.desk_keys.open(held.files.open(row.file)), f"order-{row.id}.{row.ending}"


def of(appeal_id: int) -> Sequence[Order]:
    """The orders of an appeal with their names, in the order in which they were added."""
    keys = installation.current().desk_keys
    with db.reading() as session:
        rows = _rows(session, appeal_id)
    return [
        Order(one.id, keys.open(one.sealed_name).decode(), one.sha256, one.size, one.added_by_id, one.added_at)
        for one in rows
    ]


def hashes(session: Session, appeal_id: int) -> str:
    """The hashes of all orders, as they are kept with an approval; empty for none."""
    return " ".join(one.sha256 for one in _rows(session, appeal_id))


def lacking(session: Session, appeal: Appeal, named: str) -> str:
    """What the law still wants for an appeal of this kind, empty for nothing; `named` is the order's reference."""
    settings = force.settings()
    if appeal.kind not in settings[KINDS_SETTING].split():
        return ""
    if not named:
        return _("Your law wants a judge's order for this kind of appeal, and none is named.")
    if settings[FILE_SETTING] == "yes" and not _rows(session, appeal.id):
        return _("Your law wants the judge's order itself for this kind of appeal, and no file is attached.")
    return ""


def _rows(session: Session, appeal_id: int) -> Sequence[CourtOrder]:
    return session.scalars(select(CourtOrder).where(CourtOrder.appeal_id == appeal_id).order_by(CourtOrder.id)).all()
