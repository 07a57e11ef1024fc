"""The heads of the lanes: how many wait, how old the oldest unread is, whether that is too old. Nothing is scanned."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from appeal import db
from appeal.models.tip import IS_UNREAD, IS_WAITING, Tip
from appeal.services import force
from appeal.tips import waiting
from appeal.tips.ranking import LANES

COUNT_CAP = 1000


@dataclass(frozen=True)
class Lane:
    """`count` goes no further than the cap; `oldest_at` is None when nothing is unread; `minutes` is the deadline."""

    count: int
    oldest_at: datetime | None
    minutes: int
    is_late: bool


def heads(now: datetime, cap: int = COUNT_CAP) -> Mapping[str, Lane]:
    """Every lane in the order in which they are read."""
    settings = force.settings()
    found = {}
    with db.reading() as session:
        for lane in LANES:
            lowest, highest = waiting.range_of(lane)
            some = select(Tip.id).where(IS_WAITING, Tip.rank >= lowest, Tip.rank < highest).limit(cap).subquery()
            count = session.scalar(select(func.count()).select_from(some)) or 0
            oldest = select(Tip.received_at).where(IS_UNREAD, Tip.lane == lane).order_by(Tip.received_at).limit(1)
            oldest_at, minutes = session.scalar(oldest), int(settings[f"deadline_{lane}"])
            is_late = oldest_at is not None and now - oldest_at > timedelta(minutes=minutes)
            found[lane] = Lane(count, oldest_at, minutes, is_late)
    return found
