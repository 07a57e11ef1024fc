"""What approvals still owe: asked for in time, told to everybody who answers for it once it is late, held if wanted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from appeal import db, ledger
from appeal.models.appeal import Approval, Revision
from appeal.models.release import Copy, Delivery, Release
from appeal.rules import owed, paging
from appeal.rules.drafting import REASONED
from appeal.rules.lifecycle import CopyState
from appeal.rules.owed import Debt
from appeal.rules.permissions import SYSTEM, Permission
from appeal.rules.words import _
from appeal.services import force, notices, rota, signatures
from appeal.services import paging as pages

SETTING = "owed_holds"
HELD = _("Held: what the approval owes was not there in time.")
NOT_IN_TIME = _("What an approval owes was not there in time")


@dataclass(frozen=True)
class Owing:
    """One approval that owes something, with the appeal it belongs to; `holds`: the force holds what is late."""

    approval: Approval
    appeal_id: int
    debts: Sequence[Debt]
    holds: bool

    def is_late(self, now: datetime) -> bool:
        """Whether anything of it was due before this moment."""
        return any(one.is_late(now) for one in self.debts)


def debts(session: Session, approval: Approval) -> list[Debt]:
    """What an approval owes now; one that was replaced owes nothing any more."""
    if approval.ended_at is not None:
        return []
    lacks = [owed.REASONS] if any(not getattr(approval, name).strip() for name in REASONED) else []
    if approval.is_urgent and signatures.further(approval.revision):
        others = [one.officer_id for one in signatures.signed_further(session, approval.revision)]
        lacks += [] if any(one != approval.approver_id for one in others) else [owed.FURTHER]
    return owed.of(
        approval.approved_at,
        is_unconfirmed=approval.recorder_id is not None and approval.confirmed_at is None,
        is_urgent=approval.is_urgent,
        lacks=lacks,
        is_reviewed=approval.reviewed_at is not None,
    )


def standing() -> list[Owing]:
    """Every approval that owes something, the nearest limit first."""
    with db.reading() as session:
        found = [_owing(session, one) for one in _candidates(session)]
    return sorted((one for one in found if one.debts), key=lambda one: min(debt.until for debt in one.debts))


def of_appeal(appeal_id: int) -> Owing | None:
    """What the approval of one appeal owes; None where it owes nothing."""
    return next((one for one in standing() if one.appeal_id == appeal_id), None)


def ask(*, now: datetime) -> int:
    """Ask for what is due to be asked for and tell of what is late; returns for how many approvals."""
    due = [one.approval.id for one in standing() if _is_anything_due(one.debts, one.approval, now)]
    _go_on(now)
    return sum(_ask(approval_id, now) for approval_id in due)


def settle(session: Session, approval: Approval, *, now: datetime) -> None:
    """Something that was owed is there: its question ends, and what was held for it goes on when nothing is late."""
    left = {one.code for one in debts(session, approval)}
    target = f"appeal:{approval.revision.appeal_id}"
    if owed.CONFIRMATION not in left:
        pages.end(session, kind=paging.CONFIRM, target=target, now=now)
    if not left & {owed.REASONS, owed.FURTHER}:
        pages.end(session, kind=paging.OWED, target=target, now=now)
    if not is_held(session, approval, now):
        _let_go(session, approval, now)


def is_held(session: Session, approval: Approval, now: datetime) -> bool:
    """Whether what has not gone out of it waits because something it owes is late and the force wants that."""
    if not (approval.is_urgent or approval.recorder_id):
        return False
    return force.settings()[SETTING] == "yes" and any(one.is_late(now) for one in debts(session, approval))


def _go_on(now: datetime) -> None:
    """What is held although nothing is late any more goes on: a signature came, or the force wants it otherwise."""
    held = (Copy.state == CopyState.HELD.value) & (Copy.reason == HELD)
    wanted = select(Release.approval_id).join(Delivery).join(Copy).where(held).distinct()
    with db.reading() as session:
        ids = session.scalars(wanted).all()
    for approval_id in ids:
        with db.writing() as session:
            settle(session, session.get_one(Approval, approval_id, populate_existing=True), now=now)


def _ask(approval_id: int, now: datetime) -> int:
    with db.writing() as session:
        approval = session.get_one(Approval, approval_id, populate_existing=True, with_for_update={"of": Approval})
        found = debts(session, approval)
        codes = owed.to_ask(found, approval.owed_asked_at, now)
        if codes:
            _page(session, approval, codes, now)
        is_late = owed.are_to_tell(found, approval.owed_told_at, now)
        if is_late:
            _tell(session, approval, found, now)
        return int(bool(codes) or is_late)


def _page(session: Session, approval: Approval, codes: Sequence[str], now: datetime) -> None:
    """Ask anew, so that whoever did not answer is asked once more: the approver first, never who wrote it."""
    revision = approval.revision
    target, wrote = f"appeal:{revision.appeal_id}", (revision.author_id, revision.appeal.author_id)
    kinds = {paging.CONFIRM if code == owed.CONFIRMATION else paging.OWED for code in codes}
    for kind in sorted(kinds):
        pages.end(session, kind=kind, target=target, now=now)
        pages.page(
            session,
            kind=kind,
            target=target,
            path=f"/appeals/{revision.appeal_id}",
            now=now,
            first=[approval.approver_id],
            without=wrote,
        )
    approval.owed_asked_at = now


def _tell(session: Session, approval: Approval, found: Sequence[Debt], now: datetime) -> None:
    """All approvers and all administrators, once for each limit; whoever is both gets one mail."""
    approval.owed_told_at = now
    path = f"/appeals/{approval.revision.appeal_id}"
    for permission in (Permission.APPROVE, Permission.ADMINISTER):
        notices.tell_permitted(session, permission, kind="owed", subject=NOT_IN_TIME, path=path, now=now)
    late = " ".join(one.code for one in found if one.is_late(now))
    target = f"revision:{approval.revision_id}"
    ledger.record(session, at=now, actor=SYSTEM.label, action="tell what is late", target=target, fields={"late": late})


def _is_anything_due(found: Sequence[Debt], approval: Approval, now: datetime) -> bool:
    is_late = owed.are_to_tell(found, approval.owed_told_at, now)
    return is_late or bool(owed.to_ask(found, approval.owed_asked_at, now))


def _owing(session: Session, approval: Approval) -> Owing:
    holds = force.settings()[SETTING] == "yes"
    return Owing(approval, approval.revision.appeal_id, debts(session, approval), holds)


def _candidates(session: Session) -> Sequence[Approval]:
    """Approvals that stand and were given by telephone and not confirmed, or urgently."""
    unconfirmed = Approval.recorder_id.is_not(None) & Approval.confirmed_at.is_(None)
    wanted = select(Approval).where(Approval.ended_at.is_(None), unconfirmed | Approval.is_urgent)
    return session.scalars(wanted.order_by(Approval.id).execution_options(populate_existing=True)).all()


def _let_go(session: Session, approval: Approval, now: datetime) -> None:
    mine = select(Release.id).join(Revision).where(Revision.id == approval.revision_id)
    deliveries = select(Delivery.id).where(Delivery.release_id.in_(mine))
    waits = (Copy.state == CopyState.HELD.value) & (Copy.reason == HELD) & Copy.delivery_id.in_(deliveries)
    due = rota.next_release(now, approval.revision.appeal_id) or now
    values: Mapping[str, object] = {"state": CopyState.PENDING.value, "reason": "", "due_at": due}
    session.execute(update(Copy).where(waits).values(**values), execution_options={"synchronize_session": False})
