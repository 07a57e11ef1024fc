"""Names that people give: two who do not know of each other and give one name lift each other."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import distinct, func, not_, select, update
from sqlalchemy.orm import Session

from appeal import db, installation
from appeal.models.appeal import Appeal
from appeal.models.desk import NameGiven
from appeal.models.lead import LeadMember
from appeal.models.tip import Tip
from appeal.rules import naming
from appeal.rules.lifecycle import TipState
from appeal.rules.permissions import Actor, Permission, require
from appeal.tips import blind, visible
from appeal.tips.material import Material
from appeal.tips.ranking import TO_READ, URGENT, rank

AGREES = "name_agrees"
POINTS = 30
MOST_NAMES, MOST_SHOWN, MOST_LOOKED, MOST_LIFTED = 5, 10, 5_000, 50
_PLAIN = {"synchronize_session": False}


@dataclass(frozen=True)
class Given:
    """A name, how many tips give it and the newest of them."""

    name: str = field(repr=False)
    tip_count: int
    tip_ids: tuple[int, ...]


def hashed(name: str) -> str:
    """By which two tips that give the same name find each other."""
    return blind.token(blind.NAME, naming.name_key(name))


def keep(session: Session, one: Material) -> None:
    """Keep the names of a tip, sealed."""
    known = set(session.scalars(select(NameGiven.name_hash).where(NameGiven.tip_id == one.tip_id)))
    for name in one.names[:MOST_NAMES]:
        name_hash = hashed(name)
        if name_hash in known:
            continue
        known.add(name_hash)
        sealed = installation.current().keys.seal(name.encode())
        about = {"tip_id": one.tip_id, "appeal_id": one.appeal_id, "given_at": one.received_at}
        session.add(NameGiven(name_hash=name_hash, sealed_name=sealed, **about))
        session.flush()


def agree(found: Sequence[Material]) -> None:
    """Lift these tips and others where two people who do not repeat each other give one name."""
    with db.writing() as session:
        for one in found:
            for name in one.names[:MOST_NAMES]:
                _lift_agreeing(session, one.appeal_id, hashed(name))


def given(actor: Actor, *, appeal: str = "") -> Sequence[Given]:
    """The names that most tips give, among the newest, perhaps for one appeal (public id); echoes are not counted."""
    require(actor, Permission.READ_TIPS)
    echoes = select(LeadMember.tip_id).where(LeadMember.left_at.is_(None), LeadMember.echo_of_id.is_not(None))
    newest = select(NameGiven.id).join(Tip, Tip.id == NameGiven.tip_id)
    newest = newest.where(visible.condition(actor), not_(Tip.is_restricted))
    if appeal:
        newest = newest.join(Appeal, Appeal.id == NameGiven.appeal_id).where(Appeal.public_id == appeal)
    newest = newest.order_by(NameGiven.id.desc()).limit(MOST_LOOKED)
    counted = (
        select(func.max(NameGiven.id), func.count(distinct(NameGiven.tip_id)), NameGiven.name_hash)
        .where(NameGiven.id.in_(newest), NameGiven.tip_id.not_in(echoes))
        .group_by(NameGiven.appeal_id, NameGiven.name_hash)
        .order_by(func.count(distinct(NameGiven.tip_id)).desc(), func.max(NameGiven.id).desc())
        .limit(MOST_SHOWN)
    )
    with db.reading() as session:
        return [_given(session, actor, *row) for row in session.execute(counted).all()]


def _given(session: Session, actor: Actor, name_id: int, count: int, name_hash: str) -> Given:
    row = session.get_one(NameGiven, name_id)
    tips = (
        select(NameGiven.tip_id)
        .join(Tip, Tip.id == NameGiven.tip_id)
        .where(NameGiven.name_hash == name_hash, NameGiven.appeal_id.is_not_distinct_from(row.appeal_id))
        .where(visible.condition(actor))
        .order_by(NameGiven.id.desc())
        .limit(MOST_SHOWN)
    )
    name = installation.current().desk_keys.open(row.sealed_name).decode()
    return Given(name, count, tuple(session.scalars(tips)))


def _lift_agreeing(session: Session, appeal_id: int | None, name_hash: str) -> None:
    same = (NameGiven.name_hash == name_hash, NameGiven.appeal_id.is_not_distinct_from(appeal_id))
    echoes = select(LeadMember.tip_id).where(LeadMember.left_at.is_(None), LeadMember.echo_of_id.is_not(None))
    own = select(NameGiven.tip_id).where(*same, NameGiven.tip_id.not_in(echoes)).limit(MOST_LIFTED)
    ids = session.scalars(own).all()
    if len(ids) < 2:
        return
    wanted = select(Tip.id, Tip.lane, Tip.score, Tip.received_at, Tip.reasons, Tip.state).where(Tip.id.in_(ids))
    for row in session.execute(wanted).all():
        if AGREES not in row.reasons and row.state != TipState.DONE:
            lift(session, row.id, row.lane, row.score + POINTS, row.received_at, [*row.reasons, AGREES])


def lift(session: Session, tip_id: int, lane: str, score: int, received_at: datetime, reasons: list[str]) -> None:
    """Put a tip at another place of the queue, with the reasons for it."""
    urgent = URGENT if lane == TO_READ and score >= 60 else lane
    values = {"lane": urgent, "score": score, "rank": rank(urgent, score, received_at), "reasons": reasons}
    session.execute(update(Tip).where(Tip.id == tip_id).values(values), execution_options=_PLAIN)
