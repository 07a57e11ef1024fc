"""Before a post is taken down, its last answers and what everybody saw of it are kept: for a minute the removal waits.

One row for each removal from a place says what was kept or why nothing is. Where something is shown by mistake, down
comes first and nothing is kept. What waits goes as soon as everything is there, and after the minute in any case.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.orm import Session

from appeal import db, installation, ledger, publishers
from appeal.models.capture import Capture
from appeal.models.release import Channel, Copy, Delivery
from appeal.publishers.base import Shows
from appeal.rules.lifecycle import CopyState
from appeal.rules.words import _

COLLECTING = timedelta(seconds=60)
FETCHED_LATELY = timedelta(minutes=5)
TRY_AGAIN = timedelta(seconds=20)
LAST_ANSWERS = _("Its last answers are fetched first, for a minute at most.")
DOWN_CAME_FIRST = _("It was shown by mistake, so that down came first: nothing was kept of it.")
NOT_FINISHED = _("Keeping it was begun and not ended in time.")
NO_ANSWERS = _("Its last answers could not be fetched before it went.")


def plan(session: Session, appeal_id: int, removal: Delivery, *, is_urgent: bool, now: datetime) -> None:
    """One row for each removal; where something can be asked first, the removal waits for it."""
    channel = session.get_one(Channel, removal.channel_id)
    is_polled = channel.polled_at is not None and channel.polled_at >= now - FETCHED_LATELY
    shows = issubclass(publishers.get(channel.publisher), Shows)
    for copy in session.query(Copy).filter_by(delivery_id=removal.id).filter(Copy.target_id.is_not(None)):
        row = Capture(removal_id=copy.id, copy_id=copy.target_id, channel_id=channel.id, appeal_id=appeal_id)
        row.planned_at, row.waits_for_answers = now, is_polled and not is_urgent
        row.waits_for_post = shows and not is_urgent
        if is_urgent:
            row.ended_at, row.problem = now, DOWN_CAME_FIRST
        session.add(row)
    session.flush()
    if not is_urgent and (is_polled or shows):
        _let_wait(session, removal, now)


def to_take(*, now: datetime, limit: int = 16) -> Sequence[int]:
    """Removals whose post is to be kept now; each is named once a while."""
    late = or_(Capture.began_at.is_(None), Capture.began_at <= now - TRY_AGAIN)
    wanted = select(Capture.removal_id).where(Capture.ended_at.is_(None), late).order_by(Capture.removal_id)
    with db.reading() as session:
        found = session.scalars(wanted.limit(limit)).all()
    if found:
        with db.writing() as session:
            session.execute(update(Capture).where(Capture.removal_id.in_(found), late).values(began_at=now))
    return found


def keep(
    removal_id: int, *, file: str, is_as_sent: bool = False, comments: int = 0, problem: str = "", now: datetime
) -> int:
    """Note what was kept, `file` empty where nothing was; returns how many removals may go because of it."""
    with db.writing() as session:
        row = session.get_one(Capture, removal_id, populate_existing=True, with_for_update=True)
        if row.ended_at is not None and row.problem != NOT_FINISHED:
            return 0
        row.ended_at, row.file, row.is_as_sent = now, file, is_as_sent
        row.comments, row.problem = comments, problem
        session.flush()
        fields = {"file": file, "comments": str(comments), "as_sent": str(is_as_sent)}
        action = "keep post" if file else "post not kept"
        ledger.record(session, at=now, actor="system", action=action, target=f"copy:{row.copy_id}", fields=fields)
        return _let_go(session, row.channel_id, now)


def answers_fetched(channel_id: int, *, since: datetime, now: datetime) -> int:
    """The answers of a channel were fetched, beginning at `since`; returns how many removals may go because of it."""
    with db.writing() as session:
        open_ones = (Capture.channel_id == channel_id) & Capture.waits_for_answers & Capture.answers_at.is_(None)
        session.execute(update(Capture).where(open_ones, Capture.planned_at <= since).values(answers_at=now))
        return _let_go(session, channel_id, now)


def may_wait(removal_id: int, *, now: datetime) -> bool:
    """Whether the removal still waits for long enough to ask once more."""
    waits = _waiting() & (Copy.id == removal_id) & (Copy.due_at > now + TRY_AGAIN)
    with db.reading() as session:
        return session.scalar(select(Copy.id).where(waits)) is not None


def note_late(session: Session, copy: Copy, now: datetime) -> None:
    """Within the caller's transaction: a removal goes now; what it waited for in vain is recorded."""
    row = session.get(Capture, copy.id, populate_existing=True)
    if row is not None and row.waits_for_answers and row.answers_at is None:
        target = f"copy:{copy.target_id}"
        ledger.record(session, at=now, actor="system", action="answers not collected", target=target)
    if row is not None and row.waits_for_post and row.ended_at is None:
        row.ended_at, row.problem = now, NOT_FINISHED
        ledger.record(session, at=now, actor="system", action="post not kept", target=f"copy:{copy.target_id}")


def wants_answers(now: datetime) -> ColumnElement[bool]:
    """Removals that wait for answers which nobody fetches at the moment."""
    missing = exists().where(Capture.removal_id == Copy.id, Capture.waits_for_answers, Capture.answers_at.is_(None))
    return _waiting() & missing & (Copy.lease_until.is_(None) | (Copy.lease_until < now))


def of_appeals(appeal_ids: Sequence[int]) -> list[tuple[Capture, Channel]]:
    """What was kept of these appeals before it went, in the order in which it was planned."""
    rows = select(Capture, Channel).join(Channel, Channel.id == Capture.channel_id)
    with db.reading() as session:
        found = session.execute(rows.where(Capture.appeal_id.in_(appeal_ids)).order_by(Capture.removal_id))
        return [(capture, channel) for capture, channel in found]


def statements(row: Capture) -> list[str]:
    """What could not be collected, in words; empty when everything was."""
    problem = row.problem or ("" if row.ended_at else NOT_FINISHED)
    without = NO_ANSWERS if row.waits_for_answers and row.answers_at is None else ""
    return [one for one in (problem, without) if one]


def _waiting() -> ColumnElement[bool]:
    return (Copy.reason == LAST_ANSWERS) & (Copy.state == CopyState.PENDING.value) & Copy.is_urgent


def _let_wait(session: Session, removal: Delivery, now: datetime) -> None:
    waits = COLLECTING * installation.current().config.settle_scale
    own = (Copy.delivery_id == removal.id) & (Copy.state == CopyState.PENDING.value)
    values = {"due_at": now + waits, "reason": LAST_ANSWERS}
    session.execute(update(Copy).where(own).values(**values), execution_options={"synchronize_session": False})


def _let_go(session: Session, channel_id: int, now: datetime) -> int:
    """Let every removal of the channel go that waits for nothing any more."""
    is_ready = exists().where(
        Capture.removal_id == Copy.id,
        or_(~Capture.waits_for_post, Capture.ended_at.is_not(None)),
        or_(~Capture.waits_for_answers, Capture.answers_at.is_not(None)),
    )
    values: dict[str, object] = {"due_at": now, "reason": "", "lease_until": None}
    own = update(Copy).where(_waiting(), Copy.channel_id == channel_id, is_ready).values(**values).returning(Copy.id)
    return len(session.execute(own, execution_options={"synchronize_session": False}).all())
