"""What is out, coming down and gone, and what waits for whom: computed from deliveries and copies, never stored."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, aliased

from appeal import db
from appeal.models.appeal import Appeal, Revision
from appeal.models.release import Channel, Copy, Delivery, Release
from appeal.publishers.base import Removal
from appeal.rules.content import canonical_sha256
from appeal.rules.lifecycle import CopyState, RevisionState
from appeal.rules.permissions import Actor, Permission
from appeal.rules.words import _
from appeal.services import channels, contents
from appeal.services.lookups import STILL_THERE
from appeal.services.results import REMOVAL_PUT_OFF

# The first that a channel has copies of is its state; words and colour for each.
CHANNEL_STATES: Mapping[str, tuple[str, str]] = {
    "by_hand": (_("a person has to remove it"), "red"),
    "asked": (_("waiting for your answer"), "purple"),
    "unknown": (_("not known yet"), "yellow"),
    "coming_down": (_("coming down"), "orange"),
    "moving": (_("going out"), "blue"),
    "partly_out": (_("partly out"), "yellow"),
    "waiting": (_("waiting"), "blue"),
    "out": (_("out"), "green"),
    "told": (_("readers were told that it is over"), "grey"),
    "gone": (_("gone"), "grey"),
    "failed": (_("failed"), "red"),
    "cancelled": (_("never went out"), "grey"),
    "none": (_("nothing planned"), "grey"),
}

APPEAL_STATES: Mapping[str, tuple[str, str]] = {
    "draft": (_("draft"), "grey"),
    "returned": (_("returned to the author"), "orange"),
    "submitted": (_("waiting for approval"), "purple"),
    "waiting": (_("approved, waiting to go out"), "blue"),
    "out": (_("out"), "green"),
    "partly_out": (_("partly out"), "yellow"),
    "coming_down": (_("coming down"), "orange"),
    "gone": (_("gone"), "grey"),
    "ended": (_("ended"), "grey"),
    "failed": (_("failed"), "red"),
}

REVISION_STATES: Mapping[str, tuple[str, str]] = {
    RevisionState.DRAFT: (_("draft"), "grey"),
    RevisionState.SUBMITTED: (_("waiting for approval"), "purple"),
    RevisionState.RETURNED: (_("returned to the author"), "orange"),
    RevisionState.APPROVED: (_("approved by a second officer"), "green"),
    RevisionState.SUPERSEDED: (_("replaced by a later one"), "grey"),
}

OUTING_COUNTS: Mapping[str, str] = {
    CopyState.PENDING: "waiting",
    CopyState.HELD: "waiting",
    CopyState.QUEUED: "moving",
    CopyState.SENDING: "moving",
    CopyState.UNKNOWN: "unknown",
    CopyState.ASKED: "asked",
    CopyState.SENT: "out",
    CopyState.FAILED: "failed",
    CopyState.CANCELLED: "cancelled",
}
UNFINISHED = ("asked", "unknown", "moving", "waiting", "failed")
Target = aliased(Copy)
BY_HAND_REASONS = (STILL_THERE, REMOVAL_PUT_OFF)
# PostgreSQL groups by the column of this name; the same words with other parameters would be another expression.
IS_BY_HAND = "is_by_hand"


@dataclass(frozen=True)
class Standing:
    """How one channel stands: `counts` are copies by kind of standing; moments are the earliest of the channel's."""

    channel: Channel
    counts: Mapping[str, int]
    next_at: datetime | None = None
    since: datetime | None = None
    gone_at: datetime | None = None
    reason: str = ""
    links: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """The one code of `CHANNEL_STATES` that says most."""
        if self.counts.get("out") and any(self.counts.get(one) for one in ("waiting", "failed")):
            present = {**self.counts, "partly_out": 1}
        else:
            present = dict(self.counts)
        return next((code for code in CHANNEL_STATES if present.get(code)), "none")

    @property
    def is_list(self) -> bool:
        """Whether this channel has many addresses."""
        return channels.capabilities(self.channel).is_list


