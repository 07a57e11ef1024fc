"""When the newest tips of an appeal came and by which source: the blind index names them, nothing is scanned."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from appeal.models.tip import Tip
from appeal.tips import blind
from appeal.tips.blind import Question

# So many of the newest are looked at; a larger appeal is told by its newest.
MOST = 10_000
AT_ONCE = 2_000


def newest(session: Session, appeal_id: int) -> list[tuple[datetime, str]]:
    """(received at, source) of each, the newest first; those that the machine has not indexed yet are missing."""
    asked = Question([[blind.token(blind.APPEAL, appeal_id)]])
    ids: Sequence[int] = blind.proposed(session, [asked], limit=MOST)
    found: list[tuple[datetime, str]] = []
    for start in range(0, len(ids), AT_ONCE):
        rows = session.execute(select(Tip.received_at, Tip.source).where(Tip.id.in_(ids[start : start + AT_ONCE])))
        found += [(row.received_at, row.source) for row in rows]
    return found
