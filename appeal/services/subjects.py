"""Persons, vehicles and items of a draft: add one, take one out."""

from datetime import datetime

from sqlalchemy.orm import Session

from appeal import db, ledger
from appeal.models.appeal import Revision
from appeal.rules import subjects
from appeal.rules.errors import BadInput, NotFound, WrongState
from appeal.rules.lifecycle import RevisionState
from appeal.rules.permissions import Actor, Permission, require


def add(actor: Actor, *, revision_id: int, what: str, now: datetime) -> str:
    """Add an empty subject of a type to a draft and return its key."""
    require(actor, Permission.DRAFT)
    if what not in subjects.TYPES:
        raise BadInput("Choose a person, a vehicle or an item.")
    with db.writing() as session:
        revision = _draft(session, revision_id)
        others = subjects.subjects_of(revision.facts)
        if len(others) >= subjects.MOST:
            raise BadInput("An appeal is about ten persons and things at the most.")
        one = subjects.begun(revision.appeal.kind, what, others)
        _keep(session, actor, revision, [*others, one], "add subject", one["key"], now)
        return one["key"]


def drop(actor: Actor, *, revision_id: int, key: str, now: datetime) -> None:
    """Take a subject and everything that is said of it out of a draft."""
    require(actor, Permission.DRAFT)
    with db.writing() as session:
        revision = _draft(session, revision_id)
        others = subjects.subjects_of(revision.facts)
        left = [one for one in others if one.get("key") != key]
        if len(left) == len(others):
            raise NotFound("This person or thing is not part of the draft any more.")
        gone = {f"{key}_{name}" for names in subjects.TEXTS.values() for name in names}
        revision.texts = [one for one in revision.texts if one.field not in gone]
        _keep(session, actor, revision, left, "drop subject", key, now)


def _keep(
    session: Session,
    actor: Actor,
    revision: Revision,
    given: list[dict[str, str]],
    action: str,
    key: str,
    now: datetime,
) -> None:
    revision.facts = {**revision.facts, "subjects": given}
    revision.version += 1
    target = f"revision:{revision.id}"
    ledger.record(session, at=now, actor=actor.label, action=action, target=target, fields={"subject": key})


def _draft(session: Session, revision_id: int) -> Revision:
    revision = session.get(Revision, revision_id, populate_existing=True, with_for_update=True)
    if revision is None:
        raise NotFound("There is no such draft.")
    if revision.state not in {RevisionState.DRAFT, RevisionState.RETURNED}:
        raise WrongState("This revision is frozen. Begin the next one to change it.")
    return revision
