"""Hands out the next tip to read: the most urgent one, and one in ten from below, so that the ranking is measured."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, not_, select
from sqlalchemy.orm import Session

from appeal import db
from appeal.models.tip import IS_UNREAD, IS_WAITING, Tip
from appeal.rules.errors import WrongState
from appeal.rules.lifecycle import TipState
from appeal.rules.permissions import Actor, Permission
from appeal.services import force, officers
from appeal.tips import readings, triage, visible
from appeal.tips.ranking import LANES, TO_READ, ranks

TRIES = 5


def claim_next(actor: Actor, *, now: datetime) -> int | None:
    """Claim the unread tip that should be read next and return its number; None when none is left.

    Escalated tips wait for somebody who chooses them: handing them out would give them back to whoever escalated.
    Restricted ones are never handed out: they are opened with a reason.
    """
    is_drawn = _is_draw(int(force.settings()["draw_every"]))
    for _try in range(TRIES):
        with db.reading() as session:
            tip_id = _drawn(session, actor) if is_drawn else None
            from_below = tip_id is not None
            tip_id = tip_id or _first(session, actor)
        if tip_id is None:
            return None
        try:
            triage.claim(actor, tip_id=tip_id, now=now)
        except WrongState:  # somebody was quicker
            continue
        if from_below:
            with db.writing() as session:
                readings.drawn(session, tip_id)
        return tip_id
    return None


def colleagues(actor: Actor) -> Sequence[tuple[int, str]]:
    """Number and name of everybody else who may take a tip over, by name."""
    with db.reading() as session:
        able = officers.with_permission(session, Permission.ASSESS)
        return [(one.id, one.name) for one in able if one.id != actor.id]


def _is_draw(every: int) -> bool:
    return every > 0 and secrets.randbelow(every) == 0


def _first(session: Session, actor: Actor) -> int | None:
    unread = (IS_WAITING, Tip.state == TipState.UNREAD, visible.condition(actor), not_(Tip.is_restricted))
    return session.scalar(select(Tip.id).where(*unread).order_by(Tip.rank, Tip.id).limit(1))


def _drawn(session: Session, actor: Actor) -> int | None:
    """The oldest unread tip of the last lane, or one of the lower half of its ranks, by turns of chance.

    None while somebody can see the person now: that does not wait for a measurement.
    """
    _lowest, after_live = ranks(LANES[0])
    if session.scalar(select(Tip.id).where(IS_WAITING, Tip.rank < after_live).limit(1)) is not None:
        return None
    seen = and_(visible.condition(actor), not_(Tip.is_restricted))
    if secrets.randbelow(2):
        oldest = select(Tip.id).where(IS_UNREAD, Tip.lane == TO_READ, seen)
        return session.scalar(oldest.order_by(Tip.received_at, Tip.id).limit(1))
    lowest, highest = ranks(TO_READ)
    rest = (IS_WAITING, Tip.state == TipState.UNREAD, Tip.rank >= lowest, Tip.rank < highest, seen)
    first = session.scalar(select(Tip.rank).where(*rest).order_by(Tip.rank).limit(1))
    last = session.scalar(select(Tip.rank).where(*rest).order_by(Tip.rank.desc()).limit(1))
    if first is None or last is None:
        return None
    middle = (first + last + 1) // 2
    chosen = middle + secrets.randbelow(last - middle + 1)
    return session.scalar(select(Tip.id).where(*rest, Tip.rank >= chosen).order_by(Tip.rank, Tip.id).limit(1))
