"""Taking down: what is not out is cancelled, what is or may be out gets one retraction each."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from appeal.models.appeal import Appeal
from appeal.models.release import Copy, Delivery, Release
from appeal.rules.lifecycle import MAY_BE_OUT, NOT_YET_OUT, CopyState
from appeal.services.releases import new_key


def plan_retractions(session: Session, appeal: Appeal, *, now: datetime) -> int:
    """Cancel what is not yet out and plan one retraction for each copy that is or may be; returns how many."""
    releases = session.query(Release.id).filter(Release.appeal_id == appeal.id)
    outings = session.query(Delivery).filter(Delivery.release_id.in_(releases), Delivery.kind != "retract").all()
    _cancel(session, [one.id for one in outings])
    published = [one for one in outings if one.kind == "publish"]
    if not published:
        return 0
    last = session.query(Release).filter(Release.appeal_id == appeal.id).order_by(Release.id.desc()).first()
    if last is None:
        return 0
    ending = Release(
        appeal_id=appeal.id,
        revision_id=last.revision_id,
        approval_id=last.approval_id,
        kind="ending",
        created_at=now,
    )
    session.add(ending)
    session.flush()
    return sum(_retract(session, ending, outing, now) for outing in published)


def _cancel(session: Session, delivery_ids: Sequence[int]) -> None:
    if delivery_ids:
        session.query(Copy).filter(
            Copy.delivery_id.in_(delivery_ids), Copy.state.in_([state.value for state in NOT_YET_OUT])
        ).update({Copy.state: CopyState.CANCELLED.value, Copy.reason: "taken down"}, synchronize_session=False)


def _retract(session: Session, ending: Release, outing: Delivery, now: datetime) -> int:
    out = [copy for copy in outing.copies if copy.state in {state.value for state in MAY_BE_OUT}]
    out = [copy for copy in out if not session.query(Copy).filter(_takes_down(copy)).first()]
    if not out:
        return 0
    removal = Delivery(
        release_id=ending.id,
        channel_id=outing.channel_id,
        kind="retract",
        target_id=outing.id,
        created_at=now,
    )
    session.add(removal)
    session.flush()
    for copy in out:
        session.add(
            Copy(
                delivery_id=removal.id,
                channel_id=copy.channel_id,
                target_id=copy.id,
                key=new_key(),
                sealed_address=copy.sealed_address,
                address_hash=copy.address_hash,
                is_urgent=True,
                due_at=now,
            )
        )
    return len(out)


def _takes_down(copy: Copy) -> ColumnElement[bool]:
    retractions = select(Delivery.id).where(Delivery.kind == "retract")
    return (Copy.target_id == copy.id) & Copy.delivery_id.in_(retractions)
