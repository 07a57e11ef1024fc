"""Every copy goes out once: queue what is due, claim it, call the platform with no transaction open, record the answer.

A claim is one conditional update that re-reads, in its own transaction, that the copy may still go. Whoever dies
between claiming and recording leaves a copy that is `unknown`, never one that is sent again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, Update, func, select, update
from sqlalchemy.orm import Session

from appeal import db, installation
from appeal.models.release import Attempt, Channel, Copy, Delivery
from appeal.publishers.base import Publisher, Receipt, Removal, Retracts, Updates
from appeal.rules.content import Content, Post
from appeal.rules.errors import (
    ChannelStopped,
    ContentRefused,
    DoesNotFit,
    Gone,
    OutcomeUnknown,
    PublisherError,
    TryLater,
)
from appeal.rules.lifecycle import CopyState
from appeal.rules.permissions import Permission
from appeal.services import channels, contents, notices, rota

LEASE = timedelta(seconds=300)
QUEUE_LEASE = timedelta(seconds=60)
WAIT_FOR_TARGET = timedelta(seconds=2)
FIRST_LOOK = timedelta(seconds=1)
STOPPED_WAIT = timedelta(minutes=5)
SHORTEST_RETRY = timedelta(seconds=1)
SETTLED_OUT = (CopyState.SENT.value,)
UNSETTLED = (CopyState.SENDING.value, CopyState.UNKNOWN.value, CopyState.ASKED.value)


@dataclass(frozen=True)
class Wake:
    """A copy that was queued; urgent ones take down and have workers of their own."""

    copy_id: int
    is_urgent: bool


@dataclass(frozen=True)
class Task:
    """Everything that the call to the platform needs, read before the claim."""

    copy_id: int
    channel_id: int
    kind: str
    key: str
    address: str
    target_external_id: str
    post: Post
    publisher: Publisher
    owner: str = ""
    attempt_id: int = 0
    lease_until: datetime | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of the call: the next state, the receipt if there is one, the reason in words, seconds to wait."""

    state: CopyState
    words: str = ""
    receipt: Receipt | None = None
    after_seconds: float = 0.0
    stops_channel: bool = False


def queue_due(*, now: datetime, channel_id: int | None = None) -> list[Wake]:
    """Queue what is due, on each channel no more than it takes at once; wake the workers after this returned."""
    with db.writing() as session:
        rows = session.query(Channel).filter(Channel.is_active)
        if channel_id is not None:
            rows = rows.filter(Channel.id == channel_id)
        return [wake for channel in rows for wake in _queue_channel(session, channel, now)]


def prepare(copy_id: int) -> Task | None:
    """Compose what a queued copy sends; None when it is not queued any more or was put on hold here."""
    with db.reading() as session:
        copy = session.get(Copy, copy_id)
        if copy is None or copy.state != CopyState.QUEUED:
            return None
        delivery, channel = copy.delivery, copy.delivery.channel
        target = session.get(Copy, copy.target_id) if copy.target_id else None
        revision = delivery.release.revision
        action = "retract" if delivery.kind == "retract" else contents.outing(revision)
        content = contents.for_channel(revision, channel, key=copy.key, action=action)
        publisher = channels.opened(channel)
    try:
        post = _checked_post(publisher, content, delivery)
    except DoesNotFit as error:
        _hold(copy_id, error.words)
        return None
    address = installation.current().desk_keys.open(copy.sealed_address).decode() if copy.sealed_address else ""
    target_id = target.external_id if target else ""
    return Task(
        copy_id, channel.id, delivery.kind, copy.key, address, target_id, _answering(post, target_id), publisher
    )


def claim(task: Task, *, owner: str, now: datetime) -> Task | None:
    """Take the copy for one attempt; None when somebody else has it or it may not go now."""
    with db.writing() as session:
        copy = session.get(Copy, task.copy_id, populate_existing=True)
        if copy is None or copy.state != CopyState.QUEUED or not _may_go(session, copy, now):
            return None
        taken = session.execute(
            update(Copy)
            .where(Copy.id == task.copy_id, Copy.state == CopyState.QUEUED.value)
            .values(
                state=CopyState.SENDING.value,
                owner=owner,
                lease_until=now + LEASE,
                tries=Copy.tries + 1,
                sending_since=now,
                reason="",
            )
            .returning(Copy.id)
        ).first()
        if taken is None:
            return None
        attempt = Attempt(copy_id=task.copy_id, began_at=now)
        session.add(attempt)
        session.flush()
        return replace(task, owner=owner, attempt_id=attempt.id, lease_until=now + LEASE)


