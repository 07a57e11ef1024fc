"""Appeals from the first word to the ending: draft, save, submit, next revision, take down, end."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from appeal import db, ledger
from appeal.models.appeal import Appeal, Revision, RevisionPicture, RevisionText
from appeal.pages import LANGUAGES, translate
from appeal.rules import drafting, endings, lifecycle, subjects
from appeal.rules.content import KINDS
from appeal.rules.drafting import FACT_LIMITS, TEXT_LIMITS, Blocker, blockers, too_long
from appeal.rules.errors import BadInput, Changed, NotFound, WrongState
from appeal.rules.lifecycle import RevisionState
from appeal.rules.paging import APPROVAL
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import joined
from appeal.services import (
    approvals,
    barring,
    channels,
    contents,
    force,
    lines,
    notices,
    paging,
    photos,
    statements,
    withdrawals,
)

ID_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
ID_LENGTH = 12
OPEN_STATES = (RevisionState.DRAFT, RevisionState.RETURNED)
TAKE_DOWN_REASONS = ("found", "wrong_person", "wrong_facts", "court", "safety", "other", "review", "authority")
ENDINGS = tuple(endings.ENDINGS)
QUICK_TAKE_DOWNS = 3
QUICK_PERIOD = timedelta(hours=1)
WRONG_PERSON = "wrong_person"


def draft(actor: Actor, *, kind: str, now: datetime) -> Revision:
    """Begin an appeal: its first revision, with all that the kind and the force's own lines already say."""
    require(actor, Permission.DRAFT)
    if kind not in KINDS:
        raise BadInput(fields={"kind": "Choose the kind of appeal."})
    settings = force.settings()
    with db.writing() as session:
        appeal = Appeal(public_id=_public_id(), kind=kind, author_id=actor.id, created_at=now)
        session.add(appeal)
        session.flush()
        chosen = [channel.id for channel in channels.active()]
        facts: dict[str, object] = {**drafting.DEFAULTS[kind], "channels": chosen, "subjects": _first_subjects(kind)}
        revision = Revision(appeal_id=appeal.id, number=1, author_id=actor.id, facts=facts, created_at=now)
        texts = [*_contacts(settings), *_closings(kind, settings)]
        revision.texts = [RevisionText(language=one, field=name, body=body) for one, name, body in texts]
        session.add(revision)
        session.flush()
        ledger.record(
            session, at=now, actor=actor.label, action="draft", target=f"appeal:{appeal.id}", fields={"kind": kind}
        )
        return revision


def save(
    actor: Actor,
    *,
    revision_id: int,
    expected_version: int,
    facts: Mapping[str, object],
    texts: Mapping[str, Mapping[str, str]],
    now: datetime,
) -> int:
    """Store a draft and return its new version; `texts` is by language and field.

    Raises `Changed` with the stored texts when somebody else saved first, and overwrites nothing then.
    """
    require(actor, Permission.DRAFT)
    with db.writing() as session:
        revision = _open(session, revision_id)
        if revision.version != expected_version:
            raise Changed("Somebody else changed this draft meanwhile. Both texts are shown.", _flat(revision))
        wrong = {one.field: str(one) for own in texts.values() for one in too_long(facts, own)}
        if wrong:
            raise BadInput(fields=wrong)
        names = _store(revision, facts, texts)
        revision.version += 1
        target = f"revision:{revision_id}"
        ledger.record(session, at=now, actor=actor.label, action="save draft", target=target, fields=names)
        return revision.version


def missing(revision_id: int) -> list[Blocker]:
    """What still blocks submitting, in the force's main language."""
    with db.reading() as session:
        revision = _found(session, revision_id)
        language = force.settings()["language"]
        alts = [one.alt.get(language, "") for one in revision.pictures]
        chosen = [int(str(one)) for one in _channel_list(revision.facts)]
        found = blockers(revision.appeal.kind, revision.facts, contents.texts(revision, language), alts, chosen)
        return found + [Blocker("pictures", words) for words in photos.lacking(revision)]


