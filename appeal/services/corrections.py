"""The standing correction: written by one officer, approved by another, ready before anybody was shown by mistake."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from appeal import db, ledger
from appeal.models.correction import StandingCorrection
from appeal.rules.errors import BadInput, NotAllowed, NotFound, WrongState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _, say
from appeal.services import force

# It has to fit everywhere, the shortest place included.
LONGEST = 200
MOST_SHOWN = 50


def write(actor: Actor, *, language: str, body: str, now: datetime) -> int:
    """Write the correction in one language of the force; it holds when another officer has approved it."""
    require(actor, Permission.DRAFT)
    words = " ".join(body.split())
    wrong = {}
    if language not in force.settings()["languages"].split():
        wrong["language"] = _("Choose a language of the force.")
    if not 0 < len(words) <= LONGEST:
        wrong["body"] = say("Write it in %(limit)s characters at the most.", limit=LONGEST)
    if wrong:
        raise BadInput(fields=wrong)
    with db.writing() as session:
        row = StandingCorrection(language=language, body=words, written_by_id=actor.id, written_at=now)
        session.add(row)
        session.flush()
        _note(session, actor, "write standing correction", row, now)
        return row.id


def approve(actor: Actor, *, correction_id: int, now: datetime) -> None:
    """Another officer approves the words: from now on they are said in this language."""
    require(actor, Permission.APPROVE)
    with db.writing() as session:
        row = session.get(StandingCorrection, correction_id, populate_existing=True, with_for_update=True)
        if row is None:
            raise NotFound(_("There is no such correction."))
        if row.approved_at is not None:
            raise WrongState(_("It is approved already."))
        if row.written_by_id == actor.id:
            raise NotAllowed(_("You wrote it, so another officer has to approve it."))
        row.approved_at, row.approved_by_id = now, actor.id
        _note(session, actor, "approve standing correction", row, now)


def current(language: str) -> str:
    """What is said in this language; empty while nothing is approved."""
    approved = (StandingCorrection.language == language) & StandingCorrection.approved_at.is_not(None)
    wanted = select(StandingCorrection.body).where(approved)
    newest = wanted.order_by(StandingCorrection.approved_at.desc(), StandingCorrection.id.desc()).limit(1)
    with db.reading() as session:
        return session.scalar(newest) or ""


def listed() -> Sequence[StandingCorrection]:
    """The newest wordings, approved or not."""
    newest = select(StandingCorrection).order_by(StandingCorrection.id.desc()).limit(MOST_SHOWN)
    with db.reading() as session:
        return session.scalars(newest.execution_options(populate_existing=True)).all()


def _note(session: Session, actor: Actor, action: str, row: StandingCorrection, now: datetime) -> None:
    fields = {"language": row.language, "body": row.body}
    ledger.record(session, at=now, actor=actor.label, action=action, target=f"correction:{row.id}", fields=fields)
