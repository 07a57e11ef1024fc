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
from appeal.rules.errors import BadInput, DoesNotFit, NotAllowed, NotFound, WrongState
from appeal.rules.lifecycle import RevisionState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import joined, say
from appeal.services import channels, contents, force, notices, wordings

LONGEST_REVIEW_DAYS = 366


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

    `answers` are legal_basis, necessity, proportionality, risk and statement. Refused for the author and for another
    hash than the one that was shown.
    """
    require(actor, Permission.APPROVE)
    _check_answers(answers, review_on, now)
    with db.writing() as session:
        revision = _locked(session, revision_id)
        if actor.id in {revision.author_id, revision.appeal.author_id}:
            raise NotAllowed("You wrote this appeal, so another officer has to approve it.")
        if revision.content_sha256 != content_sha256 or contents.frozen_sha256(revision) != content_sha256:
            raise WrongState("This is not the text that you were shown. Please read it again and sign what you see.")
        lifecycle.check(lifecycle.REVISION, RevisionState(revision.state), RevisionState.APPROVED)
        _end_earlier(session, revision, now)
        revision.state = RevisionState.APPROVED.value
        approval = _row(actor, revision, answers, review_on, dict(posts), now)
        session.add(approval)
        session.flush()
        fields = {"content": content_sha256, "channels": " ".join(sorted(posts)), "review_on": review_on.isoformat()}
        ledger.record(
            session,
            at=now,
            actor=actor.label,
            action="approve",
            target=f"revision:{revision_id}",
            fields=fields,
            words=answers["statement"],
        )
        return approval.id


def give_back(actor: Actor, *, revision_id: int, reason: str, now: datetime) -> None:
    """Return a submitted revision to its author with a reason."""
    require(actor, Permission.APPROVE)
    if not reason.strip():
        raise BadInput(fields={"reason": "Say what has to change."})
    with db.writing() as session:
        revision = _locked(session, revision_id)
        lifecycle.check(lifecycle.REVISION, RevisionState(revision.state), RevisionState.RETURNED)
        revision.state = RevisionState.RETURNED.value
        revision.return_reason = reason.strip()[:2000]
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


def _check_answers(answers: Mapping[str, str], review_on: date, now: datetime) -> None:
    wrong = {
        name: words
        for name, words in (
            ("legal_basis", "Choose the legal basis."),
            ("necessity", "Say why this is necessary."),
            ("proportionality", "Say why this is proportionate."),
            ("risk", "Say which risks you see, or why there are none."),
            ("statement", "Add one sentence of your own."),
        )
        if not answers.get(name, "").strip()
    }
    if answers.get("legal_basis") and answers["legal_basis"] not in force.settings()["legal_bases"].splitlines():
        wrong["legal_basis"] = "Choose a legal basis from the list."
    if not 0 < (review_on - now.date()).days <= LONGEST_REVIEW_DAYS:
        wrong["review_on"] = "The review date must lie after today and within a year."
    if wrong:
        raise BadInput(fields=wrong)


def _end_earlier(session: Session, revision: Revision, now: datetime) -> None:
    earlier = session.query(Revision).filter(
        Revision.appeal_id == revision.appeal_id, Revision.state == RevisionState.APPROVED.value
    )
    for row in earlier:
        row.state = RevisionState.SUPERSEDED.value
        for approval in row.approvals:
            approval.ended_at = approval.ended_at or now


def _row(
    actor: Actor, revision: Revision, answers: Mapping[str, str], review_on: date, posts: dict[str, str], now: datetime
) -> Approval:
    return Approval(
        revision_id=revision.id,
        content_sha256=revision.content_sha256,
        author_id=revision.author_id,
        approver_id=actor.id,
        approved_at=now,
        legal_basis=answers["legal_basis"],
        necessity=answers["necessity"],
        proportionality=answers["proportionality"],
        risk=answers["risk"],
        statement=answers["statement"],
        review_on=review_on,
        posts=posts,
    )


def _named(session: Session, revision: Revision) -> list[Channel]:
    wanted = {int(str(one)) for one in _list(revision.facts.get("channels"))}
    rows = session.query(Channel).filter(Channel.is_active).order_by(Channel.id)
    return [channel for channel in rows if channel.id in wanted]


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
