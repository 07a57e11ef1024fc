"""How fast the platforms' own limits let things go: what began lately, and how long what waits will take."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from appeal import db
from appeal.models.release import Attempt, Channel, Copy
from appeal.rules import pacing
from appeal.rules.lifecycle import CopyState
from appeal.rules.pacing import Pace
from appeal.services import channels
from appeal.services.attempts import NOT_TRIED

NO_LIMIT = 1_000_000
WAITS = (CopyState.PENDING.value, CopyState.QUEUED.value)


def began(session: Session, lane: ColumnElement[bool], pace: Pace, now: datetime) -> Sequence[datetime]:
    """When the attempts of this lane began that still count against the limit; those that were given back do not."""
    since = now - timedelta(seconds=pace.seconds)
    rows = select(Attempt.began_at).join(Copy, Attempt.copy_id == Copy.id)
    tried = (Attempt.began_at > since) & (Attempt.outcome != NOT_TRIED)
    return session.scalars(rows.where(lane, Copy.sending_since > since, tried)).all()


def left(session: Session, channel: Channel, *, is_urgent: bool, now: datetime) -> int:
    """How many more may begin on this lane now; what is queued has not begun and counts too."""
    pace = _pace(channel, is_urgent=is_urgent)
    if pace is None:
        return NO_LIMIT
    lane = (Copy.channel_id == channel.id) & Copy.is_urgent.is_(is_urgent)
    queued = session.scalar(select(func.count()).where(lane, Copy.state == CopyState.QUEUED.value)) or 0
    return pacing.free(pace, began(session, lane, pace, now), now) - queued


def removal_seconds(*, now: datetime, more: int = 0) -> dict[int, float]:
    """For each channel with a limit on removals, seconds until the last that waits (and `more`) may begin."""
    with db.reading() as session:
        rows = session.query(Channel).order_by(Channel.id).all()
        limits = {one.id: pace for one in rows if (pace := _pace(one, is_urgent=True))}
        return {one: _seconds(session, one, pace, now, more) for one, pace in limits.items()}


def _pace(channel: Channel, *, is_urgent: bool) -> Pace | None:
    able = channels.capabilities(channel)
    return able.removals if is_urgent else able.outings


def _seconds(session: Session, channel_id: int, pace: Pace, now: datetime, more: int) -> float:
    lane = (Copy.channel_id == channel_id) & Copy.is_urgent
    waiting = session.scalar(select(func.count()).where(lane, Copy.state.in_(WAITS))) or 0
    return pacing.seconds_for(pace, waiting + more, began(session, lane, pace, now), now)
