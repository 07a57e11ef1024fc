"""What is due, lane by lane, in one question: it is put twice a second, and a long list costs no more than a short one.

A lane is a channel and an urgency; two processes that work on different lanes never wait for each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, bindparam, cast, false, func, select, true, union_all
from sqlalchemy.orm import Session

from appeal.models.release import Channel, Copy
from appeal.rules.lifecycle import CopyState

# Enough for every publisher's `capabilities.parallel`, few enough to be read in no time.
MOST = 8
# Made once: to put it together anew would take longer than to answer it.
_CHANNELS, _COPIES = Channel.__table__, Copy.__table__
_URGENCY = union_all(select(true().label("is_urgent")), select(false())).subquery("urgency")
_FIRST = (
    select(_COPIES.c.id)
    .where(_COPIES.c.channel_id == _CHANNELS.c.id, _COPIES.c.is_urgent == _URGENCY.c.is_urgent)
    .where(
        _COPIES.c.state == CopyState.PENDING.value, _COPIES.c.due_at <= bindparam("now", type_=_COPIES.c.due_at.type)
    )
    .order_by(_COPIES.c.due_at, _COPIES.c.id)
    .limit(MOST)
    .correlate(_CHANNELS, _URGENCY)
    .subquery("first")
)
_IDS = select(func.aggregate_strings(cast(_FIRST.c.id, String), " ")).correlate(_CHANNELS, _URGENCY).scalar_subquery()
_LANES = select(_CHANNELS.c.id, _URGENCY.c.is_urgent, _IDS).select_from(_CHANNELS.join(_URGENCY, true()))
_ALL = _LANES.order_by(_CHANNELS.c.id, _URGENCY.c.is_urgent.desc())
_ONE = _ALL.where(_CHANNELS.c.id == bindparam("channel_id"))


@dataclass(frozen=True)
class Lane:
    """The first copies of a channel that are due, those that take down apart from those that go out."""

    channel_id: int
    is_urgent: bool
    copy_ids: Sequence[int]


def lanes(session: Session, *, now: datetime, channel_id: int | None = None) -> list[Lane]:
    """The lanes with anything due, by channel, what takes down first; of all channels or of one."""
    asked, of = (_ALL, {}) if channel_id is None else (_ONE, {"channel_id": channel_id})
    rows = session.execute(asked, {"now": now, **of})
    return [Lane(one, bool(is_urgent), [int(each) for each in ids.split()]) for one, is_urgent, ids in rows if ids]
