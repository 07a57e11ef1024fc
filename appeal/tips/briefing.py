"""What somebody who does not read tips may know of an appeal at one look: numbers, moments and codes of reasons.

No source, no word of a tip, no title that an officer gave a lead; leads with a tip that is restricted are left out.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from appeal import db
from appeal.models.lead import Lead, LeadCheck, LeadMember, LeadState
from appeal.models.tip import IS_UNREAD, Tip
from appeal.rules.permissions import Actor, Permission, require
from appeal.tips import arrived, membership

BEST, MOST_LOOKED, MOST_REASONS, MOST_CHECKS = 5, 300, 3, 5
UNREAD_CAP, CAME_CAP = 1_000, arrived.MOST


@dataclass(frozen=True)
class Check:
    """Somebody looked at a lead: what they found, as a code, and until when it holds."""

    lead_id: int
    finding: str
    checked_at: datetime
    until: datetime


@dataclass(frozen=True)
class BestLead:
    """One lead: how many tips, how many of them repeat no other, the newest, and why they belong together."""

    id: int
    state: str
    tip_count: int
    independent_count: int
    newest_at: datetime
    reasons: tuple[str, ...]
    check: Check | None


@dataclass(frozen=True)
class Briefing:
    """Tips that came in and unread ones, both no further than a cap, the oldest, the best leads, checks that hold."""

    came: int
    unread: int
    oldest_at: datetime | None
    leads: tuple[BestLead, ...]
    checks: tuple[Check, ...]


def look(actor: Actor, *, appeal_id: int, now: datetime) -> Briefing:
    """How an appeal stands at this moment."""
    require(actor, Permission.READ_APPEALS)
    with db.reading() as session:
        came = len(arrived.newest(session, appeal_id))
        unread = select(Tip.id).where(IS_UNREAD, Tip.appeal_id == appeal_id).limit(UNREAD_CAP).subquery()
        count = session.scalar(select(func.count()).select_from(unread)) or 0
        oldest = select(Tip.received_at).where(IS_UNREAD, Tip.appeal_id == appeal_id)
        oldest_at = session.scalar(oldest.order_by(Tip.received_at).limit(1)) if count else None
        checks = _checks(session, appeal_id, now)
        leads = _leads(session, appeal_id, {check.lead_id: check for check in reversed(checks)})
    return Briefing(came, count, oldest_at, tuple(leads), tuple(checks[:MOST_CHECKS]))


def _open(appeal_id: int) -> tuple[object, ...]:
    """Leads of the appeal that stand, without any that holds a restricted tip."""
    inside = (LeadMember.lead_id == Lead.id, membership.IS_NOW, Tip.id == LeadMember.tip_id, Tip.is_restricted)
    return Lead.appeal_id == appeal_id, Lead.state != LeadState.UNDONE, ~exists(select(LeadMember.id).where(*inside))


def _checks(session: Session, appeal_id: int, now: datetime) -> Sequence[Check]:
    """Checks that hold, the newest first."""
    wanted = select(LeadCheck).join(Lead, Lead.id == LeadCheck.lead_id).where(*_open(appeal_id), LeadCheck.until > now)  # type: ignore[arg-type]
    rows = session.scalars(wanted.order_by(LeadCheck.id.desc()).limit(MOST_LOOKED))
    return [Check(row.lead_id, row.finding, row.checked_at, row.until) for row in rows]


def _leads(session: Session, appeal_id: int, checks: dict[int, Check]) -> list[BestLead]:
    """Those that a person confirmed and that most people speak of who do not repeat each other."""
    wanted = select(Lead).where(*_open(appeal_id), Lead.tip_count > 1)  # type: ignore[arg-type]
    newest = session.scalars(wanted.order_by(Lead.changed_at.desc(), Lead.id.desc()).limit(MOST_LOOKED)).all()
    best = sorted(
        newest, key=lambda one: (one.independent_count, one.state == LeadState.GATHERED, one.changed_at), reverse=True
    )
    return [_lead(session, one, checks.get(one.id)) for one in best[:BEST]]


def _lead(session: Session, lead: Lead, check: Check | None) -> BestLead:
    members = membership.members(session, lead.id)[:MOST_LOOKED]
    counts = Counter(code for member in members for code in member.reasons)
    newest = select(func.max(Tip.received_at)).where(Tip.lead_id == lead.id)
    return BestLead(
        id=lead.id,
        state=lead.state,
        tip_count=lead.tip_count,
        independent_count=lead.independent_count,
        newest_at=session.scalar(newest) or lead.changed_at,
        reasons=tuple(code for code, _count in counts.most_common(MOST_REASONS)),
        check=check,
    )
