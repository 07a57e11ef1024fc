"""Which desk reads what comes in on an appeal: the one that was chosen, else that of each channel's language."""

from datetime import datetime

from appeal import db, ledger
from appeal.models.appeal import Appeal
from appeal.models.rota import Desk
from appeal.rules.errors import BadInput, NotFound, WrongState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import interlocks


def choose(actor: Actor, *, appeal_id: int, desk_id: int | None, now: datetime) -> None:
    """Let a desk read this appeal, or with None the desks of the languages; what waits follows the desk's hours."""
    if not actor.may(Permission.APPROVE):
        require(actor, Permission.DRAFT)
    with db.writing() as session:
        appeal = session.get(Appeal, appeal_id, populate_existing=True, with_for_update={"of": Appeal})
        if appeal is None:
            raise NotFound(_("There is no such appeal."))
        if appeal.ended_at is not None:
            raise WrongState(_("This appeal has its ending: nothing more goes out."))
        if desk_id is not None and session.get(Desk, desk_id) is None:
            raise BadInput(fields={"desk": _("Choose a desk.")})
        appeal.desk_id = desk_id
        session.flush()
        interlocks.plan_appeal_again(session, appeal_id, now=now)
        target, fields = f"appeal:{appeal_id}", {"desk": str(desk_id or "")}
        ledger.record(session, at=now, actor=actor.label, action="choose desk", target=target, fields=fields)
