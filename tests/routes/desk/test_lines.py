"""The page of the force's danger and contact lines."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from appeal.db import dispose_engines
from appeal.routes.desk import lines as pages
from appeal.services import lines
from tests.desk import NOW
from tests.routes.desk.duty import duty_app, get, press, signed_in


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOW, tick=False):
        yield duty_app(tmp_path, pages)
    dispose_engines()


@pytest.fixture
def boss(app: Flask) -> FlaskClient:
    return signed_in(app, "boss", "administrator")


def test_a_line_is_written_dialled_and_dropped(app: Flask, boss: FlaskClient) -> None:
    assert "No lines yet" in get(boss, "/lines").text
    given = {"kind": "danger", "code": "keep_away", "language": "en", "body": "Keep away."}
    shown = press(boss, "/lines", "/lines", **given)
    assert "not dialled" in shown.text
    with app.app_context():
        (line,) = lines.listed()
    assert "not dialled" not in press(boss, f"/lines/{line.id}/dialled", "/lines").text
    assert "No lines yet" in press(boss, f"/lines/{line.id}/drop", "/lines").text


def test_what_is_wrong_is_said_at_its_field(boss: FlaskClient) -> None:
    shown = press(boss, "/lines", "/lines", kind="danger", code="two words", language="en", body="Keep away.")
    assert 'id="code-error"' in shown.text
    assert "two words" in shown.text


def test_nobody_else_sees_it(app: Flask) -> None:
    assert get(signed_in(app, "other", "approver"), "/lines").status_code == 403
