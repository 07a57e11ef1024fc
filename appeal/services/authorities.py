"""An authority that was written down for an approver who did not give it: everything comes down, and all are told."""

from datetime import datetime

from appeal import db, ledger
from appeal.models.appeal import Approval
from appeal.rules.errors import NotAllowed, NotFound, WrongState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import appeals, notices, owed

NOT_GIVEN = "authority"
SUBJECT = _("An approver says that an authority by telephone was not theirs")


def disown(actor: Actor, *, approval_id: int, now: datetime) -> None:
    """The approver says that the authority was not theirs: the approval ends and the appeal is taken down at once."""
    require(actor, Permission.APPROVE)
    with db.writing() as session:
        approval = session.get(Approval, approval_id, populate_existing=True, with_for_update=True)
        if approval is None or approval.ended_at is not None:
            raise NotFound(_("This approval does not stand any more."))
        if approval.recorder_id is None or approval.confirmed_at is not None:
            raise WrongState(_("There is nothing to confirm here."))
        if approval.approver_id != actor.id:
            raise NotAllowed(_("Only the officer who is said to have given the authority can say that."))
        approval.ended_at = now
        owed.settle(session, approval, now=now)
        appeal_id = approval.revision.appeal_id
        appeals.take_down(actor, appeal_id=appeal_id, reason=NOT_GIVEN, now=now)
        target, path = f"revision:{approval.revision_id}", f"/appeals/{appeal_id}"
        ledger.record(session, at=now, actor=actor.label, action="disown authority", target=target)
        for permission in (Permission.APPROVE, Permission.ADMINISTER):
            notices.tell_permitted(session, permission, kind="disowned", subject=SUBJECT, path=path, now=now)
