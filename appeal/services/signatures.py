"""What an approver has to know and tick before signing: further signatures, numbers to dial, words, namesakes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from appeal import db, ledger
from appeal.models.appeal import Appeal, Approval, FurtherSignature, Revision
from appeal.models.people import User
from appeal.rules import signatures, subjects, wording
from appeal.rules.drafting import ALERT_EVIDENCE, REASONED
from appeal.rules.errors import BadInput, NotAllowed, NotFound, WrongState
from appeal.rules.lifecycle import RevisionState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.wording import Flag
from appeal.rules.words import _
from appeal.services import contents, court_orders, force, lines, officers, photos

LONGEST_REVIEW_DAYS = 366
REASON_WORDS: Mapping[str, str] = {
    "necessity": _("Say why this is necessary."),
    "proportionality": _("Say why this is proportionate."),
    "risk": _("Say which risks you see, or why there are none."),
}
NAMESAKES_MOST = 500


@dataclass(frozen=True)
class Asked:
    """Everything beside the texts that an approver of a revision is shown.

    `further` are codes of `rules.signatures.FURTHER`, `signed` the further signatures there are, `to_dial` lines with a
    number that is not the force's, `flags` words by language, `namesakes` live appeals (id, name) of somebody with the
    same name, `repeated` the reasons that say the same as an earlier approval, `same_for` how many earlier approvals.
    """

    further: Sequence[str]
    signed: Sequence[FurtherSignature]
    to_dial: Sequence[tuple[str, str]]
    flags: Sequence[tuple[str, Flag]]
    namesakes: Sequence[tuple[int, str]]
    repeated: Mapping[str, int]
    may_be_urgent: bool
    is_child_alert: bool


def asked(revision_id: int) -> Asked:
    """What the approver of a revision is shown and asked."""
    with db.reading() as session:
        revision = _found(session, revision_id)
        return Asked(
            further=further(revision),
            signed=signed_further(session, revision),
            to_dial=lines.typed_by_hand(revision),
            flags=_flags(revision),
            namesakes=namesakes(session, revision),
            repeated=_repeated(session, revision),
            may_be_urgent=signatures.may_be_urgent(revision.appeal.kind, revision.facts),
            is_child_alert=revision.facts.get("child_alert") == "yes",
        )


def further(revision: Revision) -> list[str]:
    """Why a further approver has to sign; empty when two officers are enough."""
    kinds = [one.photo.kind for one in revision.pictures]
    return signatures.further(revision.appeal.kind, revision.facts, kinds)


def signed_further(session: Session, revision: Revision) -> list[FurtherSignature]:
    """The further signatures over exactly what the revision says now."""
    rows = session.query(FurtherSignature).filter_by(revision_id=revision.id).order_by(FurtherSignature.id)
    return [one for one in rows if one.content_sha256 == revision.content_sha256]


def sign_further(actor: Actor, *, revision_id: int, content_sha256: str, statement: str, now: datetime) -> int:
    """Sign as the further approver that a rule asks for; never the author. Returns the signature's id."""
    require(actor, Permission.APPROVE)
    if not statement.strip():
        raise BadInput(fields={"statement": "Add one sentence of your own."})
    with db.writing() as session:
        revision = session.get(Revision, revision_id, populate_existing=True, with_for_update=True)
        if revision is None:
            raise NotFound("There is no such revision.")
        reasons = further(revision)
        refuse_author(actor.id, revision)
        urgent = [one for one in revision.approvals if one.ended_at is None and one.is_urgent]
        if revision.state != RevisionState.SUBMITTED and not urgent:
            raise WrongState("This revision does not wait for approval.")
        if not reasons:
            raise WrongState("No rule asks for a further signature here.")
        if any(one.approver_id == actor.id for one in urgent):
            raise NotAllowed("You signed this already, so another officer has to.")
        if revision.content_sha256 != content_sha256:
            raise WrongState("This is not the text that you were shown. Please read it again and sign what you see.")
        if any(one.officer_id == actor.id for one in signed_further(session, revision)):
            raise WrongState("You signed this already.")
        session.query(FurtherSignature).filter_by(revision_id=revision_id, officer_id=actor.id).delete()
        row = FurtherSignature(
            revision_id=revision_id,
            officer_id=actor.id,
            content_sha256=content_sha256,
            reasons=" ".join(reasons),
            statement=statement.strip(),
            signed_at=now,
        )
        session.add(row)
        session.flush()
        fields = {"content": content_sha256, "reasons": row.reasons}
        target = f"revision:{revision_id}"
        ledger.record(
            session, at=now, actor=actor.label, action="sign further", target=target, fields=fields, words=statement
        )
        return row.id


