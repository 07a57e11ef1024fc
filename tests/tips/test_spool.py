"""What came while the database was away waits sealed on the disk and is taken in once, in order."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from appeal import db, sealing
from appeal.installation import current
from appeal.models.release import Channel, ChannelAddress
from appeal.models.tip import Message, Tip
from appeal.rules.errors import NotStored
from appeal.services import channels
from appeal.tips import intake, spool, units
from appeal.tips.inbound import Inbound, InboundFile
from tests.tips.conftest import NOW
from tests.tips.test_intake import SECRET, count, text_of, token, words


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The database is away until `away.undo()`."""

    def fails(_orders: object) -> None:
        raise OperationalError("", {}, Exception("away"))

    monkeypatch.setattr("appeal.db.write_together", fails)
    return monkeypatch


def test_messages_are_taken_in_once_and_in_order(app: Flask, away: pytest.MonkeyPatch) -> None:
    made = [words(f"number {n}", received_at=NOW + timedelta(seconds=n)) for n in range(3)]
    received = [intake.receive(one, token=one.external_id) for one in made]
    again = intake.receive(replace(made[0], received_at=NOW + timedelta(seconds=9)), token=made[0].external_id)
    assert (again.tip_id, again.code) == (received[0].tip_id, received[0].code)
    assert (spool.waiting(), spool.take_in(), count(Tip)) == (4, 0, 0)
    away.undo()
    assert (spool.take_in(limit=1), spool.take_in(), spool.waiting()) == (1, 3, 0)
    assert [text_of(one.message_id)["text"] for one in received] == ["number 0", "number 1", "number 2"]
    assert (count(Tip), count(Message)) == (3, 3)
    assert sealing.code_hash(received[0].code) in _code_hashes()


def test_what_is_stored_already_is_not_stored_again(app: Flask, away: pytest.MonkeyPatch) -> None:
    one = words()
    intake.receive(one, token=one.external_id)
    away.undo()
    intake.receive(one, token=one.external_id)
    assert (spool.take_in(), spool.waiting(), count(Message)) == (1, 0, 1)


def test_files_and_consent_wait_too(app: Flask, away: pytest.MonkeyPatch) -> None:
    with db.writing() as session:
        session.add(Channel(id=1, publisher="sms", name="SMS", language="en", settings={}, created_at=NOW))
        hashed = channels.address_hash("+34600")
        session.add(ChannelAddress(channel_id=1, address_hash=hashed, sealed_address=b"", added_at=NOW))
    stop = intake.consent(1, "+34600", is_stop=True, now=NOW)
    file = InboundFile("a.jpg", "image/jpeg", b"\xff\xd8\xff")
    text = Inbound("sms", "SM1", NOW, "STOP", sender="+34600", channel_id=1, files=(file,))
    received = intake.receive(text, also=[stop])
    away.undo()
    assert spool.take_in() == 1
    with db.reading() as session:
        assert session.scalar(select(ChannelAddress.opted_out_at)) == NOW
        message = session.get_one(Message, received.message_id)
        assert [one.size for one in message.files] == [3]
        assert message.received_at == NOW.replace(second=0)


def test_no_word_stands_in_clear_in_the_spool(app: Flask, away: pytest.MonkeyPatch) -> None:
    file = InboundFile(f"{SECRET}.jpg", "image/jpeg", SECRET.encode())
    intake.receive(words(f"it was {SECRET}", facts={"where": SECRET}, sender=SECRET, files=(file,)), token=token())
    held = [path for path in current().config.instance.rglob("*") if path.is_file()]
    assert any(path.parent == current().config.spool for path in held)
    assert not any(SECRET.encode() in path.read_bytes() for path in held)


def test_what_cannot_be_taken_in_is_put_aside_and_stops_nothing(app: Flask, away: pytest.MonkeyPatch) -> None:
    bad = words(channel_id=4711)
    intake.receive(bad, token=bad.external_id)
    good = words(received_at=NOW + timedelta(seconds=1))
    intake.receive(good, token=good.external_id)
    (current().config.spool / "0-damaged.waiting").write_bytes(b"[[")
    away.undo()
    assert (spool.take_in(), spool.waiting(), count(Message)) == (1, 0, 1)
    assert len(list(current().config.spool.glob("*.aside"))) == 2


def test_what_waits_for_an_erased_tip_is_removed_too(app: Flask, away: pytest.MonkeyPatch) -> None:
    waits, damaged, stays = words(), words(channel_id=4711), words()
    received = [intake.receive(one, token=one.external_id) for one in (waits, damaged, stays)]
    assert (spool.forget(received[0].tip_id), spool.waiting()) == (1, 2)
    away.undo()
    spool.take_in()
    assert [spool.forget(one.tip_id) for one in received] == [0, 1, 0]
    assert list(current().config.spool.glob("*.aside")) == []


def test_a_disk_that_takes_nothing_is_told_and_nothing_is_thanked_for(app: Flask, away: pytest.MonkeyPatch) -> None:
    Path(current().config.spool).write_text("no folder")
    with pytest.raises(NotStored):
        intake.receive(words(), token=token())


def test_orders_written_down_are_read_again_as_they_were() -> None:
    orders = [
        (units.ADD_MESSAGE, {"id": 1, "tip_id": 2, "intake_hash": "ab", "received_at": NOW, "channel_id": None}),
        (units.ADD_CONTENT, {"id": 1, "sealed": bytes(range(256))}),
    ]
    assert units.read_again(units.write_down(orders)) == orders
    assert units.intake_hash(orders) == "ab"


def test_files_that_find_no_room_leave_their_names(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appeal.filestore.LEAST_RESERVE", 10**18)
    one = words(files=(InboundFile("mill.jpg", "image/jpeg", b"\xff\xd8\xff"),))
    received = intake.receive(one, token=one.external_id)
    assert text_of(received.message_id)["facts"] == {intake.NOT_KEPT: "mill.jpg"}
    with db.reading() as session:
        assert session.get_one(Tip, received.tip_id).file_count == 0


def _code_hashes() -> set[str | None]:
    with db.reading() as session:
        return set(session.scalars(select(Tip.code_hash)))
