"""Two kinds of transaction and no third; one engine per process with its listeners."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import create_engine, event, insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from appeal import db
from appeal.models.force import ForceSetting, Heartbeat
from appeal.models.release import Channel
from appeal.pages import translate
from appeal.rules.words import say

ON_POSTGRES_TOO = True
MOMENT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def names() -> list[str]:
    with db.reading() as session:
        return [row.name for row in session.query(ForceSetting).order_by(ForceSetting.name)]


def test_writing_commits_at_its_end(core: Flask) -> None:
    with db.writing() as session:
        session.add(ForceSetting(name="a", value="1"))
    assert names() == ["a"]


def test_writing_rolls_back_on_an_exception(core: Flask) -> None:
    def fail() -> None:
        with db.writing() as session:
            session.add(ForceSetting(name="a", value="1"))
            session.flush()
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        fail()
    assert names() == []


def test_an_inner_transaction_joins_the_outer_one(core: Flask) -> None:
    def inner() -> None:
        with db.writing() as session:
            session.add(ForceSetting(name="inner", value="1"))

    def outer() -> None:
        with db.writing():
            inner()
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        outer()
    assert names() == []
    with db.writing(), db.reading() as session:
        session.add(ForceSetting(name="read inside", value="1"))
    assert names() == ["read inside"]


def test_reading_cannot_write(core: Flask) -> None:
    with pytest.raises(DBAPIError), db.reading() as session:
        session.execute(insert(ForceSetting).values(name="a", value="1"))
    with pytest.raises(DBAPIError), db.reading() as session:
        session.execute(text("DELETE FROM force_settings"))
    assert names() == []


def test_what_begins_by_itself_cannot_write_either(core: Flask) -> None:
    with pytest.raises(DBAPIError):
        db.db.session.execute(text("INSERT INTO force_settings (name, value) VALUES ('a', '1')"))
    db.db.session.rollback()
    assert names() == []


def test_reading_does_not_open_writing_inside(core: Flask) -> None:
    with db.reading(), pytest.raises(RuntimeError, match="may not write"), db.writing():
        raise AssertionError("it did")


def test_reading_after_writing_is_reading_again(core: Flask) -> None:
    with db.writing() as session:
        session.add(ForceSetting(name="a", value="1"))
    with pytest.raises(DBAPIError), db.reading() as session:
        session.execute(text("DELETE FROM force_settings"))


def test_rows_stay_usable_after_the_transaction(core: Flask) -> None:
    with db.writing() as session:
        row = ForceSetting(name="a", value="1")
        session.add(row)
    assert (row.name, row.value) == ("a", "1")


def test_moments_come_back_aware_and_in_utc(core: Flask) -> None:
    madrid = timezone(timedelta(hours=1))
    with db.writing() as session:
        session.add(Heartbeat(name="a", ticked_at=MOMENT.astimezone(madrid)))
    with db.reading() as session:
        found = session.get_one(Heartbeat, "a", populate_existing=True).ticked_at
    assert (found, found.utcoffset()) == (MOMENT, timedelta(0))


def test_a_moment_without_zone_is_refused(core: Flask) -> None:
    with pytest.raises(StatementError, match="without a zone"), db.writing() as session:
        session.add(Heartbeat(name="a", ticked_at=MOMENT.replace(tzinfo=None)))


def test_writing_together_is_one_unit(core: Flask) -> None:
    rows = [(insert(ForceSetting), {"name": name, "value": "1"}) for name in ("a", "a")]
    with pytest.raises(IntegrityError):
        db.write_together(rows)
    assert names() == []
    db.write_together(rows[:1])
    assert names() == ["a"]


def test_writing_together_is_a_transaction_of_its_own(core: Flask) -> None:
    with db.writing(), pytest.raises(RuntimeError):
        db.write_together([])


def test_the_engine_has_its_listeners(core: Flask, database_url: str) -> None:
    assert db.missing_listeners(db.db.engine) == []
    assert db.engine_for(database_url) is db.db.engine


def test_an_engine_without_listeners_is_noticed() -> None:
    bare = create_engine("sqlite://")
    assert db.missing_listeners(bare) == ["connect", "begin"]
    bare.dispose()


def test_a_lost_listener_is_noticed(core: Flask) -> None:
    engine = db.db.engine
    listener = db._begin_sqlite if engine.dialect.name == "sqlite" else db._begin_postgresql
    event.remove(engine, "begin", listener)
    try:
        assert db.missing_listeners(engine) == ["begin"]
    finally:
        event.listen(engine, "begin", listener)


def test_sqlite_is_durable_and_keeps_foreign_keys(core: Flask) -> None:
    if db.db.engine.dialect.name != "sqlite":
        pytest.skip("this is about SQLite")
    with db.reading() as session:
        found = [session.execute(text(f"PRAGMA {one}")).scalar() for one in ("journal_mode", "synchronous")]
        keys = session.execute(text("PRAGMA foreign_keys")).scalar()
    assert (found, keys) == (["wal", 2], 1)


def stopped(words: str) -> str:
    """What a column gives back after it kept these words."""
    with db.writing() as session:
        row = Channel(publisher="x", name="X", language="en", created_at=MOMENT, stopped_reason=words)
        session.add(row)
        session.flush()
        channel_id = row.id
    db.db.session.remove()
    with db.reading() as session:
        return session.get_one(Channel, channel_id).stopped_reason


def test_a_sentence_in_a_column_stays_a_sentence(core: Flask) -> None:
    assert translate("es", stopped(say("%(label)s is missing.", label="X"))) == "Falta X."


def test_a_sentence_that_a_column_cannot_hold_stays_as_english(core: Flask) -> None:
    words = stopped(say("%(label)s is missing.", label="T" * 270))
    assert (words, type(words)) == ("T" * 270 + " is missing.", str)
