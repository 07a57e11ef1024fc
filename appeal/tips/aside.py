"""Tips that a legal hold keeps although they were to be erased: out of queue, search and leads.

Each is opened only with a reason, which is in the ledger before anything is shown. When the person writes again, or
an officer says why, the tip stands where the others stand.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from appeal import db, ledger
from appeal.models.lead import LeadMember
from appeal.models.tip import IS_ASIDE, Tip
from appeal.rules.errors import BadInput, NotFound, WrongState
from appeal.rules.lifecycle import TipState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.tips import membership, traces, triage, visible
from appeal.tips.waiting import QueueRow, line, lines

MOST_SHOWN = 200
GIVEN_BACK = "end restriction of tip"
SAY_WHY = _("Say why.")
NOT_DONE = _("Only a tip that is done can be restricted.")


def put(session: Session, actor: Actor, tip: Tip, *, why: str, now: datetime) -> None:
    """Restrict a done tip inside the caller's transaction; it leaves index, names and lead."""
    if tip.state != TipState.DONE:
        raise WrongState(NOT_DONE)
    traces.unfind(session, tip.id)
    member = session.scalar(select(LeadMember).where(LeadMember.tip_id == tip.id, membership.IS_NOW))
    if member is not None:
        membership.leave(session, member, now=now, officer_id=actor.id or None)
    values = {"set_aside_at": now, "indexed_count": tip.message_count}
    session.execute(update(Tip).where(Tip.id == tip.id).values(values))
    _record(session, actor, "restrict tip instead of erasing", tip.id, why, now)


def listed(actor: Actor) -> Sequence[QueueRow]:
    """The restricted tips that this officer may open, the newest restriction first; nothing of what they say."""
    require(actor, Permission.ASSESS)
    seen = lines().where(IS_ASIDE, visible.condition(actor, with_aside=True))
    with db.reading() as session:
        found = session.execute(seen.order_by(Tip.set_aside_at.desc(), Tip.id).limit(MOST_SHOWN)).mappings().all()
    return [line(row) for row in found]


def open_one(actor: Actor, *, tip_id: int, why: str, now: datetime) -> triage.TipView:
    """Read a restricted tip; the reason is in the ledger before this returns. Raises `BadInput` without one."""
    _check(actor, tip_id, why)
    with db.writing() as session:
        _record(session, actor, "open restricted tip", tip_id, why, now)
    return triage.view(actor, tip_id=tip_id, now=now, with_aside=True)


def take_back(actor: Actor, *, tip_id: int, why: str, now: datetime) -> None:
    """End the restriction: the tip is found again, and stays done."""
    _check(actor, tip_id, why)
    with db.writing() as session:
        # It is indexed anew.
        values = {"set_aside_at": None, "indexed_count": 0}
        session.execute(update(Tip).where(Tip.id == tip_id).values(values))
        _record(session, actor, GIVEN_BACK, tip_id, why, now)


def _check(actor: Actor, tip_id: int, why: str) -> None:
    require(actor, Permission.ASSESS)
    if not why.strip():
        raise BadInput(fields={"why": SAY_WHY})
    wanted = select(Tip.id).where(Tip.id == tip_id, IS_ASIDE, visible.condition(actor, with_aside=True))
    with db.reading() as session:
        if session.scalar(wanted) is None:
            raise NotFound(visible.UNKNOWN)


def _record(session: Session, actor: Actor, action: str, tip_id: int, why: str, now: datetime) -> None:
    ledger.record(session, at=now, actor=actor.label, action=action, target=f"tip:{tip_id}", words=why)
