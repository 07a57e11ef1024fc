"""Suggests leads as tips arrive: the blind index proposes a bounded number of others, each is judged exactly.

What was opened lately stays in the memory of this process, bounded, so that a crowd is compared without opening each
tip a hundred times. Positions are nowhere else in clear.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain, groupby, islice

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from appeal import db
from appeal.models.lead import Lead, LeadApart, LeadMember, LeadState
from appeal.models.tip import Assessment, Message, MessageContent, Tip
from appeal.rules import naming, terms
from appeal.rules.errors import CannotOpen
from appeal.rules.lifecycle import TipState
from appeal.rules.urgency import fold
from appeal.services import force
from appeal.tips import blind, material, membership, opening, rereading
from appeal.tips.material import Material
from appeal.tips.sameness import THRESHOLD, Likeness, Rarity, Report, judge

MOST_CANDIDATES = 40
MOST_KEPT = 20_000
# So many tips are opened with one question.
AT_ONCE = 400
RAREST, MOST_MEANINGS, LEAST_RARE = 6, 14, 0.15
HOURS_APART, LONGEST_APART = 3, 16
MEMORY = "gathering"
MATCHED = "matched_later"
# Closed tips that a later one wakes: those about which somebody decided that they lead nowhere.
WOKEN = ("no_further_action",)


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
    if not found:
        return 0
    memory, ids = _memory(), {one.tip_id for one in found}
    for one in found:
        report = report_of(one)
        memory.rarity.learn(report.things)
        memory.keep(one.tip_id, report)
    with db.reading() as session:
        proposals = {one.tip_id: _candidates(session, one, memory) for one in found}
        reports = _reports(session, {*ids, *chain.from_iterable(proposals.values())}, memory)
        apart = _apart(session, ids)
    bests = _bests(found, proposals, reports, apart, memory.rarity)
    with db.writing() as session:
        return sum(_gather(session, one, best, now) for one, best in bests)


def alike(session: Session, one: Material, *, least: int, most: int) -> list[tuple[int, Likeness]]:
    """Other tips that reach `least` points of likeness, the best first, without those that a person told apart."""
    memory = _memory()
    own, apart = memory.reports.get(one.tip_id) or report_of(one), _apart(session, [one.tip_id])[one.tip_id]
    ids = [tip_id for tip_id in _candidates(session, one, memory) if tip_id != one.tip_id and tip_id not in apart]
    reports = _reports(session, ids, memory)
    judged = [(tip_id, judge(own, other, memory.rarity)) for tip_id, other in reports.items()]
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


def _bests(
    found: Sequence[Material],
    proposals: Mapping[int, Sequence[int]],
    reports: Mapping[int, Report],
    apart: Mapping[int, set[int]],
    rarity: Rarity,
) -> list[tuple[Material, Best]]:
    """Each is compared with those before it only, so that a crowd gathers around who came first."""
    bests, later = [], {one.tip_id for one in found}
    for one in found:
        others = [other for other in proposals[one.tip_id] if other not in later and other in reports]
        best: Best | None = None
        for other in others:
            likeness = judge(reports[one.tip_id], reports[other], rarity)
            is_better = best is None or likeness.score > best.likeness.score
            if likeness.score >= THRESHOLD and is_better and other not in apart[one.tip_id]:
                best = Best(other, likeness)
        later.discard(one.tip_id)
        if best is not None:
            bests.append((one, best))
    return bests


def _candidates(session: Session, one: Material, memory: Memory) -> list[int]:
    """Tips that share something that needs no place, or a place and an hour, or a rare meaning, a place and a day.

    Where both name a place on the map, only those around it can be of one event: others are not even looked at.
    """
    token, hour, then = blind.token, terms.hour(one.at), partial(material.there_then, one)
    blocks = sorted({material.block(at) for at in (hour - HOURS_APART, hour, hour + HOURS_APART)})
    days = sorted({material.day(at) for at in (hour - LONGEST_APART, hour + LONGEST_APART)})
    # Without a meaning in common, or something certain, nothing belongs together: `sameness.judge`.
    rarest = sorted(one.things, key=lambda thing: (-memory.rarity.of(thing), thing))[:MOST_MEANINGS]
    meanings = [token(blind.MEANING, thing) for thing in rarest if memory.rarity.of(thing) >= LEAST_RARE]
    appeal = [token(blind.APPEAL, one.appeal_id or 0)]
    asked: list[list[list[str]]] = [[list(_certain_tokens(one)), appeal]]
    if one.position:
        around = terms.cells_around(*one.position, terms.COARSE)
        asked += [
            [then(around, blocks), meanings],
            [then([*around, material.NOWHERE], days), meanings[:RAREST]],
        ]
    else:
        dates = [token(blind.DAY, at // 24) for at in (hour - LONGEST_APART, hour + LONGEST_APART)]
        bones = [token(blind.SKELETON, bone) for bone in sorted(material.bones(one))]
        hours = [token(blind.HOUR, at) for at in range(hour - HOURS_APART, hour + HOURS_APART + 1)]
        asked += [[bones, hours, meanings, appeal], [meanings[:RAREST], dates, appeal]]
    questions = [blind.Question(groups) for groups in asked]
    return blind.proposed(session, questions, limit=MOST_CANDIDATES)


def _certain_tokens(one: Material) -> Iterator[str]:
    for kind, values in (
        (blind.LINK, one.links),
        (blind.BAND, terms.bands(one.words)),
        (blind.PLATE, sorted(one.plates)),
        (blind.NAME, [naming.name_key(name) for name in one.names if " " in name]),
        (blind.PICTURE, [band for each in one.prints for band in terms.picture_bands(each)]),
    ):
        yield from (blind.token(kind, value) for value in values)


def _reports(session: Session, ids: Collection[int], memory: Memory) -> dict[int, Report]:
    """What is compared of these tips; those that are not remembered are opened."""
    found = {tip_id: memory.reports[tip_id] for tip_id in ids if tip_id in memory.reports}
    missing, zone = sorted(set(ids) - set(found)), force.settings()["zone"]
    for start in range(0, len(missing), AT_ONCE):
        for tip_id, report in _opened(session, missing[start : start + AT_ONCE], zone):
            found[tip_id] = report
            memory.keep(tip_id, report)
    return found


def _opened(session: Session, ids: Sequence[int], zone: str) -> Iterator[tuple[int, Report]]:
    columns = (Tip.id, Tip.appeal_id, Tip.source, Tip.language, MessageContent.sealed)
    wanted = select(*columns).join(Message, Message.tip_id == Tip.id).join(Message.content).where(Tip.id.in_(ids))
    rows = session.execute(wanted.order_by(Tip.id, Message.received_at, Message.id))
    for tip_id, own in groupby(rows, key=lambda row: int(row.id)):
        first, *more = islice(own, material.MOST_MESSAGES)
        about = {"tip_id": tip_id, "appeal_id": first.appeal_id, "source": first.source, "language": first.language}
        try:
            contents = [opening.content_of(row.sealed) for row in (first, *more)]
        except CannotOpen:
            continue
        yield tip_id, report_of(material.made(contents, zone=zone, **about))


def _apart(session: Session, ids: Collection[int]) -> Mapping[int, set[int]]:
    """For each of these the tips that a person told apart from it."""
    pairs = select(LeadApart.low_id, LeadApart.high_id)
    found: dict[int, set[int]] = {tip_id: set() for tip_id in ids}
    for column in (LeadApart.low_id, LeadApart.high_id):
        for low, high in session.execute(pairs.where(column.in_(ids))):
            for one, other in ((low, high), (high, low)):
                if one in found:
                    found[one].add(other)
    return found


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
