"""What a lead looks like: its tips with what each alone says, its way over time, what one person cannot have done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, selectinload

from appeal import db, installation, ledger
from appeal.models.appeal import Appeal
from appeal.models.lead import Lead, LeadCheck, LeadMember, LeadState
from appeal.models.people import User
from appeal.models.tip import Message, Tip
from appeal.rules import terms
from appeal.rules.errors import CannotOpen, NotFound
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import force
from appeal.tips import material, membership, novelty, visible, waiting
from appeal.tips.waiting import QueueRow

PAGE = 25
# Of a larger lead the first and the newest are opened; all of them are counted, and each can be opened alone.
MOST_OPENED = 200
WALKING, DRIVING = 7.0, 130.0
# Two reports within so few metres or seconds say nothing about speed.
LEAST_METRES = 500
_LOADED = (selectinload(Tip.messages).joinedload(Message.content),)


@dataclass(frozen=True)
class Line:
    """A lead in a list; the title is opened."""

    id: int
    appeal: str
    state: str
    title: str = field(repr=False)
    tip_count: int
    independent_count: int
    changed_at: datetime


@dataclass(frozen=True)
class MemberView:
    """One tip of a lead: `parts` is its text with what only it says marked; `added_by` is empty for the machine."""

    row: QueueRow
    at: datetime
    parts: novelty.Parts = field(repr=False)
    has_news: bool
    reasons: tuple[str, ...]
    echo_of: int | None
    added_by: str
    position: tuple[float, float] | None = field(repr=False)


@dataclass(frozen=True)
class Hop:
    """The way from one report to the next: kilometres, minutes and km/h, and what it takes."""

    start: int
    end: int
    kilometres: float
    minutes: float
    speed: float
    means: str


@dataclass(frozen=True)
class Check:
    """What somebody found who went there; `holds` until its time is over."""

    finding: str
    words: str = field(repr=False)
    officer: str
    checked_at: datetime
    until: datetime
    holds: bool


@dataclass(frozen=True)
class LeadView:
    """A lead opened. `hidden` counts members that the officer may not see, `more` those that were not opened."""

    line: Line
    version: int
    members: tuple[MemberView, ...]
    hops: tuple[Hop, ...]
    checks: tuple[Check, ...]
    hidden: int
    more: int


MEANS: Mapping[str, str] = {
    "walked": _("can be walked"),
    "driven": _("can be driven, not walked"),
    "impossible": _("one person cannot have done this"),
}


def page(
    actor: Actor, *, appeal: str = "", state: str = "", after: str = "", limit: int = PAGE
) -> tuple[Sequence[Line], str]:
    """Leads, those changed last first, and the cursor of the next page."""
    require(actor, Permission.READ_TIPS)
    states = [state] if state in set(LeadState) else [LeadState.SUGGESTED, LeadState.GATHERED]
    wanted = select(Lead, Appeal.public_id).outerjoin(Appeal, Appeal.id == Lead.appeal_id)
    wanted = wanted.where(Lead.state.in_(states), Lead.tip_count > (0 if state == LeadState.UNDONE else 1))
    if state == LeadState.UNDONE:
        wanted = select(Lead, Appeal.public_id).outerjoin(Appeal, Appeal.id == Lead.appeal_id)
        wanted = wanted.where(Lead.state == state)
    if appeal:
        wanted = wanted.where(Appeal.public_id == appeal)
    with db.reading() as session:
        if after.isdecimal() and len(after) < 18:
            edge = session.get(Lead, int(after))
            if edge is not None:
                wanted = wanted.where(tuple_(Lead.changed_at, Lead.id) < tuple_(edge.changed_at, edge.id))
        found = session.execute(wanted.order_by(Lead.changed_at.desc(), Lead.id.desc()).limit(limit + 1)).all()
    lines = [_line(lead, public_id) for lead, public_id in found[:limit]]
    return lines, str(lines[-1].id) if len(found) > limit else ""


def view(actor: Actor, *, lead_id: int, now: datetime) -> LeadView:
    """Open a lead and its tips; that each was read is in the ledger before this returns."""
    require(actor, Permission.READ_TIPS)
    zone = force.settings()["zone"]
    with db.reading() as session:
        found = session.execute(
            select(Lead, Appeal.public_id).outerjoin(Appeal, Appeal.id == Lead.appeal_id).where(Lead.id == lead_id),
            execution_options={"populate_existing": True},
        ).one_or_none()
        if found is None:
            raise NotFound(_("There is no such lead."))
        lead, public_id = found
        everybody = membership.members(session, lead_id)
        shown = everybody if len(everybody) <= MOST_OPENED else [*everybody[:20], *everybody[20 - MOST_OPENED :]]
        members = _members(session, actor, shown, zone)
        checks = _checks(session, lead_id, now)
    with db.writing() as session:
        fields = {"tips": " ".join(str(one.row.id) for one in members)}
        ledger.record(session, at=now, actor=actor.label, action="view lead", target=f"lead:{lead_id}", fields=fields)
    hidden, more = len(shown) - len(members), len(everybody) - len(shown)
    return LeadView(_line(lead, public_id), lead.version, members, hops(members), checks, hidden, more)


def tip_ids(actor: Actor, *, lead_id: int) -> Sequence[int]:
    """The tips of a lead that the actor may see, in their order; nothing is opened."""
    require(actor, Permission.READ_TIPS)
    with db.reading() as session:
        inside = [member.tip_id for member in membership.members(session, lead_id)]
        seen = set(session.scalars(select(Tip.id).where(Tip.id.in_(inside), visible.condition(actor))))
    return [one for one in inside if one in seen]


def checked(lead_id: int, now: datetime) -> Check | None:
    """The newest check of a lead that still holds."""
    with db.reading() as session:
        return next((one for one in _checks(session, lead_id, now) if one.holds), None)


def hops(members: Sequence[MemberView]) -> tuple[Hop, ...]:
    """From each placed report to the next in time, echoes left out."""
    placed = sorted((one for one in members if one.position and one.echo_of is None), key=lambda one: one.at)
    return tuple(_hop(one, other) for one, other in pairwise(placed))


def _hop(one: MemberView, other: MemberView) -> Hop:
    metres = terms.metres(one.position, other.position) if one.position and other.position else 0.0
    minutes = (other.at - one.at).total_seconds() / 60
    speed = metres / 1000 / max(minutes / 60, 1 / 60)
    is_slow = speed <= WALKING or metres < LEAST_METRES
    means = "walked" if is_slow else "driven" if speed <= DRIVING else "impossible"
    return Hop(one.row.id, other.row.id, metres / 1000, minutes, speed, means)


def _line(lead: Lead, public_id: str | None) -> Line:
    title = installation.current().desk_keys.open(lead.sealed_title).decode() if lead.sealed_title else ""
    counts = {"tip_count": lead.tip_count, "independent_count": lead.independent_count}
    return Line(id=lead.id, appeal=public_id or "", state=lead.state, title=title, changed_at=lead.changed_at, **counts)


def _members(session: Session, actor: Actor, members: Sequence[LeadMember], zone: str) -> tuple[MemberView, ...]:
    ids = [member.tip_id for member in members]
    seen = select(Tip).where(Tip.id.in_(ids), visible.condition(actor)).options(*_LOADED)
    tips = {tip.id: tip for tip in session.scalars(seen, execution_options={"populate_existing": True})}
    rows = session.execute(waiting.lines().where(waiting.TIPS.c.id.in_(ids))).mappings().all()
    lines = {row["id"]: waiting.line(row) for row in rows}
    names = {row[0]: row[1] for row in session.execute(select(User.id, User.name))}
    # A restricted tip is opened with a reason, on its own page.
    opened = {tip_id: None if tip.is_restricted else _opened(tip, zone) for tip_id, tip in tips.items()}
    texts = {tip_id: one.text for tip_id, one in opened.items() if one}
    news = novelty.own_of(texts)
    return tuple(
        _member(member, lines[member.tip_id], opened[member.tip_id], news.get(member.tip_id, frozenset()), names)
        for member in members
        if member.tip_id in tips
    )


def _member(
    member: LeadMember,
    row: QueueRow,
    one: material.Material | None,
    news: frozenset[str],
    names: Mapping[int, str],
) -> MemberView:
    text = one.text if one else ""
    return MemberView(
        row=row,
        at=one.at if one else row.received_at,
        parts=novelty.marked(text, news),
        has_news=bool(news),
        reasons=tuple(member.reasons),
        echo_of=member.echo_of_id,
        added_by=names.get(member.added_by_id or 0, ""),
        position=one.position if one else None,
    )


def _opened(tip: Tip, zone: str) -> material.Material | None:
    try:
        return material.of(tip, zone, with_pictures=False)
    except CannotOpen:
        return None


def _checks(session: Session, lead_id: int, now: datetime) -> tuple[Check, ...]:
    wanted = select(LeadCheck, User.name).join(User, User.id == LeadCheck.officer_id)
    found = session.execute(wanted.where(LeadCheck.lead_id == lead_id).order_by(LeadCheck.id.desc()).limit(20)).all()
    open_sealed = installation.current().desk_keys.open
    return tuple(
        Check(
            finding=row.finding,
            words=open_sealed(row.sealed_words).decode(),
            officer=name,
            checked_at=row.checked_at,
            until=row.until,
            holds=row.until > now,
        )
        for row, name in found
    )
