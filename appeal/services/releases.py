"""When something goes out: one delivery per channel, the site first, the others when its page answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Query, Session

from appeal import db, ledger
from appeal.models.appeal import Appeal, Approval, Revision
from appeal.models.release import Channel, Copy, Delivery, Release
from appeal.publishers.base import Found, Retracts
from appeal.rules.errors import NotFound, WrongState
from appeal.rules.lifecycle import MAY_BE_OUT, CopyState, RevisionState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import say
from appeal.services import approvals, channels, contents, interlocks, notices, outings, rota, withdrawals

SITE = "site"
FIRST, EARLY = "first", "early"
WAITS_FOR_SITE = outings.WAITS_FOR_SITE
SITE_PATIENCE = timedelta(seconds=30)


@dataclass(frozen=True)
class Outlook:
    """When something could go out on a channel if it were approved now; None when the rota never opens."""

    channel: Channel
    at: datetime | None
    is_after_site: bool


def outlook(chosen: Sequence[Channel], *, appeal_id: int | None, now: datetime) -> list[Outlook]:
    """For each channel the earliest moment, the site's own first."""
    embargo = _embargo(appeal_id)
    found = []
    for channel in chosen:
        is_early = embargo is not None and embargo > now and contents.is_early(channel)
        since = now if is_early else max(now, embargo or now)
        at = rota.next_release(since, appeal_id, language=channel.language)
        found.append(Outlook(channel, at, channel.publisher != SITE and not is_early))
    return found


def launch(
    actor: Actor,
    *,
    revision_id: int,
    content_sha256: str,
    posts_sha256: str,
    answers: Mapping[str, str],
    review_on: date,
    now: datetime,
) -> int:
    """Approve a revision and plan its release in one act; returns the release's id."""
    posts = approvals.signed_posts(revision_id, posts_sha256)
    with db.writing() as session:
        approval_id = approvals.approve(
            actor,
            revision_id=revision_id,
            content_sha256=content_sha256,
            posts=posts,
            answers=answers,
            review_on=review_on,
            now=now,
        )
        approval = session.get_one(Approval, approval_id)
        _stand_again(session, approval)
        release = _plan(session, approval, now)
        _note_plan(session, actor, release, now)
        return release.id


def release_again(actor: Actor, *, appeal_id: int, now: datetime) -> int:
    """Put back what was taken down in error: the same hash, while its review date stands."""
    require(actor, Permission.APPROVE)
    with db.writing() as session:
        appeal = session.get(Appeal, appeal_id, populate_existing=True, with_for_update=True)
        if appeal is None:
            raise NotFound("There is no such appeal.")
        approval = standing_approval(session, appeal_id, now)
        if appeal.taken_down_at is None or appeal.ended_at is not None or approval is None:
            raise WrongState(
                "Only an appeal that was taken down, has no ending and has a standing approval goes out again."
            )
        _put_back(session, appeal)
        release = _plan(session, approval, now)
        ledger.record(session, at=now, actor=actor.label, action="release again", target=f"appeal:{appeal_id}")
        return release.id


def review_on(session: Session, appeal_id: int) -> date | None:
    """The review date of the approval that stands; None where nothing is approved."""
    wanted = select(Approval.review_on).join(Revision).where(Revision.appeal_id == appeal_id)
    return session.scalar(wanted.where(Approval.ended_at.is_(None)).order_by(Approval.id.desc()).limit(1))


def site_is_up(session: Session, release_id: int, *, now: datetime) -> int:
    """The site's page answers: everything else of the release becomes due. Returns how many copies."""
    release = session.get_one(Release, release_id)
    if release.site_up_at is not None:
        return 0
    release.site_up_at = now
    deliveries = session.query(Delivery.id).filter(Delivery.release_id == release_id)
    waiting = session.query(Copy).filter(
        Copy.delivery_id.in_(deliveries), Copy.state == CopyState.HELD.value, Copy.reason == WAITS_FOR_SITE
    )
    return waiting.update(
        {Copy.state: CopyState.PENDING.value, Copy.reason: "", Copy.due_at: now}, synchronize_session=False
    )


