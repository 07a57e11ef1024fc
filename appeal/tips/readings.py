"""How a tip was first read by the machine and by a person; written once, whatever the weights become later."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from appeal import db
from appeal.models.desk import FirstReading
from appeal.models.people import User
from appeal.models.tip import IS_WAITING, Assessment, Tip
from appeal.rules import urgency
from appeal.rules.permissions import Actor

PLACE_CAP = 1000
MOST_DRAWN = 500
USEFUL = ("actioned", "escalate")
_PLAIN = {"synchronize_session": False}


def judged(session: Session, tip: Tip, values: dict[str, Any], now: datetime) -> None:
    """Keep why the machine put the tip where it stands, the first time only, whoever else reads it at this moment."""
    same = {name: values[name] for name in ("lane", "score", "reasons")}
    first = {"tip_id": tip.id, "weights": urgency.VERSION, "read_at": now, "is_drawn": False, **same}
    insert = postgresql.insert if session.connection().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(FirstReading).values(first).on_conflict_do_nothing())


def opened(session: Session, actor: Actor, tip: Tip, now: datetime) -> None:
    """Keep who opened the tip first and at which place of the queue it stood then."""
    first = (FirstReading.tip_id == tip.id, FirstReading.opened_at.is_(None))
    if session.scalar(select(FirstReading.tip_id).where(*first)) is None:
        return
    before = select(Tip.id).where(IS_WAITING, Tip.rank < tip.rank).limit(PLACE_CAP - 1).subquery()
    place = 1 + (session.scalar(select(func.count()).select_from(before)) or 0)
    values = {"opened_at": now, "opened_by_id": actor.id or None, "place": place}
    session.execute(update(FirstReading).where(*first).values(values), execution_options=_PLAIN)


def drawn(session: Session, tip_id: int) -> None:
    """Keep that the tip was handed out from below."""
    first = (FirstReading.tip_id == tip_id, FirstReading.opened_at.is_(None))
    session.execute(update(FirstReading).where(*first).values(is_drawn=True), execution_options=_PLAIN)


def is_opened(session: Session, tip_id: int) -> bool:
    """Whether a person ever opened the tip."""
    wanted = select(FirstReading.tip_id).where(FirstReading.tip_id == tip_id, FirstReading.opened_at.is_not(None))
    return session.scalar(wanted) is not None


def first_of(tip_id: int) -> tuple[FirstReading, str] | None:
    """How the tip was first read and the name of who opened it; None before the machine read it."""
    with db.reading() as session:
        row = session.get(FirstReading, tip_id, populate_existing=True)
        if row is None:
            return None
        name = session.scalar(select(User.name).where(User.id == row.opened_by_id)) if row.opened_by_id else ""
    return row, name or ""


def missed() -> tuple[int, int]:
    """(how many that were drawn from below proved worth acting upon, how many of those drawn were decided)."""
    newest = (
        select(FirstReading.tip_id)
        .where(FirstReading.is_drawn, FirstReading.opened_at.is_not(None))
        .order_by(FirstReading.opened_at.desc())
        .limit(MOST_DRAWN)
    )
    decided = select(Assessment.tip_id, Assessment.decision).where(Assessment.tip_id.in_(newest))
    with db.reading() as session:
        rows = session.execute(decided).all()
    all_ids = {tip_id for tip_id, _decision in rows}
    return len({tip_id for tip_id, decision in rows if decision in USEFUL}), len(all_ids)