def refuse_author(officer_id: int, revision: Revision) -> None:
    """Whoever wrote the appeal or this revision never signs it, whatever their roles."""
    if officer_id in {revision.author_id, revision.appeal.author_id}:
        raise NotAllowed("You wrote this appeal, so another officer has to approve it.")


def check(
    session: Session, actor_id: int, revision: Revision, answers: Mapping[str, str], review_on: date, now: datetime
) -> None:
    """Raise `BadInput` with a sentence at each field that an approval of this revision still lacks."""
    wrong = _check_reasons(answers, revision)
    reasons, is_urgent = further(revision), bool(answers.get("urgent"))
    if answers.get("legal_basis") not in force.settings()["legal_bases"].splitlines():
        wrong["legal_basis"] = (
            _("Choose a legal basis from the list.") if answers.get("legal_basis") else _("Choose the legal basis.")
        )
    wrong |= check_embargo(session, revision, review_on) | _check_review(reasons, is_urgent, review_on, now)
    dialled = set(answers.get("dialled", "").splitlines())
    if any(line not in dialled for _code, line in lines.typed_by_hand(revision)):
        wrong["dialled"] = _("Dial every number that somebody typed by hand, then tick it.")
    if _flags(revision) and not answers.get("flags_kept"):
        wrong["flags_kept"] = _("Look at the marked words, then say that they stay, or return the appeal.")
    ticked = set(answers.get("alert", "").split())
    if revision.facts.get("child_alert") == "yes" and ticked != set(ALERT_EVIDENCE):
        wrong["alert"] = _("Tick each criterion whose evidence you accept. A child alert needs all of them.")
    order = court_orders.lacking(session, revision.appeal, str(revision.facts.get("court_order", "") or ""))
    if order:
        wrong["legal_basis"] = order
    others = [one for one in signed_further(session, revision) if one.officer_id != actor_id]
    if reasons and not others and not is_urgent:
        wrong["statement"] = _("Another approver has to sign first, as the page says.")
    wrong |= photos.unread(revision, answers)
    if wrong:
        raise BadInput(fields=wrong)


def check_embargo(session: Session, revision: Revision, review_on: date) -> dict[str, str]:
    """What is wrong with a review that comes before the embargo ends, by field."""
    session.refresh(revision.appeal, ["not_before"])
    until = revision.appeal.not_before
    if until is None or local_day(until) <= review_on:
        return {}
    return {"review_on": _("The embargo lasts longer than that, so nothing would ever go out.")}


def review_at(reasons: Sequence[str], is_urgent: bool, now: datetime) -> datetime | None:
    """The moment of the review where a rule sets it: for a child and after an urgent approval within a day."""
    hours = signatures.latest_review_hours(reasons, is_urgent=is_urgent)
    return now + timedelta(hours=hours) if hours else None


def latest_review_on(revision: Revision, is_urgent: bool, now: datetime) -> date | None:
    """The last day on which the approval may be reviewed where a rule sets it."""
    at = review_at(further(revision), is_urgent, now)
    return local_day(at) if at else None


def approver(session: Session, actor: Actor, revision: Revision, answers: Mapping[str, str]) -> int:
    """Whose approval it is: the actor's, or that of the officer whose authority the actor writes down."""
    named = answers.get("recorded_for", "")
    if not named:
        refuse_author(actor.id, revision)
        return actor.id
    chosen = int(named) if named.isdecimal() else 0
    return recorded(session, actor, revision, chosen, answers.get("authority_words", "")).id


