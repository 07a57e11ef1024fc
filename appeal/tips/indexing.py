"""Puts tips into the blind index after the machine has judged them, so that a picture never delays an alarm."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import selectinload

from appeal import db
from appeal.models.tip import IS_UNINDEXED, Message, Tip
from appeal.rules.errors import CannotOpen
from appeal.services import force
from appeal.tips import blind, material, names
from appeal.tips.material import Material

LIMIT = 100

_TIPS = cast(Table, Tip.__table__)
_COUNTED = update(_TIPS).where(_TIPS.c.id == bindparam("tip")).values(indexed_count=bindparam("messages"))
_LOADED = (
    selectinload(Tip.messages).joinedload(Message.content),
    selectinload(Tip.messages).selectinload(Message.files),
)


def index_tips(now: datetime, limit: int = LIMIT) -> list[Material]:
    """Index what was read and is not indexed yet, or was indexed under another key; returns what was opened, by age."""
    zone = force.settings()["zone"]
    with db.reading() as session:
        wanted = (
            select(Tip).where(IS_UNINDEXED, Tip.set_aside_at.is_(None)).order_by(Tip.id).limit(limit).options(*_LOADED)
        )
        tips: Sequence[Tip] = session.scalars(wanted, execution_options={"populate_existing": True}).all()
        if not tips:
            old = session.scalars(blind.stale(limit)).all()
            again = select(Tip).where(Tip.id.in_(old)).options(*_LOADED)
            tips = session.scalars(again, execution_options={"populate_existing": True}).all() if old else ()
    opened = [(tip, _material(tip, zone)) for tip in tips]
    if opened:
        tokens = {tip.id: material.tokens(found) if found else () for tip, found in opened}
        with db.writing() as session:
            blind.put_many(session, tokens, now)
            counts = [{"tip": tip.id, "messages": tip.message_count} for tip, _found in opened]
            session.connection().execute(_COUNTED, counts)
            for _tip, found in opened:
                if found and found.names:
                    names.keep(session, found)
    return sorted((found for _tip, found in opened if found), key=lambda one: (one.received_at, one.tip_id))


def _material(tip: Tip, zone: str) -> Material | None:
    """None for a tip that cannot be opened: it is urgent already, and nothing of it can be looked for."""
    try:
        return material.of(tip, zone)
    except CannotOpen:
        return None
