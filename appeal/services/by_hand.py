"""What waits for a person: posts for places without an interface, and everything that only a person can remove."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import Session

from appeal import db, publishers
from appeal.models.appeal import Appeal
from appeal.models.release import Channel, Copy, Delivery, Release
from appeal.publishers.base import Removal
from appeal.rules.content import Post
from appeal.rules.errors import NotFound
from appeal.rules.lifecycle import CopyState
from appeal.services import channels, contents
from appeal.services.lookups import STILL_THERE

MOST = 200
SHOWS = ("publish", "update")
OUTINGS = (*SHOWS, contents.STATEMENT)


@dataclass(frozen=True)
class Work:
    """One thing that a person has to do.

    `kind` is publish, update or retract. `place_url` and `how` say where; `permalink` is where it stands now.
    `is_withdrawn`: the appeal was taken down meanwhile, so that nothing may be posted any more.
    """

    copy: Copy
    kind: str
    appeal: Appeal
    place_url: str
    how: str
    permalink: str
    is_withdrawn: bool
    waits_since: datetime


def waiting() -> list[Work]:
    """Everything that waits for a person's hands: what is to be removed first, then the oldest first."""
    with db.reading() as session:
        rows = session.query(Copy).join(Delivery, Copy.delivery_id == Delivery.id).join(Release)
        rows = rows.join(Channel, Copy.channel_id == Channel.id).filter(or_(_to_post(), _to_remove()))
        found = [_work(session, one) for one in rows.order_by(Copy.id).limit(MOST)]
    return sorted(found, key=lambda one: one.kind in OUTINGS)


def work(copy_id: int) -> Work:
    """One of them; `NotFound` when nothing waits there any more."""
    found = next((one for one in waiting() if one.copy.id == copy_id), None)
    if found is None:
        raise NotFound("Nothing waits for a person there.")
    return found


def post(copy_id: int) -> Post:
    """What is to be posted: what was approved, with the copy's own link. `NotFound` when it may not be any more."""
    found = work(copy_id)
    if found.is_withdrawn or found.kind not in OUTINGS:
        raise NotFound("This may not be posted any more.")
    with db.reading() as session:
        copy = session.get_one(Copy, copy_id)
        return channels.opened(copy.delivery.channel).compose(contents.for_copy(copy))


def _to_post() -> ColumnElement[bool]:
    own = Channel.publisher.in_(_names(by_hand=True))
    return own & Delivery.kind.in_(OUTINGS) & (Copy.state == CopyState.ASKED.value)


def _to_remove() -> ColumnElement[bool]:
    """On places that remove; a list is told, and nobody removes anything there."""
    stuck = Copy.state.in_([CopyState.ASKED.value, CopyState.FAILED.value]) | (Copy.reason == STILL_THERE)
    removals = (Delivery.kind == "retract") & Copy.gone_at.is_(None)
    return removals & stuck & Channel.publisher.in_(_names(by_hand=False))


def _names(*, by_hand: bool) -> Sequence[str]:
    """Publishers through which a person posts, or all on which something can be removed."""
    found = {name: publishers.get(name).capabilities for name in publishers.PUBLISHERS}
    if by_hand:
        return [name for name, can in found.items() if can.by_hand]
    return [name for name, can in found.items() if can.removal == Removal.REMOVES]


def _work(session: Session, copy: Copy) -> Work:
    delivery, appeal = copy.delivery, copy.delivery.release.appeal
    _ = [one.texts for one in appeal.revisions]
    target = session.get(Copy, copy.target_id) if copy.target_id else None
    settings = delivery.channel.settings
    return Work(
        copy=copy,
        kind=delivery.kind,
        appeal=appeal,
        place_url=settings.get("place_url", ""),
        how=settings.get("how", ""),
        permalink=target.permalink if target else "",
        is_withdrawn=delivery.kind in SHOWS and appeal.taken_down_at is not None,
        waits_since=copy.unknown_since or copy.sending_since or delivery.created_at,
    )
