"""Reminders: an appeal goes out again, but only if an officer said within the last day that it is still sought.

A day before each outing the officer in the case is asked by a page; pressing its link is the answer. Without an answer
the reminder does not go, and the author is told.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from appeal import db, ledger, publishers
from appeal.models.appeal import Appeal, Revision
from appeal.models.paging import Page
from appeal.models.people import User
from appeal.models.release import Release
from appeal.models.rota import Reminder
from appeal.rules import hours
from appeal.rules.errors import BadInput, NotFound, WrongState
from appeal.rules.paging import STILL
from appeal.rules.permissions import SYSTEM, Actor, Permission, require
from appeal.rules.words import _
from appeal.services import approvals, force, notices, outings, paging, releases

ANSWER_LASTS = timedelta(hours=24)
MOST_DAYS = 365
LATEST = timedelta(days=3660)
REMINDER = "reminder"


def plan(
    actor: Actor,
    *,
    appeal_id: int,
    officer_id: int,
    every_days: int,
    at: time,
    first_on: date,
    until_on: date,
    now: datetime,
) -> int:
    """Remind every so many days (0: once a year) from one date to another; returns the reminder's id.

    `officer_id` is the officer in the case, who is asked before each outing. Dates and time are of the force's zone.
    """
    require(actor, Permission.DRAFT)
    with db.writing() as session:
        appeal = session.get(Appeal, appeal_id)
        if appeal is None:
            raise NotFound("There is no such appeal.")
        if appeal.ended_at is not None or appeal.taken_down_at is not None:
            raise WrongState(_("This appeal was taken down: nothing more goes out."))
        asked = session.get(User, officer_id)
        _check(asked, every_days, at, first_on, until_on, now, releases.review_on(session, appeal_id))
        row = Reminder(
            appeal_id=appeal_id,
            officer_id=officer_id,
            every_days=every_days,
            at=at,
            next_on=first_on,
            until_on=until_on,
            created_at=now,
        )
        session.add(row)
        session.flush()
        fields = {"first_on": str(first_on), "until_on": str(until_on), "every_days": str(every_days)}
        target = f"appeal:{appeal_id}"
        ledger.record(session, at=now, actor=actor.label, action="plan reminders", target=target, fields=fields)
        return row.id


def stop(actor: Actor, *, reminder_id: int, now: datetime) -> None:
    """No further reminder of this series."""
    require(actor, Permission.DRAFT)
    with db.writing() as session:
        row = session.get(Reminder, reminder_id, populate_existing=True)
        if row is None or row.ended_at is not None:
            raise NotFound(_("There is no such reminder any more."))
        _end(session, row, now)
        target = f"appeal:{row.appeal_id}"
        ledger.record(session, at=now, actor=actor.label, action="stop reminders", target=target)


def of_appeal(appeal_id: int) -> Sequence[Reminder]:
    """The series of an appeal that go on."""
    with db.reading() as session:
        wanted = select(Reminder).where(Reminder.appeal_id == appeal_id, Reminder.ended_at.is_(None))
        return session.scalars(wanted.order_by(Reminder.id).execution_options(populate_existing=True)).all()


def goes_at(row: Reminder) -> datetime:
    """The moment that was asked for, in UTC."""
    return hours.instant(force.settings()["zone"], datetime.combine(row.next_on, row.at))


def tick(*, now: datetime) -> tuple[int, int]:
    """Ask about what goes within a day, and let go what was answered; returns how many were asked about and planned."""
    with db.reading() as session:
        running = session.scalars(select(Reminder).where(Reminder.ended_at.is_(None)).order_by(Reminder.id)).all()
        waiting = [row.id for row in running if _needs_us(row, now)]
    asked = planned = 0
    for reminder_id in waiting:
        with db.writing() as session:
            row = session.get(Reminder, reminder_id, populate_existing=True, with_for_update=True)
            if row is None or not _needs_us(row, now):
                continue
            if now >= goes_at(row):
                planned += _go(session, row, now)
            else:
                row.page_id = _ask(session, row, now)
                asked += 1
    return asked, planned


def _needs_us(row: Reminder, now: datetime) -> bool:
    if row.ended_at is not None:
        return False
    at = goes_at(row)
    return now >= at or (row.page_id is None and now >= at - ANSWER_LASTS)


def _ask(session: Session, row: Reminder, now: datetime) -> int:
    return paging.page(
        session,
        kind=STILL,
        target=f"reminder:{row.id}:{row.next_on}",
        path=f"/appeals/{row.appeal_id}",
        now=now,
        first=[row.officer_id],
    )


def _go(session: Session, row: Reminder, now: datetime) -> bool:
    """Plan the outing if the answer is fresh, else tell the author; either way the next date is the next one."""
    page = session.get(Page, row.page_id, populate_existing=True) if row.page_id else None
    is_fresh = page is not None and page.answered_at is not None and now - page.answered_at <= ANSWER_LASTS
    goes = is_fresh and _plan_outing(session, row.appeal_id, now)
    if not goes:
        _tell_author(session, row, now)
    if page is not None:
        page.ended_at = page.ended_at or now
    _advance(row, now)
    return bool(goes)


def _plan_outing(session: Session, appeal_id: int, now: datetime) -> bool:
    """Plan another outing of what is approved, on channels that show only what is new; False where nothing may go.

    Each copy has a link of its own, so that no platform takes the repeated words for the same post.
    """
    appeal, approval = session.get_one(Appeal, appeal_id), releases.standing_approval(session, appeal_id, now)
    if approval is None or appeal.taken_down_at is not None or appeal.ended_at is not None:
        return False
    revision = session.get_one(Revision, approval.revision_id)
    chosen = [one for one in approvals.chosen(session, revision) if approvals.post_sha256(approval, one.id)]
    fleeting = [one for one in chosen if not publishers.get(one.publisher).capabilities.can_update]
    if not fleeting:
        return False
    release = Release(
        appeal_id=appeal_id,
        revision_id=revision.id,
        approval_id=approval.id,
        kind=REMINDER,
        created_at=now,
        site_up_at=now,
    )
    session.add(release)
    session.flush()
    for channel in fleeting:
        outings.deliver(session, release, channel, approval, outings.due(release, channel, now), False, now)
    fields = {"release": str(release.id), "kind": REMINDER}
    ledger.record(session, at=now, actor="system", action="plan release", target=f"appeal:{appeal_id}", fields=fields)
    return True


def _advance(row: Reminder, now: datetime) -> None:
    """The next date in the series that is not over; dates that passed while nobody ticked are not made up for."""
    row.page_id = None
    while goes_at(row) <= now:
        row.next_on = row.next_on + timedelta(days=row.every_days) if row.every_days else _a_year_on(row.next_on)
    if row.next_on > row.until_on:
        row.ended_at = now


def _a_year_on(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def _tell_author(session: Session, row: Reminder, now: datetime) -> None:
    appeal = session.get_one(Appeal, row.appeal_id)
    notices.tell(
        session,
        officer_ids=[appeal.author_id],
        kind="reminder not sent",
        subject="A reminder did not go out: nobody said that it is still sought, or it may not go out any more",
        path=f"/appeals/{row.appeal_id}",
        now=now,
    )
    target = f"appeal:{row.appeal_id}"
    ledger.record(session, at=now, actor=SYSTEM.label, action="reminder not sent", target=target)


def _end(session: Session, row: Reminder, now: datetime) -> None:
    row.ended_at = now
    page = session.get(Page, row.page_id) if row.page_id else None
    if page is not None:
        page.ended_at = page.ended_at or now


def _check(
    asked: User | None,
    every_days: int,
    at: time,
    first_on: date,
    until_on: date,
    now: datetime,
    review_on: date | None,
) -> None:
    zone = force.settings()["zone"]
    today = now.astimezone(ZoneInfo(zone)).date()
    wrong = {}
    if asked is None or not asked.active:
        wrong["officer"] = _("Choose the officer in the case.")
    if not 0 <= every_days <= MOST_DAYS:
        wrong["every_days"] = _("Enter a number of days up to 365.")
    if hours.instant(zone, datetime.combine(first_on, at)) <= now:
        wrong["first_on"] = _("This moment is over.")
    elif review_on is not None and first_on > review_on:
        wrong["first_on"] = _("The approval is reviewed before that. Choose an earlier day, or have it renewed first.")
    if until_on < first_on:
        wrong["until_on"] = _("The last day is before the first one.")
    elif until_on > today + LATEST:
        wrong["until_on"] = _("Ten years is the most.")
    if wrong:
        raise BadInput(fields=wrong)
