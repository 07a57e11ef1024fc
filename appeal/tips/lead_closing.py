"""Closes the tips of a lead together and spares those that say something the others do not."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import not_, select
from sqlalchemy.orm import selectinload

from appeal import db
from appeal.models.tip import Message, Tip
from appeal.rules.errors import BadInput, CannotOpen, NotFound
from appeal.rules.lifecycle import TipState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import force
from appeal.tips import bulk, material, membership, novelty, own_reasons, visible

# Of a larger lead the newest are compared with each other; the rest is closed with the next press.
MOST_READ = 5_000
NEWS = _("It says something that the others do not: read it.")
_WITH_WORDS = selectinload(Tip.messages).joinedload(Message.content)


def close(actor: Actor, *, lead_id: int, reason: str, now: datetime) -> bulk.Outcome:
    """Close the unread tips of a lead for one reason; those with something new, urgent and restricted ones are left.

    500 at most with one press. It is undone like everything that is decided together.
    """
    require(actor, Permission.ASSESS)
    chosen = own_reasons.known().get(reason)
    if chosen is None or chosen.decision not in bulk.CLOSING:
        raise BadInput(_("Choose a reason."))
    with db.reading() as session:
        ids = [member.tip_id for member in membership.members(session, lead_id)][-MOST_READ:]
        seen = select(Tip).where(Tip.id.in_(ids), visible.condition(actor), not_(Tip.is_restricted))
        found = session.scalars(seen.options(_WITH_WORDS), execution_options={"populate_existing": True}).all()
        tips = {tip.id: tip for tip in found}
    if not tips:
        raise NotFound(_("There is no tip in this lead that you may close."))
    news = _with_news(list(tips.values()))
    open_ones = [tip_id for tip_id in ids if tip_id in tips and tips[tip_id].state == TipState.UNREAD]
    choices = dict.fromkeys([tip_id for tip_id in open_ones if tip_id not in news][: bulk.MOST], reason)
    if not choices:
        raise BadInput(_("None of its unread tips only repeats the others."))
    outcome = bulk.decide(actor, choices=choices, kind="lead", now=now)
    spared: Mapping[int, str] = {tip_id: NEWS for tip_id in open_ones if tip_id in news}
    return bulk.Outcome(outcome.act_id, outcome.done, {**outcome.left, **spared})


def _with_news(tips: Sequence[Tip]) -> set[int]:
    """Those that hold a word of their own; one that cannot be opened is never closed unseen."""
    zone = force.settings()["zone"]
    texts: dict[int, str] = {}
    unread: set[int] = set()
    for tip in tips:
        try:
            texts[tip.id] = material.of(tip, zone, with_pictures=False).text
        except CannotOpen:
            unread.add(tip.id)
    return unread | {tip_id for tip_id, own in novelty.own_of(texts).items() if own}
