"""Legal holds at the desk: set by hand, asked to lift by one role, lifted by the other."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from appeal.db import dispose_engines, writing
from appeal.models.appeal import Appeal
from appeal.routes.desk import appeals, holds
from tests.desk import NOW
from tests.routes.desk.duty import duty_app, get, press, signed_in


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOW, tick=False):
        yield duty_app(tmp_path, holds, appeals)
    dispose_engines()


def test_hold_is_set_and_lifted_by_two(app: Flask) -> None:
    boss, approver = signed_in(app, "ana", "administrator"), signed_in(app, "pedro", "approver")
    with app.app_context(), writing() as session:
        session.add(Appeal(id=1, public_id="k3v9q2mx7d", kind="wanted", author_id=1, created_at=NOW))
    assert "No hold stands." in get(boss, "/holds").text
    assert "Set by an officer." in press(boss, "/holds", "/holds", appeal_id="1", words="complaint").text
    assert "Say why." in press(boss, "/holds", "/holds", appeal_id="1", words=" ").text
    assert "There is no such appeal." in press(boss, "/holds", "/holds", appeal_id="9", words="x").text
    assert "Asked. It stands" in press(boss, "/holds/1/lift", "/holds", words="over").text
    assert "has asked to lift it." in get(approver, "/holds").text
    assert "The hold is lifted." in press(approver, "/holds/1/lift", "/holds", words="agreed").text
    assert "No hold stands." in get(approver, "/holds").text
    assert "does not stand any more" in press(approver, "/holds/1/lift", "/holds", words="again").text
