"""Every copy goes out once: queue what is due, claim it, call the platform with no transaction open, record the answer.

A claim is one conditional update that re-reads, in its own transaction, that the copy may still go. Whoever dies
between claiming and recording leaves a copy that is `unknown`, never one that is sent again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Update, func, select, update
from sqlalchemy.orm import Session

from appeal import db, installation
from appeal.models.release import Attempt, Channel, Copy, Delivery
from appeal.publishers.base import Publisher
from appeal.rules.content import Content, Post
from appeal.rules.errors import CannotOpen, DoesNotFit, FileDamaged
from appeal.rules.lifecycle import CopyState
from appeal.services import (
    attempts,
    captures,
    channels,
    contents,
    due,
    interlocks,
    notices,
    paces,
    page_posts,
    thanks,
)
from appeal.services.attempts import LEASE, Task
from appeal.services.due import Lane
from appeal.services.link_keys import new_key
from appeal.services.results import FIRST_LOOK

QUEUE_LEASE = timedelta(seconds=60)


@dataclass(frozen=True)
class Wake:
    """A copy that was queued; urgent ones take down and have workers of their own."""

    copy_id: int
    is_urgent: bool


def queue_due(*, now: datetime, channel_id: int | None = None) -> list[Wake]:
    """Queue what is due, on each channel no more than it takes at once; wake the workers after this returned."""
    with db.reading() as session:
        lanes = due.lanes(session, now=now, channel_id=channel_id)
    if not lanes:
        return []
    with db.writing() as session:
        return [wake for lane in lanes for wake in _queue_lane(session, lane, now)]


def prepare(copy_id: int, *, now: datetime) -> Task | None:
    """Compose what a queued copy sends; None when it is not queued any more or was put on hold here."""
    with db.reading() as session:
        copy = session.get(Copy, copy_id, populate_existing=True)
        if copy is None or copy.state != CopyState.QUEUED:
            return None
        delivery, publisher = copy.delivery, channels.opened(copy.delivery.channel)
        target = session.get(Copy, copy.target_id) if copy.target_id else None
        try:
            post = _post(publisher, copy, now)
        except (DoesNotFit, FileDamaged, CannotOpen) as error:
            post, problem = None, error.words
    if post is None:
        _hold(copy_id, problem or "What should go out cannot be put together.", now)
        return None
    address = installation.current().desk_keys.open(copy.sealed_address).decode() if copy.sealed_address else ""
    target_id = target.external_id if target else ""
    post = attempts.answering(post, target_id)
    task = Task(copy_id, copy.channel_id, delivery.kind, copy.key, address, target_id, post, publisher)
    return replace(task, delivery_id=copy.delivery_id, is_urgent=copy.is_urgent)


def claim(task: Task, *, owner: str, now: datetime) -> Task | None:
    """Take the copy for one attempt; None when somebody else has it or it may not go now."""
    with db.writing() as session:
        copy = session.get(Copy, task.copy_id, populate_existing=True, with_for_update={"of": Copy})
        if copy is None or copy.state != CopyState.QUEUED:
            return None
        if not interlocks.may_go(session, copy, now):
            _tell_if_held(session, copy, now)
            return None
        if copy.reason == captures.LAST_ANSWERS:
            captures.note_late(session, copy, now)
        signed = f"{owner}#{new_key()}"
        values = {"state": CopyState.SENDING.value, "owner": signed, "lease_until": now + LEASE, "sending_since": now}
        taken = update(Copy).where(Copy.id == task.copy_id, Copy.state == CopyState.QUEUED.value)
        if not session.scalars(taken.values(**values, tries=Copy.tries + 1, reason="").returning(Copy.id)).all():
            return None
        session.add(Attempt(copy_id=task.copy_id, began_at=now))
        return replace(task, owner=signed, claimed_at=now, lease_until=now + LEASE)


def unqueue_lost(*, now: datetime, at_once: bool = False) -> int:
    """Put back what was queued and never claimed: the wake-up was lost, nothing was sent.

    `at_once` is for the start of the only process that has wake-ups: all of them died with the one before it.
    """
    with db.writing() as session:
        lost = Copy.state == CopyState.QUEUED.value
        lost &= Copy.lease_until < (now + QUEUE_LEASE * 2 if at_once else now)
        return _count(session, update(Copy).where(lost).values(state=CopyState.PENDING.value, lease_until=None))


def give_up_dead(*, now: datetime, machine: str = "") -> int:
    """What was being sent by a dead process is unknown: at once for this machine's own, else when the lease is over."""
    dead = Copy.state == CopyState.SENDING.value
    dead &= Copy.owner.startswith(f"{machine}:", autoescape=True) if machine else Copy.lease_until < now
    values = {"state": CopyState.UNKNOWN.value, "unknown_since": now, "due_at": now + FIRST_LOOK}
    with db.writing() as session:
        return _count(session, update(Copy).where(dead).values(**values, reason="The process died while sending."))


