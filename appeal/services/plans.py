"""Copies planned many at once: one for each address of a list, one removal for each that is or may be out.

The database copies a page of rows at a time by itself, and is given only the keys: a list of 100,000 costs little more
than its rows, and memory does not grow with it. Addresses stay sealed as they were when they were put on the list.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    cast,
    exists,
    func,
    insert,
    literal,
    null,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from appeal.db import UtcDateTime
from appeal.models.release import ChannelAddress, Copy, Delivery
from appeal.rules.content import LINK_KEY_LENGTH
from appeal.rules.lifecycle import MAY_BE_OUT, CopyState
from appeal.services.link_keys import new_key, new_letters

PAGE = 1_000
COPIES: Any = Copy.__table__
Removal, Earlier = aliased(Copy), aliased(Copy)


def plan_place(
    session: Session, delivery: Delivery, *, target_id: int | None, state: CopyState, reason: str, due: datetime
) -> None:
    """The one copy of a channel that is a place."""
    session.add(
        Copy(
            delivery_id=delivery.id,
            channel_id=delivery.channel_id,
            target_id=target_id,
            key=new_key(),
            state=state.value,
            reason=reason,
            due_at=due,
        )
    )
    session.flush()


def plan_list(session: Session, delivery: Delivery, *, state: CopyState, reason: str, due: datetime) -> int:
    """One copy for each address of the channel's list that did not opt out; returns how many."""
    own = (ChannelAddress.channel_id + 0 == delivery.channel_id) & ChannelAddress.opted_out_at.is_(None)
    common = _common(delivery, state=state.value, reason=reason, due_at=due)
    return _copy_pages(session, ChannelAddress, own, {**common, "target_id": cast(null(), Integer)})


def plan_removals(session: Session, removal: Delivery, *, due: datetime) -> int:
    """One urgent copy for each copy of the target delivery that is or may be out and has no removal yet."""
    own = (Copy.delivery_id + 0 == removal.target_id) & _stays_out()
    common = _common(removal, state=CopyState.PENDING.value, reason="", due_at=due)
    return _copy_pages(session, Copy, own, {**common, "is_urgent": literal(True)})


def plan_answers(session: Session, delivery: Delivery, earlier: Sequence[int]) -> None:
    """Let each copy answer the newest one of these deliveries that stands at the same address."""
    if earlier:
        answered = _standing(earlier).where(Earlier.address_hash == COPIES.c.address_hash).correlate(COPIES)
        own = COPIES.c.delivery_id == delivery.id
        session.connection().execute(update(COPIES).where(own).values(target_id=answered.scalar_subquery()))


def answered_place(session: Session, earlier: Sequence[int]) -> int | None:
    """The newest copy of these deliveries that stands on a channel that is one place."""
    return session.scalar(_standing(earlier)) if earlier else None


def any_out(session: Session, delivery_id: int) -> bool:
    """Whether something of this delivery is or may be out and nothing takes it down yet."""
    return (
        session.execute(select(Copy.id).where(Copy.delivery_id == delivery_id, _stays_out()).limit(1)).first()
        is not None
    )


def _stays_out() -> ColumnElement[bool]:
    """Is or may be out, and nothing takes it down."""
    retractions = select(Delivery.id).where(Delivery.kind == "retract")
    taken_down = exists().where(Removal.target_id == Copy.id, Removal.delivery_id.in_(retractions))
    return Copy.state.in_([state.value for state in MAY_BE_OUT]) & ~taken_down


def _standing(deliveries: Sequence[int]) -> Select[Any]:
    """The newest copy of these deliveries that is out and was not seen to be gone."""
    gone = exists().where(Removal.target_id == Earlier.id, Removal.gone_at.is_not(None))
    out = Earlier.delivery_id.in_(deliveries) & (Earlier.state == CopyState.SENT.value) & ~gone
    return select(func.max(Earlier.id)).where(out)


def _common(delivery: Delivery, *, state: str, reason: str, due_at: datetime) -> dict[str, ColumnElement[Any]]:
    """What all copies of a plan have in common, by column."""
    texts = {"owner": "", "external_id": "", "permalink": "", "state": state, "reason": reason}
    numbers = {"tries": 0, "delivery_id": delivery.id, "channel_id": delivery.channel_id}
    return {
        **{name: literal(value, String) for name, value in texts.items()},
        **{name: literal(value, Integer) for name, value in numbers.items()},
        "is_urgent": literal(False),
        "due_at": literal(due_at, UtcDateTime()),
    }


def _copy_pages(
    session: Session, source: Any, own: ColumnElement[bool], common: Mapping[str, ColumnElement[Any]]
) -> int:
    """Copy the addresses of these rows page by page, with keys cut out of one row of random letters.

    The condition adds 0 to what it compares, so that no index but that of the ids is used: sorting the whole list again
    for every page would take a time that grows with its square.
    """
    last, count = 0, 0
    while ids := session.scalars(select(source.id).where(own, source.id > last).order_by(source.id).limit(PAGE)).all():
        numbered = select(
            source.id.label("from_id"),
            source.sealed_address,
            source.address_hash,
            func.row_number().over(order_by=source.id).label("number"),
        ).where(own, source.id > last, source.id <= ids[-1])
        page = numbered.subquery()
        start = cast((page.c.number - 1) * LINK_KEY_LENGTH + 1, Integer)
        columns = {
            "target_id": page.c.from_id,
            **common,
            "sealed_address": page.c.sealed_address,
            "address_hash": page.c.address_hash,
            "key": func.substr(literal(new_letters(len(ids))), start, LINK_KEY_LENGTH),
        }
        filled = insert(COPIES).from_select(list(columns), select(*columns.values()), include_defaults=False)
        session.connection().execute(filled)
        last, count = ids[-1], count + len(ids)
    return count
