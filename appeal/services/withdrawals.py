"""Taking down: what is not out is cancelled, what is or may be out gets one retraction each."""

from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from appeal import publishers
from appeal.models.appeal import Appeal
from appeal.models.release import Channel, Copy, Delivery, Release
from appeal.publishers.base import Removal
from appeal.rules.lifecycle import NOT_YET_OUT, CopyState
from appeal.services import captures, plans
from appeal.services.link_keys import new_key

# Channels on which a text stands where the appeal was.
PLACES = ("site", "feeds")

# Taken down for these, nothing waits: down comes first.
DOWN_FIRST = ("wrong_person", "wrong_facts", "safety")


def plan_retractions(session: Session, appeal: Appeal, *, now: datetime) -> int:
    """Cancel what is not yet out and plan one retraction for each copy that is or may be; returns how many."""
    releases = session.query(Release.id).filter(Release.appeal_id == appeal.id)
    cancel_waiting(session, appeal.id, "The appeal was taken down.")
    published = session.query(Delivery).filter(Delivery.release_id.in_(releases), Delivery.kind == "publish").all()
    last = session.query(Release).filter(Release.appeal_id == appeal.id).order_by(Release.id.desc()).first()
    if last is None or not published:
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
    is_urgent = appeal.take_down_reason in DOWN_FIRST
    return sum(_retract(session, ending, outing, is_urgent=is_urgent, now=now) for outing in published)


def plan_closing(session: Session, appeal: Appeal, *, now: datetime) -> int:
    """Say the closing words where something stands in the place of the appeal, and to whoever was told that it is over.

    What has not been taken down yet says them when it is. Returns how many copies were planned.
    """
    rows = session.query(Delivery).join(Release).filter(Release.appeal_id == appeal.id, Delivery.kind == "retract")
    earlier = [one for one in rows.order_by(Delivery.id) if _speaks(one.channel) and _was_said(session, one)]
    if not earlier:
        return 0
    last = earlier[-1].release
    closing = Release(
        appeal_id=appeal.id, revision_id=last.revision_id, approval_id=last.approval_id, kind="ending", created_at=now
    )
    session.add(closing)
    session.flush()
    return sum(_say_again(session, closing, one, now) for one in {one.target_id: one for one in earlier}.values())


def hurry(session: Session, appeal_id: int, *, now: datetime) -> None:
    """What waits for its last answers to be fetched comes down at once, without them."""
    own = select(Delivery.id).join(Release).where(Release.appeal_id == appeal_id, Delivery.kind == "retract")
    waits = (Copy.reason == captures.LAST_ANSWERS) & (Copy.state == CopyState.PENDING.value) & Copy.delivery_id.in_(own)
    session.execute(update(Copy).where(waits).values(due_at=now), execution_options={"synchronize_session": False})


def _speaks(channel: Channel) -> bool:
    """Whether words stand where the appeal was, or readers are told."""
    removal = publishers.get(channel.publisher).capabilities.removal
    return channel.publisher in PLACES or removal != Removal.REMOVES


def _was_said(session: Session, earlier: Delivery) -> bool:
    said = session.query(Copy.id).filter_by(delivery_id=earlier.id, state=CopyState.SENT.value)
    return said.first() is not None


def _say_again(session: Session, closing: Release, earlier: Delivery, now: datetime) -> int:
    said = session.query(Copy).filter_by(delivery_id=earlier.id, state=CopyState.SENT.value).order_by(Copy.id).all()
    if not said:
        return 0
    again = Delivery(
        release_id=closing.id,
        channel_id=earlier.channel_id,
        kind="retract",
        target_id=earlier.target_id,
        created_at=now,
    )
    session.add(again)
    session.flush()
    for one in said:
        session.add(
            Copy(
                delivery_id=again.id,
                channel_id=one.channel_id,
                target_id=one.target_id,
                key=new_key(),
                sealed_address=one.sealed_address,
                address_hash=one.address_hash,
                is_urgent=True,
                due_at=now,
            )
        )
    return len(said)


def cancel_waiting(session: Session, appeal_id: int, reason: str) -> None:
    """Cancel every copy of an appeal that should publish or change something and has not begun to."""
    values = {"state": CopyState.CANCELLED.value, "reason": reason, "lease_until": None}
    session.execute(
        update(Copy).where(is_waiting(appeal_id)).values(**values), execution_options={"synchronize_session": False}
    )


def is_waiting(appeal_id: int) -> ColumnElement[bool]:
    """Copies of an appeal that should publish or change something and have not begun to."""
    releases = select(Release.id).where(Release.appeal_id == appeal_id)
    outings = select(Delivery.id).where(Delivery.release_id.in_(releases), Delivery.kind != "retract")
    return Copy.delivery_id.in_(outings) & Copy.state.in_([state.value for state in NOT_YET_OUT])


def coming_down(session: Session, appeal_id: int) -> list[Channel]:
    """Channels on which something of the appeal is being taken down and not yet seen to be gone."""
    rows = session.execute(
        select(Copy.channel_id, Copy.state)
        .join(Delivery, Copy.delivery_id == Delivery.id)
        .join(Release, Delivery.release_id == Release.id)
        .where(Release.appeal_id == appeal_id, Delivery.kind == "retract", Copy.gone_at.is_(None))
        .distinct()
        .order_by(Copy.channel_id)
    ).all()
    known = {one.id: one for one in session.query(Channel)}
    return list({known[one]: None for one, state in rows if _is_moving(known[one], state)})


def _is_moving(channel: Channel, state: str) -> bool:
    if state == CopyState.SENT:
        removal: Removal = publishers.get(channel.publisher).capabilities.removal
        return removal == Removal.REMOVES
    return state in {*(one.value for one in NOT_YET_OUT), CopyState.SENDING.value, CopyState.UNKNOWN.value}


def _retract(session: Session, ending: Release, outing: Delivery, *, is_urgent: bool, now: datetime) -> int:
    if not plans.any_out(session, outing.id):
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
    count = plans.plan_removals(session, removal, due=now)
    if not publishers.get(outing.channel.publisher).capabilities.is_list:
        captures.plan(session, ending.appeal_id, removal, is_urgent=is_urgent, now=now)
    return count