def _queue_lane(session: Session, lane: Lane, now: datetime) -> list[Wake]:
    channel = session.get_one(Channel, lane.channel_id, populate_existing=True, with_for_update=True)
    if not lane.is_urgent and (channel.stopped_reason or not channel.is_active):
        return []
    own = (Copy.channel_id == channel.id) & Copy.is_urgent.is_(lane.is_urgent)
    busy = session.scalar(select(func.count()).where(own, Copy.state.in_(["queued", "sending"]))) or 0
    able = channels.capabilities(channel)
    free = min(able.parallel - busy, paces.left(session, channel, is_urgent=lane.is_urgent, now=now))
    return [Wake(one, lane.is_urgent) for one in _take(session, lane.copy_ids, free, now)] if free > 0 else []


def _take(session: Session, found: Sequence[int], most: int, now: datetime) -> Sequence[int]:
    """Those of the found that are still due; what became due meanwhile is found by the next tick."""
    still = select(Copy.id).where(Copy.id.in_(found), Copy.state == CopyState.PENDING.value, Copy.due_at <= now)
    still = still.order_by(Copy.due_at, Copy.id).limit(most)
    ids = session.scalars(still.with_for_update(skip_locked=True)).all()
    if not ids:
        return []
    taken = update(Copy).where(Copy.id.in_(ids), Copy.state == CopyState.PENDING.value)
    values = {"state": CopyState.QUEUED.value, "lease_until": now + QUEUE_LEASE}
    return session.scalars(taken.values(**values).returning(Copy.id)).all()


def _post(publisher: Publisher, copy: Copy, now: datetime) -> Post:
    if copy.delivery.ask is not None:
        return page_posts.post(copy.delivery.ask)
    if copy.delivery.kind == thanks.THANKS:
        return thanks.post(copy.delivery.channel, now=now)
    return _checked_post(publisher, contents.for_copy(copy), copy.delivery)


def _checked_post(publisher: Publisher, content: Content, delivery: Delivery) -> Post:
    """The post with its real link, if with the placeholder it is still the one that was signed."""
    if delivery.kind == "retract":
        return publisher.compose(content)
    key = content.link.rsplit("/", 1)[1]
    signed = replace(content, link=content.link.removesuffix(key) + "-" * len(key))
    if publisher.compose(signed).sha256() != delivery.post_sha256:
        raise DoesNotFit(["What would go out is not what was approved. Please approve it again."])
    return publisher.compose(content)


def _hold(copy_id: int, reason: str, now: datetime) -> None:
    with db.writing() as session:
        copy = session.get_one(Copy, copy_id, populate_existing=True, with_for_update={"of": Copy})
        if copy.state == CopyState.QUEUED:
            interlocks.put(copy, CopyState.HELD, reason[:300])
            _tell_if_held(session, copy, now)


def _tell_if_held(session: Session, copy: Copy, now: datetime) -> None:
    """Author and approver are asked once for each delivery, not for each address of a list."""
    held = session.query(Copy.id).filter(Copy.delivery_id == copy.delivery_id, Copy.state == CopyState.HELD.value)
    is_for_nobody = copy.state != CopyState.HELD or copy.delivery.release_id is None
    if is_for_nobody or held.filter(Copy.id != copy.id).first():
        return
    release = copy.delivery.release
    notices.tell(
        session,
        officer_ids=[release.approval.author_id, release.approval.approver_id],
        kind="held",
        subject="Something that was approved is held and needs you",
        path=f"/appeals/{release.appeal_id}",
        now=now,
    )


def _count(session: Session, statement: Update) -> int:
    return len(session.execute(statement.returning(Copy.id)).all())
