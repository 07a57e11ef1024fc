"""Who may see which tip: a restricted one only those who are named, nobody one that concerns themselves.

What is kept only because a legal hold forbids to erase it is seen by nobody here; `aside` opens it for a reason.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select, update
from sqlalchemy.orm import Session

from appeal import db, ledger
from appeal.models.desk import TipReader
from appeal.models.people import User
from appeal.models.tip import Tip
from appeal.rules.errors import BadInput, NotFound
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import officers

_FREE = {"claimed_by_id": None, "claim_until": None, "state": "unread"}
UNKNOWN = _("There is no such tip.")


def condition(actor: Actor, *, with_aside: bool = False) -> ColumnElement[bool]:
    """For queries on `Tip`: what this officer may see; `with_aside` adds what is kept instead of being erased."""
    own = and_(TipReader.tip_id == Tip.id, TipReader.officer_id == actor.id)
    named = exists(select(TipReader.tip_id).where(own, not_(TipReader.is_barred)))
    barred = exists(select(TipReader.tip_id).where(own, TipReader.is_barred))
    seen = and_(or_(not_(Tip.is_restricted), named), not_(barred))
    return seen if with_aside else and_(seen, Tip.set_aside_at.is_(None))


def check(actor: Actor, tip_id: int, *, with_aside: bool = False) -> None:
    """Raise `NotFound` for a tip that this officer may not see: that it exists is not said either."""
    if actor.id == 0:
        return
    with db.reading() as session:
        seen = condition(actor, with_aside=with_aside)
        if session.scalar(select(Tip.id).where(Tip.id == tip_id, seen)) is None:
            raise NotFound(UNKNOWN)


@dataclass(frozen=True)
class Readers:
    """Who is named for a restricted tip, and from whom it is kept, by name."""

    named: tuple[str, ...]
    named_ids: frozenset[int]
    barred: tuple[str, ...]


def readers(actor: Actor, *, tip_id: int) -> Readers:
    """Who may see a tip that the actor may see."""
    check(actor, tip_id)
    wanted = select(TipReader, User.name).join(User, User.id == TipReader.officer_id).where(TipReader.tip_id == tip_id)
    with db.reading() as session:
        rows = session.execute(wanted.order_by(User.name, User.id)).all()
    named = [(one.officer_id, name) for one, name in rows if not one.is_barred]
    barred = tuple(name for one, name in rows if one.is_barred)
    return Readers(tuple(name for _id, name in named), frozenset(one for one, _name in named), barred)


def able() -> Sequence[tuple[int, str]]:
    """Number and name of everybody who assesses tips, by name."""
    with db.reading() as session:
        return [(one.id, one.name) for one in officers.with_permission(session, Permission.ASSESS)]


def restrict(actor: Actor, *, tip_id: int, reader_ids: Sequence[int], why: str, now: datetime) -> None:
    """From now on only these officers, the actor among them, see the tip; an empty list opens it to the desk again."""
    require(actor, Permission.ASSESS)
    check(actor, tip_id)
    if not why.strip():
        raise BadInput(fields={"why": _("Say why.")})
    named = {actor.id, *reader_ids} if reader_ids else set()
    with db.writing() as session:
        _let_go(session, tip_id, named)
        known = set(session.scalars(select(User.id).where(User.id.in_(named))))
        session.query(TipReader).where(TipReader.tip_id == tip_id, not_(TipReader.is_barred)).delete()
        session.add_all(TipReader(tip_id=tip_id, officer_id=one) for one in sorted(known))
        session.execute(update(Tip).where(Tip.id == tip_id).values(is_restricted=bool(named)))
        action = "restrict tip" if named else "open tip to the desk"
        ledger.record(session, at=now, actor=actor.label, action=action, target=f"tip:{tip_id}", words=why)


def _let_go(session: Session, tip_id: int, readers: Collection[int]) -> None:
    """Whoever holds the tip and is not named does not hold it any more."""
    if readers:
        held = (Tip.id == tip_id, Tip.claimed_by_id.is_not(None), Tip.claimed_by_id.not_in(readers))
        session.execute(update(Tip).where(*held).values(_FREE))


def bar(actor: Actor, *, tip_id: int, officer_id: int, why: str, now: datetime) -> None:
    """An officer who is named in a tip, or close to who is, does not see it any more."""
    require(actor, Permission.ASSESS)
    check(actor, tip_id)
    if not why.strip():
        raise BadInput(fields={"why": _("Say why.")})
    with db.writing() as session:
        if session.get(User, officer_id) is None:
            raise BadInput(fields={"officer_id": _("There is no such officer.")})
        session.merge(TipReader(tip_id=tip_id, officer_id=officer_id, is_barred=True))
        held = (Tip.id == tip_id, Tip.claimed_by_id == officer_id)
        session.execute(update(Tip).where(*held).values(_FREE))
        fields = {"officer": str(officer_id)}
        ledger.record(
            session, at=now, actor=actor.label, action="bar officer", target=f"tip:{tip_id}", fields=fields, words=why
        )