@dataclass(frozen=True)
class Waiting:
    """What waits for one officer: appeals to approve, appeals with copies to look at, own appeals that came back."""

    approvals: Sequence[Appeal]
    asked: Sequence[Appeal]
    returned: Sequence[Appeal]


def overview(appeal_id: int) -> list[Standing]:
    """How each channel of an appeal stands, in the order in which channels were connected."""
    with db.reading() as session:
        standings = _standings(session, [appeal_id]).get(appeal_id, [])
        links = _links(session, appeal_id)
    return [replace(one, links=tuple(links.get(one.channel.id, ()))) for one in standings]


def version(standings: Sequence[Standing]) -> str:
    """A short word that changes whenever something in the overview does."""
    said = [
        [one.channel.id, sorted(one.counts.items()), str(one.next_at), str(one.gone_at), one.reason, one.links]
        for one in standings
    ]
    return canonical_sha256(said)[:12]


def appeal_state(appeal: Appeal) -> str:
    """The one code of `APPEAL_STATES` that says how an appeal stands; its revisions must be loaded."""
    return appeal_states([appeal])[appeal.id]


def appeal_states(appeals: Sequence[Appeal]) -> dict[int, str]:
    """The same for many at the cost of one."""
    with db.reading() as session:
        standings = _standings(session, [one.id for one in appeals])
    return {one.id: state_of(one, standings.get(one.id, [])) for one in appeals}


def state_of(appeal: Appeal, standings: Iterable[Standing]) -> str:
    """What the appeal's channels come to, else where its last revision stands."""
    total: Counter[str] = Counter()
    for standing in standings:
        total.update(standing.counts)
    may_be_out = total["out"] + total["asked"] + total["unknown"] + total["moving"]
    if total["coming_down"] or total["by_hand"] or (appeal.taken_down_at and may_be_out):
        return "coming_down"
    if appeal.ended_at:
        return "ended"
    if appeal.taken_down_at:
        return "gone"
    return _running(appeal, total)


def waiting_for(actor: Actor) -> Waiting:
    """What this officer is asked for now."""
    with db.reading() as session:
        submitted = _appeals(session, RevisionState.SUBMITTED)
        returned = _appeals(session, RevisionState.RETURNED)
        asked = _asked(session) if actor.may(Permission.SETTLE) else []
    to_sign = [one for one in submitted if actor.id not in {one.author_id, one.revisions[-1].author_id}]
    own = [one for one in returned if actor.id in {one.author_id, one.revisions[-1].author_id}]
    return Waiting(
        approvals=to_sign if actor.may(Permission.APPROVE) else [],
        asked=asked,
        returned=own if actor.may(Permission.DRAFT) else [],
    )


def _running(appeal: Appeal, total: Counter[str]) -> str:
    if total["out"]:
        return "partly_out" if any(total[one] for one in UNFINISHED) else "out"
    if any(total[one] for one in UNFINISHED if one != "failed"):
        return "waiting"
    if total["failed"]:
        return "failed"
    state = appeal.revisions[-1].state
    return state if state in APPEAL_STATES else "waiting"


def _standings(session: Session, appeal_ids: Sequence[int]) -> dict[int, list[Standing]]:
    rows = session.execute(
        select(
            Release.appeal_id,
            Copy.channel_id,
            Delivery.kind,
            Copy.state,
            Target.state,
            Copy.gone_at.is_not(None),
            Copy.reason.in_(BY_HAND_REASONS).label(IS_BY_HAND),
            func.count(),
            func.min(Copy.sent_at),
            func.min(Copy.due_at),
            func.max(Copy.gone_at),
            func.max(Copy.reason),
        )
        .select_from(Copy)
        .join(Delivery, Copy.delivery_id == Delivery.id)
        .join(Release, Delivery.release_id == Release.id)
        .outerjoin(Target, Copy.target_id == Target.id)
        .where(Release.appeal_id.in_(appeal_ids), Delivery.kind != contents.STATEMENT)
        .group_by(Release.appeal_id, Copy.channel_id, Delivery.kind, Copy.state, Target.state)
        .group_by(Copy.gone_at.is_not(None), text(IS_BY_HAND))
    ).all()
    known = {one.id: one for one in session.query(Channel).order_by(Channel.id)}
    grouped: dict[tuple[int, int], list[Any]] = {}
    for row in rows:
        grouped.setdefault((row[0], row[1]), []).append(row)
    found: dict[int, list[Standing]] = {}
    for (appeal_id, channel_id), own in sorted(grouped.items()):
        found.setdefault(appeal_id, []).append(_standing(known[channel_id], own))
    return found


