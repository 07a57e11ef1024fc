"""Erasing leaves no row and no word; only empty spam goes early, and never anything while a legal hold stands."""

import importlib
import io
import json
import pkgutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select, text

from appeal import db, ledger, models
from appeal.db import Base, reading, writing
from appeal.installation import current
from appeal.models.appeal import Appeal, LegalHold
from appeal.models.desk import BulkAct, TipAction, TipNote
from appeal.models.erased import ErasedMessage, ErasedTip
from appeal.models.lead import Lead
from appeal.models.ledger import LedgerEntry
from appeal.models.tip import Assessment, Tip
from appeal.rules.errors import BadInput, NotFound, WrongState
from appeal.rules.lifecycle import TipState
from appeal.rules.permissions import SYSTEM, Actor
from appeal.services import force
from appeal.tips import arrivals, aside, bulk, custody, erasing, intake, leads, polling, search, traces, triage
from appeal.tips.inbound import InboundFile
from tests.tips.conftest import NOW
from tests.tips.test_intake import text_of, words

SPAM = "buy cheap pills"
LATER = NOW + timedelta(days=400)
Two = tuple[Actor, Actor]


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG")
    return out.getvalue()


def spam(officers: Two, looks: int = 2, **more: object) -> intake.Received:
    one = replace(words(SPAM), **more)  # type: ignore[arg-type]
    return seen(intake.receive(one, token=one.external_id), officers[:looks])


def seen(received: intake.Received, officers: Sequence[Actor]) -> intake.Received:
    with writing() as session:
        tip = session.get_one(Tip, received.tip_id)
        tip.state, tip.done_at = TipState.DONE.value, NOW
        for officer in officers:
            session.add(
                Assessment(tip_id=tip.id, officer_id=officer.id, decision="spam", reason="advertising", decided_at=NOW)
            )
    return received


def done(received: intake.Received, **more: Any) -> intake.Received:
    with writing() as session:
        tip = session.get_one(Tip, received.tip_id, populate_existing=True)
        tip.state, tip.done_at = TipState.DONE.value, NOW
        for name, value in more.items():
            setattr(tip, name, value)
    return received


def kept_for(days: int) -> None:
    force.change(SYSTEM, values={"keep_tips_days": str(days)}, now=NOW)


def is_there(received: intake.Received) -> bool:
    with reading() as session:
        return session.scalar(select(Tip.id).where(Tip.id == received.tip_id)) is not None


def rows() -> Iterator[tuple[str, str]]:
    """(table, everything in it as text) of every row that there is."""
    with reading() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)):
                yield table.name, " ".join(str(value) for value in row)


def full(officers: Two, appeal: Appeal) -> tuple[intake.Received, str]:
    """A tip that everything was done with that a desk can do, and how its first message is known."""
    ana, ben = officers
    file = InboundFile("quillfeather.jpg", "image/jpeg", jpeg())
    one = replace(
        words("Quillfeather was at the harbour"), appeal=appeal.public_id, sender="+34600555123", files=(file,)
    )
    received = intake.receive(one, token=one.external_id)
    other = intake.receive(replace(words("Quillfeather, harbour, I saw him too"), appeal=appeal.public_id))
    triage.read_tips(NOW)
    custody.take(NOW)
    arrivals.take_in(NOW)
    lead_id = leads.gather(ana, tip_ids=[received.tip_id], title="Quillfeather", now=NOW)
    leads.take_out(ana, lead_id=lead_id, tip_ids=[received.tip_id], now=NOW)
    leads.gather(ana, tip_ids=[received.tip_id], title="", now=NOW, lead_id=lead_id)
    bulk.decide(ana, choices={received.tip_id: "nothing_said", other.tip_id: "nothing_said"}, kind="together", now=NOW)
    search.search(ana, search.Asked("Quillfeather"), now=NOW)
    triage.view(ben, tip_id=received.tip_id, now=NOW)
    triage.reveal(ben, tip_id=received.tip_id, reason="Quillfeather must be warned", now=NOW)
    with writing() as session:
        sealed, about = current().keys.seal(b"Quillfeather"), {"tip_id": received.tip_id, "officer_id": ben.id}
        session.add(TipNote(**about, sealed=sealed, written_at=NOW))
        session.add(TipAction(**about, sealed_unit=sealed, passed_at=NOW))
        session.add(
            Assessment(
                tip_id=other.tip_id,
                officer_id=ben.id,
                decision="duplicate",
                reason="repeats",
                duplicate_of_id=received.tip_id,
                decided_at=NOW,
            )
        )
    return done(received), one.external_id


