"""Reviews of approvals: asked in time, inside staffed hours, renewed in one press; what a lapse does."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from appeal import db, ledger
from appeal.models.appeal import Appeal, Approval, Revision
from appeal.rules.errors import BadInput, NotFound, WrongState
from appeal.rules.paging import REVIEW
from appeal.rules.permissions import SYSTEM, Actor, Permission, require
from appeal.rules.words import _
from appeal.services import appeals, force, owed, paging, rota, signatures

ASKED_BEFORE = (timedelta(hours=24), timedelta(hours=4), timedelta(hours=1))
LAPSED = len(ASKED_BEFORE) + 1
KEEPS_ASKING = timedelta(minutes=10)
STEP, FARTHEST = timedelta(minutes=30), timedelta(hours=24)
NOON = time(12, 0)
LAPSE_REASON = "review"


def deadline(approval: Approval) -> datetime:
    """When the approval has to be renewed: noon of the review day or the rule's moment, moved back to staffed hours."""
    zone = ZoneInfo(force.settings()["zone"])
    wanted = approval.review_at or datetime.combine(approval.review_on, NOON, tzinfo=zone).astimezone(ZoneInfo("UTC"))
    at = wanted
    while wanted - at < FARTHEST and at > approval.approved_at:
        if rota.is_open(at):
            return at
        at -= STEP
    return wanted


def ask(*, now: datetime) -> int:
    """Ask for the reviews that come near, and see to those that lapsed; returns for how many appeals."""
    with db.reading() as session:
        near = [one.id for one in _standing(session) if _stage(one, now) > 0]
    return sum(_ask(approval_id, now) for approval_id in near)


def renew(actor: Actor, *, appeal_id: int, review_on: date, now: datetime) -> None:
    """Go on without change until another day: the hash stays, whoever did not write it signs again."""
    require(actor, Permission.APPROVE)
    with db.writing() as session:
        approval = _of_appeal(session, appeal_id)
        signatures.refuse_author(actor.id, approval.revision)
        latest = signatures.review_at(signatures.further(approval.revision), False, now)
        if not 0 < (review_on - signatures.local_day(now)).days <= signatures.LONGEST_REVIEW_DAYS:
            raise BadInput(fields={"review_on": "The review date must lie after today and within a year."})
        if wrong := signatures.check_embargo(session, approval.revision, review_on):
            raise BadInput(fields=wrong)
        approval.review_on = min(review_on, signatures.local_day(latest)) if latest else review_on
        approval.review_at, approval.asked_stage = latest, 0
        approval.reviewed_at = now
        owed.settle(session, approval, now=now)
        paging.end(session, kind=REVIEW, target=f"appeal:{appeal_id}", now=now)
        fields = {"content": approval.content_sha256, "review_on": approval.review_on.isoformat()}
        target = f"revision:{approval.revision_id}"
        ledger.record(session, at=now, actor=actor.label, action="renew", target=target, fields=fields)


def _ask(approval_id: int, now: datetime) -> int:
    with db.writing() as session:
        approval = session.get_one(Approval, approval_id, populate_existing=True, with_for_update={"of": Approval})
        stage, revision = _stage(approval, now), approval.revision
        if approval.ended_at is not None or not stage:
            return 0
        target = f"appeal:{revision.appeal_id}"
        if stage == LAPSED and not _keeps_asking(revision):
            approval.asked_stage = LAPSED
            paging.end(session, kind=REVIEW, target=target, now=now)
            appeals.take_down(SYSTEM, appeal_id=revision.appeal_id, reason=LAPSE_REASON, now=now)
            return 1
        paging.end(session, kind=REVIEW, target=target, now=now)
        first = (approval.author_id, approval.approver_id)
        paging.page(session, kind=REVIEW, target=target, path=f"/appeals/{revision.appeal_id}", now=now, first=first)
        approval.asked_stage = stage
        if stage == LAPSED:
            approval.review_at = now + KEEPS_ASKING
        return 1


def _stage(approval: Approval, now: datetime) -> int:
    """Which question is due and was not asked yet: 1 to 3 before the deadline, `LAPSED` after it, 0 for none."""
    left = deadline(approval) - now
    passed = LAPSED if left <= timedelta(0) else sum(left <= before for before in ASKED_BEFORE)
    if passed == LAPSED and approval.asked_stage == LAPSED:
        return LAPSED if _keeps_asking(approval.revision) else 0
    return passed if passed > approval.asked_stage else 0


def _keeps_asking(revision: Revision) -> bool:
    """A missing person at high risk stays shown until somebody answers, unless the force decided otherwise."""
    is_high = revision.appeal.kind == "missing" and revision.facts.get("missing_risk") == "high"
    return is_high and force.settings()["lapse_takes_down_missing"] != "yes"


def _standing(session: Session) -> Sequence[Approval]:
    rows = session.query(Approval).join(Revision).join(Appeal, Revision.appeal_id == Appeal.id)
    live = rows.filter(Approval.ended_at.is_(None), Appeal.taken_down_at.is_(None), Appeal.ended_at.is_(None))
    return live.order_by(Approval.id).all()


def _of_appeal(session: Session, appeal_id: int) -> Approval:
    rows = session.query(Approval).join(Revision).filter(Revision.appeal_id == appeal_id, Approval.ended_at.is_(None))
    approval = rows.order_by(Approval.id.desc()).with_for_update(of=Approval).first()
    if approval is None:
        raise NotFound(_("Nothing of this appeal is approved."))
    if approval.revision.appeal.ended_at is not None:
        raise WrongState(_("This appeal has its ending: nothing more goes out."))
    return approval
