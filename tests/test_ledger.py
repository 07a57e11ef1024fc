"""The ledger: what is recorded, how it is chained, and that every change is found."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import DatabaseError

from appeal import keys, ledger, ledger_check
from appeal.config import load_config
from appeal.db import Base, db, dispose_engines, reading, writing
from appeal.filestore import FileStore
from appeal.installation import Installation, current, install
from appeal.models.ledger import LedgerEntry, LedgerText
from appeal.rules.errors import LedgerBroken

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """An application with an empty database that has the ledger's triggers."""
    keys.create(tmp_path / "keys")
    config = load_config({"APPEAL_INSTANCE": str(tmp_path)})
    app = Flask("ledger")
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    db.init_app(app)
    install(app, Installation(config, keys.load_desk(config.keys), FileStore(config.files)))
    with app.app_context():
        with writing() as session:
            Base.metadata.create_all(session.connection())
            for trigger in ledger.TRIGGERS["sqlite"]:
                session.execute(text(trigger))
        yield app
    dispose_engines()


def add(count: int, **more: object) -> None:
    for number in range(count):
        with writing() as session:
            ledger.record(
                session,
                at=NOW + timedelta(seconds=number),
                actor="officer:3",
                action="appeal saved",
                target=f"appeal:{number}",
                **more,  # type: ignore[arg-type]
            )


def exported() -> list[str]:
    stream = io.StringIO()
    ledger_check.export(stream)
    return stream.getvalue().splitlines(keepends=True)


def public_key() -> str:
    return ledger.public_key(current().desk_keys.ledger_seed)


def all_entries() -> list[LedgerEntry]:
    with reading() as session:
        return list(session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)))


def tamper(statement: str, **values: object) -> None:
    """Change the database behind the triggers' back, as somebody with the file could."""
    with writing() as session:
        for name in ("insert", "update", "delete"):
            session.execute(text(f"DROP TRIGGER IF EXISTS ledger_entries_{name}"))
        session.execute(text(statement), values)


def test_record_keeps_hashes_and_no_values(app: Flask) -> None:
    add(1, fields={"title": "Zanahoria", "area": "Zanahoria"})

    (entry,) = all_entries()

    assert set(entry.fields) == {"salt", "title", "area"}
    assert entry.fields["title"] == ledger.salted(entry.fields["salt"], "title", "Zanahoria")
    assert entry.fields["title"] != entry.fields["area"]
    assert entry.text_sha256 == ""
    assert (entry.place, entry.sha256, entry.signature) == (None, "", "")


def test_record_seals_words_that_only_the_desk_opens(app: Flask) -> None:
    add(1, words="Zanahoria", reason_code="found")

    (entry,) = all_entries()

    assert ledger.words_of(entry) == "Zanahoria"
    assert entry.reason_code == "found"
    database = Path(app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"))
    for file in database.parent.glob(database.name + "*"):
        assert b"Zanahoria" not in file.read_bytes()


def test_record_is_undone_with_its_transaction(app: Flask) -> None:
    def fail() -> None:
        with writing() as session:
            ledger.record(session, at=NOW, actor="system", action="a", target="b", words="c")
            raise RuntimeError("the change failed")

    with pytest.raises(RuntimeError):
        fail()

    assert all_entries() == []


def test_record_refuses_a_field_that_would_replace_the_salt(app: Flask) -> None:
    with pytest.raises(ValueError, match="salt"):
        add(1, fields={"salt": "x"})


def test_erased_words_show_as_erased_and_break_nothing(app: Flask) -> None:
    add(2, words="Zanahoria")
    ledger.chain(NOW)
    with writing() as session:
        session.delete(session.get(LedgerText, 1))

    first, second = all_entries()

    assert ledger.words_of(first) is None
    assert ledger.words_of(second) == "Zanahoria"
    assert ledger_check.verify_database(public_key()).count == 2


def test_changed_words_are_found(app: Flask) -> None:
    add(1, words="Zanahoria")
    with writing() as session:
        sealed = current().keys.seal(ledger.canonical({"salt": "00", "words": "Pepino"}))
        session.execute(update(LedgerText).values(sealed=sealed))

    with pytest.raises(LedgerBroken, match="words"):
        ledger.words_of(all_entries()[0])


def test_chain_gives_places_in_order_and_links_each_to_the_one_before(app: Flask) -> None:
    add(3)

    assert ledger.chain(NOW, limit=2) == 2
    assert ledger.chain(NOW) == 1
    assert ledger.chain(NOW) == 0

    found = all_entries()
    assert [entry.place for entry in found] == [1, 2, 3]
    assert [entry.previous for entry in found] == [ledger.FIRST_PREVIOUS, found[0].sha256, found[1].sha256]
    assert ledger_check.verify_database(public_key()) == ledger_check.Verified(3, found[2].sha256)


def test_chain_takes_a_lower_id_that_was_committed_later(app: Flask) -> None:
    with writing() as session:
        session.add(LedgerEntry(id=7, at=NOW, actor="system", action="first", target="x"))
    ledger.chain(NOW)
    with writing() as session:
        session.add(LedgerEntry(id=4, at=NOW, actor="system", action="late", target="x"))

    assert ledger.chain(NOW) == 1

    assert {entry.id: entry.place for entry in all_entries()} == {7: 1, 4: 2}
    assert ledger_check.verify_database(public_key()).count == 2


def test_entries_come_in_order_after_an_id_and_of_one_target(app: Flask) -> None:
    add(4)
    add(4)

    assert [entry.id for entry in ledger.entries(after=2, limit=3)] == [3, 4, 5]
    assert [entry.id for entry in ledger.entries(after=0, limit=9, target="appeal:1")] == [2, 6]
    assert [entry.id for entry in ledger.latest(limit=2, before=8)] == [7, 6]
    assert [entry.id for entry in ledger.latest(limit=9, target="appeal:3")] == [8, 4]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM ledger_entries WHERE id = 1",
        "UPDATE ledger_entries SET actor = 'officer:9' WHERE id = 1",
        "UPDATE ledger_entries SET signature = '' WHERE id = 1",
        "UPDATE ledger_entries SET place = NULL WHERE id = 1",
        "UPDATE ledger_entries SET place = 9, actor = 'officer:9' WHERE id = 2",
        "UPDATE ledger_entries SET place = 9, fields = '{}' WHERE id = 2",
        "UPDATE ledger_entries SET place = 9, at = '2020-01-01' WHERE id = 2",
        "UPDATE ledger_entries SET reason_code = 'x' WHERE id = 2",
        "UPDATE OR REPLACE ledger_entries SET place = 1 WHERE id = 2",
        "INSERT OR REPLACE INTO ledger_entries (id, at, actor, action, target, fields, reason_code, text_sha256, "
        "previous, sha256, signature) VALUES (1, '2020-01-01', 'a', 'b', 'c', '{}', '', '', '', '', '')",
        "INSERT INTO ledger_entries (at, actor, action, target, fields, reason_code, text_sha256, place, "
        "previous, sha256, signature) VALUES ('2020-01-01', 'a', 'b', 'c', '{}', '', '', 5, '', '', '')",
    ],
)
def test_triggers_refuse_every_change_but_the_place(app: Flask, statement: str) -> None:
    add(2, fields={"title": "one"})
    ledger.chain(NOW, limit=1)
    before = exported()

    with pytest.raises(DatabaseError, match="only added to"), writing() as session:
        session.execute(text(statement))

    assert exported() == before
    assert [entry.place for entry in all_entries()] == [1, None]


