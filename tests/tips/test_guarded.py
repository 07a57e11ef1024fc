"""Suspected abuse material: locked at once, lifted by two named officers; what cannot be borne goes to a colleague."""

import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select

from appeal.db import reading, writing
from appeal.installation import current
from appeal.models.notice import Notice
from appeal.models.people import Role, User
from appeal.models.tip import MessageFile
from appeal.rules.errors import BadInput, NotAllowed, NotFound, WrongState
from appeal.rules.permissions import SYSTEM, Actor
from appeal.services import force
from appeal.tips import board, bundle, custody, guarded, triage, visible
from appeal.tips.inbound import InboundFile
from tests.factories import jpeg
from tests.tips.conftest import NOW
from tests.tips.test_triage import entries, tip

Officers = tuple[Actor, Actor]


@pytest.fixture
def named(officers: Officers) -> Officers:
    """Both officers are named, a third one is not."""
    emails = "1@force.example 2@force.example"
    force.change(SYSTEM, values={"guarded_officers": emails, "unbearable_officer": "2@force.example"}, now=NOW)
    with writing() as session:
        role = Role(name="triager")
        third = User(id=3, name="Officer 3", email="3@force.example", fs_uniquifier="3")
        third.roles = [role]
        session.add(third)
        session.get_one(User, 2).roles = [role]
    return officers


def pictured() -> tuple[int, int]:
    """A tip whose picture was cleaned: its number and its message's."""
    one = tip("look at this", files=(InboundFile("a.jpg", "image/jpeg", jpeg()),)).tip_id
    custody.take(NOW)
    return one, stored_file().message_id


def stored_file() -> MessageFile:
    with reading() as session:
        return session.scalars(select(MessageFile), execution_options={"populate_existing": True}).one()


def test_a_locked_file_is_shown_copied_and_handed_over_to_nobody(app: Flask, named: Officers) -> None:
    ana = named[0]
    one, message_id = pictured()
    cleaned = stored_file().cleaned
    assert cleaned is not None
    triage.claim(ana, tip_id=one, now=NOW)

    guarded.lock(ana, tip_id=one, message_id=message_id, position=0, now=NOW)
    guarded.lock(ana, tip_id=one, message_id=message_id, position=0, now=NOW)

    assert (stored_file().state, stored_file().cleaned) == ("locked", None)
    assert not current().files.exists(cleaned)
    assert current().files.exists(stored_file().file)
    for is_original in (True, False):
        with pytest.raises(WrongState, match="locked"):
            triage.file(ana, one, message_id, 0, is_original=is_original)
    with zipfile.ZipFile(BytesIO(bundle.make(ana, why="court", now=NOW, tip_ids=[one]).data)) as archive:
        names = [name for name in archive.namelist() if f"{message_id}-0" in name]
    assert names == [f"originals/{board.reference(one)}/{message_id}-0.locked"]
    assert [entry[1] for entry in entries() if "lock" in entry[1]] == ["lock file"]
    with reading() as session:
        assert session.query(Notice).count() == 2


def test_two_named_officers_lift_a_lock_and_nobody_else(app: Flask, named: Officers) -> None:
    ana, ben = named
    third = Actor(3, "Officer 3", frozenset({"triager"}))
    one, message_id = pictured()
    guarded.lock(third, tip_id=one, message_id=message_id, position=0, now=NOW)
    (row,) = guarded.locked(ana)
    assert (row.locked_by, row.asked_by) == ("Officer 3", "")
    with pytest.raises(NotAllowed):
        guarded.locked(third)
    with pytest.raises(NotAllowed):
        guarded.ask(third, lock_id=row.id, why="an error", now=NOW)
    with pytest.raises(WrongState):
        guarded.lift(ana, lock_id=row.id, now=NOW)
    with pytest.raises(BadInput):
        guarded.ask(ana, lock_id=row.id, why=" ", now=NOW)

    guarded.ask(ana, lock_id=row.id, why="a holiday picture", now=NOW)
    with pytest.raises(NotAllowed):
        guarded.lift(ana, lock_id=row.id, now=NOW)
    assert guarded.locked(ben)[0].why == "a holiday picture"
    guarded.lift(ben, lock_id=row.id, now=NOW)

    assert guarded.locked(ben) == []
    assert custody.take(NOW + timedelta(minutes=1)) == 1
    assert (stored_file().state, stored_file().cleaned is not None) == ("checked", True)
    with pytest.raises(WrongState):
        guarded.lift(ben, lock_id=row.id, now=NOW)
    with pytest.raises(NotFound):
        guarded.lift(ben, lock_id=99, now=NOW)


def test_a_lock_works_before_anybody_is_named(app: Flask, officers: Officers) -> None:
    one, message_id = pictured()
    guarded.lock(officers[0], tip_id=one, message_id=message_id, position=0, now=NOW)
    assert stored_file().state == "locked"
    with pytest.raises(NotAllowed, match="named"):
        guarded.locked(officers[0])


def test_a_file_that_is_locked_while_it_is_examined_stays_locked(app: Flask, named: Officers) -> None:
    one = tip("look", files=(InboundFile("a.jpg", "image/jpeg", jpeg()),)).tip_id
    message_id = stored_file().message_id

    def scan(_data: bytes) -> str:
        guarded.lock(named[0], tip_id=one, message_id=message_id, position=0, now=NOW)
        return ""

    custody.take(NOW, scan=scan)
    assert (stored_file().state, stored_file().cleaned) == ("locked", None)
    assert list(current().files.keys()) == [stored_file().file]


def test_what_cannot_be_borne_goes_to_a_colleague_and_is_not_shown_again(app: Flask, named: Officers) -> None:
    ana = named[0]
    one, _message = pictured()
    triage.claim(ana, tip_id=one, now=NOW)
    assert guarded.usual_receiver() == 2
    guarded.unbearable(ana, tip_id=one, to_id=2, now=NOW)
    assert (guarded.spared(ana, one), guarded.spared(named[1], one)) == ("Officer 2", "")
    assert board.head(ana, one).holder_id == 2
    with pytest.raises(WrongState):
        guarded.unbearable(ana, tip_id=one, to_id=2, now=NOW)


def test_a_file_of_a_hidden_tip_is_not_there(app: Flask, named: Officers) -> None:
    ana, ben = named
    one, message_id = pictured()
    visible.restrict(ana, tip_id=one, reader_ids=[ana.id], why="names an officer", now=NOW)
    with pytest.raises(NotFound):
        guarded.lock(ben, tip_id=one, message_id=message_id, position=0, now=NOW)
    with pytest.raises(NotFound):
        guarded.lock(ana, tip_id=one, message_id=message_id, position=7, now=NOW)