def perform(task: Task) -> Outcome:
    """Call the platform; every answer and every failure becomes an outcome, nothing is raised."""
    try:
        return Outcome(CopyState.SENT, receipt=_call(task))
    except Gone:
        return Outcome(CopyState.SENT, "It was not there any more.", Receipt(task.target_external_id))
    except PublisherError as error:
        return _refused(error)
    except Exception as error:  # whatever a library raises after the request may have left is not known to have failed
        return Outcome(CopyState.UNKNOWN, f"The answer could not be understood ({type(error).__name__}).")


def record(task: Task, outcome: Outcome, *, now: datetime) -> bool:
    """Write down what came of an attempt, unless the copy is not ours any more; a late success still counts."""
    mine = [CopyState.SENDING.value]
    if outcome.state == CopyState.SENT:
        mine.append(CopyState.UNKNOWN.value)
    with db.writing() as session:
        written = session.execute(
            update(Copy)
            .where(Copy.id == task.copy_id, Copy.owner == task.owner, Copy.state.in_(mine))
            .values(**_values(outcome, now))
            .returning(Copy.id)
        ).first()
        attempt = session.get_one(Attempt, task.attempt_id)
        attempt.ended_at, attempt.outcome, attempt.words = now, outcome.state.value, outcome.words
        if outcome.stops_channel:
            channels.stop(task.channel_id, reason=outcome.words, now=now)
            _tell_stopped(session, now)
        return written is not None


def unqueue_lost(*, now: datetime) -> int:
    """Put back what was queued and never claimed: the wake-up was lost, nothing was sent."""
    with db.writing() as session:
        lost = (Copy.state == CopyState.QUEUED.value) & (Copy.lease_until < now)
        return _count(session, update(Copy).where(lost).values(state=CopyState.PENDING.value, lease_until=None))


def give_up_dead(*, now: datetime, machine: str = "") -> int:
    """What was being sent by a dead process is unknown: at once for this machine's own, else when the lease is over."""
    dead = Copy.state == CopyState.SENDING.value
    dead &= Copy.owner.startswith(f"{machine}:", autoescape=True) if machine else Copy.lease_until < now
    values = {"state": CopyState.UNKNOWN.value, "unknown_since": now, "due_at": now + FIRST_LOOK}
    with db.writing() as session:
        return _count(session, update(Copy).where(dead).values(**values, reason="The process died while sending."))


def removes(publisher: Publisher) -> bool:
    """Whether this platform can remove what is out; a list can only be told."""
    return publisher.capabilities.removal == Removal.REMOVES


def _queue_channel(session: Session, channel: Channel, now: datetime) -> list[Wake]:
    parallel = channels.capabilities(channel).parallel
    found: list[Wake] = []
    for is_urgent in (True, False):
        if channel.stopped_reason and not is_urgent:
            continue
        own = (Copy.channel_id == channel.id) & (Copy.is_urgent.is_(is_urgent))
        busy = session.scalar(select(func.count()).where(own, Copy.state.in_(["queued", "sending"]))) or 0
        if parallel > busy:
            found += [Wake(one, is_urgent) for one in _take(session, _due(own, now, parallel - busy), now)]
    return found


def _due(own: ColumnElement[bool], now: datetime, most: int) -> Select[int]:
    due = select(Copy.id).where(own, Copy.state == CopyState.PENDING.value, Copy.due_at <= now)
    return due.order_by(Copy.due_at, Copy.id).limit(most).with_for_update(skip_locked=True)


def _take(session: Session, due: Select[int], now: datetime) -> Sequence[int]:
    ids = session.scalars(due).all()
    if not ids:
        return []
    taken = update(Copy).where(Copy.id.in_(ids), Copy.state == CopyState.PENDING.value)
    values = {"state": CopyState.QUEUED.value, "lease_until": now + QUEUE_LEASE}
    return session.scalars(taken.values(**values).returning(Copy.id)).all()


def _checked_post(publisher: Publisher, content: Content, delivery: Delivery) -> Post:
    """The post with its real link, if with the placeholder it is still the one that was signed."""
    if delivery.kind == "retract":
        return publisher.compose(content)
    key = content.link.rsplit("/", 1)[1]
    signed = replace(content, link=content.link.removesuffix(key) + "-" * len(key))
    if publisher.compose(signed).sha256() != delivery.post_sha256:
        raise DoesNotFit(["What would go out is not what was approved. Please approve it again."])
    return publisher.compose(content)


