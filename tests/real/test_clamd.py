"""The scanner's wire and the custody of files against the real daemon."""

import io
import zipfile

import pytest
from flask import Flask
from sqlalchemy import select

from appeal.db import reading
from appeal.models.tip import MessageFile
from appeal.rules.errors import WrongState
from appeal.rules.permissions import SYSTEM
from appeal.tips import custody, intake, triage
from appeal.tips.inbound import InboundFile
from appeal.wire import clamd
from tests.real.scanner import EICAR
from tests.tips.conftest import NOW, app, key_folder  # noqa: F401 fixtures
from tests.tips.test_intake import words


def zipped(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside.com", data)
    return out.getvalue()


def test_harmless_bytes_pass_and_the_known_string_is_found(scanner: str) -> None:
    assert clamd.scan(scanner, b"a calm photo") == ""
    assert clamd.scan(scanner, b"") == ""
    assert clamd.scan(scanner, b"\xff\xd8\xff" + b"x" * 3_000_000) == ""
    assert "Eicar-Own" in clamd.scan(scanner, EICAR)
    assert "Eicar-Own" in clamd.scan(scanner, b"%PDF-1.7\n" + EICAR)


def test_it_is_found_in_an_archive_and_a_bomb_does_not_stop_the_scanner(scanner: str) -> None:
    assert "Eicar-Own" in clamd.scan(scanner, zipped(EICAR))
    bomb = zipped(b"\0" * 300_000_000)
    assert clamd.scan(scanner, bomb) != "", "what is too large inside is told, not passed"
    assert clamd.scan(scanner, b"still there") == ""


def test_file_with_a_find_is_held_back_and_its_message_is_not(app: Flask, scanner: str) -> None:  # noqa: F811
    bad, good = (
        InboundFile("bad.pdf", "application/pdf", b"%PDF-1.7\n" + EICAR),
        InboundFile("a.pdf", "", b"%PDF-1.7\n"),
    )
    one = words("I have a paper of his", files=(bad, good))
    received = intake.receive(one, token=one.external_id)
    assert custody.take(NOW, scan=lambda data: clamd.scan(scanner, data)) == 2
    with reading() as session:
        states = session.scalars(select(MessageFile.state).order_by(MessageFile.position)).all()
    assert states == [custody.QUARANTINED, custody.CHECKED]
    with pytest.raises(WrongState):
        triage.file(SYSTEM, received.tip_id, received.message_id, 0)
    assert triage.file(SYSTEM, received.tip_id, received.message_id, 1)[2] == b"%PDF-1.7\n"
