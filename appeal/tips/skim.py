"""Ten tips at a time by their first lines, held for ten minutes, decided by one key each, undone by one press."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import not_, select, tuple_, update
from sqlalchemy.orm import Session, selectinload

from appeal import db, ledger
from appeal.models.tip import IS_WAITING, Message, Tip
from appeal.rules.errors import BadInput, CannotOpen
from appeal.rules.lifecycle import TipState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import shifts
from appeal.tips import bulk, material, novelty, opening, own_reasons, readings, visible, waiting
from appeal.tips.ranking import LANES, TO_READ
from appeal.tips.waiting import QueueRow

BLOCK, MINUTES = 10, 10
# Key, choice: what a line can become with one key; the closing ones are reasons of `tips.reasons`.
CHOICES: Mapping[str, str] = {
    "k": bulk.KEEP,
    "l": bulk.LIFT,
    "v": "too_vague",
    "i": "nothing_said",
    "w": "known_already",
    "n": "checked_not",
    "s": "advertising",
    "m": "mockery",
}
SAME = "same"
SAME_KEY = "a"
_WITH_WORDS = selectinload(Tip.messages).joinedload(Message.content)
_PLAIN = {"synchronize_session": False}


@dataclass(frozen=True)
class Line:
    """A tip in a block: its first lines in parts, what no other tip says marked; `is_closable` with one key or not."""

    row: QueueRow
    parts: novelty.Parts = field(repr=False)
    is_closable: bool


@dataclass(frozen=True)
class Block:
    """Some tips that the officer holds now; `after` leads to the following block, empty on the last one."""

    lines: tuple[Line, ...]
    until: datetime
    after: str


def choices() -> Sequence[str]:
    """What a line can become: to be kept or lifted, the reasons that the force uses, the same as above."""
    used = {one.code for one in own_reasons.current()} | {bulk.KEEP, bulk.LIFT}
    return [*(choice for choice in CHOICES.values() if choice in used), SAME]


def block(actor: Actor, *, lane: str = TO_READ, after: str = "", now: datetime) -> Block:
    """Claim the next ten unread tips of a lane and show their first lines; the ledger says that each was read."""
    require(actor, Permission.ASSESS)
    until = shifts.not_beyond(actor.id, now + timedelta(minutes=MINUTES), now=now)
    with db.writing() as session:
        ids = _claim(session, actor, lane, after, until)
        tips = session.scalars(
            select(Tip).where(Tip.id.in_(ids)).order_by(Tip.rank, Tip.id).options(_WITH_WORDS),
            execution_options={"populate_existing": True},
        ).all()
        for tip in tips:
            readings.opened(session, actor, tip, now)
            ledger.record(session, at=now, actor=actor.label, action="skim tip", target=f"tip:{tip.id}")
        rows = session.execute(waiting.lines().where(waiting.TIPS.c.id.in_(ids))).mappings().all()
        by_id = {row["id"]: waiting.line(row) for row in rows}
        lines = tuple(_line(session, tip, by_id[tip.id]) for tip in tips)
    last = f"{tips[-1].rank}-{tips[-1].id}" if len(tips) == BLOCK else ""
    return Block(lines, until, last)


def decide(actor: Actor, *, choices: Sequence[tuple[int, str]], now: datetime) -> bulk.Outcome:
    """Decide the lines in their order; `same` is what the line above became, a line without a choice is kept."""
    resolved: dict[int, str] = {}
    above = ""
    for tip_id, choice in choices:
        chosen = above if choice == SAME else choice or bulk.KEEP
        if not chosen:
            raise BadInput(_("The first line has none above it."))
        if chosen not in CHOICES.values():
            raise BadInput(_("There is no such choice."))
        resolved[tip_id] = above = chosen
    return bulk.decide(actor, choices=resolved, kind="skim", now=now)


def _claim(session: Session, actor: Actor, lane: str, after: str, until: datetime) -> Sequence[int]:
    lowest, highest = waiting.range_of(lane if lane in LANES else TO_READ)
    unread = (IS_WAITING, Tip.state == TipState.UNREAD, Tip.rank >= lowest, Tip.rank < highest)
    wanted = select(Tip.id).where(*unread, visible.condition(actor), not_(Tip.is_restricted))
    if after:
        wanted = wanted.where(tuple_(Tip.rank, Tip.id) > tuple_(*waiting.key_of(after)))
    ids = session.scalars(wanted.order_by(Tip.rank, Tip.id).limit(BLOCK).with_for_update(skip_locked=True)).all()
    taken = {"state": TipState.CLAIMED, "claimed_by_id": actor.id, "claim_until": until}
    order = update(Tip).where(Tip.id.in_(ids), Tip.state == TipState.UNREAD).values(taken).returning(Tip.id)
    return session.scalars(order, execution_options=_PLAIN).all()


def _line(session: Session, tip: Tip, row: QueueRow) -> Line:
    is_closable = row.lane == TO_READ and not row.points_away
    try:
        contents = [opening.content_of(message.content.sealed) for message in tip.messages[: material.MOST_MESSAGES]]
    except CannotOpen:
        return Line(row, ((_("This could not be opened. Tell an administrator."), False),), is_closable=False)
    text = novelty.first_lines("\n".join(material.said(content) for content in contents))
    rare = novelty.rare(session, text, tip.appeal_id) if tip.indexed_count else frozenset()
    return Line(row, novelty.marked(text, rare), is_closable)