def waiting_for_site() -> list[tuple[int, list[str], int]]:
    """Releases whose site copies went out and whose other channels wait: release id, external ids, site channel id."""
    with db.reading() as session:
        rows = _without_site(session).all()
        return [found for row in rows if (found := _site_copies(row)) is not None]


def site_answers(channel_id: int, pages: Sequence[str]) -> bool:
    """Whether every page of the site can be read at its public address."""
    with db.reading() as session:
        publisher = channels.opened(session.get_one(Channel, channel_id))
    if not isinstance(publisher, Retracts):
        return True
    return all(publisher.is_out(page).found == Found.THERE for page in pages)


def alarm_silent_sites(*, now: datetime) -> int:
    """Ask author and approver once when a site page that is out does not answer for 30 seconds."""
    if not _silent_sites(now):
        return 0
    with db.writing() as session:
        late = _silent_sites(now)
        for row in late:
            row.site_alarm_at = now
            notices.tell(
                session,
                officer_ids=[row.approval.author_id, row.approval.approver_id],
                kind="site silent",
                subject="The site's page does not answer, so the other channels wait",
                path=f"/appeals/{row.appeal_id}",
                now=now,
            )
        return len(late)


def _plan(session: Session, approval: Approval, now: datetime) -> Release:
    revision = session.get_one(Revision, approval.revision_id)
    chosen = [one for one in approvals.chosen(session, revision) if approvals.post_sha256(approval, one.id)]
    chosen = [one for one in chosen if not outings.is_unchanged(session, revision, one)]
    withdrawals.cancel_waiting(session, revision.appeal_id, "A later revision was approved.")
    appeal = session.get_one(Appeal, revision.appeal_id)
    corrects = may_be_known(session, appeal, now)
    if corrects:
        release = _add(session, appeal, approval, interlocks.CORRECTION, now)
    else:
        chosen = _plan_early(session, appeal, approval, chosen, now)
        release = _add(session, appeal, approval, FIRST, now, not_before=appeal.not_before)
    has_site = any(channel.publisher == SITE for channel in chosen)
    for channel in chosen:
        due = now if corrects else outings.due(release, channel, now)
        outings.deliver(session, release, channel, approval, due, has_site and channel.publisher != SITE, now)
    if not has_site:
        release.site_up_at = now
    return release


def _plan_early(
    session: Session, appeal: Appeal, approval: Approval, chosen: Sequence[Channel], now: datetime
) -> list[Channel]:
    """Under an embargo, plan the copies of lists that are told early as a release of their own; returns the others."""
    holds = appeal.not_before is not None and appeal.not_before > now
    early = [one for one in chosen if holds and contents.is_early(one)]
    if early:
        release = _add(session, appeal, approval, EARLY, now)
        release.site_up_at = now
        for channel in early:
            outings.deliver(session, release, channel, approval, outings.due(release, channel, now), False, now)
    return [one for one in chosen if one not in early]


def _add(
    session: Session,
    appeal: Appeal,
    approval: Approval,
    kind: str,
    now: datetime,
    *,
    not_before: datetime | None = None,
) -> Release:
    about = {"appeal_id": appeal.id, "revision_id": approval.revision_id, "approval_id": approval.id}
    release = Release(**about, kind=kind, not_before=not_before, created_at=now)
    session.add(release)
    session.flush()
    return release


def _embargo(appeal_id: int | None) -> datetime | None:
    with db.reading() as session:
        return session.scalar(select(Appeal.not_before).where(Appeal.id == appeal_id)) if appeal_id else None


