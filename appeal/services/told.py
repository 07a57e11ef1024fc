"""After an ending: who is told before anybody else, and the words that go out when all of them know."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from appeal import db, ledger
from appeal.models.appeal import Appeal, ToldFirst
from appeal.rules.endings import ENDINGS, MISTAKEN, TOLD
from appeal.rules.errors import BadInput, NotFound, WrongState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import withdrawals

NAME_LIMIT = 120


def listed(appeal_id: int) -> Sequence[ToldFirst]:
    """Who was told, in the order in which it was ticked."""
    with db.reading() as session:
        return _rows(session, appeal_id)


def owed(appeal: Appeal, ticked: Sequence[ToldFirst]) -> list[str]:
    """The codes of those who have to be told before the closing words go out; empty before the ending.

    After a mistake nothing waits for them, and the person is told all the same.
    """
    if not appeal.ending or (appeal.closing_at is not None and appeal.ending != MISTAKEN):
        return []
    done = {one.code for one in ticked}
    return [code for code in ENDINGS[appeal.ending].told if code not in done]


def tick(actor: Actor, *, appeal_id: int, code: str, name: str, now: datetime) -> bool:
    """Somebody was told: who, and when. True when nobody is left to be told, and the closing words go out."""
    require(actor, Permission.TAKE_DOWN)
    if code not in TOLD:
        raise BadInput(_("Choose who was told."))
    if not 0 < len(name.strip()) <= NAME_LIMIT:
        raise BadInput(fields={"name": "Write who was told, by name."})
    with db.writing() as session:
        appeal = session.get(Appeal, appeal_id, populate_existing=True, with_for_update=True)
        if appeal is None:
            raise NotFound("There is no such appeal.")
        if code not in owed(appeal, _rows(session, appeal_id)):
            raise WrongState("This was ticked already, or nobody has to be told.")
        session.add(ToldFirst(appeal_id=appeal_id, code=code, name=name.strip(), told_at=now, officer_id=actor.id))
        session.flush()
        target, fields = f"appeal:{appeal_id}", {"who": code, "name": name.strip()}
        ledger.record(session, at=now, actor=actor.label, action="tell first", target=target, fields=fields)
        if owed(appeal, _rows(session, appeal_id)):
            return False
        if appeal.closing_at is not None:
            return False
        appeal.closing_at = now
        withdrawals.plan_closing(session, appeal, now=now)
        return True


def _rows(session: Session, appeal_id: int) -> list[ToldFirst]:
    return session.query(ToldFirst).filter_by(appeal_id=appeal_id).order_by(ToldFirst.id).all()