def _refused(error: PublisherError) -> Outcome:
    if isinstance(error, TryLater):
        return Outcome(CopyState.PENDING, error.words, after_seconds=error.after_seconds)
    if isinstance(error, ChannelStopped):
        return Outcome(CopyState.PENDING, error.words, after_seconds=STOPPED_WAIT.total_seconds(), stops_channel=True)
    if isinstance(error, ContentRefused):
        return Outcome(CopyState.FAILED, error.words)
    return Outcome(CopyState.UNKNOWN, error.words)


def _answering(post: Post, target_external_id: str) -> Post:
    return replace(post, files={**post.files, "In-Reply-To": target_external_id}) if target_external_id else post


def _may_go(session: Session, copy: Copy, now: datetime) -> bool:
    """Whether the copy may go at this moment; where not, it is put where it belongs."""
    if copy.delivery.kind == "retract":
        return _target_is_out(session, copy, now)
    release = copy.delivery.release
    session.refresh(release.appeal)
    session.refresh(release.approval)
    if release.appeal.taken_down_at is not None:
        return _put(copy, CopyState.CANCELLED, "The appeal was taken down.")
    if release.approval.ended_at is not None:
        return _put(copy, CopyState.CANCELLED, "A later revision was approved.")
    opens = rota.next_release(now, release.appeal_id)
    if release.kind != "correction" and opens != now:
        return _put(copy, CopyState.PENDING, "Nobody would read the answers now.", opens or now + timedelta(days=1))
    return True


def _target_is_out(session: Session, copy: Copy, now: datetime) -> bool:
    target = session.get(Copy, copy.target_id, populate_existing=True)
    if target is None or target.state not in (*SETTLED_OUT, *UNSETTLED):
        return _put(copy, CopyState.CANCELLED, "It never went out.")
    if target.state in UNSETTLED:
        return _put(copy, CopyState.PENDING, "Waits until it is known whether it is out.", now + WAIT_FOR_TARGET)
    return True


def _put(copy: Copy, state: CopyState, reason: str, due: datetime | None = None) -> bool:
    copy.state, copy.reason, copy.lease_until = state.value, reason, None
    copy.due_at = due or copy.due_at
    return False


def _hold(copy_id: int, reason: str) -> None:
    queued = (Copy.id == copy_id) & (Copy.state == CopyState.QUEUED.value)
    with db.writing() as session:
        session.execute(update(Copy).where(queued).values(state=CopyState.HELD.value, reason=reason[:300]))


def _call(task: Task) -> Receipt:
    publisher = task.publisher
    if task.kind == "retract" and removes(publisher) and isinstance(publisher, Retracts):
        if not task.target_external_id:
            raise OutcomeUnknown("A person has to remove this one: the platform's id of it is not known.")
        return publisher.retract(task.target_external_id, task.post)
    if task.kind == "update" and isinstance(publisher, Updates):
        return publisher.update(task.target_external_id, task.post, task.address, task.key)
    return publisher.send(task.post, task.address, task.key)


def _values(outcome: Outcome, now: datetime) -> dict[str, object]:
    values: dict[str, object] = {"state": outcome.state.value, "reason": outcome.words[:300], "lease_until": None}
    if outcome.state == CopyState.SENT:
        receipt = outcome.receipt or Receipt("")
        values |= {"sent_at": now, "external_id": receipt.external_id, "permalink": receipt.permalink, "due_at": now}
        values |= {"unknown_since": None, "absent_since": None}
    elif outcome.state == CopyState.PENDING:
        scale = installation.current().config.settle_scale
        values["due_at"] = now + max(SHORTEST_RETRY, timedelta(seconds=outcome.after_seconds * scale))
    elif outcome.state == CopyState.UNKNOWN:
        values |= {"unknown_since": now, "absent_since": None, "due_at": now + FIRST_LOOK}
    return values


def _tell_stopped(session: Session, now: datetime) -> None:
    notices.tell_permitted(
        session,
        Permission.ADMINISTER,
        kind="channel stopped",
        subject="A channel has stopped and needs you",
        path="/channels",
        now=now,
    )


def _count(session: Session, statement: Update) -> int:
    return len(session.execute(statement.returning(Copy.id)).all())
