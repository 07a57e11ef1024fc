"""Search over sealed tips: the blind index proposes a bounded number, those are opened and judged exactly.

Whoever may not see a tip does not find it. What was asked is sealed in the ledger with how many tips were shown.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from appeal import db, ledger
from appeal.models.appeal import Appeal
from appeal.models.tip import Message, Tip
from appeal.rules import asking, terms
from appeal.rules.errors import BadInput, CannotOpen, NotFound
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.urgency import fold
from appeal.rules.words import _
from appeal.tips import blind, material, opening, visible, waiting
from appeal.tips.waiting import QueueRow

# So many are opened at once, so that a page never shows more than twice as many as it wants.
MOST_SHOWN = STEP = 25
MOST_OPENED = 400
EXCERPT_WORDS = 14
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_WITH_WORDS = selectinload(Tip.messages).joinedload(Message.content)


@dataclass(frozen=True)
class Asked:
    """What an officer looks for; filters are codes, `appeal` a public id, `before` where the last page ended."""

    words: str = field(repr=False, default="")
    appeal: str = ""
    source: str = ""
    language: str = ""
    before: int | None = None


@dataclass(frozen=True)
class Found:
    """One tip that fits: its line of the queue and an excerpt as (text, is it what was looked for)."""

    row: QueueRow
    excerpt: tuple[tuple[str, bool], ...] = field(repr=False)
    score: int


@dataclass(frozen=True)
class Results:
    """What was found among the tips that were opened; `before` leads on to older ones, None when there are none."""

    found: tuple[Found, ...]
    opened: int
    before: int | None


def search(actor: Actor, asked: Asked, *, now: datetime) -> Results:
    """The tips that hold every word, start of a word and phrase, best first among the newest that may fit."""
    require(actor, Permission.READ_TIPS)
    wanted = asking.read(asked.words)
    if not wanted:
        raise BadInput(
            fields={"words": _("Enter a word, the start of a word of three letters or more, or a “phrase”.")}
        )
    with db.reading() as session:
        groups = [*_groups(wanted), *_filters(session, asked)]
        results = _results(session, actor, wanted, groups, asked.before)
    with db.writing() as session:
        fields = {"shown": " ".join(str(one.row.id) for one in results.found)}
        ledger.record(
            session, at=now, actor=actor.label, action="search tips", target="tips", fields=fields, words=asked.words
        )
    return results


def marked(text: str, words: str) -> tuple[tuple[str, bool], ...]:
    """A whole text in parts, those that answer the question marked."""
    return _parts(text, asking.read(words)) if words else ((text, False),)


def _groups(wanted: Sequence[asking.Term]) -> list[list[str]]:
    return [[_token(word, is_whole=term.is_phrase)] for term in wanted for word in term.words]


def _token(word: str, *, is_whole: bool) -> str:
    if is_whole or len(word) < terms.SHORTEST_START:
        return blind.token(blind.WORD, word)
    return blind.token(blind.START, word[: terms.LONGEST_START])


def _filters(session: Session, asked: Asked) -> list[list[str]]:
    found = []
    if asked.appeal:
        appeal_id = session.scalar(select(Appeal.id).where(Appeal.public_id == asked.appeal))
        if appeal_id is None:
            raise NotFound(_("There is no such appeal."))
        found.append([blind.token(blind.APPEAL, appeal_id)])
    if asked.source:
        found.append([blind.token(blind.SOURCE, asked.source)])
    if asked.language:
        found.append([blind.token(blind.LANGUAGE, asked.language)])
    return found


def _results(
    session: Session, actor: Actor, wanted: Sequence[asking.Term], groups: list[list[str]], before: int | None
) -> Results:
    found: list[Found] = []
    opened = 0
    while opened < MOST_OPENED and len(found) < MOST_SHOWN:
        numbered = blind.matches(session, groups, limit=STEP, before=before)
        if not numbered:
            before = None
            break
        opened += len(numbered)
        found += _judged(session, actor, wanted, [tip_id for _number, tip_id in numbered])
        before = numbered[-1][0] if len(numbered) == STEP else None
        if before is None:
            break
    found.sort(key=lambda one: (-one.score, -one.row.received_at.timestamp(), one.row.id))
    return Results(tuple(found), opened, before)


def _judged(session: Session, actor: Actor, wanted: Sequence[asking.Term], tip_ids: Sequence[int]) -> list[Found]:
    seen = select(Tip).where(Tip.id.in_(tip_ids), visible.condition(actor)).options(_WITH_WORDS)
    rows = session.execute(waiting.lines().where(waiting.TIPS.c.id.in_(tip_ids))).mappings().all()
    lines: Mapping[int, Any] = {row["id"]: row for row in rows}
    found = []
    for tip in session.scalars(seen):
        text = _text(tip)
        score = asking.judge(wanted, terms.words(text))
        if score:
            # A restricted tip is opened with a reason, on its own page.
            excerpt = () if tip.is_restricted else _excerpt(text, wanted)
            found.append(Found(waiting.line(lines[tip.id]), excerpt, score))
    return found


def _text(tip: Tip) -> str:
    try:
        contents = [opening.content_of(row.content.sealed) for row in tip.messages[: material.MOST_MESSAGES]]
    except CannotOpen:
        return ""
    return "\n".join(material.said(content) for content in contents)


def _excerpt(text: str, wanted: Sequence[asking.Term]) -> tuple[tuple[str, bool], ...]:
    """The surroundings of the first match."""
    words = list(_WORD.finditer(text))
    first = next((at for at, word in enumerate(words) if _is_match(word[0], wanted)), 0)
    lowest, highest = max(0, first - EXCERPT_WORDS), min(len(words) - 1, first + EXCERPT_WORDS)
    if not words:
        return ()
    cut = text[words[lowest].start() : words[highest].end()]
    before, after = ("… " if lowest else ""), (" …" if highest < len(words) - 1 else "")
    return _parts(f"{before}{cut}{after}", wanted)


def _parts(text: str, wanted: Sequence[asking.Term]) -> tuple[tuple[str, bool], ...]:
    parts: list[tuple[str, bool]] = []
    at = 0
    for word in _WORD.finditer(text):
        if _is_match(word[0], wanted):
            parts += [(text[at : word.start()], False), (word[0], True)]
            at = word.end()
    return tuple((part, is_match) for part, is_match in [*parts, (text[at:], False)] if part)


def _is_match(word: str, wanted: Sequence[asking.Term]) -> bool:
    folded = fold(word)
    return any(
        folded == one if term.is_phrase else folded.startswith(one) for term in wanted for one in term.words if one
    )
