"""Writes down what came of attempts; a platform that keeps saying "later" becomes a person's matter."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, bindparam, func, select, update
from sqlalchemy.orm import Session

from appeal import db, installation
from appeal.models.release import Attempt, ChannelAddress, Copy
from appeal.publishers.base import Receipt
from appeal.rules.lifecycle import CopyState
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.services import channels, notices, page_posts, thanks
from appeal.services.attempts import NOT_TRIED, Outcome, Task

FIRST_LOOK = timedelta(seconds=1)
SHORTEST_RETRY = timedelta(seconds=1)
LONGEST_GROWTH_SECONDS = 900.0
# So often and so long a platform may say "later" before a person is asked.
MOST_TRIES, MOST_PATIENCE = 8, timedelta(minutes=30)
REFUSED_TOO_OFTEN = _("The platform has put this off again and again. Try it again or leave it.")
REMOVAL_PUT_OFF = _("The platform puts its removal off again and again: a person has to remove it.")

# States of what was claimed and is not settled; the second only for a success that comes late.
OPEN = (CopyState.SENDING.value, CopyState.UNKNOWN.value)
Result = tuple[Task, Outcome]
COPIES, ATTEMPTS = cast(Table, Copy.__table__), cast(Table, Attempt.__table__)


def record(task: Task, outcome: Outcome, *, now: datetime) -> bool:
    """Write down what came of an attempt, unless the copy is not ours any more; a late success still counts."""
    with db.writing() as session:
        return task.copy_id in write(session, [(task, outcome)], now=now)


def write(session: Session, results: Sequence[Result], *, now: datetime) -> set[int]:
    """Write down what came of one claim in the open transaction; returns the ids of the copies that were still ours."""
    own = claimed(results[0][0])
    rows = session.execute(select(Copy.id, Copy.state).where(own).with_for_update(of=Copy))
    states = {row[0]: row[1] for row in rows}
    ours = {task.copy_id for task, outcome in results if states.get(task.copy_id) in _settled_by(outcome)}
    sent = [one for one in results if one[1].state == CopyState.SENT and one[0].copy_id in ours]
    if sent:
        which = own if len(sent) == len(states) else own & Copy.id.in_([task.copy_id for task, _how in sent])
        _write_sent(session, which, sent, now)
    for task, outcome in results:
        if outcome.state != CopyState.SENT or task.copy_id not in ours:
            _end_attempt(session, task, outcome, now)
        if outcome.state != CopyState.SENT and task.copy_id in ours:
            _write_one(session, task, outcome, now)
    session.expire_all()
    _tell_the_channel(session, results, now)
    return ours


def claimed(task: Task) -> ColumnElement[bool]:
    """What was taken in one claim and is not settled: every claim has a name of its own, kept as the owner."""
    lane = (Copy.channel_id == task.channel_id) & Copy.is_urgent.is_(task.is_urgent)
    return lane & Copy.state.in_(OPEN) & (Copy.owner == task.owner)


def _settled_by(outcome: Outcome) -> tuple[str, ...]:
    """A late success settles what was given up as unknown; nothing else does."""
    return OPEN if outcome.state == CopyState.SENT else OPEN[:1]


def _write_sent(session: Session, which: ColumnElement[bool], results: Sequence[Result], now: datetime) -> None:
    """What all have in common in one statement, then what the platform answered for each."""
    connection, began_at = session.connection(), results[0][0].claimed_at
    own = ATTEMPTS.c.copy_id.in_(select(Copy.id).where(which)) & (ATTEMPTS.c.began_at == began_at)
    connection.execute(update(ATTEMPTS).where(own).values(ended_at=now, outcome=CopyState.SENT.value, words=""))
    common: dict[str, Any] = {"state": CopyState.SENT.value, "lease_until": None, "sent_at": now, "due_at": now}
    common |= {"unknown_since": None, "absent_since": None}
    connection.execute(update(COPIES).where(which).values(**common))
    names = {"reason": "said", "external_id": "known", "permalink": "shown"}
    each: dict[str, Any] = {name: bindparam(given) for name, given in names.items()}
    answered = update(COPIES).where(COPIES.c.id == bindparam("one")).values(**each)
    connection.execute(answered, [_answer(task, outcome) for task, outcome in results])


def _answer(task: Task, outcome: Outcome) -> dict[str, object]:
    receipt = outcome.receipt or Receipt("")
    said = {"one": task.copy_id, "said": outcome.words}
    return {**said, "known": receipt.external_id, "shown": receipt.permalink}


def _end_attempt(session: Session, task: Task, outcome: Outcome, now: datetime) -> None:
    own = (ATTEMPTS.c.copy_id == task.copy_id) & (ATTEMPTS.c.began_at == task.claimed_at)
    how = outcome.state.value if outcome.was_tried else NOT_TRIED
    session.connection().execute(update(ATTEMPTS).where(own).values(ended_at=now, outcome=how, words=outcome.words))


def _tell_the_channel(session: Session, results: Sequence[Result], now: datetime) -> None:
    for task, outcome in results:
        if outcome.stops_channel:
            channels.stop(task.channel_id, reason=outcome.words, now=now)
            _tell_stopped(session, now)
        if outcome.is_for_all:
            _put_off_others(session, task, outcome, now)
        if outcome.opts_out:
            _opt_out(session, task, now)


def _opt_out(session: Session, task: Task, now: datetime) -> None:
    """The platform knows that somebody wants nothing more: our list knows it from now on, too."""
    hashed = select(Copy.address_hash).where(Copy.id == task.copy_id).scalar_subquery()
    own = (ChannelAddress.channel_id == task.channel_id) & (ChannelAddress.address_hash == hashed)
    session.execute(
        update(ChannelAddress).where(own, ChannelAddress.opted_out_at.is_(None)).values(opted_out_at=now),
        execution_options={"synchronize_session": False},
    )


def _write_one(session: Session, task: Task, outcome: Outcome, now: datetime) -> None:
    values: dict[str, Any] = {"state": outcome.state.value, "reason": outcome.words, "lease_until": None}
    if outcome.state == CopyState.UNKNOWN:
        values |= {"unknown_since": now, "absent_since": None, "due_at": now + FIRST_LOOK}
    own = Copy.id == task.copy_id
    if outcome.state == CopyState.PENDING:
        tries = session.scalar(select(Copy.tries).where(own)) or 1
        values["due_at"] = now + _wait(outcome, tries)
        if not outcome.was_tried:
            values["tries"] = tries - 1
    session.execute(update(Copy).where(own).values(**values), execution_options={"synchronize_session": False})
    is_of_an_appeal = task.kind not in {page_posts.PAGE, thanks.THANKS}
    is_ours_to_settle = outcome.was_tried and not outcome.stops_channel and is_of_an_appeal
    if outcome.state == CopyState.PENDING and is_ours_to_settle:
        _ask_where_it_never_ends(session, task, now)


def _wait(outcome: Outcome, tries: int) -> timedelta:
    """What the platform asks for; where it says little, longer with every try."""
    scale = installation.current().config.settle_scale
    growing = min(2.0 ** min(tries - 1, 10), LONGEST_GROWTH_SECONDS) if outcome.was_tried else 0.0
    return max(SHORTEST_RETRY, timedelta(seconds=max(outcome.after_seconds, growing) * scale))


def _ask_where_it_never_ends(session: Session, task: Task, now: datetime) -> None:
    """What should go out is held; what should come down is tried on, and somebody is asked to remove it by hand."""
    copy = session.get_one(Copy, task.copy_id, populate_existing=True)
    if copy.tries < MOST_TRIES or copy.reason == REMOVAL_PUT_OFF:
        return
    began = session.scalar(select(func.min(Attempt.began_at)).where(Attempt.copy_id == copy.id))
    if began is None or now - began < MOST_PATIENCE:
        return
    if task.kind == "retract":
        copy.reason = REMOVAL_PUT_OFF
        _tell(session, copy, "asked", "A platform puts a removal off: please remove it by hand", now)
        return
    copy.state, copy.reason = CopyState.HELD.value, REFUSED_TOO_OFTEN
    session.flush()
    held = session.query(Copy.id).filter(Copy.delivery_id == copy.delivery_id, Copy.reason == REFUSED_TOO_OFTEN)
    if held.filter(Copy.id != copy.id).first() is None:
        _tell(session, copy, "held", "A platform has put something off again and again and needs you", now)


def _put_off_others(session: Session, task: Task, outcome: Outcome, now: datetime) -> None:
    """The platform wants the whole channel to wait: nothing else of this kind begins before that."""
    until = now + _wait(outcome, 1)
    copy = session.get_one(Copy, task.copy_id)
    lane = (Copy.channel_id == task.channel_id) & (Copy.is_urgent == copy.is_urgent) & (Copy.id != task.copy_id)
    waits = lane & (Copy.state == CopyState.PENDING.value) & (Copy.due_at < until)
    values: Mapping[str, object] = {"due_at": until, "reason": outcome.words}
    session.execute(update(Copy).where(waits).values(**values), execution_options={"synchronize_session": False})


def _tell_stopped(session: Session, now: datetime) -> None:
    notices.tell_permitted(
        session,
        Permission.ADMINISTER,
        kind="channel stopped",
        subject="A channel has stopped and needs you",
        path="/channels",
        now=now,
    )


def _tell(session: Session, copy: Copy, kind: str, subject: str, now: datetime) -> None:
    path = f"/appeals/{copy.delivery.release.appeal_id}/deliveries"
    notices.tell_permitted(session, Permission.APPROVE, kind=kind, subject=subject, path=path, now=now)
