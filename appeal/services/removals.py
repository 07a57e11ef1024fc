"""Taking down as people see it: seconds to the last confirmed removal, what is still up and whose job it is.

What was seen to be gone is looked up once more a day later, because platforms bring things back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, aliased

from appeal import db, ledger
from appeal.models.appeal import Appeal
from appeal.models.release import Channel, Copy, Delivery, Release
from appeal.publishers.base import Found
from appeal.publishers.base import Removal as Kind
from appeal.rules.lifecycle import MAY_BE_OUT, CopyState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import captures, channels, lookups, paces, withdrawals
from appeal.services.lookups import STILL_THERE
from appeal.services.results import REFUSED_TOO_OFTEN, REMOVAL_PUT_OFF

A_DAY = timedelta(hours=24)
FETCH_TAKES = timedelta(seconds=20)
LOOK_TAKES = timedelta(minutes=10)
CAME_BACK = _("It was gone and is there again: it is removed once more.")
STOPPED_BY_PERSON = _("An officer stopped what had not gone out.")
LEFT_BY_PERSON = _("An officer left it.")
BY_PERSON = (STILL_THERE, REMOVAL_PUT_OFF)

# Whose job it is that something still up comes down, in the order in which one hides another.
JOBS = {
    "person": _("An officer has to remove it by hand, then says so here."),
    "administrator": _("The channel has stopped: an administrator has to mend it."),
    "platform": _("The platform lets only so many be removed at once; the rest follow by themselves."),
    "machine": _("Nobody's: it is tried again by itself until it is gone."),
}
Target, Removal = aliased(Copy), aliased(Copy)
# State, gone_at, sent_at, reason and the permalink of what is taken down.
Row = tuple[str, datetime | None, datetime | None, str, str]


@dataclass(frozen=True)
class ComingDown:
    """One channel of a take-down: how many removals, how many seen gone or told, seconds, and whose job the rest is.

    `seconds` is from the press to the last confirmed removal; None while something is up. `wait_seconds` is how long
    the platform's own limit will still take.
    """

    channel: Channel
    total: int
    done: int
    seconds: float | None
    job: str = ""
    wait_seconds: float = 0.0
    links: tuple[str, ...] = ()


def coming_down(appeal_id: int, *, now: datetime) -> list[ComingDown]:
    """Every channel of the last take-down of an appeal; empty when it was never taken down."""
    waits = paces.removal_seconds(now=now)
    with db.reading() as session:
        release = _ending(session, appeal_id)
        if release is None:
            return []
        rows = session.execute(
            select(Copy.channel_id, Copy.state, Copy.gone_at, Copy.sent_at, Copy.reason, Target.permalink)
            .join(Delivery, Copy.delivery_id == Delivery.id)
            .outerjoin(Target, Copy.target_id == Target.id)
            .where(Delivery.release_id == release.id)
            .order_by(Copy.channel_id)
        ).all()
        known = {one.id: one for one in session.query(Channel)}
    grouped: dict[int, list[Row]] = {}
    for channel_id, state, gone_at, sent_at, reason, link in rows:
        grouped.setdefault(channel_id, []).append((state, gone_at, sent_at, reason, link or ""))
    began = release.created_at
    return [_one(known[one], own, began, waits.get(one, 0.0)) for one, own in grouped.items()]


def estimate(appeal_id: int, *, now: datetime) -> list[tuple[Channel, float]]:
    """Channels whose own limit lets a removal of this appeal wait, and how many seconds; those that go at once not."""
    retracted = (
        select(Removal.target_id).join(Delivery, Removal.delivery_id == Delivery.id).where(Delivery.kind == "retract")
    )
    out = (
        select(Copy.channel_id, func.count())
        .join(Delivery, Copy.delivery_id == Delivery.id)
        .join(Release, Delivery.release_id == Release.id)
        .where(Release.appeal_id == appeal_id, Delivery.kind == "publish", Copy.id.not_in(retracted))
        .where(Copy.state.in_([one.value for one in MAY_BE_OUT]))
        .group_by(Copy.channel_id)
    )
    with db.reading() as session:
        counts = {row[0]: row[1] for row in session.execute(out)}
        known = session.query(Channel).filter(Channel.id.in_(counts)).order_by(Channel.id).all()
    waits = [(one, paces.removal_seconds(now=now, more=counts[one.id]).get(one.id, 0.0)) for one in known]
    return [(one, seconds) for one, seconds in waits if seconds >= 1]


def stop_waiting(actor: Actor, *, appeal_id: int, now: datetime) -> list[str]:
    """Stop what has not gone out and leave alone what has; returns the names of the channels that are stopped."""
    require(actor, Permission.TAKE_DOWN)
    names = [one.name for one in waiting(appeal_id)]
    if not names:
        return []
    with db.writing() as session:
        session.get_one(Appeal, appeal_id, with_for_update=True)
        withdrawals.cancel_waiting(session, appeal_id, STOPPED_BY_PERSON)
        fields = {"channels": ", ".join(names)}
        target = f"appeal:{appeal_id}"
        ledger.record(session, at=now, actor=actor.label, action="stop waiting", target=target, fields=fields)
    return names


def waiting(appeal_id: int) -> list[Channel]:
    """The channels on which something of this appeal has not gone out yet and can still be stopped."""
    with db.reading() as session:
        rows = select(Copy.channel_id).where(withdrawals.is_waiting(appeal_id)).distinct()
        return session.query(Channel).filter(Channel.id.in_(rows)).order_by(Channel.id).all()


def decide_put_off(actor: Actor, *, delivery_id: int, again: bool, now: datetime) -> int:
    """What a platform put off again and again: try it once more or leave it; returns for how many copies."""
    require(actor, Permission.SETTLE)
    with db.writing() as session:
        held = (Copy.delivery_id == delivery_id) & (Copy.state == CopyState.HELD.value)
        values: dict[str, object] = {"state": CopyState.CANCELLED.value, "reason": LEFT_BY_PERSON}
        if again:
            values = {"state": CopyState.PENDING.value, "reason": "", "due_at": now, "tries": 0}
        own = update(Copy).where(held, Copy.reason == REFUSED_TOO_OFTEN).values(**values).returning(Copy.id)
        count = len(session.execute(own, execution_options={"synchronize_session": False}).all())
        fields = {"again": str(again), "copies": str(count)}
        target = f"delivery:{delivery_id}"
        ledger.record(session, at=now, actor=actor.label, action="decide put off", target=target, fields=fields)
        return count


def take_gone(*, now: datetime, limit: int = 16) -> Sequence[int]:
    """Ids of removals that were seen a day ago and not looked at since; each is put off, so that nobody else looks."""
    gone = Copy.gone_at.is_not(None) & (Copy.gone_at <= now - A_DAY) & Copy.looked_again_at.is_(None)
    with db.reading() as session:
        if session.scalar(select(Copy.id).where(gone, Copy.due_at <= now).limit(1)) is None:
            return []
    with db.writing() as session:
        ids = session.scalars(select(Copy.id).where(gone, Copy.due_at <= now).order_by(Copy.gone_at).limit(limit)).all()
        session.execute(update(Copy).where(Copy.id.in_(ids)).values(due_at=now + LOOK_TAKES))
        return ids


def look_again(copy_id: int, *, now: datetime) -> None:
    """Look once more whether what was gone is gone; what is there again is removed once more and said."""
    question = lookups.asked(copy_id)
    answer = lookups.ask_removed(question) if question else None
    with db.writing() as session:
        copy = session.get_one(Copy, copy_id, populate_existing=True, with_for_update={"of": Copy})
        if copy.looked_again_at is not None or copy.gone_at is None:
            return
        if answer is not None and answer.found == Found.CANNOT_TELL and question and question.target_external_id:
            return  # asked again when it is due
        copy.looked_again_at = now
        if answer is not None and answer.found == Found.THERE and copy.state == CopyState.SENT:
            copy.gone_at, copy.gone_by_id, copy.reason = None, None, CAME_BACK
            copy.due_at = copy.sent_at = now
            lookups.tell_asked(session, copy, now)
            ledger.record(session, at=now, actor="system", action="seen again", target=f"copy:{copy.target_id}")


def to_collect(*, now: datetime) -> Sequence[int]:
    """Channels whose last answers are to be fetched now, because something is to go; each is named once a while."""
    fresh = captures.wants_answers(now)
    with db.reading() as session:
        found = session.scalars(select(Copy.channel_id).where(fresh, Copy.due_at > now).distinct()).all()
    if found:
        with db.writing() as session:
            put = update(Copy).where(fresh, Copy.channel_id.in_(found)).values(lease_until=now + FETCH_TAKES)
            session.execute(put, execution_options={"synchronize_session": False})
    return found


def collected(channel_id: int, *, since: datetime, now: datetime) -> int:
    """The answers of a channel were fetched, beginning at `since`; returns how many removals go because of it."""
    with db.reading() as session:
        if session.get_one(Channel, channel_id, populate_existing=True).poll_problem:
            return 0
    return captures.answers_fetched(channel_id, since=since, now=now)


def _ending(session: Session, appeal_id: int) -> Release | None:
    """The release that took the appeal down; closing words that were said later are others."""
    rows = session.query(Release).join(Appeal, Release.appeal_id == Appeal.id)
    rows = rows.filter(Release.appeal_id == appeal_id, Release.kind == "ending")
    return rows.filter(Release.created_at >= Appeal.taken_down_at).order_by(Release.id).first()


def _one(
    channel: Channel,
    rows: Sequence[Row],
    began: datetime,
    wait: float,
) -> ComingDown:
    removes = channels.capabilities(channel).removal == Kind.REMOVES
    ended: list[datetime] = []
    left: list[tuple[str, str, str]] = []
    for state, gone_at, sent_at, reason, link in rows:
        moment = gone_at if removes else sent_at
        if moment is not None and (removes or state == CopyState.SENT):
            ended.append(moment)
        elif state != CopyState.CANCELLED:
            left.append((state, reason, link))
    seconds = (max(ended) - began).total_seconds() if ended and not left else None
    job = _job(channel, left, wait) if left else ""
    links = tuple(dict.fromkeys(link for _state, _reason, link in left if link))
    return ComingDown(channel, len(ended) + len(left), len(ended), seconds, job, wait if left else 0.0, links[:10])


def _job(channel: Channel, left: Sequence[tuple[str, str, str]], wait: float) -> str:
    if any(state in {CopyState.ASKED, CopyState.FAILED} or reason in BY_PERSON for state, reason, _link in left):
        return "person"
    if channel.stopped_reason:
        return "administrator"
    return "platform" if wait > 0 else "machine"
