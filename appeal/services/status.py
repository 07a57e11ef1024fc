"""How the installation does: the clock, the disk, and what waits for a person."""

import shutil
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select

from appeal import db, installation
from appeal.models.release import Channel, Copy, Delivery
from appeal.models.tip import Tip
from appeal.rules.lifecycle import CopyState, TipState
from appeal.rules.permissions import Actor, Permission, require
from appeal.services import beats, notices

CLOCK = "clock"
LATE_SECONDS = 60
SILENT_AFTER = timedelta(seconds=60)
COUNT_CAP = 1000
LITTLE_BYTES = 2_000_000_000


@dataclass(frozen=True)
class ClockState:
    """How long ago the clock ticked, in whole seconds; None if it never did."""

    seconds: int | None
    is_late: bool


@dataclass(frozen=True)
class Silent:
    """A source that has not answered: since when it last did, and what it said."""

    name: str
    polled_at: datetime | None
    problem: str


@dataclass(frozen=True)
class Status:
    """Counts go no further than `COUNT_CAP`; bytes are of the disk that holds the instance folder."""

    clock: ClockState
    free_bytes: int
    total_bytes: int
    unread_tips: int
    unknown_copies: int
    asked_copies: int
    silent: tuple[Silent, ...]
    stopped: tuple[str, ...]
    mails_waiting: int

    @property
    def is_disk_low(self) -> bool:
        """Whether the disk will soon be full."""
        return self.free_bytes < LITTLE_BYTES or self.free_bytes * 20 < self.total_bytes


def clock(now: datetime) -> ClockState:
    """Whether deliveries and readings go on."""
    ticked_at = beats.last(CLOCK)
    if ticked_at is None:
        return ClockState(None, is_late=True)
    seconds = max(0, int((now - ticked_at).total_seconds()))
    return ClockState(seconds, is_late=seconds > LATE_SECONDS)


def look(actor: Actor, *, polled: Collection[int], now: datetime) -> Status:
    """Everything at once; `polled` are the ids of the channels whose answers are fetched."""
    require(actor, Permission.ADMINISTER)
    disk = shutil.disk_usage(installation.current().config.instance)
    with db.reading() as session:
        counted = [
            session.scalar(_counted(wanted)) or 0
            for wanted in (
                select(Tip.id).where(Tip.state == TipState.UNREAD),
                select(Copy.id).where(Copy.state == CopyState.UNKNOWN),
                select(Copy.id).join(Delivery).where(Copy.state == CopyState.ASKED, Delivery.release_id.is_not(None)),
            )
        ]
        rows = session.scalars(select(Channel).where(Channel.is_active).order_by(Channel.id)).all()
    silent = (row for row in rows if row.id in polled and _is_silent(row, now))
    return Status(
        clock=clock(now),
        free_bytes=disk.free,
        total_bytes=disk.total,
        unread_tips=counted[0],
        unknown_copies=counted[1],
        asked_copies=counted[2],
        silent=tuple(Silent(row.name, row.polled_at, row.poll_problem) for row in silent),
        stopped=tuple(f"{row.name}: {row.stopped_reason}" for row in rows if row.stopped_reason),
        mails_waiting=notices.waiting(),
    )


def _counted(wanted: Select[Any]) -> Select[Any]:
    return select(func.count()).select_from(wanted.limit(COUNT_CAP).subquery())


def _is_silent(channel: Channel, now: datetime) -> bool:
    return bool(channel.poll_problem) or channel.polled_at is None or now - channel.polled_at > SILENT_AFTER
