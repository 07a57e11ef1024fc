"""Large files come in pieces, go on where they stopped, and become one message of their tip."""

import hashlib
import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from appeal import sealing
from appeal.db import reading
from appeal.installation import current
from appeal.models.ledger import LedgerEntry
from appeal.models.tip import MessageFile, Tip
from appeal.rules.errors import BadInput, NotFound, WrongState
from appeal.tips import custody, intake, opening, pieces
from appeal.tips.pieces import PIECE_BYTES
from appeal.wire.clamd import ScannerSilent
from tests.factories import jpeg
from tests.tips.conftest import NOW
from tests.tips.test_intake import SECRET, token, words

FILM = b"\x00\x00\x00\x18ftypmp42" + SECRET.encode() * (3 * PIECE_BYTES // len(SECRET))
NAME = f"{SECRET}.mp4"


def begin(made: str, data: bytes = FILM, name: str = NAME) -> pieces.Upload:
    return pieces.begin(made, name=name, size=len(data), modified="1")


def send(made: str, data: bytes = FILM, name: str = NAME) -> intake.Received:
    begun = begin(made, data, name)
    for number in range(begun.here, begun.pieces):
        pieces.add(made, begun.id, number, data[number * PIECE_BYTES : (number + 1) * PIECE_BYTES])
    return pieces.finish(made, begun.id, name=name, language="en", now=NOW)


def only_file() -> MessageFile:
    with reading() as session:
        return session.scalars(select(MessageFile).execution_options(populate_existing=True)).one()


def test_file_comes_piece_by_piece_and_is_put_together_by_the_desk(app: Flask) -> None:
    made = token()
    received = send(made)
    row = only_file()
    assert (row.size, row.state, opening.bytes_of(row)) == (len(FILM), "new", FILM)
    assert custody.take(NOW) == 1
    row = only_file()
    assert (row.state, row.cleaned, opening.name_of(row)) == ("checked", None, (NAME, "video/mp4"))
    assert opening.bytes_of(row) == FILM
    assert list(current().files.keys()) == [row.file]
    assert json.loads(current().desk_keys.open(row.sealed_name))["sha256"] == hashlib.sha256(FILM).hexdigest()
    with reading() as session:
        entry = session.scalars(select(LedgerEntry)).one()
        assert session.get_one(Tip, received.tip_id).file_count == 1
    assert (entry.action, entry.target) == ("take file into custody", f"tip:{received.tip_id}")


def test_upload_goes_on_where_it_stopped_and_stores_no_piece_twice(app: Flask) -> None:
    made = token()
    begun = begin(made)
    pieces.add(made, begun.id, 0, FILM[:PIECE_BYTES])
    pieces.add(made, begun.id, 0, FILM[:PIECE_BYTES])
    assert begin(made) == pieces.Upload(begun.id, 1, 4)
    first, again = send(made), send(made)
    assert (first.tip_id, again.message_id, again.is_new) == (sealing.tip_id(made), first.message_id, False)
    assert opening.bytes_of(only_file()) == FILM


def test_line_that_a_crash_cut_off_is_sent_again(app: Flask) -> None:
    made = token()
    begun = begin(made)
    pieces.add(made, begun.id, 0, FILM[:PIECE_BYTES])
    path = current().config.uploads / f"{begun.id}.open"
    path.write_text(path.read_text() + "abcdef")
    assert begin(made).here == 1
    send(made)
    assert opening.bytes_of(only_file()) == FILM


def test_same_token_makes_one_tip_of_words_and_file(app: Flask) -> None:
    one = words()
    intake.receive(one, token=one.external_id)
    send(one.external_id)
    with reading() as session:
        tip = session.scalars(select(Tip)).one()
    assert (tip.message_count, tip.file_count) == (2, 1)


@pytest.mark.parametrize(("size", "sentence"), [(0, "empty"), (pieces.MOST_BYTES + 1, "100 MB")])
def test_size_is_asked_for_before_anything_is_sent(app: Flask, size: int, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        pieces.begin(token(), name="a", size=size, modified="")


def test_eleventh_file_and_strange_kinds_are_refused(app: Flask) -> None:
    made = token()
    begun = [begin(made, name=f"{n}.mp4") for n in range(pieces.MOST_FILES)]
    with pytest.raises(BadInput, match="10 at most"):
        begin(made, name="one more.mp4")
    with pytest.raises(BadInput, match="no photo"):
        pieces.add(made, begun[0].id, 0, b"MZ" + bytes(PIECE_BYTES - 2))
    assert list(current().files.keys()) == []


def test_pieces_in_the_wrong_order_size_or_hands_are_refused(app: Flask) -> None:
    made = token()
    begun = begin(made)
    with pytest.raises(WrongState):
        pieces.add(made, begun.id, 1, FILM[:PIECE_BYTES])
    with pytest.raises(BadInput):
        pieces.add(made, begun.id, 0, FILM[:100])
    with pytest.raises(WrongState):
        pieces.finish(made, begun.id, name="a", language="en", now=NOW)
    for upload in (begun.id, "../../keys/form.key", "", "é" * 48):
        with pytest.raises(NotFound):
            pieces.add(token(), upload, 0, FILM[:PIECE_BYTES])


def test_no_room_stops_a_file_before_it_begins(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appeal.filestore.LEAST_RESERVE", 10**18)
    with pytest.raises(BadInput, match="no room"):
        begin(token())


def test_what_was_never_ended_is_forgotten(app: Flask) -> None:
    made = token()
    begun = begin(made)
    pieces.add(made, begun.id, 0, FILM[:PIECE_BYTES])
    assert pieces.sweep(older_than=NOW - timedelta(days=900)) == 0
    assert pieces.sweep(older_than=NOW + timedelta(days=9000)) == 1
    assert list(current().files.keys()) == []


def test_nothing_of_a_file_stands_in_clear(app: Flask) -> None:
    send(token())
    forms = (SECRET.encode(), SECRET.encode().hex().encode())
    for path in current().config.instance.rglob("*"):
        assert not path.is_file() or not any(form in path.read_bytes() for form in forms)


def test_picture_gets_a_copy_for_looking_at_without_its_place(app: Flask) -> None:
    data = jpeg()
    send(token(), data, "a.jpg")
    custody.take(NOW)
    cleaned = opening.cleaned_of(only_file())
    assert cleaned
    assert cleaned[:3] == b"\xff\xd8\xff"
    assert cleaned != data
    assert opening.bytes_of(only_file()) == data


def test_what_the_scanner_finds_is_kept_and_not_handed_over(app: Flask) -> None:
    send(token())
    assert custody.take(NOW, scan=lambda _data: "Eicar-Signature") == 1
    assert only_file().state == "quarantined"


def test_files_wait_for_a_scanner_that_is_silent(app: Flask) -> None:
    def silent(_data: bytes) -> str:
        raise ScannerSilent

    send(token())
    assert (custody.take(NOW, scan=silent), only_file().state) == (0, "new")


def test_file_that_cannot_be_opened_is_named_and_stops_nothing(app: Flask) -> None:
    send(token())
    current().files.path(only_file().file).write_bytes(b"damaged")
    send(token(), FILM[:PIECE_BYTES], "b.mp4")
    assert custody.take(NOW) == 2
    with reading() as session:
        found = dict(session.execute(select(MessageFile.state, func.count()).group_by(MessageFile.state)).all())
    assert found == {"damaged": 1, "checked": 1}
