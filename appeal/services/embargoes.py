"""An embargo: nothing of an appeal that is not out goes out before a moment that was asked for."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from appeal import db, ledger
from appeal.models.appeal import Appeal
from appeal.models.release import Release
from appeal.rules.errors import BadInput, NotFound
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import contents, force, interlocks, releases


def hold_until(actor: Actor, *, appeal_id: int, at: datetime | None, now: datetime) -> None:
    """Set an embargo, or lift it with None; what waits is planned anew. Corrections are never held."""
    if not actor.may(Permission.APPROVE):
        require(actor, Permission.DRAFT)
    with db.writing() as session:
        appeal = session.get(Appeal, appeal_id, populate_existing=True, with_for_update={"of": Appeal})
        if appeal is None:
            raise NotFound("There is no such appeal.")
        review_on = releases.review_on(session, appeal_id)
        zone = ZoneInfo(force.settings()["zone"])
        if at is not None and at <= now:
            raise BadInput(fields={"at": _("This moment is over.")})
        if at is not None and review_on is not None and at.astimezone(zone).date() > review_on:
            raise BadInput(fields={"at": _("The approval is reviewed before that, so nothing would ever go out.")})
        appeal.not_before = at
        held = Release.kind.in_((releases.FIRST, contents.KIT))
        for release in session.scalars(select(Release).where(Release.appeal_id == appeal_id, held)):
            release.not_before = at
        session.flush()
        interlocks.plan_appeal_again(session, appeal_id, now=now)
        fields = {"not_before": at.isoformat() if at else ""}
        target = f"appeal:{appeal_id}"
        ledger.record(session, at=now, actor=actor.label, action="set embargo", target=target, fields=fields)
