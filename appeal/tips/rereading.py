"""Closing is never one person's last word: a share of what was closed is read again by somebody else."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from appeal import db, ledger
from appeal.models.desk import Rereading
from appeal.models.people import User
from appeal.models.tip import Tip
from appeal.rules.errors import NotAllowed, NotFound, WrongState
from appeal.rules.lifecycle import TipState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import force
from appeal.tips import visible
from appeal.tips.reasons import HIGH_LANES
from appeal.tips.waiting import QueueRow, line, lines

MOST_SHOWN = 100
AWAY, HIGH, SAMPLE = "points_away", "high", "sample"
WHY = {
    AWAY: _("Points away from the person sought."),
    HIGH: _("Was urgent and was closed without action."),
    SAMPLE: _("Drawn by chance."),
}
CLOSING = ("no_further_action", "spam", "duplicate")
DISAGREED = "disagreed"


@dataclass(frozen=True)
class Waiting:
    """A closed tip that waits for its second reader."""

    id: int
    row: QueueRow
    why: str
    closed_by: str
    asked_at: datetime


def ask(session: Session, tip: Tip, actor: Actor, decision: str, now: datetime) -> str:
    """Note that the tip just closed is to be read again, if it is; why, or nothing."""
    if decision not in CLOSING:
        return ""
    why = HIGH if tip.lane in HIGH_LANES else ""
    if not why and secrets.randbelow(100) < int(force.settings()["reread_percent"]):
        why = SAMPLE
    if why:
        session.add(Rereading(tip_id=tip.id, closed_by_id=actor.id, why=why, asked_at=now))
    return why


def is_final(session: Session, tip: Tip, actor: Actor, decision: str, now: datetime) -> bool:
    """Whether this decision stands alone. What points away is closed by the second officer who closes it.

    Notes the second reading that the decision asks for, or settles the one that it is.
    """
    if decision not in CLOSING:
        return True
    if not tip.points_away:
        ask(session, tip, actor, decision, now)
        return True
    first = session.scalar(select(Rereading).where(*_away(tip.id)).limit(1))
    if first is None:
        session.add(Rereading(tip_id=tip.id, closed_by_id=actor.id, why=AWAY, asked_at=now))
        return False
    if first.closed_by_id == actor.id:
        return False
    first.read_at, first.read_by_id, first.is_agreed = now, actor.id, True
    return True


def is_first_away(session: Session, tip_id: int) -> bool:
    """Whether one officer closed a tip that points away and the second did not yet."""
    return session.scalar(select(Rereading.id).where(*_away(tip_id)).limit(1)) is not None


def _away(tip_id: int) -> tuple[ColumnElement[bool], ...]:
    return (Rereading.tip_id == tip_id, Rereading.why == AWAY, Rereading.read_at.is_(None))


def waiting(actor: Actor) -> Sequence[Waiting]:
    """What waits for a second reader that the actor can be: the longest waiting first."""
    require(actor, Permission.READ_TIPS)
    open_ones = (
        select(Rereading, User.name)
        .join(User, User.id == Rereading.closed_by_id)
        .join(Tip, Tip.id == Rereading.tip_id)
        .where(Rereading.read_at.is_(None), Rereading.closed_by_id != actor.id, visible.condition(actor))
        .order_by(Rereading.asked_at, Rereading.id)
        .limit(MOST_SHOWN)
    )
    with db.reading() as session:
        found = session.execute(open_ones).all()
        rows = session.execute(lines().where(Tip.id.in_([one.tip_id for one, _name in found]))).mappings().all()
    by_id = {row["id"]: line(row) for row in rows}
    return [Waiting(one.id, by_id[one.tip_id], one.why, name, one.asked_at) for one, name in found]


def open_of(tip_id: int) -> Rereading | None:
    """The open second reading of a tip."""
    wanted = select(Rereading).where(Rereading.tip_id == tip_id, Rereading.read_at.is_(None))
    with db.reading() as session:
        return session.scalar(wanted.order_by(Rereading.id).limit(1))


def settle(actor: Actor, *, rereading_id: int, is_agreed: bool, now: datetime) -> int:
    """Agree with the closing, or wake the tip; never by who closed it. Returns the tip's number."""
    require(actor, Permission.ASSESS)
    with db.writing() as session:
        row = session.get(Rereading, rereading_id)
        if row is None:
            raise NotFound(_("There is no such second reading."))
        visible.check(actor, row.tip_id)
        if row.closed_by_id == actor.id:
            raise NotAllowed(_("You closed this tip: somebody else reads it again."))
        if row.read_at is not None:
            raise WrongState(_("Somebody else has read it again already."))
        row.read_at, row.read_by_id, row.is_agreed = now, actor.id, is_agreed
        if not is_agreed:
            wake(session, row.tip_id, DISAGREED)
        action = "agree with closing" if is_agreed else "disagree with closing"
        ledger.record(session, at=now, actor=actor.label, action=action, target=f"tip:{row.tip_id}")
        return row.tip_id


def wake(session: Session, tip_id: int, reason: str) -> bool:
    """Put a done tip back among the unread with a reason; whether it was done."""
    tip = session.get(Tip, tip_id, populate_existing=True)
    if tip is None or tip.state != TipState.DONE:
        return False
    reasons = [*(one for one in tip.reasons if one != reason), reason]
    values = {"state": TipState.UNREAD, "done_at": None, "is_closed_unread": False, "reasons": reasons}
    done = (Tip.id == tip_id, Tip.state == TipState.DONE)
    session.execute(update(Tip).where(*done).values(values), execution_options={"synchronize_session": False})
    return True
