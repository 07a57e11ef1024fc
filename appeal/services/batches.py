"""A long list goes out in batches: one wake for many copies, one transaction to settle a batch and take the next.

A batch holds copies of one delivery on one list. It is as large as the platform is fast, so that a crash leaves no
more unknown than what a quarter of a second sends. The rules of a single copy hold for every copy of a batch: what
withdraws, ends or stops is read anew in the transaction that takes it.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, Table, insert, literal, select, update
from sqlalchemy.orm import Session, aliased

from appeal import db, installation
from appeal.db import UtcDateTime
from appeal.models.release import Attempt, Channel, Copy
from appeal.rules import pacing
from appeal.rules.content import Post
from appeal.rules.lifecycle import CopyState
from appeal.services import attempts, interlocks, results
from appeal.services.attempts import LEASE, Outcome, Task
from appeal.services.link_keys import new_key
from appeal.services.results import Result
from appeal.services.thanks import THANKS

LONGEST_SECONDS = 5.0
TEXTS = ("text", "title", "html")
GIVEN_BACK = "Not tried yet."
ATTEMPTS = cast(Table, Attempt.__table__)
Target = aliased(Copy)


def can_be_many(task: Task) -> bool:
    """Whether more of the same delivery may follow this copy in batches."""
    able = task.publisher.capabilities
    return able.is_list and not able.outings and task.kind not in {"update", THANKS}


def perform(tasks: Sequence[Task]) -> tuple[list[Result], float]:
    """Call the platform for one after another; returns the results and the seconds that they took.

    After an answer that holds for the whole channel, or when it takes too long, the rest is given back untried.
    """
    began, done = time.monotonic(), list[Result]()
    for task in tasks:
        outcome = attempts.perform(task)
        done.append((task, outcome))
        if outcome.is_for_all or outcome.stops_channel or time.monotonic() - began > LONGEST_SECONDS:
            break
    seconds = time.monotonic() - began
    back = done[-1][1]
    wait = back.after_seconds if back.is_for_all or back.stops_channel else 0.0
    untried = Outcome(CopyState.PENDING, GIVEN_BACK, after_seconds=wait, was_tried=False)
    return [*done, *((task, untried) for task in tasks[len(done) :])], seconds


def next_size(task: Task, done: Sequence[Result], seconds: float) -> int:
    """How many to take next; none where the last answer was one for the whole channel."""
    last = done[-1][1]
    if last.is_for_all or last.stops_channel or not last.was_tried:
        return 0
    return 1 if task.publisher.capabilities.find == "none" else pacing.next_batch(len(done), seconds)


def turn(done: Sequence[Result], *, owner: str, size: int, now: datetime) -> list[Task]:
    """Write down a batch and take the next one of the same delivery, in one transaction; empty when there is none."""
    task = done[-1][0]
    with db.writing() as session:
        channel = session.get_one(Channel, task.channel_id, populate_existing=True, with_for_update=True)
        results.write(session, done, now=now)
        if size < 1:
            return []
        if not task.is_urgent and (channel.stopped_reason or not channel.is_active):
            return []
        return _take(session, task, owner, size, now)


def _take(session: Session, task: Task, owner: str, size: int, now: datetime) -> list[Task]:
    first = session.scalars(_due(task, now, 1)).first()
    if first is None:
        return []
    copy = session.get_one(Copy, first, populate_existing=True)
    if not interlocks.may_go(session, copy, now):
        session.flush()
        _put_alike(session, copy, now)
        return []
    signed, lease = f"{owner}#{new_key()}", now + LEASE
    values = {"state": CopyState.SENDING.value, "owner": signed, "lease_until": lease, "sending_since": now}
    # Named apart, so that PostgreSQL looks for them once; inside the condition it may look again for every row.
    due = _due(task, now, size).cte("due")
    taken = update(Copy).where(Copy.id.in_(select(due.c.id)), Copy.state == CopyState.PENDING.value)
    rows = session.execute(
        taken.values(**values, tries=Copy.tries + 1, reason="").returning(
            Copy.id, Copy.key, Copy.sealed_address, Copy.target_id
        ),
        execution_options={"synchronize_session": False},
    ).all()
    base = replace(task, owner=signed, claimed_at=now, lease_until=lease)
    _begin_attempts(session, base)
    targets = _targets(session, [row.target_id for row in rows if row.target_id])
    linked = _with_link(task.post, task.key)
    return [_like(base, linked(row.key), row, targets.get(row.target_id, "")) for row in rows]


def _begin_attempts(session: Session, base: Task) -> None:
    claimed = results.claimed(base)
    wanted = select(Copy.id, literal(base.claimed_at, UtcDateTime()), literal(""), literal("")).where(claimed)
    session.connection().execute(insert(ATTEMPTS).from_select(["copy_id", "began_at", "outcome", "words"], wanted))


def _due(task: Task, now: datetime, most: int) -> Select[int]:
    """Copies of the same delivery that are due; a follow-up only where it is known that the first went out."""
    due = select(Copy.id).where(
        Copy.channel_id == task.channel_id,
        Copy.is_urgent.is_(task.is_urgent),
        Copy.state == CopyState.PENDING.value,
        Copy.due_at <= now,
        Copy.delivery_id == task.delivery_id,
    )
    if task.kind == "retract":
        due = due.join(Target, Copy.target_id == Target.id).where(Target.state == CopyState.SENT.value)
    return due.order_by(Copy.due_at, Copy.id).limit(most).with_for_update(skip_locked=True, of=Copy)


def _put_alike(session: Session, copy: Copy, now: datetime) -> None:
    """What may not go for one address of a list may not go for the others: they are put in the same place."""
    alike = (Copy.delivery_id == copy.delivery_id) & (Copy.state == CopyState.PENDING.value) & (Copy.due_at <= now)
    if copy.delivery.kind == "retract":
        return
    values = {"state": copy.state, "reason": copy.reason, "due_at": copy.due_at, "lease_until": None}
    session.execute(update(Copy).where(alike).values(**values), execution_options={"synchronize_session": False})


def _targets(session: Session, ids: Sequence[int]) -> dict[int, str]:
    if not ids:
        return {}
    rows = session.execute(select(Copy.id, Copy.external_id).where(Copy.id.in_(ids)))
    return {row.id: row.external_id for row in rows}


def _like(base: Task, post: Post, row: Any, target: str) -> Task:
    """The same task with the copy's own post, address and predecessor."""
    sealed = row.sealed_address
    return Task(
        copy_id=row.id,
        channel_id=base.channel_id,
        kind=base.kind,
        key=row.key,
        address=installation.current().desk_keys.open(sealed).decode() if sealed else "",
        target_external_id=target,
        post=attempts.answering(post, target),
        publisher=base.publisher,
        delivery_id=base.delivery_id,
        is_urgent=base.is_urgent,
        owner=base.owner,
        claimed_at=base.claimed_at,
        lease_until=base.lease_until,
    )


def _with_link(post: Post, old_key: str) -> Callable[[str], Post]:
    """Makes the post with another copy's short link; links are of one length, so nothing else of it changes."""
    old = f"/r/{old_key}"
    words = {name: value for name in TEXTS if old in (value := getattr(post, name))}
    has_files = any(old in value for value in post.files.values())

    def linked(key: str) -> Post:
        new = f"/r/{key}"
        changed: dict[str, Any] = {name: value.replace(old, new) for name, value in words.items()}
        if has_files:
            changed["files"] = {name: value.replace(old, new) for name, value in post.files.items()}
        return Post(**(vars(post) | changed))

    return linked