def test_erased_tip_leaves_no_row_and_no_word(app: Flask, officers: Two, appeal: Appeal) -> None:
    received, _external_id = full(officers, appeal)
    with writing() as session:
        session.get_one(Appeal, appeal.id).ended_at = NOW
    with reading() as session:
        tip = session.get_one(Tip, received.tip_id)
        message = tip.messages[0]
        sealed = [message.content.sealed, message.files[0].sealed_name]
        ids = {str(tip.id), str(message.id), str(tip.code_hash)}
        entries = session.scalars(select(LedgerEntry).where(LedgerEntry.target == f"tip:{tip.id}")).all()
    assert len(list(current().files.keys())) == 2
    kept_for(30)
    assert erasing.erase_due(now=LATER, limit=1) == 1
    still = [table for table, row in rows() if any(one in row for one in ids)]
    assert set(still) == {"erased_tips", "ledger_entries"}
    assert list(current().files.keys()) == []
    assert [ledger.words_of(entry) for entry in entries if entry.text_sha256] == [None] * sum(
        bool(entry.text_sha256) for entry in entries
    )
    with reading() as session:
        assert session.scalars(select(BulkAct)).one().before[0]["id"] != received.tip_id
        assert session.scalar(text("SELECT count(*) FROM tip_indexes")) == 1
        assert session.scalars(select(Assessment.duplicate_of_id)).all() == [None] * 2
        husk = session.get_one(ErasedTip, received.tip_id)
    assert (husk.appeal_id, husk.decision, husk.cause, husk.file_count) == (appeal.id, "no_further_action", "age", 1)
    whole = on_disk()
    assert [one[:64] in whole for one in sealed] == [False, False]


def test_every_table_that_speaks_of_a_tip_is_known_to_erasing() -> None:
    """Whoever adds a table of tips says in `tips.traces` how its rows go."""
    for module in pkgutil.iter_modules(models.__path__):
        importlib.import_module(f"appeal.models.{module.name}")
    of_tips = {
        table.name
        for table in Base.metadata.sorted_tables
        if any(key.column.table.name in {"tips", "messages", "message_files"} for key in table.foreign_keys)
    }
    by_hand = {"messages", "message_contents", "message_files", "tip_indexes", "lead_members", "lead_apart"}
    assert of_tips == by_hand | {table.__tablename__ for table in traces.OWN}


def on_disk() -> bytes:
    """Every byte of the database after what was written has come to its place."""
    with db.db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.rollback()
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return b"".join(path.read_bytes() for path in Path(current().config.instance).glob("*.sqlite3*"))


def test_erased_message_does_not_come_back_from_the_platforms_list(app: Flask, officers: Two, appeal: Appeal) -> None:
    received = spam(officers)
    one = replace(words(), source="x", external_id="77", thread="t")
    listed = intake.receive(one)
    assert erasing.erase(officers[0], tip_id=received.tip_id, why="advertising", now=NOW)
    done(listed)
    kept_for(30)
    erasing.erase_due(now=LATER)
    assert not is_there(listed)
    assert polling.unknown([one, replace(one, external_id="78")]) == [replace(one, external_id="78")]
    erasing.erase_due(now=LATER + erasing.REMEMBERED + timedelta(days=1))
    with reading() as session:
        assert session.scalars(select(ErasedMessage)).all() == []


def test_only_what_is_over_long_enough_is_erased_by_age(app: Flask, officers: Two, appeal: Appeal) -> None:
    over = Appeal(public_id="over", kind="wanted", author_id=1, created_at=NOW, taken_down_at=NOW)
    held = Appeal(public_id="held", kind="wanted", author_id=1, created_at=NOW, taken_down_at=NOW)
    with writing() as session:
        session.add_all([over, held])
        session.flush()
        session.add(LegalHold(appeal_id=held.id, reason="launch", set_at=NOW))
    gone = [done(intake.receive(words())), done(intake.receive(words(appeal="over")))]
    stays = [
        intake.receive(words()),
        done(intake.receive(words(appeal=appeal.public_id))),
        done(intake.receive(words(appeal="held"))),
        done(intake.receive(words()), points_away=True),
        done(intake.receive(words()), done_at=LATER - timedelta(days=29)),
    ]
    assert erasing.erase_due(now=LATER) == 0
    kept_for(30)
    assert erasing.due_within(30, now=LATER, most=100) == 3
    assert erasing.erase_due(now=LATER) == 2
    assert [is_there(one) for one in (*gone, *stays)] == [False] * 2 + [True] * 5


def test_files_go_after_a_crash_too(app: Flask, officers: Two) -> None:
    received = done(intake.receive(words(files=(InboundFile("a.jpg", "image/jpeg", jpeg()),))))
    custody.take(NOW)
    with writing() as session:
        traces.remove(session, session.get_one(Tip, received.tip_id, populate_existing=True), cause="age", now=NOW)
    assert len(list(current().files.keys())) == 2
    assert (traces.remove_files(), traces.remove_files()) == (2, 0)
    assert list(current().files.keys()) == []


def test_spam_that_two_saw_is_erased_and_in_the_ledger(app: Flask, officers: Two) -> None:
    received = spam(officers)
    assert erasing.erase(officers[0], tip_id=received.tip_id, why="advertising", now=NOW)
    assert not is_there(received)
    with reading() as session:
        entry = session.scalars(select(LedgerEntry).where(LedgerEntry.action == "erase tip")).one()
    assert (entry.target, entry.actor, entry.reason_code) == (f"tip:{received.tip_id}", "officer:1", "spam")
    assert SPAM not in json.dumps(entry.fields)


