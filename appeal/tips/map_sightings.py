"""The sightings of an appeal with their places: the blind index proposes a bounded number, only those are opened.

Places are sealed: whoever may not see a tip does not see its place, and which tips were opened is in the ledger.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from appeal import db, ledger
from appeal.models.appeal import Appeal
from appeal.models.lead import LeadMember
from appeal.models.tip import Message, Tip
from appeal.rules import terms
from appeal.rules.errors import CannotOpen, NotFound
from appeal.rules.geo import Frame, Point
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import force
from appeal.tips import blind, material, membership, opening, visible, waiting
from appeal.tips.waiting import QueueRow

# So many tips are opened for one map; older ones are a press away.
MOST_OPENED, STEP = 400, 100
# Up to so many hours are asked for one by one, longer times by the day.
MOST_HOURS = 72
MOST_CELLS = blind.MOST_NEEDLES
_WITH_WORDS = selectinload(Tip.messages).joinedload(Message.content)


@dataclass(frozen=True)
class Asked:
    """What a map shows: the last so many hours before a moment (0 hours: all of it), perhaps inside a frame only.

    `before` is where the map of newer ones ended.
    """

    until: datetime
    hours: int = 0
    frame: Frame | None = field(repr=False, default=None)
    before: int | None = None


@dataclass(frozen=True)
class Sighting:
    """One placed tip: its line of the queue, when and where; an echo only repeats another."""

    row: QueueRow
    at: datetime
    place: Point = field(repr=False)
    where: str = field(repr=False)
    is_echo: bool = False


@dataclass(frozen=True)
class Found:
    """What was found, the newest first; `before` leads on to older ones, None when there are none."""

    sightings: tuple[Sighting, ...]
    before: int | None


def about(appeal_id: int) -> tuple[str, datetime]:
    """The appeal's public id, and when it was drafted: no sighting of it is older."""
    with db.reading() as session:
        row = session.execute(select(Appeal.public_id, Appeal.created_at).where(Appeal.id == appeal_id)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such appeal."))
    return row.public_id, row.created_at


def find(actor: Actor, *, appeal_id: int, asked: Asked, now: datetime) -> Found:
    """The newest placed tips of an appeal that fit; that they were opened is in the ledger before this returns."""
    require(actor, Permission.READ_TIPS)
    zone = force.settings()["zone"]
    with db.reading() as session:
        groups = _groups(appeal_id, asked)
        found, before = _opened(session, actor, groups, asked, zone)
    with db.writing() as session:
        fields = {"tips": " ".join(str(one.row.id) for one in found)}
        target = f"appeal:{appeal_id}"
        ledger.record(session, at=now, actor=actor.label, action="view map", target=target, fields=fields)
    return Found(tuple(sorted(found, key=lambda one: (one.at, one.row.id), reverse=True)), before)


def _groups(appeal_id: int, asked: Asked) -> list[list[str]]:
    """Tokens of which a tip must have one of each group: it is of the appeal, has a place, and may be in time."""
    groups = [[blind.token(blind.APPEAL, appeal_id)], _places(asked.frame)]
    if asked.hours:
        first, last = (terms.hour(at) for at in (asked.until - timedelta(hours=asked.hours), asked.until))
        if asked.hours <= MOST_HOURS:
            groups.append([blind.token(blind.HOUR, hour) for hour in range(first, last + 1)])
        else:
            groups.append([blind.token(blind.DAY, day) for day in range(first // 24, last // 24 + 1)])
    return groups


def _places(frame: Frame | None) -> list[str]:
    """The cells of a frame, the finer ones if they are not too many; a large frame is judged after opening only."""
    box = (frame.south, frame.west, frame.north, frame.east) if frame else None
    for kind, step in ((blind.FINE, terms.FINE), (blind.COARSE, terms.COARSE)):
        cells = terms.cells_in(*box, step, MOST_CELLS) if box else []
        if cells:
            return [blind.token(kind, cell) for cell in cells]
    return [blind.token(blind.FINE, blind.ANYWHERE)]


def _opened(
    session: Session, actor: Actor, groups: list[list[str]], asked: Asked, zone: str
) -> tuple[list[Sighting], int | None]:
    found: list[Sighting] = []
    before = asked.before
    for _turn in range(MOST_OPENED // STEP):
        numbered = blind.matches(session, groups, limit=STEP, before=before)
        ids = [tip_id for _number, tip_id in numbered]
        found += [one for one in _sightings(session, actor, ids, zone) if _fits(one, asked)]
        if len(numbered) < STEP:
            return found, None
        before = numbered[-1][0]
    return found, before


def _fits(one: Sighting, asked: Asked) -> bool:
    is_in_time = not asked.hours or asked.until - timedelta(hours=asked.hours) < one.at <= asked.until
    return is_in_time and (asked.frame is None or asked.frame.holds(one.place))


def _sightings(session: Session, actor: Actor, ids: Sequence[int], zone: str) -> list[Sighting]:
    seen = select(Tip).where(Tip.id.in_(ids), visible.condition(actor)).options(_WITH_WORDS)
    tips = session.scalars(seen).all()
    rows: Mapping[int, Any] = {
        row["id"]: row for row in session.execute(waiting.lines().where(waiting.TIPS.c.id.in_(ids))).mappings()
    }
    repeats = (LeadMember.tip_id.in_(ids), membership.IS_NOW, LeadMember.echo_of_id.is_not(None))
    echoes = set(session.scalars(select(LeadMember.tip_id).where(*repeats)))
    made = []
    for tip in tips:
        opened = _seen(tip, zone)
        if opened is not None and opened.position is not None:
            line = waiting.line(rows[tip.id])
            made.append(Sighting(line, opened.at, opened.position, opened.where, tip.id in echoes))
    return made


def _seen(tip: Tip, zone: str) -> material.Seen | None:
    try:
        contents = [opening.content_of(row.content.sealed) for row in tip.messages[: material.MOST_MESSAGES]]
    except CannotOpen:
        return None
    return material.seen_in(contents, zone=zone)
