"""What a copy must pass in the last moment before it goes: not withdrawn, approved, reviewed, staffed hours."""

import hashlib
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.orm import Session

from appeal import db
from appeal.models.force import ForceSetting
from appeal.models.release import Channel, Copy, Delivery, Release
from appeal.models.rota import Desk
from appeal.rules.lifecycle import CopyState
from appeal.services import contents, force, overrides, owed, page_posts, pauses, quiet, rota, thanks

CORRECTION = "correction"
IN_FLIGHT = (CopyState.SENDING.value, CopyState.UNKNOWN.value)
WAIT_IN_FLIGHT, WAIT_FOR_PERSON = timedelta(seconds=2), timedelta(seconds=30)
ROTA_NEVER_OPENS = timedelta(days=1)
PLANNED_FOR = "planned_for"
NOBODY_READS = "Nobody would read the answers now."
REVIEW_IS_OVER = "The review date of the approval is over. Please approve it again."
NOT_YET = "Waits for the moment that was asked for."
QUIET = "Waits for the morning: no telephone rings at night."
NOT_WANTED = "Nobody has to be asked any more."
NOT_SETTLED = "Waits until it is known whether it is out."


def may_go(session: Session, copy: Copy, now: datetime) -> bool:
    """Whether the copy may go at this moment; where not, it is put where it belongs. Everything is read anew."""
    if copy.delivery.kind == page_posts.PAGE:
        return page_posts.is_wanted(session, copy) or put(copy, CopyState.CANCELLED, NOT_WANTED)
    if copy.delivery.kind == thanks.THANKS:
        return thanks.is_wanted(copy, now) or put(copy, CopyState.CANCELLED, thanks.TOO_LATE)
    if copy.delivery.kind == "retract":
        return _target_is_settled(session, copy, now)
    if copy.delivery.kind == contents.STATEMENT:
        return True
    release = copy.delivery.release
    session.refresh(release.appeal)
    session.refresh(release.approval)
    problem = _problem(session, copy, release, now)
    return put(copy, *problem) if problem else _somebody_reads(session, copy, release, now)


def plan_again(*, now: datetime) -> int:
    """Work out anew when waiting copies may go, if hours, cover or a zone have changed. Returns how many moved."""
    said = _hours_in_short()
    with db.reading() as session:
        known = session.get(ForceSetting, PLANNED_FOR, populate_existing=True)
        if known is not None and known.value == said:
            return 0
    with db.writing() as session:
        session.merge(ForceSetting(name=PLANNED_FOR, value=said))
        groups = session.execute(_waiting_groups()).all()
        return sum(_move(session, *group, now) for group in groups)


def plan_appeal_again(session: Session, appeal_id: int, *, now: datetime) -> int:
    """The same for one appeal, whose embargo has changed."""
    groups = session.execute(_waiting_groups()).all()
    return sum(_move(session, *group, now) for group in groups if group[0] == appeal_id)


def put(copy: Copy, state: CopyState, reason: str, due: datetime | None = None) -> bool:
    """Put a copy that may not go where it belongs; always False."""
    copy.state, copy.reason, copy.lease_until = state.value, reason, None
    copy.due_at = due or copy.due_at
    return False


def _problem(session: Session, copy: Copy, release: Release, now: datetime) -> tuple[CopyState, str] | None:
    """Where an outing belongs that may not go at all now, whoever reads, and why."""
    if release.appeal.taken_down_at is not None:
        return CopyState.CANCELLED, "The appeal was taken down."
    if release.approval.ended_at is not None:
        return CopyState.CANCELLED, "A later revision was approved."
    if release.approval.review_on < now.astimezone(ZoneInfo(force.settings()["zone"])).date():
        return CopyState.HELD, REVIEW_IS_OVER
    if release.kind != CORRECTION and pauses.is_paused(session, copy.channel_id):
        return CopyState.HELD, pauses.PAUSED
    if release.kind != CORRECTION and owed.is_held(session, release.approval, now):
        return CopyState.HELD, owed.HELD
    return None


