"""The record of one appeal for data protection: purpose, basis, categories, recipients, periods, who saw what."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from appeal import db, ledger
from appeal.models.appeal import Appeal, Approval, LegalHold, Photo, Revision
from appeal.models.ledger import LedgerEntry
from appeal.models.people import User
from appeal.models.picture import PressKit
from appeal.models.tip import Tip
from appeal.pages import moment_in_words, translate
from appeal.printing import Sheet
from appeal.rules import subjects
from appeal.rules.drafting import KIND_WORDS, LABELS, REASONED
from appeal.rules.endings import ENDINGS
from appeal.rules.errors import NotFound
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _, say
from appeal.services import appeals, force, outcomes, retention

TITLE = _("Record of processing")
# Acts by which somebody saw more than the appeal itself; everything else that is recorded is an act upon it.
SEEN = ("open order", "view tip", "open restricted tip", "open original photo", "print letter", "print record")
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Section:
    """One part of the record: its heading and what stands below it, in the language that was asked for."""

    heading: str
    pairs: Pairs


@dataclass(frozen=True)
class Seen:
    """How often an officer did one thing with an appeal or its tips, first and last."""

    officer: str
    action: str
    count: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class Dossier:
    """The whole record; `seen` is by officer and act."""

    number: str
    title: str
    sections: Sequence[Section]
    seen: Sequence[Seen]


def of(actor: Actor, *, appeal_id: int, language: str, now: datetime) -> Dossier:
    """The record as it stands now; looking at it is recorded, too."""
    require(actor, Permission.READ_LEDGER)
    with db.writing() as session:
        if session.get(Appeal, appeal_id) is None:
            raise NotFound(_("There is no such appeal."))
        ledger.record(session, at=now, actor=actor.label, action="print record", target=f"appeal:{appeal_id}")
    appeal = appeals.view(appeal_id)
    tell = _Telling(language, force.settings()["zone"])
    sections = [
        Section(tell(_("Purpose")), _purpose(appeal, tell)),
        *(Section(tell(_("Basis")), _basis(one, tell)) for one in _approvals(appeal)),
        Section(tell(_("Categories of persons and data")), list(_categories(appeal, tell))),
        Section(tell(_("Recipients")), list(_recipients(appeal_id, tell))),
        Section(tell(_("Periods")), list(_periods(appeal, tell))),
    ]
    title = appeals.title(appeal, language)
    return Dossier(appeal.public_id, title, [one for one in sections if one.pairs], _seen(appeal_id))


def printed(actor: Actor, *, appeal_id: int, language: str, now: datetime) -> bytes:
    """The same as a PDF."""
    found = of(actor, appeal_id=appeal_id, language=language, now=now)
    settings = force.settings()
    sheet = Sheet("A4", title=translate(language, TITLE), language=language, made_at=now)
    sheet.heading(settings["force_name"])
    sheet.heading(translate(language, TITLE), 14)
    sheet.paragraph(f"{found.number}. {found.title}")
    sheet.paragraph(moment_in_words(now, settings["zone"], language))
    for one in found.sections:
        sheet.heading(one.heading, 12)
        sheet.facts(one.pairs)
    sheet.heading(translate(language, _("Who saw and did what")), 12)
    tell = _Telling(language, settings["zone"])
    sheet.facts([(f"{one.officer}: {one.action}", tell.period(one)) for one in found.seen])
    return sheet.output()


class _Telling:
    """Says words and moments in one language and zone."""

    def __init__(self, language: str, zone: str) -> None:
        self._language, self._zone = language, zone

    def __call__(self, words: str) -> str:
        return translate(self._language, words)

    def moment(self, at: datetime | None) -> str:
        return moment_in_words(at, self._zone, self._language) if at else ""

    def period(self, one: Seen) -> str:
        words = say(
            _("%(count)s times, first %(first)s, last %(last)s"),
            count=one.count,
            first=self.moment(one.first_at),
            last=self.moment(one.last_at),
        )
        return self(words)


def _purpose(appeal: Appeal, tell: _Telling) -> Pairs:
    last = appeal.revisions[-1]
    said = [(tell(_("What it is")), tell(KIND_WORDS[appeal.kind]))]
    said += [(tell(LABELS["case_reference"]), str(last.facts.get("case_reference", "")))]
    said += [(tell(LABELS[name]), str(last.facts.get(name, ""))) for name in REASONED]
    return [(label, words) for label, words in said if words]


def _approvals(appeal: Appeal) -> Iterator[Approval]:
    return (approval for revision in appeal.revisions for approval in revision.approvals)


def _basis(one: Approval, tell: _Telling) -> Pairs:
    with db.reading() as session:
        names = {row.id: row.name for row in session.execute(select(User.id, User.name))}
        revision = session.get_one(Revision, one.revision_id).number
    said = [
        (tell(_("Revision")), str(revision)),
        (tell(_("Approved")), f"{tell.moment(one.approved_at)}, {names.get(one.approver_id, '')}"),
        (tell(_("Written by")), names.get(one.author_id, "")),
        (tell(_("Authority by telephone, written down by")), names.get(one.recorder_id or 0, "")),
        (tell(_("Confirmed")), tell.moment(one.confirmed_at)),
        (tell(_("Legal basis")), tell(one.legal_basis)),
        *((tell(LABELS[name]), getattr(one, name)) for name in REASONED),
        (tell(_("Why it could not wait")), one.urgent_reason),
        (tell(_("The approver's own words")), one.statement),
        (tell(_("Review on")), one.review_on.isoformat()),
        (tell(_("Approval ended")), tell.moment(one.ended_at)),
    ]
    return [(label, words) for label, words in said if words]


def _categories(appeal: Appeal, tell: _Telling) -> Iterator[tuple[str, str]]:
    last = appeal.revisions[-1]
    for number, one in enumerate(subjects.subjects_of(last.facts), start=1):
        label = f"{number}. {tell(subjects.TYPES[one['type']])}: {one.get('name', '')}".rstrip(": ")
        about = [tell(subjects.CATEGORIES.get(one.get("category", ""), ""))]
        about += [tell(subjects.REGIMES.get(one.get("regime", ""), ""))]
        held = [name for name in subjects.FACTS[one["type"]] if one.get(name) and name not in {"category", "regime"}]
        texts = {row.field for row in last.texts if row.body}
        held += [name for name in subjects.TEXTS[one["type"]] if subjects.text_name(one, name) in texts]
        data = ", ".join(tell(subjects.LABELS[name]) for name in held if name in subjects.LABELS)
        yield label, "\n".join(part for part in (", ".join(part for part in about if part), data) if part)
    if last.pictures:
        yield tell(_("Pictures")), str(len(last.pictures))


def _recipients(appeal_id: int, tell: _Telling) -> Iterator[tuple[str, str]]:
    for one in outcomes.overview(appeal_id):
        words = [tell(outcomes.CHANNEL_STATES[one.state][0])]
        words += [f"{tell(_('Shown since'))} {tell.moment(one.since)}"] if one.since else []
        words += [f"{tell(_('Seen to be gone'))} {tell.moment(one.gone_at)}"] if one.gone_at else []
        if one.is_list:
            counted = say(_("%(count)s addresses"), count=sum(one.counts.values()))
            words.append(tell(counted))
        yield one.channel.name, ". ".join(words)
    with db.reading() as session:
        kits = session.scalars(select(PressKit).where(PressKit.appeal_id == appeal_id).order_by(PressKit.id)).all()
    for kit in kits:
        until = tell.moment(kit.closed_at) or tell(_("still open"))
        yield tell(_("Kit for the press")), f"{kit.language}: {tell.moment(kit.made_at)} – {until}"


def _periods(appeal: Appeal, tell: _Telling) -> Iterator[tuple[str, str]]:
    yield tell(_("Begun")), tell.moment(appeal.created_at)
    if appeal.taken_down_at:
        yield tell(_("Taken down")), tell.moment(appeal.taken_down_at)
    if appeal.ended_at:
        yield tell(_("Ending")), f"{tell(ENDINGS[appeal.ending].words)}, {tell.moment(appeal.ended_at)}"
    with db.reading() as session:
        holds = session.scalars(select(LegalHold).where(LegalHold.appeal_id == appeal.id).order_by(LegalHold.id)).all()
    for hold in holds:
        until = tell.moment(hold.lifted_at) or tell(_("it stands"))
        why = tell(retention.WHY.get(hold.reason, hold.reason))
        yield tell(_("Legal hold")), f"{why} {tell.moment(hold.set_at)} – {until}"
    days = force.settings()["keep_tips_days"]
    kept = say(_("%(days)s days after tip and appeal are over"), days=days)
    yield tell(_("Tips are kept")), tell(kept if days != "0" else _("until somebody erases them"))


def _seen(appeal_id: int) -> Sequence[Seen]:
    """Every act upon the appeal, its revisions and photos, and every view of its tips, counted by officer and act."""
    with db.reading() as session:
        names = {f"officer:{row.id}": row.name for row in session.execute(select(User.id, User.name))}
        rows = session.execute(
            select(
                LedgerEntry.actor,
                LedgerEntry.action,
                func.count(),
                func.min(LedgerEntry.at),
                func.max(LedgerEntry.at),
            )
            .where(or_(LedgerEntry.target.in_(_targets(session, appeal_id)), _tip_views(appeal_id)))
            .group_by(LedgerEntry.actor, LedgerEntry.action)
            .order_by(LedgerEntry.actor, LedgerEntry.action)
        ).all()
    return [Seen(names.get(row[0], row[0]), row[1], row[2], row[3], row[4]) for row in rows]


def _targets(session: Session, appeal_id: int) -> list[str]:
    revisions = session.scalars(select(Revision.id).where(Revision.appeal_id == appeal_id)).all()
    photos = session.scalars(select(Photo.id).where(Photo.appeal_id == appeal_id)).all()
    return [f"appeal:{appeal_id}", *(f"revision:{one}" for one in revisions), *(f"photo:{one}" for one in photos)]


def _tip_views(appeal_id: int) -> ColumnElement[bool]:
    tips = select(literal("tip:") + cast(Tip.id, String)).where(Tip.appeal_id == appeal_id)
    return LedgerEntry.action.in_(SEEN) & LedgerEntry.target.in_(tips)
