"""Which tips are in which lead: a tip is in one at most, and leaving ends a membership instead of deleting it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from appeal.models.lead import Lead, LeadMember
from appeal.models.tip import Tip

IS_NOW = LeadMember.left_at.is_(None)
_PLAIN = {"synchronize_session": False}


def lead_of(session: Session, tip_id: int) -> int | None:
    """The lead that a tip is in now."""
    return session.scalar(select(LeadMember.lead_id).where(LeadMember.tip_id == tip_id, IS_NOW))


def members(session: Session, lead_id: int) -> Sequence[LeadMember]:
    """Who is in a lead now, in the order in which they came."""
    own = select(LeadMember).where(LeadMember.lead_id == lead_id, IS_NOW).order_by(LeadMember.position, LeadMember.id)
    return session.scalars(own, execution_options={"populate_existing": True}).all()


def join(
    session: Session,
    lead_id: int,
    tip_id: int,
    *,
    now: datetime,
    reasons: Sequence[str] = (),
    score: int = 0,
    echo_of_id: int | None = None,
    officer_id: int | None = None,
) -> None:
    """Put a tip at the end of a lead; the caller has seen that it is in no other."""
    position = (session.scalar(select(func.max(LeadMember.position)).where(LeadMember.lead_id == lead_id)) or 0) + 1
    about = {"reasons": list(reasons), "score": score, "echo_of_id": echo_of_id, "added_by_id": officer_id}
    session.add(LeadMember(lead_id=lead_id, tip_id=tip_id, position=position, added_at=now, **about))
    session.execute(update(Tip).where(Tip.id == tip_id).values(lead_id=lead_id), execution_options=_PLAIN)
    session.flush()
    count(session, lead_id, now)


def leave(session: Session, member: LeadMember, *, now: datetime, officer_id: int | None) -> None:
    """End a membership; it stays on record."""
    member.left_at, member.left_by_id = now, officer_id
    session.execute(update(Tip).where(Tip.id == member.tip_id).values(lead_id=None), execution_options=_PLAIN)
    session.flush()
    count(session, member.lead_id, now)


def leave_all(session: Session, lead_id: int, *, now: datetime, officer_id: int | None) -> list[int]:
    """End every membership of a lead, however many there are; the tips in their order."""
    ids = [member.tip_id for member in members(session, lead_id)]
    own = (LeadMember.lead_id == lead_id, IS_NOW)
    left = {"left_at": now, "left_by_id": officer_id}
    inside = select(LeadMember.tip_id).where(*own)
    session.execute(update(Tip).where(Tip.id.in_(inside)).values(lead_id=None), execution_options=_PLAIN)
    session.execute(update(LeadMember).where(*own).values(left), execution_options=_PLAIN)
    count(session, lead_id, now)
    return ids


def join_again(
    session: Session, lead_id: int, left: Sequence[LeadMember], *, now: datetime, officer_id: int | None
) -> None:
    """Put members that left in again at the end, in their order; the caller has seen that they are in no other."""
    last = session.scalar(select(func.max(LeadMember.position)).where(LeadMember.lead_id == lead_id)) or 0
    session.add_all(
        LeadMember(
            lead_id=lead_id,
            tip_id=one.tip_id,
            position=last + number,
            reasons=list(one.reasons),
            score=one.score,
            echo_of_id=one.echo_of_id,
            added_by_id=officer_id,
            added_at=now,
        )
        for number, one in enumerate(left, start=1)
    )
    session.flush()
    again = select(LeadMember.tip_id).where(LeadMember.lead_id == lead_id, IS_NOW)
    session.execute(update(Tip).where(Tip.id.in_(again)).values(lead_id=lead_id), execution_options=_PLAIN)
    count(session, lead_id, now)


def elsewhere(session: Session, tip_ids: Select[int]) -> set[int]:
    """Those of these tips that are in some lead now."""
    return set(session.scalars(select(LeadMember.tip_id).where(LeadMember.tip_id.in_(tip_ids), IS_NOW)))


def count(session: Session, lead_id: int, now: datetime) -> None:
    """Count anew how many are in it and how many of them repeat no other."""
    own = (LeadMember.lead_id == lead_id, IS_NOW)
    everybody = session.scalar(select(func.count()).where(*own)) or 0
    first_hand = session.scalar(select(func.count()).where(*own, LeadMember.echo_of_id.is_(None))) or 0
    values = {"tip_count": everybody, "independent_count": first_hand, "changed_at": now, "version": Lead.version + 1}
    session.execute(update(Lead).where(Lead.id == lead_id).values(values), execution_options=_PLAIN)
