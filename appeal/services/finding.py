"""Search among appeals: title, case reference, names and plates of a bounded number of the newest, judged exactly."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from appeal import db
from appeal.models.appeal import Appeal, Revision
from appeal.rules import asking, subjects, terms
from appeal.rules.permissions import Actor, Permission, require
from appeal.services import outcomes

MOST_OPENED, MOST_SHOWN, STEP = 2000, 50, 200
NAMED = ("name", "aliases", "plate", "plate_code", "serial", "make", "model")


@dataclass(frozen=True)
class Asked:
    """What an officer looks for; empty filters let everything through. `before` is where the last page ended."""

    words: str = ""
    kind: str = ""
    state: str = ""
    before: int | None = None


@dataclass(frozen=True)
class Found:
    """Appeals that fit, newest first, how many were opened, and where older ones begin (None: there are none)."""

    appeals: Sequence[Appeal]
    opened: int
    before: int | None


def find(actor: Actor, asked: Asked) -> Found:
    """The newest appeals that hold every word and phrase in their newest revision and pass the filters."""
    require(actor, Permission.READ_APPEALS)
    wanted = asking.read(asked.words)
    found: list[Appeal] = []
    opened, last = 0, asked.before
    with db.reading() as session:
        for rows in _steps(session, asked):
            opened += len(rows)
            fitting = [one for one in rows if not wanted or asking.judge(wanted, _said(one.revisions[-1]))]
            fitting = _in_state(fitting, asked.state)[: MOST_SHOWN - len(found)]
            found += fitting
            last = rows[-1].id
            if len(found) >= MOST_SHOWN:
                last = found[-1].id
                break
        is_more = _is_older(session, last)
        _ = [(one.texts, one.approvals) for row in found for one in row.revisions]
    return Found(found, opened, last if is_more else None)


def _steps(session: Session, asked: Asked) -> Iterator[Sequence[Appeal]]:
    last = asked.before
    for _step in range(MOST_OPENED // STEP):
        rows = select(Appeal).order_by(Appeal.id.desc()).limit(STEP)
        rows = rows.where(Appeal.kind == asked.kind) if asked.kind else rows
        page = session.scalars(rows.where(Appeal.id < last) if last is not None else rows).all()
        if not page:
            return
        yield page
        last = page[-1].id


def _said(revision: Revision) -> list[str]:
    """Everything of a revision that can be looked for, as folded words."""
    title = [one.body for one in revision.texts if one.field == "title"]
    people = [one.get(name, "") for one in subjects.subjects_of(revision.facts) for name in NAMED]
    number = revision.appeal.public_id, str(revision.appeal_id), str(revision.facts.get("case_reference", ""))
    return [word for one in (*title, *people, *number) for word in terms.words(one)]


def _in_state(rows: Sequence[Appeal], state: str) -> list[Appeal]:
    if not state or not rows:
        return list(rows)
    states = outcomes.appeal_states(rows)
    return [one for one in rows if states[one.id] == state]


def _is_older(session: Session, last: int | None) -> bool:
    if last is None:
        return False
    return session.scalar(select(Appeal.id).where(Appeal.id < last).limit(1)) is not None