def _waits() -> ColumnElement[bool]:
    """Copies that wait for somebody to read, and for nothing else."""
    return (Copy.state == CopyState.PENDING.value) & ((Copy.tries == 0) | (Copy.reason == NOBODY_READS))


def _outings() -> Select[int, int | None, str, datetime | None]:
    rows = select(Delivery.id, Release.appeal_id, Channel.language, Release.not_before)
    rows = rows.join(Release, Delivery.release_id == Release.id).join(Channel, Delivery.channel_id == Channel.id)
    return rows.where(Release.kind != CORRECTION, Delivery.kind != "retract")


def _waiting_groups() -> Select[int, str, datetime | None]:
    """Appeal, language and earliest moment of everything that waits: what has one moment in common."""
    outings = _outings().subquery()
    columns = (outings.c.appeal_id, outings.c.language, outings.c.not_before)
    rows = select(*columns).select_from(Copy).join(outings, Copy.delivery_id == outings.c.id).where(_waits())
    return rows.group_by(*columns).order_by(*columns)


def _move(session: Session, appeal_id: int, language: str, not_before: datetime | None, now: datetime) -> int:
    opens = rota.next_release(max(now, not_before or now), appeal_id, language=language)
    if opens is None:
        return 0
    outings = _outings().subquery()
    same = (outings.c.appeal_id == appeal_id) & (outings.c.language == language)
    same &= outings.c.not_before.is_(None) if not_before is None else outings.c.not_before == not_before
    another = Copy.due_at > now if opens == now else Copy.due_at != opens
    moved = update(Copy).where(_waits(), another, Copy.delivery_id.in_(select(outings.c.id).where(same)))
    done = session.execute(
        moved.values(due_at=opens).returning(Copy.id), execution_options={"synchronize_session": False}
    )
    return len(done.all())


def _hours_in_short() -> str:
    """A hash that changes whenever the moment at which something may go out could."""
    with db.reading() as session:
        duties = [rota.rota(desk_id=desk.id) for desk in session.scalars(select(Desk).order_by(Desk.id))]
        names = list(session.scalars(select(Desk.languages).order_by(Desk.id)))
        covered = [(one, list(overrides.covers(session, one))) for one in overrides.covered_appeals(session)]
    return hashlib.sha256(repr((duties, names, covered, rota.cover_minutes(), rota.zone_data())).encode()).hexdigest()


def _somebody_reads(session: Session, copy: Copy, release: Release, now: datetime) -> bool:
    if release.kind == CORRECTION:
        return _is_loud_enough(session, copy, now)
    asked_for = max(now, release.not_before or now)
    opens = rota.next_release(asked_for, release.appeal_id, language=copy.delivery.channel.language)
    if opens == now:
        return True
    words = NOBODY_READS if asked_for == now else NOT_YET
    return put(copy, CopyState.PENDING, words, opens or now + ROTA_NEVER_OPENS)


def _is_loud_enough(session: Session, copy: Copy, now: datetime) -> bool:
    until = quiet.waits_until(session, copy, now)
    return until is None or put(copy, CopyState.PENDING, QUIET, until)


def _target_is_settled(session: Session, copy: Copy, now: datetime) -> bool:
    """Something is taken down when it is known to be out and no change of it is on its way any more."""
    target = session.get(Copy, copy.target_id, populate_existing=True)
    if target is None:
        return put(copy, CopyState.CANCELLED, "It never went out.")
    changing = session.query(Copy.id).join(Delivery).filter(Copy.target_id == target.id, Delivery.kind == "update")
    if target.state in IN_FLIGHT or changing.filter(Copy.state.in_(IN_FLIGHT)).first():
        return put(copy, CopyState.PENDING, NOT_SETTLED, now + WAIT_IN_FLIGHT)
    if target.state == CopyState.ASKED:
        return put(copy, CopyState.PENDING, NOT_SETTLED, now + WAIT_FOR_PERSON)
    if target.state != CopyState.SENT:
        return put(copy, CopyState.CANCELLED, "It never went out.")
    return _is_loud_enough(session, copy, now)
