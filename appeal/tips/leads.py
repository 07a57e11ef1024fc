"""Leads by hand: gather, take out, confirm, undo and bring back; nothing is lost in either direction.

Every tip stays a tip of its own. A membership that ended stays on record with who began and who ended it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import combinations, islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from appeal import db, installation, ledger
from appeal.models.lead import Lead, LeadApart, LeadCheck, LeadMember, LeadState
from appeal.models.tip import Tip
from appeal.rules.errors import BadInput, Changed, NotFound, WrongState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _, say
from appeal.tips import membership, visible

MOST_TITLE = 200
# A lead may hold any number; so many are taken by hand at once.
MOST_AT_ONCE = 500
# Pairs that are told apart when a few are taken out of a large lead.
MOST_PAIRS = 2_000
FINDINGS = {
    "not_him": _("Checked: not the person sought"),
    "nothing_there": _("Checked: nobody there any more"),
    "confirmed": _("Checked: it was so"),
    "being_checked": _("Somebody is on the way"),
}


def gather(actor: Actor, *, tip_ids: Sequence[int], title: str, now: datetime, lead_id: int | None = None) -> int:
    """Put tips into a new lead or into one that is there; what is in another lead leaves it. Returns the lead's id."""
    require(actor, Permission.ASSESS)
    if not tip_ids or len(tip_ids) > MOST_AT_ONCE:
        raise BadInput(fields={"tips": _("Choose between one and 500 tips.")})
    with db.writing() as session:
        tips = _tips(session, actor, tip_ids)
        lead = _lead(session, lead_id) if lead_id is not None else _new(session, actor, tips[0].appeal_id, now)
        if title.strip():
            lead.sealed_title = installation.current().keys.seal(title.strip()[:MOST_TITLE].encode())
        lead.state = LeadState.GATHERED
        for tip in tips:
            _move(session, actor, tip.id, lead.id, now)
        _record(session, actor, "gather tips", lead.id, now, [tip.id for tip in tips])
        return lead.id


def take_out(actor: Actor, *, lead_id: int, tip_ids: Sequence[int], now: datetime) -> None:
    """Take tips out of a lead; the machine does not suggest them together with the rest again."""
    require(actor, Permission.ASSESS)
    with db.writing() as session:
        lead = _lead(session, lead_id)
        inside = {member.tip_id: member for member in membership.members(session, lead.id)}
        gone = [inside.pop(tip_id) for tip_id in tip_ids if tip_id in inside]
        if not gone:
            raise BadInput(fields={"tips": _("Choose tips of this lead.")})
        for member in gone:
            membership.leave(session, member, now=now, officer_id=actor.id)
        _tell_apart(session, [(one.tip_id, other) for one in gone for other in inside][:MOST_PAIRS])
        _record(session, actor, "take tips out of lead", lead_id, now, [one.tip_id for one in gone])


def confirm(actor: Actor, *, lead_id: int, expected_version: int, now: datetime) -> None:
    """Say that a suggested lead is one."""
    require(actor, Permission.ASSESS)
    with db.writing() as session:
        lead = _lead(session, lead_id, expected_version)
        if lead.state != LeadState.SUGGESTED:
            raise WrongState(_("This lead is no suggestion any more."))
        lead.state, lead.changed_at, lead.version = LeadState.GATHERED, now, lead.version + 1
        _record(session, actor, "confirm lead", lead_id, now)


def undo(actor: Actor, *, lead_id: int, expected_version: int, now: datetime) -> int:
    """Let every tip out of the lead, also those that others have added since; `bring_back` puts them in again."""
    require(actor, Permission.ASSESS)
    with db.writing() as session:
        lead = _lead(session, lead_id, expected_version)
        if lead.state == LeadState.UNDONE:
            raise WrongState(_("This lead is undone already."))
        ids = membership.leave_all(session, lead_id, now=now, officer_id=actor.id)
        _tell_apart(session, list(islice(combinations(ids, 2), MOST_PAIRS)))
        session.refresh(lead)
        lead.state = LeadState.UNDONE
        _record(session, actor, "undo lead", lead_id, now, ids)
        return len(ids)