def submit(actor: Actor, *, revision_id: int, expected_version: int, now: datetime) -> str:
    """Freeze a draft, give it its hash and tell the approvers; returns the hash."""
    require(actor, Permission.DRAFT)
    with db.writing() as session:
        revision = _open(session, revision_id)
        if revision.version != expected_version:
            raise Changed("Somebody else changed this draft meanwhile. Both texts are shown.", _flat(revision))
        blocking = missing(revision_id)
        if blocking:
            raise BadInput(fields={one.field: str(one) for one in blocking})
        _refuse_unfit(revision_id)
        lifecycle.check(lifecycle.REVISION, RevisionState(revision.state), RevisionState.SUBMITTED)
        revision.author_id = actor.id
        revision.submitted_at = now
        revision.content_sha256 = contents.frozen_sha256(revision)
        revision.state = RevisionState.SUBMITTED.value
        revision.version += 1
        fields = {"content": revision.content_sha256}
        target = f"revision:{revision_id}"
        ledger.record(session, at=now, actor=actor.label, action="submit", target=target, fields=fields)
        wrote = (revision.author_id, revision.appeal.author_id)
        path = f"/appeals/{revision.appeal_id}/approval"
        target = f"appeal:{revision.appeal_id}"
        paging.page(session, kind=APPROVAL, target=target, path=path, now=now, without=wrote)
        return revision.content_sha256


def begin_next(actor: Actor, *, appeal_id: int, now: datetime) -> Revision:
    """Begin the next revision beside the approved one, which goes on; an open draft is returned as it is."""
    require(actor, Permission.DRAFT)
    with db.writing() as session:
        appeal = _locked(session, appeal_id)
        last = appeal.revisions[-1]
        if last.state in OPEN_STATES:
            return last
        if last.state == RevisionState.SUBMITTED:
            raise WrongState("The last revision waits for approval. Ask for it to be returned first.")
        following = Revision(
            appeal_id=appeal_id, number=last.number + 1, author_id=actor.id, facts=dict(last.facts), created_at=now
        )
        _adopt_earlier(following, last)
        following.pictures = [
            RevisionPicture(photo_id=one.photo_id, position=one.position, alt=dict(one.alt), is_marked=one.is_marked)
            for one in last.pictures
        ]
        session.add(following)
        session.flush()
        session.expire(appeal, ["revisions"])
        ledger.record(session, at=now, actor=actor.label, action="begin revision", target=f"appeal:{appeal_id}")
        return following


def take_down(actor: Actor, *, appeal_id: int, reason: str, now: datetime) -> int:
    """Withdraw an appeal from every channel at once; returns how many retractions were planned.

    Pressing again changes nothing. The fourth appeal that one officer takes down within an hour needs another officer.
    """
    require(actor, Permission.TAKE_DOWN)
    if reason not in TAKE_DOWN_REASONS:
        raise BadInput(fields={"reason": "Choose a reason."})
    with db.writing() as session:
        appeal = _locked(session, appeal_id)
        if appeal.taken_down_at is not None:
            return 0
        if actor.id:
            _refuse_many(session, actor, now)
        appeal.taken_down_at = now
        appeal.taken_down_by_id = actor.id or None
        appeal.take_down_reason = reason
        planned = withdrawals.plan_retractions(session, appeal, now=now)
        target = f"appeal:{appeal_id}"
        ledger.record(session, at=now, actor=actor.label, action="take down", target=target, reason_code=reason)
        notices.tell_permitted(
            session,
            Permission.APPROVE,
            kind="taken down",
            subject="An appeal was taken down",
            path=f"/appeals/{appeal_id}",
            now=now,
        )
        return planned


