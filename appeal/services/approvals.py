"""The second person: previews that are what goes out, the signature over them, giving back with a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from appeal import db, ledger
from appeal.models.appeal import Approval, Revision
from appeal.models.release import Channel
from appeal.rules import lifecycle
from appeal.rules.content import Post, canonical_sha256
from appeal.rules.drafting import REASONED
from appeal.rules.errors import BadInput, DoesNotFit, NotAllowed, NotFound, WrongState
from appeal.rules.lifecycle import RevisionState
from appeal.rules.paging import APPROVAL
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import joined, say
from appeal.services import channels, contents, court_orders, notices, owed, paging, signatures, wordings

CONTENT_CHANGED = "This is not the text that you were shown. Please read it again and sign what you see."


@dataclass(frozen=True)
class Preview:
    """What would go out on one channel, or why it cannot; `notes` say what of the appeal does not reach it."""

    channel: Channel
    post: Post | None
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether this can go out."""
        return self.post is not None


def chosen(session: Session, revision: Revision) -> list[Channel]:
    """The active channels that the draft names and whose language is written, in their own order."""
    return [one for one in _named(session, revision) if contents.texts(revision, one.language).get("title")]


def without_text(revision_id: int) -> list[Channel]:
    """The channels that the draft names but whose language is not written yet: nothing goes out there."""
    with db.reading() as session:
        revision = _found(session, revision_id)
        return [one for one in _named(session, revision) if not contents.texts(revision, one.language).get("title")]


def previews(revision_id: int) -> list[Preview]:
    """For every chosen channel exactly what the sender would compose."""
    with db.reading() as session:
        revision = _found(session, revision_id)
        return [preview(revision, channel) for channel in chosen(session, revision)]


def preview(revision: Revision, channel: Channel) -> Preview:
    """The post of one channel with the link's placeholder."""
    try:
        content = contents.for_channel(revision, channel, action=contents.outing(revision))
        post = channels.opened(channel).compose(content)
    except DoesNotFit as error:
        return Preview(channel, None, tuple(error.reasons))
    cut = wordings.reasons(content, revision, channel, post)
    notes = wordings.notes(content, revision, channel, post)
    return Preview(channel, None if cut else post, tuple(cut), tuple(notes))


def unfit(shown: Preview) -> str:
    """Which channel cannot take it and why, as one sentence."""
    return joined([say("%(name)s:", name=shown.channel.name), *shown.reasons])


def signed_posts(revision_id: int, shown_sha256: str) -> dict[str, str]:
    """The hash of the post of each chosen channel, if together they are what the approver was shown."""
    shown = previews(revision_id)
    problems = [unfit(one) for one in shown if not one.fits]
    if problems:
        raise BadInput(joined(["Some channels cannot take this.", *problems]))
    if not shown:
        raise BadInput("No channel is chosen.")
    if posts_sha256(shown) != shown_sha256:
        raise WrongState(
            "The posts have changed since you were shown them. Please read them again and sign what you see."
        )
    return {str(one.channel.id): one.post.sha256() for one in shown if one.post}


def posts_sha256(shown: Sequence[Preview]) -> str:
    """One hash over all previews, carried by the approval form."""
    return canonical_sha256([[one.channel.id, one.post.sha256() if one.post else ""] for one in shown])


def approve(
    actor: Actor,
    *,
    revision_id: int,
    content_sha256: str,
    posts: Mapping[str, str],
    answers: Mapping[str, str],
    review_on: date,
    now: datetime,
) -> int:
    """Sign one frozen revision and its composed posts (`signed_posts`); returns the approval's id.

    `answers` are legal_basis, necessity, proportionality, risk and statement; `urgent` with `why_now` lets the reasons
    be owed; `dialled` (lines), `flags_kept` and `alert` (codes) are what was ticked; `recorded_for` with
    `authority_words` makes the actor the one who writes down another officer's authority. Refused for the author and
    for another hash than the one that was shown.
    """
    by_telephone = answers.get("recorded_for", "")
    require(actor, Permission.READ_APPEALS if by_telephone else Permission.APPROVE)
    with db.writing() as session:
        revision = _locked(session, revision_id)
        approver_id = signatures.approver(session, actor, revision, answers)
        if revision.content_sha256 != content_sha256 or contents.frozen_sha256(revision) != content_sha256:
            raise WrongState(CONTENT_CHANGED)
        lifecycle.check(lifecycle.REVISION, RevisionState(revision.state), RevisionState.APPROVED)
        signatures.check(session, approver_id, revision, answers, review_on, now)
        _end_earlier(session, revision, now)
        revision.state = RevisionState.APPROVED.value
        approval = _row(approver_id, revision, answers, review_on, dict(posts), now)
        approval.recorder_id = actor.id if by_telephone else None
        orders = court_orders.hashes(session, revision.appeal_id)
        approval.checks = {**approval.checks, **({"orders": orders} if orders else {})}
        session.add(approval)
        session.flush()
        paging.end(session, kind=APPROVAL, target=f"appeal:{revision.appeal_id}", now=now)
        _note_signed(session, actor, approval, now)
        return approval.id


def _note_signed(session: Session, actor: Actor, approval: Approval, now: datetime) -> None:
    fields = {
        "content": approval.content_sha256,
        "channels": " ".join(sorted(approval.posts)),
        "review_on": approval.review_on.isoformat(),
        "approver": str(approval.approver_id),
        "urgent": str(approval.is_urgent),
        "checks": canonical_sha256(approval.checks),
    }
    ledger.record(
        session,
        at=now,
        actor=actor.label,
        action="approve",
        target=f"revision:{approval.revision_id}",
        fields=fields,
        words=approval.statement or approval.urgent_reason,
    )