def recorded(session: Session, recorder: Actor, revision: Revision, approver_id: int, words: str) -> User:
    """The approver whose authority somebody else writes down; refused where the force does not allow it."""
    wrong = {}
    if force.settings()["telephone_authority"] != "yes":
        raise NotAllowed("The force does not allow an approval by telephone.")
    refuse_author(recorder.id, revision)
    approver = session.get(User, approver_id)
    if approver is None or not approver.active or not officers.actor_of(approver).may(Permission.APPROVE):
        wrong["recorded_for"] = _("Choose who gave the authority.")
    elif approver.id == recorder.id:
        wrong["recorded_for"] = _("Two officers are needed: one gives the authority, the other writes it down.")
    if not words.strip():
        wrong["authority_words"] = _("Write the words that were said, and when.")
    if wrong or approver is None:
        raise BadInput(fields=wrong)
    refuse_author(approver.id, revision)
    return approver


def namesakes(session: Session, revision: Revision) -> list[tuple[int, str]]:
    """Other appeals that are not over and speak of somebody with the same name: (appeal id, name)."""
    names = [one.get("name", "") for one in subjects.subjects_of(revision.facts) if one.get("name")]
    if not names:
        return []
    rows = session.query(Appeal).filter(Appeal.id != revision.appeal_id, Appeal.ended_at.is_(None))
    found: list[tuple[int, str]] = []
    for other in rows.order_by(Appeal.id.desc()).limit(NAMESAKES_MOST):
        for one in subjects.subjects_of(other.revisions[-1].facts):
            if any(signatures.same_name(one.get("name", ""), name) for name in names):
                found.append((other.id, one["name"]))
    return found


def _repeated(session: Session, revision: Revision) -> dict[str, int]:
    """How many approvals of other appeals say a reason in the same words as the author does here."""
    mine = Revision.appeal_id == revision.appeal_id
    others = session.scalars(
        select(Approval).join(Revision).where(~mine).order_by(Approval.id.desc()).limit(1000)
    ).all()
    counts = {
        name: sum(signatures.same_words(str(revision.facts.get(name, "")), getattr(one, name)) for one in others)
        for name in REASONED
    }
    return {name: count for name, count in counts.items() if count}


def _flags(revision: Revision) -> list[tuple[str, Flag]]:
    languages = sorted({one.language for one in revision.texts})
    found = [
        (language, flag)
        for language in languages
        for flag in wording.of_draft(revision.appeal.kind, revision.facts, contents.texts(revision, language))
    ]
    seen: dict[Flag, str] = {}
    for language, flag in found:
        seen.setdefault(flag, language)
    return [(language, flag) for flag, language in seen.items()]


def _check_reasons(answers: Mapping[str, str], revision: Revision) -> dict[str, str]:
    wrong = {}
    is_urgent = bool(answers.get("urgent"))
    if is_urgent and not signatures.may_be_urgent(revision.appeal.kind, revision.facts):
        wrong["urgent"] = _("Only danger to life, a missing person or a child alert is urgent in this sense.")
    if is_urgent and not answers.get("why_now", "").strip():
        wrong["why_now"] = _("Say in one sentence why this cannot wait.")
    if not is_urgent:
        wrong |= {name: words for name, words in REASON_WORDS.items() if not answers.get(name, "").strip()}
    if not answers.get("statement", "").strip() and not is_urgent:
        wrong["statement"] = _("Add one sentence of your own.")
    return wrong


def local_day(moment: datetime) -> date:
    """The day of this moment in the force's zone; after midnight in Madrid it is still yesterday in UTC."""
    return moment.astimezone(ZoneInfo(force.settings()["zone"])).date()


def _check_review(reasons: Sequence[str], is_urgent: bool, review_on: date, now: datetime) -> dict[str, str]:
    if not 0 < (review_on - local_day(now)).days <= LONGEST_REVIEW_DAYS:
        return {"review_on": _("The review date must lie after today and within a year.")}
    latest = review_at(reasons, is_urgent, now)
    if latest and review_on > local_day(latest):
        return {"review_on": _("This has to be looked at again within 24 hours: choose tomorrow.")}
    return {}


def _found(session: Session, revision_id: int) -> Revision:
    revision = session.get(Revision, revision_id)
    if revision is None:
        raise NotFound("There is no such revision.")
    return revision
