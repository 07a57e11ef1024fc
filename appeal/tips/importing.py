"""Importing tips from a table: first a dry run that stores nothing, then the same again for good; never one twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from appeal import db, installation, ledger, sealing
from appeal.models.appeal import Appeal
from appeal.models.erased import ErasedMessage
from appeal.models.tip import Message
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import force
from appeal.tips import intake
from appeal.tips.inbound import Inbound
from appeal.tips.sources import csv_file
from appeal.tips.sources.csv_file import Line

THERE_ALREADY = _("Is there already.")
WAS_ERASED = _("Was there and was erased: it does not come back.")
ASKED_AT_ONCE = 400


@dataclass(frozen=True)
class Outcome:
    """What would come in, or came in: every line with its message or the reason why it is none."""

    lines: Sequence[Line]

    @property
    def coming(self) -> int:
        """How many lines become tips."""
        return sum(line.message is not None for line in self.lines)

    @property
    def refused(self) -> int:
        """How many do not."""
        return len(self.lines) - self.coming


def dry_run(actor: Actor, *, raw: bytes, mapping: Mapping[str, int], appeal: str, now: datetime) -> Outcome:
    """What would come in, line by line; `BadInput` for a file or a mapping that is none. Nothing is stored."""
    require(actor, Permission.ASSESS)
    table = csv_file.table(raw)
    zone = force.settings()["zone"]
    with db.reading() as session:
        known = session.scalars(select(Appeal.public_id)).all()
        lines = csv_file.messages(table, mapping, appeal=appeal, known_appeals=known, zone=zone, now=now)
        return Outcome(_new_only(session, lines))


def run(actor: Actor, *, raw: bytes, mapping: Mapping[str, int], appeal: str, now: datetime) -> Outcome:
    """Store what the dry run named; broken off half-way, the next run takes the rest."""
    found = dry_run(actor, raw=raw, mapping=mapping, appeal=appeal, now=now)
    for line in found.lines:
        if line.message is not None:
            intake.receive(line.message)
    with db.writing() as session:
        fields = {"stored": str(found.coming), "refused": str(found.refused)}
        ledger.record(session, at=now, actor=actor.label, action="import tips", target="tips", fields=fields)
    return found


def _new_only(session: Session, lines: Sequence[Line]) -> list[Line]:
    hashes = {line.number: _hash(line.message) for line in lines if line.message}
    there, erased = set[str](), set[str]()
    wanted = list(hashes.values())
    for start in range(0, len(wanted), ASKED_AT_ONCE):
        part = wanted[start : start + ASKED_AT_ONCE]
        there |= set(session.scalars(select(Message.intake_hash).where(Message.intake_hash.in_(part))))
        gone = select(ErasedMessage.intake_hash).where(ErasedMessage.intake_hash.in_(part))
        erased |= set(session.scalars(gone))
    return [_known(line, hashes.get(line.number, ""), there, erased) for line in lines]


def _known(line: Line, hashed: str, there: set[str], erased: set[str]) -> Line:
    if hashed in there:
        return Line(line.number, None, THERE_ALREADY)
    return Line(line.number, None, WAS_ERASED) if hashed in erased else line


def _hash(message: Inbound) -> str:
    return sealing.keyed_hash(installation.current().keys.intake_key, message.source, message.external_id)
