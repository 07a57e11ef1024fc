"""Suggests leads as tips arrive: the blind index proposes a bounded number of others, each is judged exactly.

What was opened lately stays in the memory of this process, bounded, so that a crowd is compared without opening each
tip a hundred times. Positions are nowhere else in clear.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from appeal import db
from appeal.models.lead import Lead, LeadApart, LeadMember, LeadState
from appeal.models.tip import Assessment, Message, Tip
from appeal.rules import naming, terms
from appeal.rules.errors import CannotOpen
from appeal.rules.lifecycle import TipState
from appeal.rules.urgency import fold
from appeal.services import force
from appeal.tips import blind, material, membership, rereading
from appeal.tips.material import Material
from appeal.tips.sameness import THRESHOLD, Likeness, Rarity, Report, judge

MOST_CANDIDATES = 40
MOST_KEPT = 10_000
RAREST = 6
HOURS_APART = 3
MEMORY = "gathering"
MATCHED = "matched_later"
# Closed tips that a later one wakes: those about which somebody decided that they lead nowhere.
WOKEN = ("no_further_action",)
_LOADED = (selectinload(Tip.messages).joinedload(Message.content),)


class Memory:
    """Reports that were opened lately and how rare each meaning is; forgets the oldest."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self.reports: OrderedDict[int, Report] = OrderedDict()
        self.rarity = Rarity()

    def keep(self, tip_id: int, report: Report) -> None:
        """Remember a report."""
        self.reports[tip_id] = report
        self.reports.move_to_end(tip_id)
        while len(self.reports) > MOST_KEPT:
            self.reports.popitem(last=False)


@dataclass(frozen=True)
class Best:
    """The other tip that a new one fits best."""

    tip_id: int
    likeness: Likeness


def suggest(found: Sequence[Material], *, now: datetime) -> int:
    """Put each of these tips into a suggested lead with what it fits, or into the lead that is there; how many."""
    memory, zone, count = _memory(), force.settings()["zone"], 0
    for one in found:
        report = report_of(one)
        memory.rarity.learn(report.things)
        memory.keep(one.tip_id, report)
    with db.writing() as session:
        # Each is compared with those before it only, so that a crowd gathers around who came first.
        later = {one.tip_id for one in found}
        for one in found:
            best = _best(session, one, memory, zone, later)
            later.discard(one.tip_id)
            if best is not None:
                count += _gather(session, one, best, now)
    return count


def alike(session: Session, one: Material, *, least: int, most: int) -> list[tuple[int, Likeness]]:
    """Other tips that reach `least` points of likeness, the best first, without those that a person told apart."""
    memory, zone = _memory(), force.settings()["zone"]
    own, apart = memory.reports.get(one.tip_id) or report_of(one), _apart(session, one.tip_id)
    ids = [tip_id for tip_id in _candidates(session, one, memory) if tip_id != one.tip_id and tip_id not in apart]
    judged = [(tip_id, judge(own, other, memory.rarity)) for tip_id, other in _reports(session, ids, memory, zone)]
    fitting = [(tip_id, fit) for tip_id, fit in judged if fit.score >= least]
    return sorted(fitting, key=lambda found: (-found[1].score, found[0]))[:most]


def report_of(one: Material) -> Report:
    """What is compared of a tip."""
    return Report(
        at=one.at,
        received_at=one.received_at,
        said=fold(one.text),
        things=one.things,
        position=one.position,
        bones=frozenset(material.bones(one)),
        links=frozenset(one.links),
        prints=one.prints,
        plates=one.plates,
        names=frozenset(naming.name_key(name) for name in one.names if " " in name),
    )


def _memory() -> Memory:
    memory: Memory = current_app.extensions.setdefault(MEMORY, Memory())
    return memory


def _best(session: Session, one: Material, memory: Memory, zone: str, later: set[int]) -> Best | None:
    own = memory.reports[one.tip_id]
    ids = [tip_id for tip_id in _candidates(session, one, memory) if tip_id not in later]
    apart = _apart(session, one.tip_id)
    best: Best | None = None
    for tip_id, other in _reports(session, ids, memory, zone):
        likeness = judge(own, other, memory.rarity)
        is_better = best is None or likeness.score > best.likeness.score
        if likeness.score >= THRESHOLD and is_better and tip_id not in apart:
            best = Best(tip_id, likeness)
    return best


