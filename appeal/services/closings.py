"""A desk that signs off early: what would have gone out waits for the next window, and the desk is told what it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from appeal import db, ledger
from appeal.models.release import Channel, Copy, Delivery, Release
from appeal.models.rota import DeskClosing
from appeal.rules import hours
from appeal.rules.errors import NotFound, WrongState
from appeal.rules.lifecycle import CopyState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import desks, interlocks, outings, rota

WHOLE_DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Held:
    """Copies of one appeal on one channel that wait because nobody reads, and the moment they wait for."""

    appeal_id: int
    channel: Channel
    count: int
    until: datetime | None


def close(actor: Actor, *, desk_id: int, now: datetime) -> Sequence[Held]:
    """Nobody reads from now until the present window would have ended; returns what waits because of it.

    Where no end is near (a desk of 24 hours), the closing is over after a day.
    """
    require(actor, Permission.ASSESS)
    with db.writing() as session:
        desk = desks.desk(desk_id)
        duty = rota.rota(desk_id=desk.id)
        if not hours.is_open(duty, now):
            raise WrongState(_("This desk is closed already."))
        until = hours.open_until(duty, now) or now + WHOLE_DAY
        session.add(DeskClosing(desk_id=desk.id, closed_at=now, until_at=until, closed_by_id=actor.id))
        session.flush()
        _put_back_queued(session)
        interlocks.plan_again(now=now)
        ledger.record(session, at=now, actor=actor.label, action="close desk early", target=f"desk:{desk.id}")
        return held(now=now)


def reopen(actor: Actor, *, desk_id: int, now: datetime) -> None:
    """Somebody reads again: what waited because of the closing is due as the rota says."""
    require(actor, Permission.ASSESS)
    with db.writing() as session:
        row = _open_closing(session, desk_id, now)
        if row is None:
            raise NotFound(_("This desk did not close early."))
        row.reopened_at = now
        session.flush()
        interlocks.plan_again(now=now)
        ledger.record(session, at=now, actor=actor.label, action="reopen desk", target=f"desk:{desk_id}")


def closing(desk_id: int, *, now: datetime) -> DeskClosing | None:
    """The early closing that holds now; None when there is none."""
    with db.reading() as session:
        return _open_closing(session, desk_id, now)


def held(*, now: datetime) -> Sequence[Held]:
    """Everything that is approved and waits for somebody to read, by appeal and channel.

    What follows the site's page waits with it and is named as well.
    """
    waits = (Copy.state == CopyState.PENDING.value) & (Copy.due_at > now) & (Delivery.kind != "retract")
    first = select(Delivery.release_id, func.min(Copy.due_at).label("until")).join(
        Copy, Copy.delivery_id == Delivery.id
    )
    releases = first.where(waits).group_by(Delivery.release_id).subquery()
    follows = (Copy.state == CopyState.HELD.value) & (Copy.reason == outings.WAITS_FOR_SITE)
    with db.reading() as session:
        rows = session.execute(
            select(Release.appeal_id, Channel, func.count(), func.min(releases.c.until))
            .select_from(Copy)
            .join(Delivery, Copy.delivery_id == Delivery.id)
            .join(Release, Delivery.release_id == Release.id)
            .join(releases, releases.c.release_id == Release.id)
            .join(Channel, Copy.channel_id == Channel.id)
            .where(waits | follows)
            .group_by(Release.appeal_id, Channel.id)
            .order_by(Release.appeal_id, Channel.id)
        )
        return [Held(*row) for row in rows]


def _open_closing(session: Session, desk_id: int, now: datetime) -> DeskClosing | None:
    wanted = select(DeskClosing).where(DeskClosing.desk_id == desk_id, DeskClosing.reopened_at.is_(None))
    return session.scalars(wanted.where(DeskClosing.closed_at <= now, DeskClosing.until_at > now)).first()


def _put_back_queued(session: Session) -> None:
    """What was about to go out asks again whether it may; what takes down is not touched."""
    queued = (Copy.state == CopyState.QUEUED.value) & Copy.is_urgent.is_(False)
    values = {"state": CopyState.PENDING.value, "lease_until": None}
    session.execute(update(Copy).where(queued).values(**values), execution_options={"synchronize_session": False})