def confirm(actor: Actor, *, approval_id: int, now: datetime) -> None:
    """The approver whose authority was written down by somebody else says that it was theirs."""
    require(actor, Permission.APPROVE)
    with db.writing() as session:
        approval = _standing(session, approval_id)
        if approval.recorder_id is None or approval.confirmed_at is not None:
            raise WrongState("There is nothing to confirm here.")
        if approval.approver_id != actor.id:
            raise NotAllowed("Only the officer who gave the authority can confirm it.")
        approval.confirmed_at = now
        owed.settle(session, approval, now=now)
        target = f"revision:{approval.revision_id}"
        ledger.record(session, at=now, actor=actor.label, action="confirm authority", target=target)


def complete(actor: Actor, *, approval_id: int, answers: Mapping[str, str], now: datetime) -> None:
    """Give the reasons that an urgent approval still owes; what was given stays."""
    require(actor, Permission.APPROVE)
    with db.writing() as session:
        approval = _standing(session, approval_id)
        if approval.approver_id != actor.id or not approval.is_urgent:
            raise NotAllowed("Only the officer who approved urgently gives the reasons that are owed.")
        lacking = [name for name in REASONED if not getattr(approval, name).strip()]
        wrong = {name: signatures.REASON_WORDS[name] for name in lacking if not answers.get(name, "").strip()}
        if wrong:
            raise BadInput(fields=wrong)
        for name in lacking:
            setattr(approval, name, answers[name].strip())
        owed.settle(session, approval, now=now)
        fields = {name: answers[name] for name in lacking}
        target = f"revision:{approval.revision_id}"
        ledger.record(session, at=now, actor=actor.label, action="complete approval", target=target, fields=fields)


def give_back(
    actor: Actor, *, revision_id: int, reason: str, now: datetime, comments: Mapping[str, str] | None = None
) -> None:
    """Return a submitted revision to its author with a reason; `comments` are sentences at fields of the draft."""
    require(actor, Permission.APPROVE)
    if not reason.strip():
        raise BadInput(fields={"reason": "Say what has to change."})
    with db.writing() as session:
        revision = _locked(session, revision_id)
        lifecycle.check(lifecycle.REVISION, RevisionState(revision.state), RevisionState.RETURNED)
        revision.state = RevisionState.RETURNED.value
        revision.return_reason = reason.strip()[:2000]
        revision.return_comments = {
            name: words.strip()[:500] for name, words in (comments or {}).items() if words.strip()
        }
        paging.end(session, kind=APPROVAL, target=f"appeal:{revision.appeal_id}", now=now)
        revision.version += 1
        target = f"revision:{revision_id}"
        ledger.record(session, at=now, actor=actor.label, action="return", target=target, words=reason)
        path = f"/appeals/{revision.appeal_id}"
        notices.tell(
            session,
            officer_ids=[revision.author_id],
            kind="returned",
            subject="An appeal came back to you with a reason",
            path=path,
            now=now,
        )


def post_sha256(approval: Approval, channel_id: int) -> str:
    """The hash of the post that was signed for a channel; empty when it was not signed."""
    return approval.posts.get(str(channel_id), "")


def _end_earlier(session: Session, revision: Revision, now: datetime) -> None:
    earlier = session.query(Revision).filter(
        Revision.appeal_id == revision.appeal_id, Revision.state == RevisionState.APPROVED.value
    )
    for row in earlier:
        row.state = RevisionState.SUPERSEDED.value
        for approval in row.approvals:
            approval.ended_at = approval.ended_at or now


def _row(
    approver_id: int,
    revision: Revision,
    answers: Mapping[str, str],
    review_on: date,
    posts: dict[str, str],
    now: datetime,
) -> Approval:
    is_urgent = bool(answers.get("urgent"))
    checks = {name: answers[name] for name in ("dialled", "flags_kept", "alert") if answers.get(name)}
    return Approval(
        revision_id=revision.id,
        content_sha256=revision.content_sha256,
        author_id=revision.author_id,
        approver_id=approver_id,
        approved_at=now,
        legal_basis=answers["legal_basis"],
        necessity=answers.get("necessity", ""),
        proportionality=answers.get("proportionality", ""),
        risk=answers.get("risk", ""),
        statement=answers.get("statement", ""),
        is_urgent=is_urgent,
        urgent_reason=answers.get("why_now", "") if is_urgent else "",
        authority_words=answers.get("authority_words", "") if answers.get("recorded_for") else "",
        checks=checks,
        review_at=signatures.review_at(signatures.further(revision), is_urgent, now),
        review_on=review_on,
        posts=posts,
    )


def _named(session: Session, revision: Revision) -> list[Channel]:
    wanted = {int(str(one)) for one in _list(revision.facts.get("channels"))}
    rows = session.query(Channel).filter(Channel.is_active).order_by(Channel.id)
    return [channel for channel in rows if channel.id in wanted]


def _standing(session: Session, approval_id: int) -> Approval:
    approval = session.get(Approval, approval_id, populate_existing=True, with_for_update=True)
    if approval is None or approval.ended_at is not None:
        raise NotFound("This approval does not stand any more.")
    return approval


def _found(session: Session, revision_id: int) -> Revision:
    revision = session.get(Revision, revision_id)
    if revision is None:
        raise NotFound("There is no such revision.")
    return revision


def _locked(session: Session, revision_id: int) -> Revision:
    """The revision as it is now, whatever was read of it earlier: two approvers must not both find it unsigned."""
    revision = session.get(Revision, revision_id, populate_existing=True, with_for_update=True)
    if revision is None:
        raise NotFound("There is no such revision.")
    return revision


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []
