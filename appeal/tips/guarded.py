"""Protects who reads: suspected abuse material is locked with one press, what cannot be borne goes to a named officer.

Of a locked file nothing is shown, copied or handed over: the rendition is deleted, the sealed original stays where it
is. Two officers whom the force has named lift a lock together; neither of them alone, and nobody else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from appeal import db, installation, ledger
from appeal.models.guard import FileLock, FilePass
from appeal.models.people import User
from appeal.models.tip import Message, MessageFile
from appeal.rules.errors import BadInput, NotAllowed, NotFound, WrongState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import force, notices
from appeal.tips import custody, triage, visible

LOCKED = custody.LOCKED
NOT_NAMED = _("Only the two officers whom the force has named for this lift a lock.")
MOST_SHOWN = 200
TOLD = _("A file of a tip was locked as suspected abuse material.")
ASKED = _("The lock of a file waits for you as the second of two officers.")


@dataclass(frozen=True)
class Locked:
    """A locked file: where it is, who locked it, and who asked to lift it and why (opened)."""

    id: int
    tip_id: int
    position: int
    locked_by: str
    locked_at: datetime
    asked_by: str
    asked_by_id: int | None
    why: str = field(repr=False)


def lock(actor: Actor, *, tip_id: int, message_id: int, position: int, now: datetime) -> None:
    """Lock a file at once, without a question; its rendition is gone when this returns. Again: nothing happens."""
    require(actor, Permission.READ_TIPS)
    visible.check(actor, tip_id)
    with db.writing() as session:
        row = _file(session, tip_id, message_id, position)
        if row.state == LOCKED:
            return
        cleaned, row.cleaned, row.state = row.cleaned, None, LOCKED
        about = {"tip_id": tip_id, "message_id": message_id, "position": position}
        session.add(FileLock(**about, locked_by_id=actor.id, locked_at=now))
        told = [one.id for one in _named(session)]
        notices.tell(session, officer_ids=told, kind="file locked", subject=TOLD, path="/tips/locked", now=now)
        ledger.record(session, at=now, actor=actor.label, action="lock file", target=f"tip:{tip_id}")
    if cleaned:
        installation.current().files.delete(cleaned)


def ask(actor: Actor, *, lock_id: int, why: str, now: datetime) -> None:
    """One of the two named officers says that the lock was an error; the other one decides."""
    if not why.strip():
        raise BadInput(fields={"why": _("Say why.")})
    with db.writing() as session:
        row = _lock(session, actor, lock_id)
        if row.asked_by_id is not None:
            raise WrongState(_("Somebody has asked already: the other of the two decides."))
        row.asked_by_id, row.asked_at = actor.id, now
        row.sealed_why = installation.current().keys.seal(why.strip().encode())
        others = [one.id for one in _named(session) if one.id != actor.id]
        notices.tell(session, officer_ids=others, kind="file lock", subject=ASKED, path="/tips/locked", now=now)
        _record(session, actor, "ask to lift lock", row.tip_id, now, why)


def lift(actor: Actor, *, lock_id: int, now: datetime) -> None:
    """The second named officer agrees: the file is looked at by the scanner and cleaned anew like one that came in."""
    with db.writing() as session:
        row = _lock(session, actor, lock_id)
        if row.asked_by_id is None:
            raise WrongState(_("Somebody must say first why the lock was an error."))
        if row.asked_by_id == actor.id:
            raise NotAllowed(_("You asked: the other of the two decides."))
        row.lifted_by_id, row.lifted_at = actor.id, now
        here = (MessageFile.message_id == row.message_id, MessageFile.position == row.position)
        session.execute(update(MessageFile).where(*here).values(state=custody.NEW))
        _record(session, actor, "lift lock", row.tip_id, now)


def locked(actor: Actor) -> Sequence[Locked]:
    """What is locked now, the longest first; for the two named officers only."""
    with db.reading() as session:
        _check_named(session, actor)
        wanted = select(FileLock).where(FileLock.lifted_at.is_(None)).order_by(FileLock.locked_at, FileLock.id)
        rows = session.scalars(wanted.limit(MOST_SHOWN), execution_options={"populate_existing": True}).all()
        names = {row[0]: row[1] for row in session.execute(select(User.id, User.name))}
    return [_locked(row, names) for row in rows]


def is_named(actor: Actor) -> bool:
    """Whether the actor is one of the two whom the force has named."""
    with db.reading() as session:
        return actor.id in {one.id for one in _named(session)}


def unbearable(actor: Actor, *, tip_id: int, to_id: int, now: datetime) -> None:
    """Pass a tip that the actor holds to another officer; its pictures are not shown to the actor again."""
    with db.writing() as session:
        triage.hand_over(actor, tip_id=tip_id, officer_id=to_id, now=now)
        session.add(FilePass(tip_id=tip_id, officer_id=actor.id, to_id=to_id, passed_at=now))
        _record(session, actor, "pass on unbearable", tip_id, now)


def spared(actor: Actor, tip_id: int) -> str:
    """To whom the actor passed the pictures of this tip; empty if they did not."""
    own = select(User.name).join(FilePass, FilePass.to_id == User.id)
    own = own.where(FilePass.tip_id == tip_id, FilePass.officer_id == actor.id).order_by(FilePass.id.desc()).limit(1)
    with db.reading() as session:
        return session.scalar(own) or ""


def usual_receiver() -> int | None:
    """The officer whom the force has named for what cannot be borne."""
    email = force.settings()["unbearable_officer"].strip().lower()
    if not email:
        return None
    with db.reading() as session:
        return session.scalar(select(User.id).where(func.lower(User.email) == email, User.active))


def _named(session: Session) -> Sequence[User]:
    emails = force.settings()["guarded_officers"].lower().split()
    return session.scalars(select(User).where(func.lower(User.email).in_(emails), User.active)).all()


def _check_named(session: Session, actor: Actor) -> None:
    if actor.id not in {one.id for one in _named(session)}:
        raise NotAllowed(NOT_NAMED)


def _lock(session: Session, actor: Actor, lock_id: int) -> FileLock:
    _check_named(session, actor)
    row = session.get(FileLock, lock_id, populate_existing=True)
    if row is None:
        raise NotFound(_("There is no such lock."))
    if row.lifted_at is not None:
        raise WrongState(_("This lock was lifted already."))
    return row


def _file(session: Session, tip_id: int, message_id: int, position: int) -> MessageFile:
    wanted = select(MessageFile).join(Message, Message.id == MessageFile.message_id)
    here = (Message.tip_id == tip_id, MessageFile.message_id == message_id, MessageFile.position == position)
    row = session.scalar(wanted.where(*here), execution_options={"populate_existing": True})
    if row is None:
        raise NotFound(_("There is no such file."))
    return row


def _locked(row: FileLock, names: dict[int, str]) -> Locked:
    why = installation.current().desk_keys.open(row.sealed_why).decode() if row.sealed_why else ""
    return Locked(
        id=row.id,
        tip_id=row.tip_id,
        position=row.position,
        locked_by=names.get(row.locked_by_id, ""),
        locked_at=row.locked_at,
        asked_by=names.get(row.asked_by_id or 0, ""),
        asked_by_id=row.asked_by_id,
        why=why,
    )


def _record(session: Session, actor: Actor, action: str, tip_id: int, now: datetime, words: str = "") -> None:
    ledger.record(session, at=now, actor=actor.label, action=action, target=f"tip:{tip_id}", words=words)
