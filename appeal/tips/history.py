"""What happened to a tip, from the ledger: who did what and when, without anybody's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from appeal import db, ledger
from appeal.models.people import User
from appeal.rules.permissions import Actor, Permission, require
from appeal.tips import visible

MOST = 200


@dataclass(frozen=True)
class Act:
    """One entry: the officer's name (empty for the system), the ledger's verb and the code of its reason."""

    at: datetime
    officer: str
    action: str
    reason: str


def of(actor: Actor, tip_id: int) -> Sequence[Act]:
    """The newest acts on a tip that the actor may see, the newest first."""
    require(actor, Permission.READ_TIPS)
    visible.check(actor, tip_id)
    found = ledger.latest(MOST, target=f"tip:{tip_id}")
    with db.reading() as session:
        names = {f"officer:{row[0]}": row[1] for row in session.execute(select(User.id, User.name))}
    return [Act(one.at, names.get(one.actor, ""), one.action, one.reason_code) for one in found]