def test_one_look_is_not_enough(app: Flask, officers: Two) -> None:
    received = spam(officers, looks=1)
    with pytest.raises(WrongState):
        erasing.erase(officers[0], tip_id=received.tip_id, why="x", now=NOW)
    assert text_of(received.message_id)["text"] == SPAM


def test_what_has_content_is_kept(app: Flask, officers: Two) -> None:
    picture = spam(officers, files=(InboundFile("a.jpg", "image/jpeg", b"\xff\xd8\xff"),))
    urgent = spam(officers)
    with writing() as session:
        session.get_one(Tip, urgent.tip_id).reasons = ["looks_like_spam", "names_someone"]
    for one in (picture, urgent):
        with pytest.raises(WrongState, match="more in it"):
            erasing.erase(officers[0], tip_id=one.tip_id, why="x", now=NOW)


def test_reason_is_needed(app: Flask, officers: Two) -> None:
    with pytest.raises(BadInput):
        erasing.erase(officers[0], tip_id=spam(officers).tip_id, why=" ", now=NOW)


@pytest.fixture
def restricted(app: Flask, officers: Two, appeal: Appeal) -> intake.Received:
    """Spam of a held appeal that somebody wanted erased, in a lead and in the index before."""
    received = spam(officers, appeal=appeal.public_id)
    triage.read_tips(NOW)
    arrivals.take_in(NOW)
    leads.gather(officers[0], tip_ids=[received.tip_id], title="pills", now=NOW)
    with writing() as session:
        session.add(LegalHold(appeal_id=appeal.id, reason="launch", set_at=NOW))
    assert not erasing.erase(officers[0], tip_id=received.tip_id, why="x", now=NOW)
    return received


def test_hold_turns_erasing_into_restricting(restricted: intake.Received, officers: Two) -> None:
    ana, tip_id = officers[0], restricted.tip_id
    assert text_of(restricted.message_id)["text"] == SPAM
    assert search.search(ana, search.Asked("pills"), now=NOW).found == ()
    with reading() as session:
        assert session.scalars(select(Lead.tip_count)).one() == 0
        assert session.scalar(text("SELECT count(*) FROM tip_indexes")) == 0
    for act in (lambda: triage.view(ana, tip_id=tip_id, now=NOW), lambda: triage.claim(ana, tip_id=tip_id, now=NOW)):
        with pytest.raises(NotFound):
            act()
    arrivals.take_in(NOW)
    assert search.search(ana, search.Asked("pills"), now=NOW).found == ()


def test_restricted_tip_is_opened_only_with_a_reason(restricted: intake.Received, officers: Two) -> None:
    ben = officers[1]
    assert [row.id for row in aside.listed(ben)] == [restricted.tip_id]
    with pytest.raises(BadInput):
        aside.open_one(ben, tip_id=restricted.tip_id, why=" ", now=NOW)
    found = aside.open_one(ben, tip_id=restricted.tip_id, why="the court asks", now=NOW)
    assert [message.text for message in found.messages] == [SPAM]
    with reading() as session:
        entry = session.scalars(select(LedgerEntry).where(LedgerEntry.action == "open restricted tip")).one()
    assert (entry.actor, ledger.words_of(entry)) == ("officer:2", "the court asks")


def test_restriction_ends_with_a_reason(restricted: intake.Received, officers: Two) -> None:
    ana, tip_id = officers[0], restricted.tip_id
    aside.take_back(ana, tip_id=tip_id, why="not spam", now=NOW)
    arrivals.take_in(NOW)
    assert [one.row.id for one in search.search(ana, search.Asked("pills"), now=NOW).found] == [tip_id]
    with pytest.raises(NotFound):
        aside.open_one(ana, tip_id=tip_id, why="x", now=NOW)


def test_restriction_ends_when_the_person_writes_again(app: Flask, officers: Two, appeal: Appeal) -> None:
    ana, first = officers[0], replace(words(SPAM), source="sms", thread="one", appeal=appeal.public_id)
    received = seen(intake.receive(first), officers)
    triage.read_tips(NOW)
    with writing() as session:
        session.add(LegalHold(appeal_id=appeal.id, reason="launch", set_at=NOW))
    erasing.erase(ana, tip_id=received.tip_id, why="x", now=NOW)
    more = replace(first, external_id="more", text="I saw him today", received_at=NOW + timedelta(minutes=5))
    assert intake.receive(more).tip_id == received.tip_id
    triage.read_tips(NOW + timedelta(minutes=5))
    assert [row.id for row in triage.queue().rows] == [received.tip_id]
    assert aside.listed(ana) == []
    assert len(triage.view(ana, tip_id=received.tip_id, now=NOW).messages) == 2
