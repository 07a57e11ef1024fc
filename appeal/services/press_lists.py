"""The kit for the press as mail: a delivery to each list, so that whoever has it gets the recall, and who has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from appeal import db, ledger
from appeal.models.appeal import Appeal, Approval
from appeal.models.picture import PressKit
from appeal.models.release import Channel, Copy, Delivery, Release
from appeal.models.tip import Message, Tip
from appeal.rules.errors import BadInput, NotFound, WrongState
from appeal.rules.lifecycle import CopyState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import approvals, channels, contents, outings, plans, releases

MAIL = "email"
NOT_OUT = _("The kit is sent only while something of this appeal is out and its approval stands.")
NO_LIST = _("Choose a list that gets mail in a language in which a kit is open.")
NOT_SIGNED = _("The approver did not choose this list. An approver can send the kit to it.")
HAS_IT = _("This list was sent the kit already. Its address shows what is valid now.")


@dataclass(frozen=True)
class Sent:
    """What one list was sent early or as a kit: copies planned, sent, recalled, and recalls that are still to go.

    `answers` counts the mails of any sender that came back to this list's mailbox and belong to the appeal.
    """

    channel: Channel
    kind: str
    delivery_id: int
    planned: int
    sent: int
    recalled: int
    to_recall: int
    answers: int


def open_lists(actor: Actor, appeal_id: int) -> Sequence[Channel]:
    """The lists to which this officer may send a kit that is open; those for the press first."""
    with db.reading() as session:
        approval = _standing(session, appeal_id)
        spoken = session.scalars(_open_languages(appeal_id)).all()
        rows = select(Channel).where(Channel.publisher == MAIL, Channel.is_active, Channel.purpose == "appeals")
        found = session.scalars(rows.where(Channel.language.in_(spoken)).order_by(Channel.id)).all()
        mine = [one for one in found if approval is not None and _may_send(actor, approval, one)]
        fresh = [one for one in mine if not _has_it(session, appeal_id, one.id)]
        return sorted(fresh, key=lambda one: not contents.is_early(one))


def send_kit(actor: Actor, *, appeal_id: int, channel_id: int, now: datetime) -> int:
    """Plan one mail with the kit's address for each address of a list; returns how many.

    Goes out while somebody reads, held by an embargo, and is recalled with the appeal like everything else.
    """
    if not actor.may(Permission.APPROVE):
        require(actor, Permission.DRAFT)
    with db.writing() as session:
        appeal = session.get(Appeal, appeal_id, populate_existing=True, with_for_update={"of": Appeal})
        channel = session.get(Channel, channel_id)
        if appeal is None:
            raise NotFound("There is no such appeal.")
        approval = releases.standing_approval(session, appeal_id, now)
        is_over = appeal.taken_down_at is not None or appeal.ended_at is not None
        if approval is None or is_over or not releases.may_be_known(session, appeal, now):
            raise WrongState(NOT_OUT)
        if channel is None or channel.language not in session.scalars(_open_languages(appeal_id)).all():
            raise BadInput(fields={"channel": NO_LIST})
        _check(session, actor, approval, channel)
        count = _plan(session, appeal, approval, channel, now)
        fields = {"channel": str(channel_id), "copies": str(count)}
        target = f"appeal:{appeal_id}"
        ledger.record(session, at=now, actor=actor.label, action="send press kit", target=target, fields=fields)
        return count


def sent(appeal_id: int) -> Sequence[Sent]:
    """Every list that was sent the kit or an early copy, in the order in which it was planned."""
    with db.reading() as session:
        own = (Release.appeal_id == appeal_id) & Release.kind.in_((contents.KIT, releases.EARLY))
        rows = session.query(Delivery).join(Release, Delivery.release_id == Release.id).filter(own)
        answers = _answers(session, appeal_id)
        return [_sent(session, one, answers) for one in rows.filter(Delivery.kind == "publish").order_by(Delivery.id)]


def _check(session: Session, actor: Actor, approval: Approval, channel: Channel) -> None:
    if channel.publisher != MAIL or not channel.is_active or channel.purpose != "appeals":
        raise BadInput(fields={"channel": NO_LIST})
    if not _may_send(actor, approval, channel):
        raise BadInput(fields={"channel": NOT_SIGNED})
    if _has_it(session, approval.revision.appeal_id, channel.id):
        raise BadInput(fields={"channel": HAS_IT})


def _plan(session: Session, appeal: Appeal, approval: Approval, channel: Channel, now: datetime) -> int:
    post = channels.opened(channel).compose(contents.kit(approval.revision, channel))
    release = Release(
        appeal_id=appeal.id,
        revision_id=approval.revision_id,
        approval_id=approval.id,
        kind=contents.KIT,
        not_before=appeal.not_before,
        created_at=now,
        site_up_at=now,
    )
    session.add(release)
    session.flush()
    delivery = Delivery(
        release_id=release.id,
        channel_id=channel.id,
        kind="publish",
        post_sha256=post.sha256(),
        created_at=now,
    )
    session.add(delivery)
    session.flush()
    due = outings.due(release, channel, now)
    return plans.plan_list(session, delivery, state=CopyState.PENDING, reason="", due=due)


def _standing(session: Session, appeal_id: int) -> Approval | None:
    rows = session.query(Approval).filter(Approval.ended_at.is_(None), Approval.revision.has(appeal_id=appeal_id))
    return rows.order_by(Approval.id.desc()).first()


def _may_send(actor: Actor, approval: Approval, channel: Channel) -> bool:
    """An author only where the approver saw that this list is told of the appeal."""
    if actor.may(Permission.APPROVE):
        return True
    return actor.may(Permission.DRAFT) and bool(approvals.post_sha256(approval, channel.id))


def _open_languages(appeal_id: int) -> Select[str]:
    return select(PressKit.language).where(PressKit.appeal_id == appeal_id, PressKit.closed_at.is_(None))


def _has_it(session: Session, appeal_id: int, channel_id: int) -> bool:
    """Whether a kit waits for this list or is out there, and nothing takes it back."""
    taken_back = select(Delivery.target_id).where(Delivery.kind == "retract", Delivery.target_id.is_not(None))
    rows = session.query(Copy.id).join(Delivery, Copy.delivery_id == Delivery.id)
    rows = rows.join(Release, Delivery.release_id == Release.id)
    rows = rows.filter(Release.appeal_id == appeal_id, Release.kind == contents.KIT)
    rows = rows.filter(Delivery.channel_id == channel_id, Delivery.id.not_in(taken_back))
    return rows.filter(Copy.state != CopyState.CANCELLED.value).first() is not None


def _answers(session: Session, appeal_id: int) -> Mapping[int | None, int]:
    """How many mails of this appeal's tips came in through each channel."""
    rows = select(Message.channel_id, func.count()).join(Tip, Message.tip_id == Tip.id)
    rows = rows.where(Tip.appeal_id == appeal_id, Tip.source == MAIL).group_by(Message.channel_id)
    return {row[0]: row[1] for row in session.execute(rows)}


def _sent(session: Session, delivery: Delivery, answers: Mapping[int | None, int]) -> Sent:
    planned, out = _counted(session, Copy.delivery_id == delivery.id)
    # Closing words are said once more to the same addresses: the first delivery is the recall.
    recall = select(func.min(Delivery.id)).where(Delivery.kind == "retract", Delivery.target_id == delivery.id)
    recalls_planned, recalled = _counted(session, Copy.delivery_id == recall.scalar_subquery())
    return Sent(
        channel=delivery.channel,
        kind=delivery.release.kind,
        delivery_id=delivery.id,
        planned=planned,
        sent=out,
        recalled=recalled,
        to_recall=recalls_planned - recalled,
        answers=answers.get(delivery.channel_id, 0),
    )


def _counted(session: Session, which: ColumnElement[bool]) -> tuple[int, int]:
    """How many copies were planned and not cancelled, and how many of them went out."""
    rows = session.execute(select(Copy.state, func.count()).where(which).group_by(Copy.state)).all()
    counts = {state: count for state, count in rows if state != CopyState.CANCELLED.value}
    return sum(counts.values()), counts.get(CopyState.SENT.value, 0)
