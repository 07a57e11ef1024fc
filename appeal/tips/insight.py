"""How an appeal does: what comes in against what went out, how fast it is read and by when, what it was good for.

Counts and times only; nothing that a person told us is opened. Tips and decisions are
looked at among the newest, bounded.
"""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from appeal import db
from appeal.models.desk import FirstReading
from appeal.models.release import Channel, Copy, Delivery, Release
from appeal.models.tip import IS_WAITING, Assessment, Tip
from appeal.rules.backlog import Forecast, forecast
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.tips import arrived
from appeal.tips.readings import USEFUL

HOUR = timedelta(hours=1)
# How far back the page looks, and over how long the pace is taken.
SPANS: Mapping[int, str] = {24: _("1 day"), 48: _("2 days"), 168: _("7 days"), 336: _("14 days")}
USUAL_HOURS = 48
PACE = timedelta(hours=3)
WAITING_CAP, MOST_DECISIONS, MOST_OUTINGS = 1_000, 5_000, 300


class Decision(NamedTuple):
    """One decision on a tip, when that tip came and when somebody first opened it."""

    tip_id: int
    decided_at: datetime
    decision: str
    received_at: datetime
    opened_at: datetime | None


@dataclass(frozen=True)
class Outing:
    """Something that went out on a channel, when its first copy did; `kind` is publish, update or retract."""

    at: datetime
    channel: str
    kind: str


@dataclass(frozen=True)
class Hour:
    """One hour: how many tips came by each source, how many were decided, what went out."""

    begins_at: datetime
    came: Mapping[str, int]
    decided: int
    outings: tuple[Outing, ...]

    @property
    def total(self) -> int:
        """Tips of all sources."""
        return sum(self.came.values())


@dataclass(frozen=True)
class Insight:
    """Everything that the page says. Shares are 0 … 1; what nothing is known of is None.

    `waiting` goes no further than a cap; `useful` counts tips that were acted upon among `decided`.
    """

    hours: tuple[Hour, ...]
    sources: tuple[str, ...]
    waiting: int
    decided: int
    useful: int
    reading: timedelta | None
    to_action: timedelta | None
    first_action: timedelta | None
    pace: Forecast

    @property
    def share_useful(self) -> float | None:
        """Useful ones among those that were decided."""
        return self.useful / self.decided if self.decided else None


def look(actor: Actor, *, appeal_id: int, hours: int, now: datetime) -> Insight:
    """The last so many hours of an appeal."""
    require(actor, Permission.READ_APPEALS)
    since = now.replace(minute=0, second=0, microsecond=0) - (hours - 1) * HOUR
    with db.reading() as session:
        came = _came(session, appeal_id, since)
        outings = _outings(session, appeal_id, since)
        rows = _decisions(session, appeal_id)
        waiting = _waiting(session, appeal_id)
    decided = Counter(_hour(row.decided_at) for row in rows)
    shown = tuple(_hour_of(since + at * HOUR, came, decided, outings) for at in range(hours))
    last = {row.tip_id: row.decision for row in rows}
    actions = _to_action(rows)
    return Insight(
        hours=shown,
        sources=tuple(sorted({source for one in shown for source in one.came})),
        waiting=waiting,
        decided=len(last),
        useful=sum(decision in USEFUL for decision in last.values()),
        reading=_median(_readings(rows)),
        to_action=_median(actions),
        first_action=min(actions, default=None),
        pace=_pace(shown, rows, waiting, now),
    )


def as_csv(found: Insight) -> str:
    """One line for each hour: when it begins in UTC, tips by source, all of them, decisions, what went out."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["hour_utc", *found.sources, "all", "decided", "went_out"])
    for one in found.hours:
        went = "; ".join(f"{outing.at.isoformat(timespec='seconds')} {outing.kind}" for outing in one.outings)
        own = [one.came.get(source, 0) for source in found.sources]
        table.writerow([one.begins_at.isoformat(timespec="minutes"), *own, one.total, one.decided, went])
    return out.getvalue()


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _hour_of(
    begins_at: datetime,
    came: Mapping[datetime, Mapping[str, int]],
    decided: Mapping[datetime, int],
    outings: Sequence[Outing],
) -> Hour:
    went = tuple(one for one in outings if begins_at <= one.at < begins_at + HOUR)
    return Hour(begins_at, came.get(begins_at, {}), decided.get(begins_at, 0), went)


def _came(session: Session, appeal_id: int, since: datetime) -> Mapping[datetime, Mapping[str, int]]:
    found: dict[datetime, Counter[str]] = defaultdict(Counter)
    for received_at, source in arrived.newest(session, appeal_id):
        if received_at >= since:
            found[_hour(received_at)][source] += 1
    return found


def _outings(session: Session, appeal_id: int, since: datetime) -> list[Outing]:
    first = func.min(Copy.sent_at)
    wanted = (
        select(first, Channel.name, Delivery.kind)
        .select_from(Delivery)
        .join(Release, Release.id == Delivery.release_id)
        .join(Copy, Copy.delivery_id == Delivery.id)
        .join(Channel, Channel.id == Delivery.channel_id)
        .where(Release.appeal_id == appeal_id, Copy.sent_at >= since)
        .group_by(Delivery.id, Channel.name, Delivery.kind)
        .order_by(first.desc())
        .limit(MOST_OUTINGS)
    )
    return [Outing(at, name, kind) for at, name, kind in session.execute(wanted) if at][::-1]


def _decisions(session: Session, appeal_id: int) -> Sequence[Decision]:
    """Decisions on tips of this appeal among the newest of the desk, the oldest first."""
    newest = select(Assessment.id).order_by(Assessment.id.desc()).limit(MOST_DECISIONS).subquery()
    wanted = (
        select(Assessment.tip_id, Assessment.decided_at, Assessment.decision, Tip.received_at, FirstReading.opened_at)
        .join(newest, newest.c.id == Assessment.id)
        .join(Tip, Tip.id == Assessment.tip_id)
        .outerjoin(FirstReading, FirstReading.tip_id == Tip.id)
        .where(Tip.appeal_id == appeal_id)
        .order_by(Assessment.id)
    )
    return [Decision(*row) for row in session.execute(wanted)]


def _waiting(session: Session, appeal_id: int) -> int:
    some = select(Tip.id).where(IS_WAITING, Tip.appeal_id == appeal_id).limit(WAITING_CAP).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _readings(rows: Sequence[Decision]) -> list[timedelta]:
    """How long people had a tip before they decided; what was closed unread took no reading."""
    took = [row.decided_at - row.opened_at for row in rows if row.opened_at is not None]
    return [one for one in took if one >= timedelta(0)]


def _to_action(rows: Sequence[Decision]) -> list[timedelta]:
    """For each tip that was acted upon how long after it came that first happened."""
    first: dict[int, timedelta] = {}
    for row in rows:
        if row.decision in USEFUL:
            first.setdefault(row.tip_id, row.decided_at - row.received_at)
    return list(first.values())


def _median(found: Sequence[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(one.total_seconds() for one in found)) if found else None


def _pace(
    hours: Sequence[Hour],
    rows: Sequence[Decision],
    waiting: int,
    now: datetime,
) -> Forecast:
    """At the pace of the last whole hours and the one that runs."""
    since = _hour(now) - PACE
    came = sum(one.total for one in hours if one.begins_at >= since)
    read = len({row.tip_id for row in rows if row.decided_at >= since})
    return forecast(waiting, came, read, now - since, now)