def test_export_can_be_verified_from_a_file_without_a_database(app: Flask, tmp_path: Path) -> None:
    add(30, fields={"title": "Ñandú"}, words="why")
    ledger.chain(NOW)
    add(1)
    path = tmp_path / "ledger.jsonl"
    path.write_text("".join(exported()), encoding="utf-8")
    key = public_key()
    dispose_engines()

    assert ledger_check.verify(path, key).count == 30


def test_verify_reads_more_rows_than_fit_one_batch(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_check, "ROWS_AT_ONCE", 3)
    add(7)
    ledger.chain(NOW)

    assert ledger_check.verify_database(public_key()).count == 7
    assert len(exported()) == 8


def test_verify_finds_every_changed_byte_of_an_export(app: Flask) -> None:
    add(2, fields={"title": "Ñandú"})
    ledger.chain(NOW)
    whole = "".join(exported())
    key = public_key()

    for position, letter in enumerate(whole):
        changed = whole[:position] + ("x" if letter != "x" else "y") + whole[position + 1 :]
        with pytest.raises(LedgerBroken):
            ledger_check.verify(changed.splitlines(keepends=True), key)


def test_verify_names_the_first_wrong_entry(app: Flask) -> None:
    add(5)
    ledger.chain(NOW)
    lines = exported()
    key = public_key()

    changed = [*lines[:3], lines[3].replace("officer:3", "officer:4"), *lines[4:]]
    assert fault(changed, key) == "entry 3: hash does not match"
    assert fault(lines[:2] + lines[3:], key) == "entry 2: its place is wrong"
    assert fault([*lines[:2], "{\n", *lines[3:]], key) == "entry 2: is not JSON"
    assert fault([lines[0], lines[1].replace('"actor":', '"actor": ')], key) == (
        "entry 1: is not written the way it was written out"
    )
    entry = json.loads(lines[1])
    upper = lines[1].replace(entry["signature"], entry["signature"].upper())
    assert fault([lines[0], upper], key) == "entry 1: signature does not match"


def test_verify_refuses_another_key_and_what_is_no_ledger(app: Flask) -> None:
    add(1)
    ledger.chain(NOW)
    lines = exported()
    other = ledger.public_key(bytes(32))

    assert fault(lines, other) == "the ledger was signed with another key than the one to check against"
    assert fault([lines[0].replace(public_key(), other), *lines[1:]], other) == "entry 1: signature does not match"
    assert fault([], other) == "the first line: is not JSON"


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE ledger_entries SET target = 'appeal:9' WHERE place = 4", "entry 4: hash does not match"),
        ("UPDATE ledger_entries SET at = 'never' WHERE place = 4", "entry 4: cannot be read"),
        ("UPDATE ledger_entries SET fields = '{' WHERE place = 4", "entry 4: cannot be read"),
        ("UPDATE ledger_entries SET previous = 'x' WHERE place = 4", "entry 4: does not follow the one before"),
        ("DELETE FROM ledger_entries WHERE place = 4", "entry 4: its place is wrong"),
    ],
)
def test_verify_finds_what_was_changed_in_the_live_database(app: Flask, statement: str, words: str) -> None:
    add(6)
    ledger.chain(NOW)
    tamper(statement)

    with pytest.raises(LedgerBroken) as caught:
        ledger_check.verify_database(public_key())

    assert caught.value.words == words


def fault(lines: list[str], key: str) -> str:
    with pytest.raises(LedgerBroken) as caught:
        ledger_check.verify(lines, key)
    return caught.value.words