def end(actor: Actor, *, appeal_id: int, ending: str, now: datetime) -> None:
    """Set the ending; what is still out is taken down with it."""
    require(actor, Permission.END)
    if ending not in ENDINGS:
        raise BadInput(fields={"ending": "Choose an ending."})
    with db.writing() as session:
        appeal = _locked(session, appeal_id)
        if appeal.ended_at is not None and (ending != endings.MISTAKEN or appeal.ending == endings.MISTAKEN):
            raise WrongState("This appeal has its ending already.")
        if ending not in endings.OF_KIND[appeal.kind]:
            raise BadInput(fields={"ending": "An appeal of this kind cannot end like this."})
        appeal.ending, appeal.ended_at = ending, now
        if appeal.taken_down_at is None:
            appeal.taken_down_at, appeal.taken_down_by_id = now, actor.id
            appeal.take_down_reason = WRONG_PERSON if ending == endings.MISTAKEN else "ended"
            withdrawals.plan_retractions(session, appeal, now=now)
        if ending == endings.MISTAKEN:
            _take_back(session, actor, appeal, now)
        target = f"appeal:{appeal_id}"
        ledger.record(session, at=now, actor=actor.label, action="end", target=target, fields={"ending": ending})


def _take_back(session: Session, actor: Actor, appeal: Appeal, now: datetime) -> None:
    """After a mistake nothing waits: what comes down does so now, the correction follows, the pictures are barred."""
    appeal.closing_at = now
    session.flush()
    withdrawals.hurry(session, appeal.id, now=now)
    withdrawals.plan_closing(session, appeal, now=now)
    statements.plan(session, appeal, now=now)
    barring.bar(session, actor, appeal_id=appeal.id, now=now)


def board(limit: int = 100) -> Sequence[Appeal]:
    """The newest appeals with their revisions."""
    with db.reading() as session:
        rows = session.query(Appeal).order_by(Appeal.id.desc()).limit(limit).all()
        for row in rows:
            _ = [(one.texts, one.approvals) for one in row.revisions]
        return rows


def view(appeal_id: int) -> Appeal:
    """One appeal with revisions, texts, pictures and approvals loaded."""
    with db.reading() as session:
        appeal = _appeal(session, appeal_id)
        _ = [(one.texts, one.pictures, one.approvals) for one in appeal.revisions]
        return appeal


def revision(revision_id: int) -> Revision:
    """One revision with its appeal, texts and pictures loaded."""
    with db.reading() as session:
        row = _found(session, revision_id)
        _ = (row.appeal.kind, row.texts, row.pictures, row.approvals)
        return row


def title(appeal: Appeal, language: str) -> str:
    """The newest title in a language, or in any."""
    for one in reversed(appeal.revisions):
        words = contents.texts(one, language).get("title") or next(
            (t.body for t in one.texts if t.field == "title"), ""
        )
        if words:
            return words
    return ""


def _contacts(settings: Mapping[str, str]) -> list[tuple[str, str, str]]:
    return [(one, "contact", lines.default_contact(one, settings)) for one in settings["languages"].split()]


