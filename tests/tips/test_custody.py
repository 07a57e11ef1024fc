"""Files are hashed, scanned and cleaned one by one; a bad one hinders neither its words nor the files behind it."""

import hashlib
import io
import struct
import zipfile
import zlib

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from appeal import imaging
from appeal.db import reading
from appeal.installation import current
from appeal.ledger import words_of
from appeal.models.ledger import LedgerEntry
from appeal.models.tip import MessageFile
from appeal.tips import custody, intake
from appeal.tips.inbound import InboundFile
from appeal.wire.clamd import ScannerSilent
from tests.tips.conftest import NOW
from tests.tips.test_intake import text_of, words


def picture(kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(out, kind)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of a few kilobytes that says it has 3,600 million points."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1_000_000)), (b"IEND", b"")]
    written = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\0" * 20_000_000)
    return out.getvalue()


def stored(*files: bytes) -> intake.Received:
    named = tuple(InboundFile(f"{number}.jpg", "image/jpeg", data) for number, data in enumerate(files))
    return intake.receive(words("I have pictures", files=named))


def rows() -> list[MessageFile]:
    with reading() as session:
        wanted = select(MessageFile).order_by(MessageFile.position)
        return list(session.scalars(wanted, execution_options={"populate_existing": True}))


def test_picture_is_hashed_and_gets_a_copy_for_looking_at(app: Flask) -> None:
    received = stored(picture())
    assert custody.take(NOW) == 1
    (row,) = rows()
    assert (row.state, row.cleaned is not None) == (custody.CHECKED, True)
    keys, files = current().desk_keys, current().files
    assert keys.open(files.open(row.file)) == picture()
    assert imaging.examine(keys.open(files.open(str(row.cleaned)))).width == 64
    with reading() as session:
        entry = session.scalars(select(LedgerEntry).where(LedgerEntry.action == "take file into custody")).one()
    assert entry.target == f"tip:{received.tip_id}"
    assert hashlib.sha256(picture()).hexdigest() in str(words_of(entry))


@pytest.mark.parametrize(
    "bad", [bomb(), picture()[:300], b"", b"\xff\xd8\xff", zipped()], ids=["bomb", "cut", "empty", "head", "zip"]
)
def test_what_is_no_whole_picture_is_kept_without_a_copy(app: Flask, bad: bytes) -> None:
    received = stored(bad, picture("PNG"))
    assert custody.take(NOW) == 2
    assert [(row.state, row.cleaned is not None) for row in rows()] == [
        (custody.CHECKED, False),
        (custody.CHECKED, True),
    ]
    assert current().desk_keys.open(current().files.open(rows()[0].file)) == bad
    assert text_of(received.message_id)["text"] == "I have pictures"


def test_file_that_is_gone_is_damaged_and_those_behind_it_are_taken(app: Flask) -> None:
    stored(picture(), picture("PNG"))
    current().files.delete(rows()[0].file)
    assert custody.take(NOW) == 2
    assert [row.state for row in rows()] == [custody.DAMAGED, custody.CHECKED]


def test_files_wait_while_the_scanner_is_silent(app: Flask) -> None:
    def silent(_data: bytes) -> str:
        raise ScannerSilent("TimeoutError")

    stored(picture())
    assert custody.take(NOW, scan=silent) == 0
    assert [row.state for row in rows()] == [custody.NEW]
    assert custody.take(NOW, scan=lambda _data: "Worm") == 1
    assert [(row.state, row.cleaned) for row in rows()] == [(custody.QUARANTINED, None)]
