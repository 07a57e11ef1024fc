"""Who is on at a desk, and what one shift leaves to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from appeal import db, installation, ledger
from appeal.models.people import User
from appeal.models.rota import Shift
from appeal.rules.errors import BadInput, NotFound
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import desks

LONGEST_SHIFT = timedelta(hours=24)
LONGEST_NOTE = 5000
NOTES_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class Note:
    """What an officer left to the next shift."""

    officer: User
    noted_at: datetime
    words: str


def put_on(
    actor: Actor, *, desk_id: int, officer_id: int, starts_at: datetime, ends_at: datetime, now: datetime
) -> int:
    """Put an officer on at a desk between two moments; returns the shift's id."""
    require(actor, Permission.ADMINISTER)
    with db.writing() as session:
        desks.desk(desk_id)
        officer = session.get(User, officer_id)
        wrong = {}
        if officer is None or not officer.active:
            wrong["officer"] = _("Choose officers who can sign in.")
        if not starts_at < ends_at <= starts_at + LONGEST_SHIFT:
            wrong["ends_at"] = _("A shift ends after it starts, and within 24 hours.")
        elif ends_at <= now:
            wrong["ends_at"] = _("This moment is over.")
        elif _overlaps(session, officer_id, starts_at, ends_at):
            wrong["starts_at"] = _("This officer has another shift at that time.")
        if wrong:
            raise BadInput(fields=wrong)
        row = Shift(desk_id=desk_id, officer_id=officer_id, starts_at=starts_at, ends_at=ends_at)
        session.add(row)
        session.flush()
        fields = {"officer": str(officer_id), "starts_at": str(starts_at), "ends_at": str(ends_at)}
        target = f"desk:{desk_id}"
        ledger.record(session, at=now, actor=actor.label, action="put on shift", target=target, fields=fields)
        return row.id


def take_off(actor: Actor, *, shift_id: int, now: datetime) -> None:
    """Remove a shift."""
    require(actor, Permission.ADMINISTER)
    with db.writing() as session:
        row = session.get(Shift, shift_id)
        if row is None:
            raise NotFound(_("There is no such shift."))
        session.delete(row)
        target = f"desk:{row.desk_id}"
        ledger.record(session, at=now, actor=actor.label, action="take off shift", target=target)


def hand_over(actor: Actor, *, words: str, now: datetime) -> None:
    """Leave a note for the next shift, sealed; it stands with the officer's present or last shift."""
    if not 0 < len(words.strip()) <= LONGEST_NOTE:
        raise BadInput(fields={"words": _("Write up to 5,000 characters.")})
    with db.writing() as session:
        row = _last(session, actor.id, now)
        if row is None:
            raise BadInput(fields={"words": _("You have had no shift that could leave a note.")})
        row.sealed_note, row.noted_at = installation.current().keys.seal(words.strip().encode()), now
        target = f"shift:{row.id}"
        ledger.record(session, at=now, actor=actor.label, action="hand over", target=target)


def between(desk_id: int, *, start: datetime, end: datetime) -> Sequence[Shift]:
    """The shifts of a desk that touch [start, end), in order."""
    wanted = select(Shift).where(Shift.desk_id == desk_id, Shift.starts_at < end, Shift.ends_at > start)
    with db.reading() as session:
        return session.scalars(wanted.order_by(Shift.starts_at, Shift.id)).all()


def on_now(session: Session, desk_id: int, now: datetime) -> Sequence[int]:
    """The officers who are on at a desk at this moment."""
    wanted = select(Shift.officer_id).join(User, User.id == Shift.officer_id).where(User.active)
    wanted = wanted.where(Shift.desk_id == desk_id, Shift.starts_at <= now, Shift.ends_at > now)
    return session.scalars(wanted.order_by(Shift.starts_at, Shift.id)).all()


def not_beyond(officer_id: int, until: datetime, *, now: datetime) -> datetime:
    """The moment until which this officer may hold something: no longer than their shift, and those that follow on it.

    Whoever has no shift now is not held to any.
    """
    wanted = select(Shift.starts_at, Shift.ends_at).where(Shift.officer_id == officer_id)
    with db.reading() as session:
        rows = session.execute(wanted.where(Shift.starts_at <= until, Shift.ends_at > now).order_by(Shift.starts_at))
        ends_at = None
        for row in rows:
            if row.starts_at <= (ends_at or now):
                ends_at = row.ends_at
    return min(until, ends_at or until)


def left_at(actor: Actor, *, now: datetime) -> datetime | None:
    """When this officer's last shift ended; None if there was none."""
    wanted = select(Shift.ends_at).where(Shift.officer_id == actor.id, Shift.ends_at <= now)
    with db.reading() as session:
        return session.scalar(wanted.order_by(Shift.ends_at.desc()).limit(1))


def notes(desk_id: int, *, now: datetime) -> list[Note]:
    """What shifts of the last day left behind, newest first."""
    wanted = select(Shift).where(Shift.desk_id == desk_id, Shift.noted_at > now - NOTES_FOR)
    with db.reading() as session:
        rows = session.scalars(wanted.order_by(Shift.noted_at.desc()).execution_options(populate_existing=True)).all()
    opened = installation.current().desk_keys.open
    return [Note(row.officer, row.noted_at, opened(row.sealed_note).decode()) for row in rows if row.noted_at]


def _last(session: Session, officer_id: int, now: datetime) -> Shift | None:
    wanted = select(Shift).where(Shift.officer_id == officer_id, Shift.starts_at <= now)
    return session.scalars(wanted.order_by(Shift.starts_at.desc()).limit(1)).first()


def _overlaps(session: Session, officer_id: int, starts_at: datetime, ends_at: datetime) -> bool:
    wanted = select(Shift.id).where(Shift.officer_id == officer_id)
    return session.scalar(wanted.where(Shift.starts_at < ends_at, Shift.ends_at > starts_at).limit(1)) is not None
