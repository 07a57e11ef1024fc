"""What the desk's decisions teach about advertising and abuse: read from the decisions themselves, kept in memory only.

A decision that was undone or replaced is forgotten. What was learned sorts: it sets a tip of the last lane back and
says so; it never closes, hides or delays anything of another lane.
"""

from collections import OrderedDict
from collections.abc import Mapping

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from appeal import db
from appeal.models.tip import Assessment, Message, Tip
from appeal.rules.errors import CannotOpen
from appeal.rules.spam import SURE, Learned, features
from appeal.tips import material, opening

# Decisions that are looked back for after a start, tips that are remembered, and decisions that are read at once.
MOST_BACK, MOST_KEPT, MOST_AT_ONCE = 4_000, 4_000, 200
MEMORY = "spam learning"
# What a decision says: spam, not spam; any other takes back what the tip taught.
TAUGHT: Mapping[str, bool] = {"spam": True, "actioned": False, "escalate": False, "no_further_action": False}
_WITH_WORDS = selectinload(Tip.messages).joinedload(Message.content)


class Desk:
    """What this process has learned so far, and from which tips."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self.learned = Learned()
        self._told: OrderedDict[int, tuple[bool, frozenset[str]]] = OrderedDict()
        self._last = -1

    def suspects(self, text: str) -> bool:
        """Whether a text reads like what the desk has closed as spam."""
        return self.learned.probability(features(text)) >= SURE

    def follow(self, session: Session) -> int:
        """Learn from decisions that were taken since, and forget those that do not hold any more; how many."""
        if self._last < 0:
            self._last = (session.scalar(select(func.max(Assessment.id))) or 0) - MOST_BACK
        new = select(Assessment.id, Assessment.tip_id, Assessment.decision).where(Assessment.id > self._last)
        rows = session.execute(new.order_by(Assessment.id).limit(MOST_AT_ONCE)).all()
        # Of several decisions on one tip the last one holds.
        decided = {row.tip_id: row.decision for row in rows}
        opened = _texts(session, [tip_id for tip_id, decision in decided.items() if decision in TAUGHT])
        for tip_id, decision in decided.items():
            self._forget(tip_id)
            if decision in TAUGHT and tip_id in opened:
                self._learn(tip_id, TAUGHT[decision], features(opened[tip_id]))
        self._last = rows[-1].id if rows else self._last
        return len(rows)

    def _learn(self, tip_id: int, is_spam: bool, found: frozenset[str]) -> None:
        self._told[tip_id] = (is_spam, found)
        self.learned.learn(found, is_spam=is_spam)
        if len(self._told) > MOST_KEPT:
            self._forget(next(iter(self._told)))

    def _forget(self, tip_id: int) -> None:
        if tip_id in self._told:
            is_spam, found = self._told.pop(tip_id)
            self.learned.forget(found, is_spam=is_spam)


def followed() -> Desk:
    """What this process has learned, brought up to date by a bounded number of decisions."""
    desk: Desk = current_app.extensions.setdefault(MEMORY, Desk())
    with db.reading() as session:
        desk.follow(session)
    return desk


def _texts(session: Session, tip_ids: list[int]) -> dict[int, str]:
    """The words of these tips; a restricted one teaches nothing."""
    wanted = select(Tip).where(Tip.id.in_(tip_ids), ~Tip.is_restricted).options(_WITH_WORDS)
    found = {}
    for tip in session.scalars(wanted) if tip_ids else ():
        try:
            contents = [opening.content_of(row.content.sealed) for row in tip.messages[: material.MOST_MESSAGES]]
        except CannotOpen:
            continue
        found[tip.id] = "\n".join(content["text"] for content in contents)
    return found