def may_be_known(session: Session, appeal: Appeal, now: datetime) -> bool:
    """Whether the public may know an earlier release, which only then can be corrected.

    What only the press has got, under an embargo that still holds, the public does not know.
    """
    removed = select(Copy.target_id).join(Delivery).where(Delivery.kind == "retract")
    rows = session.query(Copy.id).join(Delivery).join(Release).filter(Release.appeal_id == appeal.id)
    rows = rows.filter(Delivery.kind == "publish", Copy.state.in_([one.value for one in MAY_BE_OUT]))
    if appeal.not_before is not None and appeal.not_before > now:
        rows = rows.filter(Release.kind != EARLY)
    return rows.filter(Copy.id.not_in(removed)).first() is not None


def _stand_again(session: Session, approval: Approval) -> None:
    """Approving what was submitted after a take-down puts the appeal back; what was submitted before it does not."""
    revision = session.get_one(Revision, approval.revision_id)
    appeal = session.get_one(Appeal, revision.appeal_id, populate_existing=True, with_for_update={"of": Appeal})
    if appeal.ended_at is not None:
        raise WrongState("This appeal has its ending: nothing more goes out.")
    if appeal.taken_down_at is None:
        return
    if revision.submitted_at is None or revision.submitted_at <= appeal.taken_down_at:
        raise WrongState(
            "The appeal was taken down after this was submitted. Return it, so that it is looked at again."
        )
    _put_back(session, appeal)


def _put_back(session: Session, appeal: Appeal) -> None:
    """Not while an earlier outing is still coming down: its removal would take the new one with it."""
    busy = withdrawals.coming_down(session, appeal.id)
    if busy:
        names = ", ".join(channel.name for channel in busy)
        raise WrongState(
            say("It is still coming down on %(names)s. It can go out again when it is gone there.", names=names)
        )
    appeal.taken_down_at, appeal.take_down_reason = None, ""


def _note_plan(session: Session, actor: Actor, release: Release, now: datetime) -> None:
    target, fields = f"appeal:{release.appeal_id}", {"release": str(release.id), "kind": release.kind}
    ledger.record(session, at=now, actor=actor.label, action="plan release", target=target, fields=fields)
    notices.tell(
        session,
        officer_ids=[release.approval.author_id],
        kind="approved",
        subject="An appeal of yours was approved",
        path=f"/appeals/{release.appeal_id}",
        now=now,
    )


def standing_approval(session: Session, appeal_id: int, now: datetime) -> Approval | None:
    """The approval under which the appeal may go out now; None when there is none."""
    return (
        session.query(Approval)
        .join(Revision)
        .filter(
            Revision.appeal_id == appeal_id,
            Revision.state == RevisionState.APPROVED.value,
            Approval.ended_at.is_(None),
            Approval.review_on >= now.date(),
        )
        .order_by(Approval.id.desc())
        .first()
    )


def _site_deliveries(release: Release) -> list[Delivery]:
    return [one for one in release.deliveries if one.channel.publisher == SITE]


def _site_copies(release: Release) -> tuple[int, list[str], int] | None:
    found = [copy for delivery in _site_deliveries(release) for copy in delivery.copies]
    if not found or any(copy.state != CopyState.SENT for copy in found):
        return None
    return release.id, [copy.external_id for copy in found], found[0].channel_id


def _without_site(session: Session) -> Query[Release]:
    """Releases that go on once their site's page answers; what was taken down waits for nothing."""
    rows = session.query(Release).join(Appeal, Release.appeal_id == Appeal.id).filter(Appeal.taken_down_at.is_(None))
    return rows.filter(Release.site_up_at.is_(None), Release.kind != "ending").populate_existing()


def _silent_sites(now: datetime) -> list[Release]:
    with db.reading() as session:
        rows = _without_site(session).filter(Release.site_alarm_at.is_(None)).all()
        return [row for row in rows if (began := _site_began_at(row)) is not None and began + SITE_PATIENCE < now]


def _site_began_at(release: Release) -> datetime | None:
    tried = [copy.sending_since for delivery in _site_deliveries(release) for copy in delivery.copies]
    return min((at for at in tried if at), default=None)
