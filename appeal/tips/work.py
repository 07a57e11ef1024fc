"""What is done about a tip beside the decision: notes, tasks, passed to a unit, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from appeal import db, installation, ledger
from appeal.models.desk import TipAction, TipNote
from appeal.models.people import User
from appeal.rules.errors import BadInput, NotFound, WrongState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.tips import visible

MOST_WORDS, MOST_UNIT = 2_000, 120
OUTCOMES = {
    "found": _("The person was found"),
    "helped": _("It helped"),
    "nothing": _("It led to nothing"),
    "false": _("It was false"),
}


@dataclass(frozen=True)
class Note:
    """A note or a task, opened."""

    id: int
    words: str = field(repr=False)
    officer: str
    is_task: bool
    written_at: datetime
    done_at: datetime | None


@dataclass(frozen=True)
class Action:
    """To whom a tip was passed, opened, and the code of what came of it."""

    id: int
    unit: str = field(repr=False)
    officer: str
    passed_at: datetime
    outcome: str
    outcome_at: datetime | None


def note(actor: Actor, *, tip_id: int, words: str, is_task: bool, now: datetime) -> None:
    """Write something beside a tip, sealed."""
    require(actor, Permission.ASSESS)
    visible.check(actor, tip_id)
    plain = words.strip()
    if not plain or len(plain) > MOST_WORDS:
        raise BadInput(fields={"words": _("Write something, 2,000 characters at most.")})
    with db.writing() as session:
        sealed = installation.current().keys.seal(plain.encode())
        about = {"officer_id": actor.id, "is_task": is_task, "sealed": sealed, "written_at": now}
        session.add(TipNote(tip_id=tip_id, **about))
        _record(session, actor, "add task" if is_task else "add note", tip_id, now)


def finish(actor: Actor, *, note_id: int, now: datetime) -> int:
    """A task is done; returns the tip's number."""
    require(actor, Permission.ASSESS)
    with db.writing() as session:
        row = session.get(TipNote, note_id, populate_existing=True)
        if row is None or not row.is_task:
            raise NotFound(_("There is no such task."))
        visible.check(actor, row.tip_id)
        if row.done_at is not None:
            raise WrongState(_("This task is done already."))
        row.done_at = now
        _record(session, actor, "finish task", row.tip_id, now)
        return row.tip_id


def pass_on(actor: Actor, *, tip_id: int, unit: str, now: datetime) -> None:
    """Note that the tip was passed to a unit at this moment."""
    require(actor, Permission.ASSESS)
    visible.check(actor, tip_id)
    plain = unit.strip()
    if not plain or len(plain) > MOST_UNIT:
        raise BadInput(fields={"unit": _("Say to whom, 120 characters at most.")})
    with db.writing() as session:
        sealed = installation.current().keys.seal(plain.encode())
        session.add(TipAction(tip_id=tip_id, officer_id=actor.id, sealed_unit=sealed, passed_at=now))
        _record(session, actor, "pass tip on", tip_id, now)


def settle(actor: Actor, *, action_id: int, outcome: str, now: datetime) -> int:
    """What came of it; may be said again, the ledger keeps both. Returns the tip's number."""
    require(actor, Permission.ASSESS)
    if outcome not in OUTCOMES:
        raise BadInput(fields={"outcome": _("Choose what came of it.")})
    with db.writing() as session:
        row = session.get(TipAction, action_id, populate_existing=True)
        if row is None:
            raise NotFound(_("There is no such action."))
        visible.check(actor, row.tip_id)
        row.outcome, row.outcome_at = outcome, now
        _record(session, actor, "note outcome", row.tip_id, now, code=outcome)
        return row.tip_id


def notes(tip_id: int) -> Sequence[Note]:
    """Notes and tasks of a tip, the oldest first."""
    wanted = select(TipNote, User.name).join(User, User.id == TipNote.officer_id).where(TipNote.tip_id == tip_id)
    with db.reading() as session:
        found = session.execute(wanted.order_by(TipNote.id), execution_options={"populate_existing": True}).all()
    return [Note(row.id, _open(row.sealed), name, row.is_task, row.written_at, row.done_at) for row, name in found]


def actions(tip_id: int) -> Sequence[Action]:
    """To whom a tip was passed, the oldest first."""
    wanted = select(TipAction, User.name).join(User, User.id == TipAction.officer_id)
    with db.reading() as session:
        found = session.execute(
            wanted.where(TipAction.tip_id == tip_id).order_by(TipAction.id),
            execution_options={"populate_existing": True},
        ).all()
    return [
        Action(row.id, _open(row.sealed_unit), name, row.passed_at, row.outcome, row.outcome_at) for row, name in found
    ]


def _open(sealed: bytes) -> str:
    return installation.current().desk_keys.open(sealed).decode()


def _record(session: Session, actor: Actor, action: str, tip_id: int, now: datetime, code: str = "") -> None:
    ledger.record(session, at=now, actor=actor.label, action=action, target=f"tip:{tip_id}", reason_code=code)
