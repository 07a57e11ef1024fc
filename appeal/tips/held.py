"""Everything that is held on one name: for a request of the person concerned, for one named officer, in the ledger.

Appeals are looked through in every revision. Tips are proposed by the blind index, which knows nothing of restricted
ones: those are opened one after the other. Nothing of what they say is shown here, only where it stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from appeal import db, ledger
from appeal.models.appeal import Appeal, Revision
from appeal.models.tip import IS_ASIDE, Message, Tip
from appeal.pages import moment_in_words, translate
from appeal.printing import Sheet
from appeal.rules import asking, signatures, subjects, terms
from appeal.rules.errors import BadInput, CannotOpen, NotAllowed
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _, say
from appeal.services import force
from appeal.tips import blind, material, opening

SETTING = "subject_officer"
MOST_REVISIONS, MOST_TIPS, STEP = 10_000, 2_000, 200
SUBJECT, MENTIONED = "subject", "mentioned"
WORDS = {SUBJECT: _("is a subject of it"), MENTIONED: _("is named in its words")}
TITLE = _("Everything held on one name")
NOTHING = _("Nothing is held on this name.")
NOT_WHOLE = _("There are more tips than were opened: ask again with another part of the name.")
_WITH_WORDS = selectinload(Tip.messages).joinedload(Message.content)


@dataclass(frozen=True)
class InAppeal:
    """An appeal that holds the name; `how` is a code of `WORDS`, `revisions` are their numbers."""

    appeal_id: int
    how: str
    revisions: Sequence[int]


@dataclass(frozen=True)
class InTip:
    """A tip whose words hold the name."""

    tip_id: int
    appeal_id: int | None
    source: str
    received_at: datetime
    is_restricted: bool


@dataclass(frozen=True)
class Held:
    """What was found; `opened` counts tips that were opened for it, `is_whole` is False where there are more."""

    appeals: Sequence[InAppeal]
    tips: Sequence[InTip]
    opened: int
    is_whole: bool


def find(actor: Actor, *, name: str, reference: str, now: datetime) -> Held:
    """Look for a name everywhere; the name is sealed in the ledger with the reference of the request.

    Where the force names an officer for such requests, nobody else may ask.
    """
    require(actor, Permission.READ_LEDGER)
    _refuse_others(actor)
    wanted = [asking.Term((word,), is_phrase=True) for word in terms.words(name)]
    wrong = {}
    if not wanted:
        wrong["name"] = _("Enter the whole name.")
    if not reference.strip():
        wrong["reference"] = _("Enter the reference of the request.")
    if wrong:
        raise BadInput(fields=wrong)
    with db.reading() as session:
        appeals = _in_appeals(session, name, wanted)
        tips, opened, is_whole = _in_tips(session, wanted)
    with db.writing() as session:
        fields = {"appeals": " ".join(str(one.appeal_id) for one in appeals), "tips": str(len(tips))}
        words = f"{reference.strip()}: {name.strip()}"
        about = {"action": "data subject request", "target": "force", "fields": fields, "words": words}
        ledger.record(session, at=now, actor=actor.label, **about)  # type: ignore[arg-type]
    return Held(appeals, tips, opened, is_whole)


def printed(found: Held, *, name: str, reference: str, language: str, now: datetime) -> bytes:
    """What was found as a PDF: where the name stands, not what is said there."""
    zone = force.settings()["zone"]
    title = translate(language, TITLE)
    sheet = Sheet("A4", title=title, language=language, made_at=now)
    sheet.heading(force.settings()["force_name"])
    sheet.heading(title, 14)
    sheet.paragraph(f"{name}. {reference}. {moment_in_words(now, zone, language)}")
    sheet.facts([(_number(one.appeal_id, language), _where(one, language)) for one in found.appeals])
    restricted = translate(language, _("restricted"))
    sheet.facts(
        [
            (f"{translate(language, _('Tip'))} {one.tip_id}", _of_tip(one, restricted, zone, language))
            for one in found.tips
        ]
    )
    if not (found.appeals or found.tips):
        sheet.paragraph(translate(language, NOTHING))
    if not found.is_whole:
        sheet.paragraph(translate(language, NOT_WHOLE))
    return sheet.output()


def _number(appeal_id: int, language: str) -> str:
    return translate(language, say(_("Appeal %(number)s"), number=appeal_id))


def _where(one: InAppeal, language: str) -> str:
    said = say(_("in the revisions %(numbers)s"), numbers=", ".join(map(str, one.revisions)))
    return f"{translate(language, WORDS[one.how])}, {translate(language, said)}"


def _of_tip(one: InTip, restricted: str, zone: str, language: str) -> str:
    parts = [moment_in_words(one.received_at, zone, language)]
    parts += [_number(one.appeal_id, language)] if one.appeal_id else []
    return ", ".join([*parts, *([restricted] if one.is_restricted else [])])


def _refuse_others(actor: Actor) -> None:
    named = force.settings()[SETTING].strip()
    if named and named.casefold() != actor.name.casefold():
        raise NotAllowed(_("The force has named another officer for requests of persons concerned."))


def _in_appeals(session: Session, name: str, wanted: Sequence[asking.Term]) -> list[InAppeal]:
    found: dict[tuple[int, str], list[int]] = {}
    rows = select(Revision).join(Appeal).order_by(Revision.appeal_id, Revision.number).limit(MOST_REVISIONS)
    for revision in session.scalars(rows):
        how = _how(revision, name, wanted)
        if how:
            found.setdefault((revision.appeal_id, how), []).append(revision.number)
    return [InAppeal(appeal_id, how, numbers) for (appeal_id, how), numbers in found.items()]


def _how(revision: Revision, name: str, wanted: Sequence[asking.Term]) -> str:
    given = subjects.subjects_of(revision.facts)
    if any(signatures.same_name(one.get("name", ""), name) for one in given):
        return SUBJECT
    said = [one.get(field, "") for one in given for field in ("name", "aliases")]
    said += [one.body for one in revision.texts]
    said += [words for picture in revision.pictures for words in picture.alt.values()]
    said += [str(value) for key, value in revision.facts.items() if key not in {"subjects", "channels"}]
    return MENTIONED if any(asking.judge(wanted, terms.words(one)) for one in said) else ""


def _in_tips(session: Session, wanted: Sequence[asking.Term]) -> tuple[list[InTip], int, bool]:
    groups = [[blind.token(blind.WORD, word)] for term in wanted for word in term.words]
    found: list[InTip] = []
    opened, before, is_whole = 0, None, False
    while opened < MOST_TIPS:
        numbered = blind.matches(session, groups, limit=STEP, before=before)
        found += _judged(session, [tip_id for _number, tip_id in numbered], wanted)
        opened += len(numbered)
        if len(numbered) < STEP:
            is_whole = True
            break
        before = numbered[-1][0]
    aside = session.scalars(select(Tip.id).where(IS_ASIDE).order_by(Tip.id.desc()).limit(MOST_TIPS)).all()
    found += _judged(session, aside, wanted)
    return found, opened + len(aside), is_whole and len(aside) < MOST_TIPS


def _judged(session: Session, ids: Sequence[int], wanted: Sequence[asking.Term]) -> list[InTip]:
    rows = session.scalars(select(Tip).where(Tip.id.in_(ids)).options(_WITH_WORDS)).all() if ids else ()
    return [
        InTip(one.id, one.appeal_id, one.source, one.received_at, one.is_restricted or one.set_aside_at is not None)
        for one in rows
        if asking.judge(wanted, _words(one))
    ]


def _words(tip: Tip) -> list[str]:
    try:
        contents = [opening.content_of(row.content.sealed) for row in tip.messages]
    except CannotOpen:
        return []
    return [word for content in contents for word in terms.words(material.said(content))]
