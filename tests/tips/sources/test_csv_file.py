"""Tables of other systems: read in many shapes, guessed, and every line a message or one reason why it is none."""

from datetime import UTC, datetime

import pytest

from appeal.rules.errors import BadInput
from appeal.tips.sources.csv_file import MOST_BYTES, Line, guess, messages, table

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HEAD = "Fecha;Texto;Lugar;Lat;Lon;Teléfono;Referencia\n"


def lines(body: str, *, head: str = HEAD, appeal: str = "") -> list[Line]:
    found = table((head + body).encode())
    return messages(found, guess(found.head), appeal=appeal, known_appeals=["k3v9"], zone="Europe/Madrid", now=NOW)


def test_a_spanish_table_becomes_messages() -> None:
    (line,) = lines("01/02/2026 9:30;Lo vi, «ayer»;Plaza;41.65;-0.88;600;7\n", appeal="k3v9")
    message = line.message
    assert message
    assert (message.text, message.external_id, message.appeal) == ("Lo vi, «ayer»", "id/7", "k3v9")
    assert message.received_at == datetime(2026, 2, 1, 8, 30, tzinfo=UTC)
    assert message.facts == {"where": "Plaza", "phone": "600", "position": "41.65, -0.88"}


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        (";;Plaza;;;;\n", "Nothing was said"),
        ("31/02/2026;x;;;;;\n", "cannot be read"),
        ("01/01/1900;x;;;;;\n", "before 1970"),
        ("2100-01-01;x;;;;;\n", "not come yet"),
        ("0000;x;;;;;\n", "cannot be read"),
        (";x;;91.00;181.00;;\n", "outside the world"),
        (";x;;abc;;;\n", "outside the world"),
        (f";x;{'a' * 2_001};;;;\n", "2,000 characters"),
        (f";{'a' * 50_001};;;;;\n", "50,000 characters"),
        (";y;;;;;\n;y;;;;;\n", "same as a line above"),
    ],
)
def test_a_line_that_cannot_come_in_says_why(body: str, wrong: str) -> None:
    good, *_between, bad = lines("2026-02-28 18:00;good;;;;;1\n" + body)
    assert good.message
    assert bad.message is None
    assert wrong in bad.wrong


def test_an_unknown_appeal_and_a_strange_language_are_named() -> None:
    head = "text,appeal,language\n"
    assert [line.wrong for line in lines("a,k3v9,ES\nb,zzz,es\nc,,spanish\n", head=head)] == [
        "",
        "There is no such appeal.",
        "The language is no two letters.",
    ]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"text\n",
        b"\x00\x01\x02",
        b"text\na\x00b\n",
        b"a" * (MOST_BYTES + 1),
        b"text\n" + b"x\n" * 2_001,
        b"\xff\xfe",
    ],
)
def test_what_is_no_table_is_said_as_a_whole(raw: bytes) -> None:
    with pytest.raises(BadInput):
        table(raw)


def test_a_table_without_a_column_of_words_asks_for_it() -> None:
    with pytest.raises(BadInput):
        lines("a\n", head="zzz\n")


def test_other_letters_and_short_lines_are_read() -> None:
    found = table("text,where\ncafé\n\u202eمحمد,x,y,z\n".encode("cp1252", "ignore"))
    assert found.lines[0] == ("café", "")
    assert table("text\tid\nñ\t1\n".encode("utf-16")).lines == (("ñ", "1"),)