def _standing(channel: Channel, rows: Sequence[Any]) -> Standing:
    counts: Counter[str] = Counter()
    waits: list[datetime] = []
    sent: list[datetime] = []
    gone: list[datetime] = []
    reasons: list[str] = []
    for _appeal, _channel, kind, state, target, is_gone, is_stuck, count, sent_at, due_at, gone_at, reason in rows:
        name = _count_name(channel, str(kind), str(state), bool(is_gone), bool(is_stuck))
        counts[name] += count
        if kind == "retract" and target == CopyState.SENT and state != CopyState.CANCELLED:
            counts["out"] -= count
        waits += [due_at] if name == "waiting" else []
        sent += [sent_at] if kind == "publish" and sent_at else []
        gone += [gone_at] if gone_at else []
        reasons += [reason] if reason and name in {"waiting", "failed", "asked", "by_hand"} else []
    kept = {name: count for name, count in counts.items() if count > 0 and name != "updated"}
    return Standing(
        channel=channel,
        counts=kept,
        next_at=min(waits, default=None),
        since=min(sent, default=None),
        gone_at=max(gone, default=None),
        reason=next(iter(reasons), ""),
    )


def _count_name(channel: Channel, kind: str, state: str, is_gone: bool, is_stuck: bool) -> str:
    if kind != "retract":
        return "updated" if kind == "update" and state == CopyState.SENT else OUTING_COUNTS[state]
    if is_gone:
        return "gone"
    removes = channels.capabilities(channel).removal == Removal.REMOVES
    if state == CopyState.SENT and not removes:
        return "told"
    if state == CopyState.FAILED or is_stuck or (state == CopyState.ASKED and removes):
        return "by_hand"
    if state == CopyState.ASKED:
        return "asked"
    return "updated" if state == CopyState.CANCELLED else "coming_down"


def _links(session: Session, appeal_id: int) -> dict[int, list[str]]:
    """Where what is out can be seen, on channels that are places."""
    removed = select(Target.target_id).where(Target.gone_at.is_not(None), Target.target_id.is_not(None))
    rows = session.execute(
        select(Copy.channel_id, Copy.permalink)
        .join(Delivery, Copy.delivery_id == Delivery.id)
        .join(Release, Delivery.release_id == Release.id)
        .where(Release.appeal_id == appeal_id, Delivery.kind == "publish", Copy.state == CopyState.SENT.value)
        .where(Copy.address_hash == "", Copy.permalink != "", Copy.id.not_in(removed))
        .order_by(Copy.id)
    )
    found: dict[int, list[str]] = {}
    for channel_id, permalink in rows:
        found.setdefault(channel_id, []).append(permalink)
    return found


def _appeals(session: Session, state: RevisionState) -> list[Appeal]:
    rows = session.query(Appeal).join(Revision).filter(Revision.state == state.value).order_by(Appeal.id).all()
    found = [one for one in rows if one.revisions[-1].state == state and one.ended_at is None]
    _ = [one.texts for row in found for one in row.revisions]
    return found


def _asked(session: Session) -> list[Appeal]:
    asked = select(Release.appeal_id).join(Delivery).join(Copy).where(Copy.state == CopyState.ASKED.value)
    rows = session.query(Appeal).filter(Appeal.id.in_(asked)).order_by(Appeal.id).all()
    _ = [one.texts for row in rows for one in row.revisions]
    return rows
