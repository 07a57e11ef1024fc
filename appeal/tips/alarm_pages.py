"""Alarms as officers see them: what nobody has yet, what was raised lately, and one with everything it counts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from appeal import db, installation
from appeal.models.alarm import Alarm, AlarmTip
from appeal.models.appeal import Appeal
from appeal.models.lead import LeadCheck
from appeal.models.paging import Page
from appeal.models.people import User
from appeal.models.tip import Tip
from appeal.rules.errors import NotFound
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import paging
from appeal.tips import alarms, visible

MOST_STANDING, MOST_LISTED, MOST_TIPS = 40, 100, 500
LISTED_FOR = timedelta(days=2)


@dataclass(frozen=True)
class Line:
    """One alarm. `place` is in the words of whoever named it first; `check` is (finding, words, when, until, who)."""

    id: int
    kind: str
    appeal_id: int | None
    appeal: str
    place: str = field(repr=False)
    tip_count: int
    independent_count: int
    opened_at: datetime
    last_at: datetime
    is_overflow: bool
    page_id: int | None
    is_open: bool
    taken_by: str
    taken_at: datetime | None
    lead_id: int | None = None
    check: tuple[str, str, datetime, datetime, str] | None = field(repr=False, default=None)


@dataclass(frozen=True)
class Counted:
    """A tip that an alarm counts."""

    tip_id: int
    state: str
    source: str
    is_independent: bool
    joined_at: datetime


@dataclass(frozen=True)
class View:
    """One alarm with who was asked and the tips that this officer may see."""

    line: Line
    paged: paging.Status | None
    tips: Sequence[Counted]


def may_see(actor: Actor) -> bool:
    """Whether alarms concern this officer."""
    return actor.may(Permission.READ_TIPS) or actor.may(Permission.APPROVE)


def standing(actor: Actor) -> Sequence[Line]:
    """What nobody has yet, the newest first; nothing for whom alarms do not concern."""
    if not may_see(actor):
        return []
    with db.reading() as session:
        return _lines(session, Page.ended_at.is_(None), MOST_STANDING)


def latest(actor: Actor, *, now: datetime) -> Sequence[Line]:
    """The alarms of the last two days, the newest first, those that woke nobody among them."""
    _require(actor)
    with db.reading() as session:
        return _lines(session, Alarm.opened_at > now - LISTED_FOR, MOST_LISTED)


def of_tip(actor: Actor, tip_id: int) -> Sequence[Line]:
    """The alarms that count a tip."""
    _require(actor)
    ids = select(AlarmTip.alarm_id).where(AlarmTip.tip_id == tip_id)
    with db.reading() as session:
        return _lines(session, Alarm.id.in_(ids), MOST_LISTED)


def view(actor: Actor, *, alarm_id: int) -> View:
    """One alarm; `NotFound` if there is none."""
    _require(actor)
    with db.reading() as session:
        lines = _lines(session, Alarm.id == alarm_id, 1)
        if not lines:
            raise NotFound(_("There is no such alarm."))
        wanted = (
            select(Tip.id, Tip.state, Tip.source, AlarmTip.is_independent, AlarmTip.joined_at)
            .join(Tip, Tip.id == AlarmTip.tip_id)
            .where(AlarmTip.alarm_id == alarm_id, visible.condition(actor))
            .order_by(AlarmTip.joined_at, Tip.id)
            .limit(MOST_TIPS)
        )
        may_read = actor.may(Permission.READ_TIPS)
        counted = [Counted(*row) for row in session.execute(wanted)] if may_read else []
    page_id = lines[0].page_id
    return View(lines[0], paging.status(page_id) if page_id else None, counted)


def mark(lines: Sequence[Line]) -> str:
    """What changes when anything about these alarms does: the newest number, and how much they count together."""
    newest = max((line.id for line in lines), default=0)
    return f"{newest}.{len(lines)}.{sum(line.tip_count + line.independent_count for line in lines)}"


def _require(actor: Actor) -> None:
    if not may_see(actor):
        require(actor, Permission.READ_TIPS)


def _lines(session: Session, condition: ColumnElement[bool], limit: int) -> list[Line]:
    wanted = (
        select(Alarm, Page, LeadCheck, User.name, Appeal.public_id)
        .outerjoin(Appeal, Appeal.id == Alarm.appeal_id)
        .outerjoin(Page, Page.id == Alarm.page_id)
        .outerjoin(LeadCheck, LeadCheck.id == Alarm.check_id)
        .outerjoin(User, User.id == LeadCheck.officer_id)
        .where(condition)
        .order_by(Alarm.id.desc())
        .limit(limit)
    )
    found = session.execute(wanted, execution_options={"populate_existing": True})
    return [_line(row, page, check, name or "", appeal or "") for row, page, check, name, appeal in found]


def _line(row: Alarm, page: Page | None, check: LeadCheck | None, checked_by: str, appeal: str) -> Line:
    return Line(
        id=row.id,
        kind=row.kind,
        appeal_id=row.appeal_id,
        appeal=appeal,
        place=alarms.opened_words(row),
        tip_count=row.tip_count,
        independent_count=row.independent_count,
        opened_at=row.opened_at,
        last_at=row.last_at,
        is_overflow=row.is_overflow,
        page_id=row.page_id,
        is_open=page is not None and page.ended_at is None,
        taken_by=page.answered_by.name if page and page.answered_by else "",
        taken_at=page.answered_at if page else None,
        lead_id=check.lead_id if check else None,
        check=_check(check, checked_by) if check else None,
    )


def _check(row: LeadCheck, name: str) -> tuple[str, str, datetime, datetime, str]:
    return row.finding, _open(row.sealed_words), row.checked_at, row.until, name


def _open(sealed: bytes) -> str:
    return installation.current().desk_keys.open(sealed).decode() if sealed else ""