def _closings(kind: str, settings: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """The proposed closing text of every ending of the kind, in each language of the force that has a catalogue."""
    languages = [one for one in settings["languages"].split() if one in LANGUAGES]
    return [
        (language, endings.PREFIX + code, translate(language, endings.ENDINGS[code].closing))
        for language in languages
        for code in endings.OF_KIND[kind]
    ]


def _first_subjects(kind: str) -> list[dict[str, str]]:
    return [subjects.begun(kind, subjects.BEGINS_WITH[kind], [])] if kind in subjects.BEGINS_WITH else []


def _adopt_earlier(following: Revision, last: Revision) -> None:
    """Texts and subjects of the last revision; what it says in an earlier shape is put into today's."""
    kind, settings = last.appeal.kind, force.settings()
    category, regime = subjects.DEFAULTS[kind]
    flat = [one for one in subjects.subjects_of(last.facts) if not one.get("key")]
    rows = {(one.language, one.field): one.body for one in last.texts}
    if flat:
        given = [{**one, "key": "s1", "category": category, "regime": regime} for one in flat]
        following.facts = {**following.facts, "subjects": subjects.cleaned(given)}
        rows = {
            (one, f"s1_{name}" if name in {"clothing", "marks"} else name): body for (one, name), body in rows.items()
        }
    for language, name, body in _closings(kind, settings):
        rows.setdefault((language, name), body)
    following.texts = [RevisionText(language=one, field=name, body=body) for (one, name), body in rows.items()]


def _store(revision: Revision, facts: Mapping[str, object], texts: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Put new facts and texts into the rows; returns the names of what changed with their new values."""
    known = {name: value for name, value in facts.items() if name in FACT_LIMITS or name == "channels"}
    given = facts.get("subjects")
    if isinstance(given, list | tuple):
        known["subjects"] = subjects.cleaned(given)
    changed = {name: str(value) for name, value in known.items() if revision.facts.get(name) != value}
    revision.facts = {**revision.facts, **known}
    kept = {(one.language, one.field): one for one in revision.texts}
    names = [*TEXT_LIMITS, *subjects.limits(revision.facts)]
    for language, own in texts.items():
        for name in names:
            body = own.get(name)
            row = kept.get((language, name))
            if body is None or body == (row.body if row else ""):
                continue
            changed[f"{name}.{language}"] = body
            if row:
                row.body = body
            else:
                revision.texts.append(RevisionText(language=language, field=name, body=body))
    return changed


def _flat(revision: Revision) -> dict[str, str]:
    facts = {name: str(value) for name, value in revision.facts.items() if name != "subjects"}
    for one in subjects.subjects_of(revision.facts):
        facts |= {subjects.text_name(one, name): one.get(name, "") for name in subjects.FACTS[one["type"]]}
    return {**facts, **{f"{one.field}.{one.language}": one.body for one in revision.texts}}


def _refuse_many(session: Session, actor: Actor, now: datetime) -> None:
    recent = session.query(Appeal).filter(
        Appeal.taken_down_by_id == actor.id, Appeal.taken_down_at > now - QUICK_PERIOD
    )
    if recent.count() >= QUICK_TAKE_DOWNS:
        raise WrongState(
            "You have taken down three appeals within the hour. Another officer has to take down this one.",
            detail=actor.label,
        )


def _refuse_unfit(revision_id: int) -> None:
    """An approver could never sign what one of the chosen channels cannot take."""
    shown = approvals.previews(revision_id)
    if not shown:
        raise BadInput(fields={"channels": "None of the chosen channels is in a language that is written."})
    unfit = [approvals.unfit(one) for one in shown if not one.fits]
    if unfit:
        raise BadInput(fields={"channels": joined(unfit)})


def _channel_list(facts: Mapping[str, object]) -> list[object]:
    value = facts.get("channels")
    return list(value) if isinstance(value, list | tuple) else []


def _public_id() -> str:
    return "".join(secrets.choice(ID_LETTERS) for _ in range(ID_LENGTH))


def _open(session: Session, revision_id: int) -> Revision:
    """The draft as it is now, whatever was read of it earlier, and nobody else's until the end of the transaction."""
    revision = session.get(Revision, revision_id, populate_existing=True, with_for_update=True)
    if revision is None:
        raise NotFound("There is no such draft.")
    if revision.state not in OPEN_STATES:
        raise WrongState("This revision is frozen. Begin the next one to change it.")
    return revision


def _found(session: Session, revision_id: int) -> Revision:
    revision = session.get(Revision, revision_id)
    if revision is None:
        raise NotFound("There is no such draft.")
    return revision


def _appeal(session: Session, appeal_id: int) -> Appeal:
    appeal = session.get(Appeal, appeal_id)
    if appeal is None:
        raise NotFound("There is no such appeal.")
    return appeal


def _locked(session: Session, appeal_id: int) -> Appeal:
    appeal = session.get(Appeal, appeal_id, populate_existing=True, with_for_update=True)
    if appeal is None:
        raise NotFound("There is no such appeal.")
    return appeal
