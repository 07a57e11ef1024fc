"""One outing on one channel: a delivery with its copies, due when somebody reads and no embargo holds it."""

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from appeal import publishers
from appeal.models.appeal import Approval, Revision
from appeal.models.release import Channel, Copy, Delivery, Release
from appeal.rules.content import Content
from appeal.rules.lifecycle import CopyState
from appeal.services import approvals, contents, interlocks, plans, rota

WAITS_FOR_SITE = "waits for the site"


def due(release: Release, channel: Channel, now: datetime) -> datetime:
    """The first moment at which this release may go out on this channel."""
    since = max(now, release.not_before or now)
    return rota.next_release(since, release.appeal_id, language=channel.language) or since


def deliver(
    session: Session, release: Release, channel: Channel, approval: Approval, due: datetime, waits: bool, now: datetime
) -> None:
    """Plan a release on one channel: a change of what is out where the platform can, else a post of its own."""
    earlier = _updatable(session, release.appeal_id, channel)
    delivery = Delivery(
        release_id=release.id,
        channel_id=channel.id,
        kind="update" if earlier else "publish",
        target_id=earlier.id if earlier else None,
        post_sha256=approvals.post_sha256(approval, channel.id),
        waits_for_site=waits,
        created_at=now,
    )
    session.add(delivery)
    session.flush()
    state, reason = (CopyState.HELD, WAITS_FOR_SITE) if waits else (CopyState.PENDING, "")
    if publishers.get(channel.publisher).capabilities.is_list:
        plans.plan_list(session, delivery, state=state, reason=reason, due=due)
        plans.plan_answers(session, delivery, _answered(session, release, channel))
    else:
        target = (
            earlier.copies[0].id if earlier else plans.answered_place(session, _answered(session, release, channel))
        )
        plans.plan_place(session, delivery, target_id=target, state=state, reason=reason, due=due)


def is_unchanged(session: Session, revision: Revision, channel: Channel) -> bool:
    """Whether a channel that cannot change its posts shows all that this revision says there: nothing is sent twice."""
    if publishers.get(channel.publisher).capabilities.can_update:
        return False
    rows = session.query(Delivery).join(Release, Delivery.release_id == Release.id)
    rows = rows.filter(Release.appeal_id == revision.appeal_id, Delivery.channel_id == channel.id)
    rows = rows.filter(Delivery.kind == "publish", Release.kind != contents.KIT)
    last = rows.order_by(Delivery.id.desc()).first()
    if last is None or last.release.revision_id == revision.id:
        return False
    copies = session.query(Copy).filter_by(delivery_id=last.id).populate_existing().all()
    if not copies or not all(one.state == CopyState.SENT and _is_up(session, one) for one in copies):
        return False
    return _said(last.release.revision, channel) == _said(revision, channel)


def _said(revision: Revision, channel: Channel) -> Content:
    """What a revision says on a channel, apart from its number and its moment."""
    said = contents.for_channel(revision, channel, action="publish")
    return replace(said, revision=0, issued_at=datetime.min.replace(tzinfo=UTC))


def _updatable(session: Session, appeal_id: int, channel: Channel) -> Delivery | None:
    if not publishers.get(channel.publisher).capabilities.can_update:
        return None
    releases = session.query(Release.id).filter(Release.appeal_id == appeal_id)
    rows = session.query(Delivery).filter(
        Delivery.release_id.in_(releases), Delivery.channel_id == channel.id, Delivery.kind == "publish"
    )
    out = [one for one in rows if any(copy.state == CopyState.SENT and _is_up(session, copy) for copy in one.copies)]
    return out[-1] if out else None


def _answered(session: Session, release: Release, channel: Channel) -> list[int]:
    """Deliveries whose copies a correction answers, where the channel's posts answer what they correct."""
    if release.kind != interlocks.CORRECTION or not publishers.get(channel.publisher).capabilities.answers_itself:
        return []
    rows = session.query(Delivery.id).join(Release, Delivery.release_id == Release.id)
    rows = rows.filter(Release.appeal_id == release.appeal_id, Release.id != release.id, Delivery.kind == "publish")
    return [row.id for row in rows.filter(Delivery.channel_id == channel.id)]


def _is_up(session: Session, copy: Copy) -> bool:
    return session.query(Copy).filter(Copy.target_id == copy.id, Copy.gone_at.is_not(None)).first() is None
