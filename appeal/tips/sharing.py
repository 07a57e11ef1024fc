"""The information of a tip without the person: written out by the desk for one named officer, every look recorded.

Whoever receives it sees these words and nothing else: no source, no sender, no files, not the tip itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from appeal import db, installation, ledger
from appeal.models.people import User
from appeal.models.share import TipShare
from appeal.models.tip import Message, Tip
from appeal.rules import redaction
from appeal.rules.errors import BadInput, CannotOpen, NotAllowed, NotFound
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import notices
from appeal.tips import board, material, opening, visible

MOST_LETTERS, MOST_SHOWN = 4_000, 100
TOLD = _("The desk has written out information for you.")
_WITH_WORDS = selectinload(Tip.messages).joinedload(Message.content)


@dataclass(frozen=True)
class Shared:
    """Information as its receiver reads it; `opened_at` is when it was first opened."""

    id: int
    reference: str
    words: str = field(repr=False)
    written_by: str
    written_at: datetime
    opened_at: datetime | None


def proposal(actor: Actor, *, tip_id: int) -> str:
    """The words of a tip that the actor holds, without what looks like a person; to be read and corrected."""
    _check_holder(actor, tip_id)
    with db.reading() as session:
        tip = session.scalars(select(Tip).where(Tip.id == tip_id).options(_WITH_WORDS)).one()
        try:
            said = [material.said(opening.content_of(row.content.sealed)) for row in tip.messages]
        except CannotOpen:
            return ""
    return redaction.without_persons("\n\n".join(said))[:MOST_LETTERS]


def write(actor: Actor, *, tip_id: int, for_id: int, words: str, why: str, now: datetime) -> int:
    """Keep what was written out for one officer and tell them; the ledger keeps who gets it and why."""
    require(actor, Permission.ASSESS)
    _check_holder(actor, tip_id)
    wrong = {
        name: sentence
        for name, is_wrong, sentence in (
            ("words", not words.strip(), _("Write what the officer needs to know.")),
            ("words", len(words) > MOST_LETTERS, _("4,000 characters at most.")),
            ("why", not why.strip(), _("Say why.")),
        )
        if is_wrong
    }
    if wrong:
        raise BadInput(fields=wrong)
    with db.writing() as session:
        receiver = session.get(User, for_id)
        if receiver is None or not receiver.active:
            raise BadInput(fields={"for_id": _("Choose who needs it.")})
        sealed = installation.current().keys.seal(words.strip().encode())
        row = TipShare(tip_id=tip_id, written_by_id=actor.id, for_id=for_id, sealed=sealed, written_at=now)
        session.add(row)
        session.flush()
        path = f"/information/{row.id}"
        notices.tell(session, officer_ids=[for_id], kind="information", subject=TOLD, path=path, now=now)
        action, fields = "write out information", {"for": str(for_id)}
        ledger.record(
            session, at=now, actor=actor.label, action=action, target=f"tip:{tip_id}", fields=fields, words=why
        )
        return row.id


def received(actor: Actor) -> Sequence[tuple[int, datetime, datetime | None]]:
    """Number, moment and first opening of what was written out for the actor, the newest first; no words."""
    own = select(TipShare.id, TipShare.written_at, TipShare.opened_at).where(TipShare.for_id == actor.id)
    with db.reading() as session:
        found = session.execute(own.order_by(TipShare.id.desc()).limit(MOST_SHOWN)).all()
    return [(row.id, row.written_at, row.opened_at) for row in found]


def read(actor: Actor, *, share_id: int, now: datetime) -> Shared:
    """Open what was written out for the actor; that it was read is in the ledger before this returns."""
    with db.writing() as session:
        row = session.get(TipShare, share_id, populate_existing=True)
        if row is None or row.for_id != actor.id:
            raise NotFound(_("There is no such information for you."))
        row.opened_at = row.opened_at or now
        ledger.record(session, at=now, actor=actor.label, action="view information", target=f"tip:{row.tip_id}")
        return Shared(
            id=row.id,
            reference=board.reference(row.tip_id),
            words=installation.current().desk_keys.open(row.sealed).decode(),
            written_by=session.get_one(User, row.written_by_id).name,
            written_at=row.written_at,
            opened_at=row.opened_at,
        )


def given(actor: Actor, *, tip_id: int) -> Sequence[tuple[str, datetime, datetime | None]]:
    """Who got information out of a tip that the actor may see, when, and when they first opened it."""
    visible.check(actor, tip_id)
    wanted = select(User.name, TipShare.written_at, TipShare.opened_at).join(User, User.id == TipShare.for_id)
    with db.reading() as session:
        rows = session.execute(wanted.where(TipShare.tip_id == tip_id).order_by(TipShare.id)).all()
    return [(row.name, row.written_at, row.opened_at) for row in rows]


def receivers(actor: Actor) -> Sequence[tuple[int, str]]:
    """Every other officer who can be given information, by name."""
    with db.reading() as session:
        found = session.execute(select(User.id, User.name).where(User.active, User.id != actor.id).order_by(User.name))
        return [(row.id, row.name) for row in found]


def _check_holder(actor: Actor, tip_id: int) -> None:
    if board.head(actor, tip_id).holder_id != actor.id:
        raise NotAllowed(_("Claim the tip to write something out of it."))
