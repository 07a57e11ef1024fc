"""Tips about somebody who was shown by mistake: out of queue, leads, search and ranking; opened only with a reason.

What has to be read first is read first: a sighting of this moment, an urgent one and a message of the person shown are
restricted when an officer is done with them. Nothing is erased, and what an officer takes back stays back.
"""

from datetime import datetime

from sqlalchemy import Select, String, cast, exists, func, literal, select, update

from appeal import db
from appeal.models.appeal import Appeal
from appeal.models.ledger import LedgerEntry
from appeal.models.tip import Tip
from appeal.rules.endings import MISTAKEN
from appeal.rules.lifecycle import TipState
from appeal.rules.permissions import SYSTEM
from appeal.rules.words import _
from appeal.tips import aside
from appeal.tips.ranking import TO_READ

WHY = _("The appeal showed the wrong person.")
LIMIT = 200


def restrict(now: datetime, limit: int = LIMIT) -> int:
    """Restrict what came in about such appeals; returns how many tips. Harmless to repeat."""
    with db.reading() as session:
        if session.scalar(_wanted().limit(1)) is None:
            return 0
    with db.writing() as session:
        tips = session.scalars(_wanted().limit(limit), execution_options={"populate_existing": True}).all()
        for tip in tips:
            if tip.state != TipState.DONE:
                closed = {"state": TipState.DONE, "done_at": now, "is_closed_unread": True}
                session.execute(update(Tip).where(Tip.id == tip.id).values(closed))
                session.refresh(tip)
            aside.put(session, SYSTEM, tip, why=WHY, now=now)
        return len(tips)


def count(appeal_id: int) -> tuple[int, int]:
    """How many tips of an appeal are restricted, and how many still wait to be read first."""
    own = select(func.count()).select_from(Tip).where(Tip.appeal_id == appeal_id)
    with db.reading() as session:
        restricted = session.scalar(own.where(Tip.set_aside_at.is_not(None))) or 0
        waiting = session.scalar(own.where(Tip.set_aside_at.is_(None), Tip.state != TipState.DONE.value)) or 0
        return restricted, waiting


def _wanted() -> Select[Tip]:
    """Read by the machine, held by nobody, restricted neither now nor ever given back by an officer."""
    given_back = exists(
        select(LedgerEntry.id).where(
            LedgerEntry.target == literal("tip:") + cast(Tip.id, String), LedgerEntry.action == aside.GIVEN_BACK
        )
    )
    can_go = (Tip.state == TipState.DONE.value) | ((Tip.state == TipState.UNREAD.value) & (Tip.lane == TO_READ))
    wanted = select(Tip).join(Appeal, Tip.appeal_id == Appeal.id).where(Appeal.ending == MISTAKEN, can_go)
    return wanted.where(Tip.set_aside_at.is_(None), Tip.read_at.is_not(None), ~given_back).order_by(Tip.id.desc())
