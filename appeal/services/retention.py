"""Legal holds: what may be needed before a court is kept, whoever wants it erased."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Exists, Select, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from appeal import db, ledger
from appeal.models.appeal import Appeal, LegalHold
from appeal.models.people import User
from appeal.models.release import Copy, Delivery, Release
from appeal.rules.errors import BadInput, NotAllowed, NotFound, WrongState
from appeal.rules.lifecycle import MAY_BE_OUT
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _

LAUNCH, BY_HAND = "launch", "by hand"
# Endings after which a court decides.
COURT = ("arrested", "charged")
WHY = {
    LAUNCH: _("The appeal went out."),
    "arrested": _("Somebody was arrested."),
    "charged": _("Somebody was charged."),
    BY_HAND: _("Set by an officer."),
}
MOST_SHOWN = 200
SAY_WHY = _("Say why.")
NEEDS_TWO = _("A hold is lifted by an administrator and an approver together: somebody in the other role must agree.")


@dataclass(frozen=True)
class Hold:
    """A hold that stands; `asked_by` is who has asked to lift it, empty if nobody has."""

    id: int
    appeal_id: int
    reason: str
    set_at: datetime
    set_by: str
    asked_by: str


def set_due(*, now: datetime) -> int:
    """Hold every appeal that went out, and every one that ended with an arrest or a charge, once each."""
    with db.writing() as session:
        wanted = [(LAUNCH, appeal_id) for appeal_id in session.scalars(_launched())]
        for ending in COURT:
            found = select(Appeal.id).where(Appeal.ending == ending, ~_had(ending))
            wanted += [(ending, appeal_id) for appeal_id in session.scalars(found)]
        for reason, appeal_id in wanted:
            _set(session, appeal_id, reason, None, "system", now)
    return len(wanted)


def hold(actor: Actor, *, appeal_id: int, words: str, now: datetime) -> None:
    """Hold an appeal by hand; a reason is needed."""
    _require_either(actor)
    if not words.strip():
        raise BadInput(fields={"words": SAY_WHY})
    with db.writing() as session:
        if session.get(Appeal, appeal_id) is None:
            raise NotFound(_("There is no such appeal."))
        _set(session, appeal_id, BY_HAND, actor.id or None, actor.label, now, words)


def lift(actor: Actor, *, hold_id: int, words: str, now: datetime) -> bool:
    """Ask to lift a hold, or agree to it; True once it is lifted.

    One of the two must be an administrator and the other one an approver, and they must be two persons.
    """
    _require_either(actor)
    if not words.strip():
        raise BadInput(fields={"words": SAY_WHY})
    with db.writing() as session:
        row = session.get(LegalHold, hold_id)
        if row is None or row.lifted_at is not None:
            raise WrongState(_("This hold does not stand any more."))
        is_lifted = row.asked_by_id is not None and _may_agree(session, row.asked_by_id, actor)
        if is_lifted:
            row.lifted_at, row.lifted_by_id = now, actor.id
        elif row.asked_by_id is not None and row.asked_by_id != actor.id:
            raise NotAllowed(NEEDS_TWO)
        else:
            row.asked_at, row.asked_by_id = now, actor.id
        action = "lift legal hold" if is_lifted else "ask to lift legal hold"
        target = f"appeal:{row.appeal_id}"
        ledger.record(session, at=now, actor=actor.label, action=action, target=target, words=words)
    return is_lifted


def is_held(session: Session, appeal_id: int | None) -> bool:
    """Whether anything stands that forbids to erase what belongs to this appeal."""
    wanted = select(LegalHold.id).where(LegalHold.appeal_id == appeal_id, LegalHold.lifted_at.is_(None)).limit(1)
    return appeal_id is not None and session.scalar(wanted) is not None


def hold_on(appeal_id: ColumnElement[int | None] | InstrumentedAttribute[int | None]) -> Exists:
    """For queries: whether a hold stands on the appeal of this column."""
    return exists(select(LegalHold.id).where(LegalHold.appeal_id == appeal_id, LegalHold.lifted_at.is_(None)))


def standing(actor: Actor) -> Sequence[Hold]:
    """The holds that stand, the newest first, as many as a page shows."""
    require(actor, Permission.READ_APPEALS)
    wanted = select(LegalHold).where(LegalHold.lifted_at.is_(None)).order_by(LegalHold.id.desc()).limit(MOST_SHOWN)
    with db.reading() as session:
        rows = session.scalars(wanted, execution_options={"populate_existing": True}).all()
        ids = {one for row in rows for one in (row.set_by_id, row.asked_by_id) if one}
        names = {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(ids)))}
    return [
        Hold(row.id, row.appeal_id, row.reason, row.set_at, _name(names, row.set_by_id), _name(names, row.asked_by_id))
        for row in rows
    ]


def _name(names: Mapping[int, str], officer_id: int | None) -> str:
    return names.get(officer_id, "") if officer_id else ""


def _set(
    session: Session, appeal_id: int, reason: str, set_by_id: int | None, label: str, now: datetime, words: str = ""
) -> None:
    session.add(LegalHold(appeal_id=appeal_id, reason=reason, set_at=now, set_by_id=set_by_id))
    ledger.record(
        session,
        at=now,
        actor=label,
        action="set legal hold",
        target=f"appeal:{appeal_id}",
        fields={"reason": reason},
        words=words,
    )


def _launched() -> Select[int]:
    return (
        select(Release.appeal_id)
        .join(Delivery, Delivery.release_id == Release.id)
        .join(Copy, Copy.delivery_id == Delivery.id)
        .join(Appeal, Appeal.id == Release.appeal_id)
        .where(Copy.state.in_(MAY_BE_OUT), ~_had(LAUNCH))
        .distinct()
    )


def _had(reason: str) -> Exists:
    """Whether the appeal ever had this hold: one that was lifted is not set again by itself."""
    return exists(select(LegalHold.id).where(LegalHold.appeal_id == Appeal.id, LegalHold.reason == reason))


def _require_either(actor: Actor) -> None:
    if not actor.may(Permission.ADMINISTER):
        require(actor, Permission.APPROVE)


def _may_agree(session: Session, asked_by_id: int, actor: Actor) -> bool:
    """Whether these two are two persons, an administrator and an approver."""
    if asked_by_id == actor.id:
        return False
    first = session.get_one(User, asked_by_id)
    roles = {role.name for role in first.roles}
    return ("administrator" in roles and actor.may(Permission.APPROVE)) or (
        "approver" in roles and actor.may(Permission.ADMINISTER)
    )
