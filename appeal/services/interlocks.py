"""What a copy must pass in the last moment before it goes: not withdrawn, approved, reviewed, staffed hours."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from appeal import db
from appeal.models.release import Copy, Delivery, Release
from appeal.rules.lifecycle import CopyState
from appeal.services import force, page_posts, rota

CORRECTION = "correction"
IN_FLIGHT = (CopyState.SENDING.value, CopyState.UNKNOWN.value)
WAIT_IN_FLIGHT, WAIT_FOR_PERSON = timedelta(seconds=2), timedelta(seconds=30)
ROTA_NEVER_OPENS = timedelta(days=1)
NOBODY_READS = "Nobody would read the answers now."
REVIEW_IS_OVER = "The review date of the approval is over. Please approve it again."
NOT_WANTED = "Nobody has to be asked any more."
NOT_SETTLED = "Waits until it is known whether it is out."


def may_go(session: Session, copy: Copy, now: datetime) -> bool:
    """Whether the copy may go at this moment; where not, it is put where it belongs. Everything is read anew."""
    if copy.delivery.kind == page_posts.PAGE:
        return page_posts.is_wanted(session, copy) or put(copy, CopyState.CANCELLED, NOT_WANTED)
    if copy.delivery.kind == "retract":
        return _target_is_settled(session, copy, now)
    release = copy.delivery.release
    session.refresh(release.appeal)
    session.refresh(release.approval)
    if release.appeal.taken_down_at is not None:
        return put(copy, CopyState.CANCELLED, "The appeal was taken down.")
    if release.approval.ended_at is not None:
        return put(copy, CopyState.CANCELLED, "A later revision was approved.")
    if release.approval.review_on < now.astimezone(ZoneInfo(force.settings()["zone"])).date():
        return put(copy, CopyState.HELD, REVIEW_IS_OVER)
    return _somebody_reads(copy, release, now)


def plan_again(*, now: datetime) -> int:
    """Work out anew when waiting copies may go: rota, cover or zone may have changed. Returns how many moved."""
    if not _moved(now):
        return 0
    with db.writing() as session:
        count = 0
        for appeal_id, opens in _moved(now).items():
            ids = _waiting(now).where(Release.appeal_id == appeal_id).with_only_columns(Copy.id)
            moved = update(Copy).where(Copy.id.in_(ids)).values(due_at=opens).returning(Copy.id)
            count += len(session.execute(moved, execution_options={"synchronize_session": False}).all())
        return count


def put(copy: Copy, state: CopyState, reason: str, due: datetime | None = None) -> bool:
    """Put a copy that may not go where it belongs; always False."""
    copy.state, copy.reason, copy.lease_until = state.value, reason, None
    copy.due_at = due or copy.due_at
    return False


def _waiting(now: datetime) -> Select[Copy]:
    """Copies that wait for somebody to read, and for nothing else."""
    waits = (Copy.state == CopyState.PENDING.value) & (Copy.due_at > now)
    waits &= (Copy.tries == 0) | (Copy.reason == NOBODY_READS)
    asks = (Release.kind != CORRECTION) & (Delivery.kind != "retract")
    rows = select(Copy).join(Delivery, Copy.delivery_id == Delivery.id).join(Release, Delivery.release_id == Release.id)
    return rows.where(waits, asks).execution_options(populate_existing=True)


def _moved(now: datetime) -> dict[int, datetime]:
    """Appeals whose copies wait for another moment than the next at which somebody reads, with that moment."""
    with db.reading() as session:
        waiting = session.execute(
            _waiting(now).with_only_columns(Release.appeal_id, Copy.due_at, maintain_column_froms=True).distinct()
        ).all()
        opens = {appeal_id: rota.next_release(now, appeal_id) for appeal_id, _due in waiting}
    return {appeal_id: at for appeal_id, due in waiting if (at := opens[appeal_id]) is not None and at != due}


def _somebody_reads(copy: Copy, release: Release, now: datetime) -> bool:
    if release.kind == CORRECTION:
        return True
    opens = rota.next_release(now, release.appeal_id)
    if opens == now:
        return True
    return put(copy, CopyState.PENDING, NOBODY_READS, opens or now + ROTA_NEVER_OPENS)


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
    return True
