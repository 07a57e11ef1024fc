"""Who may see which tip: a restricted one only those who are named, nobody one that concerns themselves.

What is kept only because a legal hold forbids to erase it is seen by nobody here; `aside` opens it for a reason.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select, update

from appeal import db, ledger
from appeal.models.desk import TipReader
from appeal.models.people import User
from appeal.models.tip import Tip
from appeal.rules.errors import BadInput, NotFound
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _

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


def restrict(actor: Actor, *, tip_id: int, reader_ids: Sequence[int], why: str, now: datetime) -> None:
    """From now on only these officers, the actor among them, see the tip; an empty list opens it to the desk again."""
    require(actor, Permission.ASSESS)
    check(actor, tip_id)
    if not why.strip():
        raise BadInput(fields={"why": _("Say why.")})
    readers = {actor.id, *reader_ids} if reader_ids else set()
    with db.writing() as session:
        known = set(session.scalars(select(User.id).where(User.id.in_(readers))))
        session.query(TipReader).where(TipReader.tip_id == tip_id, not_(TipReader.is_barred)).delete()
        session.add_all(TipReader(tip_id=tip_id, officer_id=one) for one in sorted(known))
        session.execute(update(Tip).where(Tip.id == tip_id).values(is_restricted=bool(readers)))
        action = "restrict tip" if readers else "open tip to the desk"
        ledger.record(session, at=now, actor=actor.label, action=action, target=f"tip:{tip_id}", words=why)


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
        session.execute(update(Tip).where(*held).values(claimed_by_id=None, claim_until=None, state="unread"))
        fields = {"officer": str(officer_id)}
        ledger.record(
            session, at=now, actor=actor.label, action="bar officer", target=f"tip:{tip_id}", fields=fields, words=why
        )
