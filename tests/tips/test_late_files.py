"""Files that arrive after their message: brought once, and deleted at the platform only when they are durable here."""

import json
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from appeal.db import reading
from appeal.models.tip import MessageFile, Tip
from appeal.publishers.base import Settings
from appeal.rules.errors import TryLater
from appeal.tips import intake, late_files
from appeal.tips.inbound import Inbound, InboundFile
from appeal.tips.sources.base import MEDIA, MISSING
from tests.tips.conftest import NOW

MESSAGE = Inbound("sms", "MM1", NOW, "look", sender="+34600000001", facts={MEDIA: json.dumps([["a", ""], ["b", ""]])})
SETTINGS = Settings({})


class Platform:
    """Gives and forgets as it is told to."""

    def __init__(self) -> None:
        self.given: dict[str, bytes] = {"a": b"one", "b": b"two"}
        self.forgotten: list[str] = []
        self.error: Exception | None = None

    def fetch(self, _settings: Settings, message: Inbound) -> Inbound:
        if self.error:
            raise self.error
        files = tuple(InboundFile(name, "image/jpeg", data) for name, data in self.given.items())
        facts = {} if len(files) == 2 else {MISSING: "1"}
        return replace(message, files=files, facts=facts)

    def forget(self, _settings: Settings, message: Inbound) -> None:
        self.forgotten.append(message.external_id)

    def keeper(self) -> late_files.Keeper:
        return late_files.Keeper(self.fetch, self.forget)


@pytest.fixture
def platform() -> Platform:
    return Platform()


def bring(platform: Platform) -> int:
    return late_files.bring(SETTINGS, [MESSAGE], platform.keeper())


def kept() -> tuple[int, int]:
    with reading() as session:
        files = session.scalars(select(MessageFile)).all()
        return len(files), session.scalars(select(Tip.file_count)).one()


def test_files_are_brought_once_and_then_forgotten_there(app: Flask, platform: Platform) -> None:
    intake.receive(MESSAGE)
    assert bring(platform) == 2
    assert (kept(), platform.forgotten) == ((2, 2), ["MM1"])
    assert bring(platform) == 0
    assert (kept(), platform.forgotten) == ((2, 2), ["MM1", "MM1"])


def test_file_that_is_not_given_lets_all_wait_and_nothing_be_forgotten(app: Flask, platform: Platform) -> None:
    intake.receive(MESSAGE)
    del platform.given["b"]
    assert bring(platform) == 0
    platform.error = TryLater("later")
    assert bring(platform) == 0
    assert (kept(), platform.forgotten) == ((0, 0), [])
    platform.error, platform.given = None, {"a": b"one", "b": b"two"}
    assert bring(platform) == 2


def test_no_room_on_the_disk_leaves_them_where_they_are(
    app: Flask, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake.receive(MESSAGE)
    monkeypatch.setattr(late_files.intake, "has_room", lambda _size: False)
    assert bring(platform) == 0
    assert (kept(), platform.forgotten) == ((0, 0), [])


def test_message_that_is_not_stored_gets_no_files(app: Flask, platform: Platform) -> None:
    assert bring(platform) == 0
    assert platform.forgotten == []
