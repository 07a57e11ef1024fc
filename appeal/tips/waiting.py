"""The lines of the queue: what triage sorts by, and nothing that a person told us."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, cast

from sqlalchemy import Select, Table, select, tuple_

from appeal.models.appeal import Appeal
from appeal.models.people import User
from appeal.models.tip import IS_WAITING, Tip
from appeal.rules.errors import NotFound
from appeal.rules.words import _
from appeal.tips.ranking import LANES, ranks

TIPS = cast(Table, Tip.__table__)
LONGEST_CURSOR = 40


@dataclass(frozen=True)
class QueueRow:
    """One line of the queue: nothing that a person told us, only what triage sorts by."""

    id: int
    appeal_id: int | None
    appeal: str
    source: str
    received_at: datetime
    state: str
    lane: str
    score: int
    reasons: tuple[str, ...]
    language: str
    is_late: bool
    is_read: bool
    file_count: int
    message_count: int
    holder: str
    rank: int
    is_closed_unread: bool = False
    points_away: bool = False
    is_restricted: bool = False
    lead_id: int | None = None


@dataclass(frozen=True)
class QueuePage:
    """Some lines, the cursor of the next page (empty on the last one), and a mark that changes with what is shown."""

    rows: tuple[QueueRow, ...]
    next_cursor: str
    mark: str


def lines() -> Select[Any]:
    """Tips with the public id of their appeal and the name of their holder, as plain columns."""
    return (
        select(TIPS, Appeal.public_id.label("appeal"), User.name.label("holder"))
        .outerjoin(Appeal, Appeal.id == TIPS.c.appeal_id)
        .outerjoin(User, User.id == TIPS.c.claimed_by_id)
    )


def waiting(after: str, limit: int, appeal_id: int | None, lane: str) -> Select[Any]:
    """One line more than `limit`, in the order of the queue; the partial index wants its condition word for word."""
    wanted = lines().where(IS_WAITING).order_by(TIPS.c.rank, TIPS.c.id).limit(limit + 1)
    if appeal_id is not None:
        wanted = wanted.where(TIPS.c.appeal_id == appeal_id)
    if lane:
        lowest, highest = range_of(lane)
        wanted = wanted.where(TIPS.c.rank >= lowest, TIPS.c.rank < highest)
    if after:
        wanted = wanted.where(tuple_(TIPS.c.rank, TIPS.c.id) > tuple_(*key_of(after)))
    return wanted


def page(found: Sequence[Mapping[Any, Any]], limit: int) -> QueuePage:
    """The page of what `waiting` selected."""
    rows = tuple(line(row) for row in found[:limit])
    cursor = f"{rows[-1].rank}-{rows[-1].id}" if len(found) > limit else ""
    shown = "|".join(f"{row.id} {row.rank} {row.state} {row.holder} {row.message_count}" for row in rows)
    return QueuePage(rows, cursor, sha256(shown.encode()).hexdigest()[:16])


def line(row: Mapping[Any, Any]) -> QueueRow:
    """One line from the columns of `lines`."""
    same = ("id", "appeal_id", "source", "received_at", "state", "lane", "score", "language")
    more = (
        "is_late",
        "file_count",
        "message_count",
        "rank",
        "is_closed_unread",
        "points_away",
        "is_restricted",
        "lead_id",
    )
    return QueueRow(
        **{name: row[name] for name in (*same, *more)},
        appeal=row["appeal"] or "",
        reasons=tuple(row["reasons"]),
        is_read=row["read_at"] is not None,
        holder=row["holder"] or "",
    )


def range_of(lane: str) -> tuple[int, int]:
    """The ranks of a lane; `NotFound` if there is no such lane."""
    if lane not in LANES:
        raise NotFound(_("There is no such lane."))
    return ranks(lane)


def key_of(after: str) -> tuple[int, int]:
    """Rank and number of a cursor; `NotFound` for what is none."""
    rank, _dash, tip_id = after.partition("-")
    if not (rank.isdecimal() and tip_id.isdecimal() and len(after) < LONGEST_CURSOR):
        raise NotFound(_("There is no such page."))
    return int(rank), int(tip_id)
