"""Whether the desk can read what an appeal brings: expected tips of the first day against staffed reading minutes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from appeal import db
from appeal.models.appeal import Appeal
from appeal.models.release import Release
from appeal.models.tip import Tip
from appeal.rules import hours
from appeal.rules.words import _, say
from appeal.services import desks, force, rota, shifts

DAY = timedelta(hours=24)
ENOUGH_APPEALS, MOST_APPEALS = 3, 20

# Tips of the first day by kind, for a force that has no appeals of its own to learn from. They are assumptions of this
# software, made to be replaced by the force's own figures; one published case of 2026 met 4,000 calls in its first day.
TABLE = {"wanted": 400, "missing": 250, "identify": 120, "witness": 60, "warning": 20}
OWN, ASSUMED = _("the median of your own appeals of this kind"), _("an assumption, because you have too few appeals")


@dataclass(frozen=True)
class Capacity:
    """Tips expected in the first day, tips that the desk can read in it, and where the first figure is from."""

    expected: int
    readable: int
    source: str

    @property
    def is_enough(self) -> bool:
        """Whether everything could be read."""
        return self.readable >= self.expected

    @property
    def words(self) -> str:
        """Both figures in one sentence, with what to do."""
        if self.is_enough:
            return say(
                "About %(expected)s tips in the first day (%(source)s); your desk can read %(readable)s.",
                expected=self.expected,
                readable=self.readable,
                source=self.source,
            )
        return say(
            "About %(expected)s tips in the first day (%(source)s), your desk reads %(readable)s: add cover or wait.",
            expected=self.expected,
            readable=self.readable,
            source=self.source,
        )


def check(kind: str, *, starts_at: datetime) -> Capacity:
    """For an appeal of this kind that goes out at this moment."""
    with db.reading() as session:
        own = [_first_day(session, *row) for row in _earlier(session, kind)]
        minutes = _reading_minutes(session, starts_at)
    expected = round(median(own)) if len(own) >= ENOUGH_APPEALS else TABLE.get(kind, TABLE["witness"])
    readable = minutes // max(1, int(force.settings()["tip_minutes"]))
    return Capacity(expected, readable, OWN if len(own) >= ENOUGH_APPEALS else ASSUMED)


def _earlier(session: Session, kind: str) -> list[tuple[int, datetime]]:
    """The newest appeals of a kind that have been out for a day at least, with the moment at which they went."""
    out = select(Appeal.id, func.min(Release.site_up_at)).join(Release, Release.appeal_id == Appeal.id)
    out = out.where(Appeal.kind == kind, Release.site_up_at.is_not(None)).group_by(Appeal.id)
    rows = session.execute(out.order_by(Appeal.id.desc()).limit(MOST_APPEALS))
    return [(appeal_id, out_at) for appeal_id, out_at in rows if out_at is not None]


def _first_day(session: Session, appeal_id: int, out_at: datetime) -> int:
    own = select(func.count()).select_from(Tip).where(Tip.appeal_id == appeal_id)
    return session.scalar(own.where(Tip.received_at >= out_at, Tip.received_at < out_at + DAY)) or 0


def _reading_minutes(session: Session, starts_at: datetime) -> int:
    """Staffed minutes of the first day times the officers who read; who is on counts where shifts are kept."""
    desk_id = desks.default_id(session)
    duty = rota.rota(desk_id=desk_id)
    staffed = sum((b - a).total_seconds() for a, b in hours.intervals(duty, starts_at, starts_at + DAY)) / 60
    planned = shifts.between(desk_id or 0, start=starts_at, end=starts_at + DAY)
    if planned:
        spans = ((max(one.starts_at, starts_at), min(one.ends_at, starts_at + DAY)) for one in planned)
        return int(sum((b - a).total_seconds() for a, b in spans) / 60)
    return int(staffed * max(1, len(desks.members(desk_id)) if desk_id else 1))
