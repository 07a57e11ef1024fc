"""The standing correction on channels that can only delete: a post of its own, where the appeal had been."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from appeal import publishers
from appeal.models.appeal import Appeal
from appeal.models.release import Channel, Copy, Delivery, Release
from appeal.publishers.base import Removal
from appeal.rules.errors import DoesNotFit
from appeal.rules.lifecycle import MAY_BE_OUT, CopyState
from appeal.services import channels, contents, interlocks, plans, withdrawals

# Where the words stand already: in the place of the appeal, or in the call that recalls it.
SAY_IT_THEMSELVES = (*withdrawals.PLACES, "partner")


def plan(session: Session, appeal: Appeal, *, now: datetime) -> Sequence[Channel]:
    """Plan one post on each channel that showed the appeal and can only delete; returns those channels."""
    last = session.query(Release).filter(Release.appeal_id == appeal.id).order_by(Release.id.desc()).first()
    shown = [one for one in _shown(session, appeal.id) if _only_deletes(one)]
    if last is None or not shown:
        return []
    release = Release(
        appeal_id=appeal.id,
        revision_id=last.revision_id,
        approval_id=last.approval_id,
        kind=interlocks.CORRECTION,
        created_at=now,
        site_up_at=now,
    )
    session.add(release)
    session.flush()
    return [one for one in shown if _deliver(session, release, one, now)]


def of(appeal_id: int, session: Session) -> Sequence[Copy]:
    """The posts that were planned for an appeal, in the order of its channels."""
    own = select(Copy).join(Delivery, Copy.delivery_id == Delivery.id).join(Release, Delivery.release_id == Release.id)
    own = own.where(Release.appeal_id == appeal_id, Delivery.kind == contents.STATEMENT)
    return session.scalars(own.order_by(Copy.channel_id).execution_options(populate_existing=True)).unique().all()


def _shown(session: Session, appeal_id: int) -> Sequence[Channel]:
    rows = select(Copy.channel_id).join(Delivery, Copy.delivery_id == Delivery.id).join(Release)
    out = Copy.state.in_([one.value for one in MAY_BE_OUT])
    ids = session.scalars(rows.where(Release.appeal_id == appeal_id, Delivery.kind == "publish", out).distinct()).all()
    return session.scalars(select(Channel).where(Channel.id.in_(ids)).order_by(Channel.id)).all()


def _only_deletes(channel: Channel) -> bool:
    removal = publishers.get(channel.publisher).capabilities.removal
    return removal == Removal.REMOVES and channel.publisher not in SAY_IT_THEMSELVES


def _deliver(session: Session, release: Release, channel: Channel, now: datetime) -> bool:
    """False where the words do not fit: the page says on which channel."""
    try:
        post = channels.opened(channel).compose(contents.statement(release.revision, channel))
    except DoesNotFit:
        return False
    delivery = Delivery(
        release_id=release.id,
        channel_id=channel.id,
        kind=contents.STATEMENT,
        post_sha256=post.sha256(),
        created_at=now,
    )
    session.add(delivery)
    session.flush()
    plans.plan_place(session, delivery, target_id=None, state=CopyState.PENDING, reason="", due=now)
    return True
