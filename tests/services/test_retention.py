"""A legal hold comes by itself, is lifted by two, and does not come back by itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from appeal.db import dispose_engines, reading, writing
from appeal.models.appeal import Appeal
from appeal.models.ledger import LedgerEntry
from appeal.models.people import Role, User
from appeal.rules.errors import BadInput, NotAllowed, NotFound, WrongState
from appeal.rules.permissions import SYSTEM, Actor
from appeal.services import retention
from tests import appeals_desk as desk
from tests.appeals_desk import NOON


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    found = desk.create(tmp_path)
    with found.app_context():
        yield found
    dispose_engines()


@pytest.fixture
def people(app: Flask) -> tuple[Actor, Actor, Actor]:
    """An administrator, an approver and an author."""
    found = []
    with writing() as session:
        for number, name in enumerate(("administrator", "approver", "author"), 101):
            role = session.scalar(select(Role).where(Role.name == name)) or Role(name=name)
            officer = User(id=number, name=name, email=f"{number}@force.example", fs_uniquifier=str(number))
            officer.roles = [role]
            session.add(officer)
            found.append(Actor(number, name, frozenset({name})))
    return found[0], found[1], found[2]


def reasons() -> list[str]:
    return sorted(one.reason for one in retention.standing(SYSTEM))


def held(appeal_id: int = 1) -> bool:
    with reading() as session:
        return retention.is_held(session, appeal_id)


def test_launch_sets_a_hold_once(app: Flask) -> None:
    desk.launched()
    assert (retention.set_due(now=NOON), held()) == (0, False)
    desk.set_copies("site", state="sent", sent_at=NOON)
    assert (retention.set_due(now=NOON), retention.set_due(now=NOON)) == (1, 0)
    assert (reasons(), held()) == (["launch"], True)


@pytest.mark.parametrize("ending", ["arrested", "charged"])
def test_court_sets_a_hold(app: Flask, ending: str) -> None:
    desk.whole_draft()
    with writing() as session:
        session.get_one(Appeal, 1).ending = ending
    assert (retention.set_due(now=NOON), reasons()) == (1, [ending])


def test_two_roles_lift_and_it_does_not_come_back(app: Flask, people: tuple[Actor, Actor, Actor]) -> None:
    boss, approver, _author = people
    desk.launched()
    desk.set_copies("site", state="sent", sent_at=NOON)
    retention.set_due(now=NOON)
    (hold,) = retention.standing(SYSTEM)
    assert not retention.lift(boss, hold_id=hold.id, words="the case is over", now=NOON)
    assert not retention.lift(boss, hold_id=hold.id, words="I agree with myself", now=NOON)
    assert (held(), retention.standing(SYSTEM)[0].asked_by) == (True, "administrator")
    assert retention.lift(approver, hold_id=hold.id, words="yes", now=NOON)
    assert (held(), retention.set_due(now=NOON)) == (False, 0)
    with pytest.raises(WrongState):
        retention.lift(approver, hold_id=hold.id, words="again", now=NOON)
    with reading() as session:
        acts = list(session.scalars(select(LedgerEntry.action).where(LedgerEntry.action.contains("legal hold"))))
    assert acts == ["set legal hold", "ask to lift legal hold", "ask to lift legal hold", "lift legal hold"]


def test_nobody_lifts_without_role_or_reason(app: Flask, people: tuple[Actor, Actor, Actor]) -> None:
    boss, approver, author = people
    desk.whole_draft()
    retention.hold(approver, appeal_id=1, words="complaint", now=NOON)
    assert reasons() == ["by hand"]
    (hold,) = retention.standing(SYSTEM)
    with pytest.raises(NotAllowed):
        retention.lift(author, hold_id=hold.id, words="x", now=NOON)
    with pytest.raises(BadInput):
        retention.lift(boss, hold_id=hold.id, words=" ", now=NOON)
    with pytest.raises(NotFound):
        retention.hold(boss, appeal_id=4711, words="x", now=NOON)
    with pytest.raises(BadInput):
        retention.hold(boss, appeal_id=1, words="", now=NOON)
