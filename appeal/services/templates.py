"""Drafts that do not begin on a blank page: from a template of the force, or as a copy of an earlier appeal."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from appeal import db, ledger
from appeal.models.appeal import Appeal, Revision
from appeal.models.template import AppealTemplate
from appeal.rules import subjects, templates
from appeal.rules.drafting import TEXT_LIMITS
from appeal.rules.endings import MISTAKEN
from appeal.rules.errors import BadInput, NotFound
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import appeals, channels

NAME_LIMIT = 80
MOST = 200


def make(actor: Actor, *, appeal_id: int, name: str, now: datetime) -> int:
    """Keep everything of an appeal but person, matter and moment under a name; returns the template's id."""
    require(actor, Permission.DRAFT)
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME_LIMIT:
        raise BadInput(fields={"name": _("Give the template a name of up to 80 characters.")})
    with db.writing() as session:
        last = _last(session, appeal_id)
        row = AppealTemplate(
            name=name,
            kind=last.appeal.kind,
            facts=templates.facts(last.facts),
            texts=templates.texts(last.facts, _written(last)),
            made_from_id=appeal_id,
            made_by_id=actor.id,
            made_at=now,
        )
        session.add(row)
        session.flush()
        fields = {"name": name, "appeal": str(appeal_id)}
        target = f"template:{row.id}"
        ledger.record(session, at=now, actor=actor.label, action="make template", target=target, fields=fields)
        return row.id


def drop(actor: Actor, *, template_id: int, now: datetime) -> None:
    """Offer a template no more; what was begun from it stays as it is."""
    require(actor, Permission.DRAFT)
    with db.writing() as session:
        _found(session, template_id).dropped_at = now
        target = f"template:{template_id}"
        ledger.record(session, at=now, actor=actor.label, action="drop template", target=target)


def listed() -> Sequence[AppealTemplate]:
    """The templates that are offered, by kind and name."""
    wanted = select(AppealTemplate).where(AppealTemplate.dropped_at.is_(None))
    with db.reading() as session:
        return session.scalars(wanted.order_by(AppealTemplate.kind, AppealTemplate.name).limit(MOST)).all()


def begin(actor: Actor, *, template_id: int, now: datetime) -> int:
    """Begin an appeal from a template; returns the appeal's id. What the template says nothing of begins as usual."""
    require(actor, Permission.DRAFT)
    with db.writing() as session:
        row = _found(session, template_id)
        appeal_id = _drafted(actor, row.kind, row.facts, row.texts, now)
        fields = {"template": str(template_id)}
        target = f"appeal:{appeal_id}"
        ledger.record(session, at=now, actor=actor.label, action="begin from template", target=target, fields=fields)
        return appeal_id


def copy(actor: Actor, *, appeal_id: int, with_people: bool, now: datetime) -> int:
    """Begin an appeal that says what another one said last; returns its id.

    Neither approval nor pictures are copied, and the people only where that is chosen; nobody who was shown by mistake
    is ever copied.
    """
    require(actor, Permission.DRAFT)
    with db.writing() as session:
        last = _last(session, appeal_id)
        if with_people and last.appeal.ending == MISTAKEN:
            raise BadInput(fields={"with_people": _("Somebody was shown by mistake here: the people are not copied.")})
        if with_people:
            facts, texts = dict(last.facts), _written(last)
        else:
            facts, texts = templates.facts(last.facts), templates.texts(last.facts, _written(last))
        made = _drafted(actor, last.appeal.kind, facts, texts, now)
        fields = {"from": str(appeal_id), "people": str(with_people)}
        target = f"appeal:{made}"
        ledger.record(session, at=now, actor=actor.label, action="copy appeal", target=target, fields=fields)
        return made


def _drafted(
    actor: Actor, kind: str, facts: Mapping[str, object], texts: Mapping[str, Mapping[str, str]], now: datetime
) -> int:
    """A new draft of the kind with these facts and texts in the place of the usual ones."""
    revision = appeals.draft(actor, kind=kind, now=now)
    given = dict(facts)
    if not given.get("subjects"):
        given.pop("subjects", None)
    if "channels" in given:
        given["channels"] = _still_there(given["channels"])
    said = {language: {name: body for name, body in own.items() if body} for language, own in texts.items()}
    appeals.save(actor, revision_id=revision.id, expected_version=revision.version, facts=given, texts=said, now=now)
    return revision.appeal_id


def _still_there(chosen: object) -> list[int]:
    active = [one.id for one in channels.active()]
    wanted = {int(str(one)) for one in chosen} if isinstance(chosen, list | tuple) else set()
    return [one for one in active if one in wanted]


def _written(revision: Revision) -> dict[str, dict[str, str]]:
    """Texts by language and field, as a draft takes them: those of the appeal and of its subjects."""
    names = {*TEXT_LIMITS, *subjects.limits(revision.facts)}
    found: dict[str, dict[str, str]] = {}
    for one in revision.texts:
        if one.field in names:
            found.setdefault(one.language, {})[one.field] = one.body
    return found


def _last(session: Session, appeal_id: int) -> Revision:
    appeal = session.get(Appeal, appeal_id)
    if appeal is None:
        raise NotFound(_("There is no such appeal."))
    return appeal.revisions[-1]


def _found(session: Session, template_id: int) -> AppealTemplate:
    row = session.get(AppealTemplate, template_id, populate_existing=True)
    if row is None or row.dropped_at is not None:
        raise NotFound(_("There is no such template any more."))
    return row
