"""What changed since a moment, counted from the ledger: for whoever begins a shift."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select

from appeal import db
from appeal.models.ledger import LedgerEntry
from appeal.models.tip import Tip
from appeal.rules.lifecycle import TipState
from appeal.rules.words import _

# Acts of the ledger that the next shift wants to know, in this order; views and machine noise are not among them.
ACTS: Mapping[str, str] = {
    "plan release": _("releases planned"),
    "take down": _("appeals taken down"),
    "end": _("endings set"),
    "override hours": _("overrides of the hours"),
    "release without reader": _("releases without a reader"),
    "close desk early": _("early closings"),
    "pause": _("pauses"),
    "page officers": _("pages to officers"),
    "set rota": _("changes of the rota"),
    "stop channel": _("channels stopped"),
}


def since(moment: datetime) -> Sequence[tuple[str, int]]:
    """Words and counts of what was done after the moment, and of the tips that came in and wait unread."""
    with db.reading() as session:
        acts = select(LedgerEntry.action, func.count()).where(LedgerEntry.at > moment).group_by(LedgerEntry.action)
        counted = {row[0]: row[1] for row in session.execute(acts)}
        came = session.scalar(select(func.count()).select_from(Tip).where(Tip.received_at > moment)) or 0
        unread = session.scalar(select(func.count()).select_from(Tip).where(Tip.state == TipState.UNREAD)) or 0
    found = [(words, counted[action]) for action, words in ACTS.items() if counted.get(action)]
    return [(_("tips came in"), came), (_("tips wait unread"), unread), *found]
