"""Beside an opened tip: what it alone says, which others are like it, and everything else of the same person.

Of the others nothing is shown that a person told us: only what the queue shows, and by what they are alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from appeal import db
from appeal.models.tip import Message, Tip
from appeal.rules.errors import CannotOpen
from appeal.rules.permissions import Actor
from appeal.services import force
from appeal.tips import blind, gathering, material, novelty, visible, waiting
from appeal.tips.waiting import QueueRow

MOST_SIMILAR, MOST_OF_PERSON, MOST_WORDS = 8, 50, 40
# Less than belongs together, and still worth a look.
LEAST_SCORE = 25
_LOADED = (
    selectinload(Tip.messages).joinedload(Message.content),
    selectinload(Tip.messages).selectinload(Message.files),
)


@dataclass(frozen=True)
class Similar:
    """Another tip that is like the one on the page; `reasons` are keys of `sameness.REASONS`."""

    row: QueueRow
    score: int
    reasons: tuple[str, ...]
    is_echo: bool


@dataclass(frozen=True)
class Alike:
    """`own_words` are words as written that no other tip of the appeal holds; rows never show what is hidden."""

    own_words: tuple[str, ...] = field(repr=False, default=())
    similar: tuple[Similar, ...] = ()
    same_person: tuple[QueueRow, ...] = ()


def beside(actor: Actor, tip_id: int) -> Alike:
    """What stands beside a tip that the actor may see; nothing for one that cannot be opened."""
    visible.check(actor, tip_id)
    with db.reading() as session:
        tip = session.scalars(
            select(Tip).where(Tip.id == tip_id).options(*_LOADED), execution_options={"populate_existing": True}
        ).one()
        try:
            one = material.of(tip, force.settings()["zone"], with_pictures=False)
        except CannotOpen:
            return Alike()
        own = _own_words(session, tip, one.text) if tip.indexed_count else ()
        of_person = _of_person(session, tip_id, sorted(one.senders))
        fits = gathering.alike(session, one, least=LEAST_SCORE, most=MOST_SIMILAR)
        rows = _rows(session, actor, [*(other for other, _fit in fits), *of_person])
    similar = [Similar(rows[other], fit.score, fit.reasons, fit.is_echo) for other, fit in fits if other in rows]
    person = sorted((rows[other] for other in of_person if other in rows), key=lambda row: row.received_at)
    return Alike(own, tuple(similar), tuple(reversed(person)))


def _own_words(session: Session, tip: Tip, text: str) -> tuple[str, ...]:
    rare = novelty.rare(session, text, tip.appeal_id)
    words = [part for part, is_new in novelty.marked(text, rare) if is_new]
    return tuple(dict.fromkeys(words))[:MOST_WORDS]


def _of_person(session: Session, tip_id: int, senders: Sequence[str]) -> list[int]:
    if not senders:
        return []
    asked = [[blind.token(blind.SENDER, sender) for sender in senders]]
    found = blind.matches(session, asked, limit=MOST_OF_PERSON + 1)
    return [other for _number, other in found if other != tip_id]


def _rows(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, QueueRow]:
    seen = waiting.lines().where(waiting.TIPS.c.id.in_(ids), visible.condition(actor))
    return {row["id"]: waiting.line(row) for row in session.execute(seen).mappings()}