def _candidates(session: Session, one: Material, memory: Memory) -> list[int]:
    """Tips that share a place and an hour, a rare meaning and a day, or something that needs neither."""
    token = blind.token
    appeal = [token(blind.APPEAL, one.appeal_id or 0)]
    hour = terms.hour(one.at)
    hours = [token(blind.HOUR, at) for at in range(hour - HOURS_APART, hour + HOURS_APART + 1)]
    days = [token(blind.DAY, day) for day in sorted({(hour - 16) // 24, (hour + 16) // 24})]
    rarest = sorted(one.things, key=lambda thing: (-memory.rarity.of(thing), thing))[:RAREST]
    around = terms.cells_around(*one.position, terms.COARSE) if one.position else []
    asked = (
        [list(_certain_tokens(one))],
        [[token(blind.COARSE, cell) for cell in around], hours],
        [[token(blind.SKELETON, bone) for bone in sorted(material.bones(one))], hours],
        [[token(blind.MEANING, thing) for thing in rarest], days],
    )
    ids: dict[int, None] = {}
    for groups in asked:
        found = blind.matches(session, [*groups, appeal], limit=MOST_CANDIDATES)
        ids |= dict.fromkeys(tip_id for _number, tip_id in found)
    return list(ids)


def _certain_tokens(one: Material) -> Iterator[str]:
    for kind, values in (
        (blind.LINK, one.links),
        (blind.BAND, terms.bands(one.words)),
        (blind.PLATE, sorted(one.plates)),
        (blind.NAME, [naming.name_key(name) for name in one.names if " " in name]),
        (blind.PICTURE, [band for each in one.prints for band in terms.picture_bands(each)]),
    ):
        yield from (blind.token(kind, value) for value in values)


def _reports(session: Session, ids: Sequence[int], memory: Memory, zone: str) -> Iterator[tuple[int, Report]]:
    missing = [tip_id for tip_id in ids if tip_id not in memory.reports]
    if missing:
        wanted = select(Tip).where(Tip.id.in_(missing)).options(*_LOADED)
        for tip in session.scalars(wanted):
            try:
                memory.keep(tip.id, report_of(material.of(tip, zone, with_pictures=False)))
            except CannotOpen:
                continue
    yield from ((tip_id, memory.reports[tip_id]) for tip_id in ids if tip_id in memory.reports)


def _apart(session: Session, tip_id: int) -> set[int]:
    """Tips that a person told apart from this one."""
    lower = select(LeadApart.high_id).where(LeadApart.low_id == tip_id)
    higher = select(LeadApart.low_id).where(LeadApart.high_id == tip_id)
    return {*session.scalars(lower), *session.scalars(higher)}


def _gather(session: Session, one: Material, best: Best, now: datetime) -> bool:
    """Join the lead of the other tip, or make one of both; wake the other if it was closed. Whether it joined."""
    if membership.lead_of(session, one.tip_id) is not None:
        return False
    lead_id = membership.lead_of(session, best.tip_id)
    if lead_id is None:
        lead = Lead(appeal_id=one.appeal_id, state=LeadState.SUGGESTED, created_at=now, changed_at=now)
        session.add(lead)
        session.flush()
        lead_id = lead.id
        membership.join(session, lead_id, best.tip_id, now=now)
    fit = best.likeness
    echo_of = _first_said(session, best.tip_id) if fit.is_echo else None
    membership.join(session, lead_id, one.tip_id, now=now, reasons=fit.reasons, score=fit.score, echo_of_id=echo_of)
    if not fit.is_echo:
        _wake_closed(session, best.tip_id)
    return True


def _first_said(session: Session, tip_id: int) -> int:
    """The tip that an echo repeats is never an echo itself."""
    own = (LeadMember.tip_id == tip_id, LeadMember.left_at.is_(None))
    return session.scalar(select(LeadMember.echo_of_id).where(*own)) or tip_id


def _wake_closed(session: Session, tip_id: int) -> None:
    last = select(Assessment.decision).where(Assessment.tip_id == tip_id).order_by(Assessment.id.desc()).limit(1)
    state = session.scalar(select(Tip.state).where(Tip.id == tip_id))
    if state == TipState.DONE and session.scalar(last) in WOKEN:
        rereading.wake(session, tip_id, MATCHED)