def bring_back(actor: Actor, *, lead_id: int, now: datetime) -> tuple[int, int]:
    """Put those tips in again that left together when the lead was undone; (how many, how many are elsewhere now)."""
    require(actor, Permission.ASSESS)
    with db.writing() as session:
        lead = _lead(session, lead_id)
        if lead.state != LeadState.UNDONE:
            raise WrongState(_("This lead is not undone."))
        left = _left_last(session, lead_id)
        once = select(LeadMember.tip_id).where(LeadMember.lead_id == lead_id)
        taken = membership.elsewhere(session, once)
        free = [member for member in left if member.tip_id not in taken]
        membership.join_again(session, lead_id, free, now=now, officer_id=actor.id)
        session.refresh(lead)
        lead.state = LeadState.GATHERED
        _record(session, actor, "bring lead back", lead_id, now, [member.tip_id for member in free])
        return len(free), len(left) - len(free)


def check(actor: Actor, *, lead_id: int, finding: str, words: str, hours: int, now: datetime) -> None:
    """Note what somebody found who went there, and for how long it holds: later tips show it at once."""
    require(actor, Permission.ASSESS)
    if finding not in FINDINGS:
        raise BadInput(fields={"finding": _("Choose what was found.")})
    if not 1 <= hours <= 72:
        raise BadInput(fields={"hours": _("Between 1 and 72 hours.")})
    with db.writing() as session:
        _lead(session, lead_id)
        sealed = installation.current().keys.seal(words.strip().encode())
        until = now + timedelta(hours=hours)
        about = {"officer_id": actor.id, "finding": finding, "sealed_words": sealed}
        session.add(LeadCheck(lead_id=lead_id, checked_at=now, until=until, **about))
        ledger.record(
            session, at=now, actor=actor.label, action="check lead", target=f"lead:{lead_id}", reason_code=finding
        )


def holding(lead_ids: Collection[int], now: datetime) -> Mapping[int, str]:
    """For those of these leads that a check holds for: the code of its finding, the newest one."""
    wanted = select(LeadCheck.lead_id, LeadCheck.finding).where(LeadCheck.lead_id.in_(lead_ids), LeadCheck.until > now)
    with db.reading() as session:
        found = session.execute(wanted.order_by(LeadCheck.id)).all()
    return {row.lead_id: row.finding for row in found}


def _lead(session: Session, lead_id: int, expected_version: int | None = None) -> Lead:
    lead = session.get(Lead, lead_id, populate_existing=True)
    if lead is None:
        raise NotFound(_("There is no such lead."))
    if expected_version is not None and lead.version != expected_version:
        words = say("Others have changed this lead: it has %(count)s tips now. Look again.", count=lead.tip_count)
        raise Changed(words, {})
    return lead


def _new(session: Session, actor: Actor, appeal_id: int | None, now: datetime) -> Lead:
    about = {"state": LeadState.GATHERED, "created_by_id": actor.id, "created_at": now, "changed_at": now}
    lead = Lead(appeal_id=appeal_id, **about)
    session.add(lead)
    session.flush()
    return lead


def _tips(session: Session, actor: Actor, tip_ids: Sequence[int]) -> Sequence[Tip]:
    seen = select(Tip).where(Tip.id.in_(tip_ids), visible.condition(actor)).order_by(Tip.received_at, Tip.id)
    tips = session.scalars(seen).all()
    if len(tips) != len(set(tip_ids)):
        raise NotFound(_("One of these tips is not there, or you may not see it."))
    return tips


def _move(session: Session, actor: Actor, tip_id: int, lead_id: int, now: datetime) -> None:
    own = select(LeadMember).where(LeadMember.tip_id == tip_id, membership.IS_NOW)
    member = session.scalar(own)
    if member is not None and member.lead_id == lead_id:
        return
    if member is not None:
        membership.leave(session, member, now=now, officer_id=actor.id)
    membership.join(session, lead_id, tip_id, now=now, officer_id=actor.id)


def _left_last(session: Session, lead_id: int) -> Sequence[LeadMember]:
    """The members that left with the last act that took any out, in their order."""
    own = select(LeadMember).where(LeadMember.lead_id == lead_id, LeadMember.left_at.is_not(None))
    last = session.scalar(own.order_by(LeadMember.left_at.desc()).limit(1))
    if last is None:
        return []
    together = own.where(LeadMember.left_at == last.left_at).order_by(LeadMember.position)
    return session.scalars(together).all()


def _tell_apart(session: Session, pairs: Sequence[tuple[int, int]]) -> None:
    for one, other in pairs:
        session.merge(LeadApart(low_id=min(one, other), high_id=max(one, other)))


def _record(
    session: Session, actor: Actor, action: str, lead_id: int, now: datetime, tip_ids: Sequence[int] = ()
) -> None:
    fields = {"tips": " ".join(map(str, tip_ids))} if tip_ids else None
    ledger.record(session, at=now, actor=actor.label, action=action, target=f"lead:{lead_id}", fields=fields)
