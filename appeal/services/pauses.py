"""The force pauses: nothing that is not out goes out, on all or on chosen channels, until somebody lets it.

What takes something back, corrects what is out, or pages an officer goes on. Resuming flushes nothing: each appeal
that was held is let go, or dropped, by a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from appeal import db, ledger
from appeal.models.release import Channel, Copy, Delivery, Release
from appeal.models.rota import Pause
from appeal.rules.errors import BadInput, NotFound, WrongState
from appeal.rules.lifecycle import CopyState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import rota

PAUSED = _("The force has paused what goes out.")
# As in interlocks, which asks here.
CORRECTION = "correction"


@dataclass(frozen=True)
class Standing:
    """A pause that holds: since when, and the channel, None for all of them."""

    since: datetime
    channel: Channel | None


@dataclass(frozen=True)
class Kept:
    """Copies of one appeal that a pause has held, and on how many channels."""

    appeal_id: int
    copies: int
    channels: int


def pause(actor: Actor, *, channel_ids: Sequence[int], now: datetime) -> int:
    """Hold everything that is not out, on these channels or, where none is named, on all; returns how many copies."""
    require(actor, Permission.APPROVE)
    with db.writing() as session:
        known = set(session.scalars(select(Channel.id)))
        if not set(channel_ids) <= known:
            raise BadInput(fields={"channels": _("Choose channels that are connected.")})
        for channel_id in channel_ids or (None,):
            if not session.scalar(select(Pause.id).where(_holds(), Pause.channel_id.is_(channel_id))):
                session.add(Pause(channel_id=channel_id, paused_at=now, paused_by_id=actor.id))
        session.flush()
        count = _hold(session)
        fields = {"channels": " ".join(map(str, channel_ids)) or "all"}
        ledger.record(session, at=now, actor=actor.label, action="pause", target="force", fields=fields)
        return count


def resume(actor: Actor, *, now: datetime) -> None:
    """End every pause; what was held stays held until somebody lets each appeal go."""
    require(actor, Permission.APPROVE)
    with db.writing() as session:
        ended = session.execute(update(Pause).where(_holds()).values(resumed_at=now).returning(Pause.id)).all()
        if not ended:
            raise WrongState(_("Nothing is paused."))
        ledger.record(session, at=now, actor=actor.label, action="resume", target="force")


def let_go(actor: Actor, *, appeal_id: int, now: datetime) -> int:
    """What a pause held of one appeal waits for its moment again; returns how many copies."""
    require(actor, Permission.APPROVE)
    with db.writing() as session:
        if session.scalar(select(Pause.id).where(_holds()).limit(1)) is not None:
            raise WrongState(_("The force is paused. Resume first."))
        due = rota.next_release(now, appeal_id) or now
        values = {"state": CopyState.PENDING.value, "reason": "", "due_at": due}
        return _decide(session, actor, appeal_id, values, "let go after pause", now)


def drop(actor: Actor, *, appeal_id: int, now: datetime) -> int:
    """What a pause held of one appeal never goes out; returns how many copies."""
    require(actor, Permission.APPROVE)
    with db.writing() as session:
        values: dict[str, object] = {"state": CopyState.CANCELLED.value, "reason": _("It was dropped after a pause.")}
        return _decide(session, actor, appeal_id, values, "drop after pause", now)


def standing() -> Sequence[Standing]:
    """The pauses that hold now, that of all channels first."""
    with db.reading() as session:
        wanted = select(Pause, Channel).outerjoin(Channel, Pause.channel_id == Channel.id).where(_holds())
        rows = session.execute(wanted.order_by(Pause.channel_id.is_not(None), Pause.id)).all()
        return [Standing(row.paused_at, channel) for row, channel in rows]


def kept() -> Sequence[Kept]:
    """What pauses have held, by appeal."""
    with db.reading() as session:
        rows = session.execute(
            select(Release.appeal_id, func.count(), func.count(Copy.channel_id.distinct()))
            .select_from(Copy)
            .join(Delivery, Copy.delivery_id == Delivery.id)
            .join(Release, Delivery.release_id == Release.id)
            .where(_is_kept())
            .group_by(Release.appeal_id)
            .order_by(Release.appeal_id)
        )
        return [Kept(*row) for row in rows]


def is_paused(session: Session, channel_id: int) -> bool:
    """Whether a pause holds this channel."""
    own = Pause.channel_id.is_(None) | (Pause.channel_id == channel_id)
    return session.scalar(select(Pause.id).where(_holds(), own).limit(1)) is not None


def _holds() -> ColumnElement[bool]:
    return Pause.resumed_at.is_(None)


def _is_kept() -> ColumnElement[bool]:
    return (Copy.state == CopyState.HELD.value) & (Copy.reason == PAUSED)


def _hold(session: Session) -> int:
    """Hold at once what waits or is queued; what begins to wait later is held when it asks whether it may go."""
    outings = select(Delivery.id).join(Release, Delivery.release_id == Release.id)
    outings = outings.where(Delivery.kind != "retract", Release.kind != CORRECTION)
    paused = select(Pause.channel_id).where(_holds(), Pause.channel_id.is_not(None))
    waits = Copy.state.in_([CopyState.PENDING.value, CopyState.QUEUED.value]) & Copy.delivery_id.in_(outings)
    if session.scalar(select(Pause.id).where(_holds(), Pause.channel_id.is_(None)).limit(1)) is None:
        waits &= Copy.channel_id.in_(paused)
    return _set(session, waits, {"state": CopyState.HELD.value, "reason": PAUSED, "lease_until": None})


def _decide(
    session: Session, actor: Actor, appeal_id: int, values: dict[str, object], action: str, now: datetime
) -> int:
    own = select(Delivery.id).join(Release, Delivery.release_id == Release.id).where(Release.appeal_id == appeal_id)
    count = _set(session, _is_kept() & Copy.delivery_id.in_(own), values)
    if not count:
        raise NotFound(_("Nothing of this appeal is held by a pause."))
    ledger.record(session, at=now, actor=actor.label, action=action, target=f"appeal:{appeal_id}")
    return count


def _set(session: Session, which: ColumnElement[bool], values: dict[str, object]) -> int:
    changed = update(Copy).where(which).values(**values).returning(Copy.id)
    return len(session.execute(changed, execution_options={"synchronize_session": False}).all())
