"""Desks at the desk: named, given hours and people by administrators, seen by everybody."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from appeal.db import dispose_engines
from appeal.routes.desk import admin, pauses
from appeal.routes.desk import desks as desk_pages
from appeal.routes.desk import rota as rota_pages
from appeal.services import desks
from tests.desk import NOW, post
from tests.routes.desk.duty import acts, duty_app, get, press, signed_in


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOW, tick=False):
        yield duty_app(tmp_path, rota_pages, desk_pages, pauses, admin)
    dispose_engines()


@pytest.fixture
def boss(app: Flask) -> FlaskClient:
    return signed_in(app, "boss", "administrator")


def test_everybody_sees_the_desks_and_only_administrators_change_them(app: Flask) -> None:
    eva = signed_in(app, "eva", "observer")
    shown = get(eva, "/desks").text
    assert "all languages that no other desk reads" in shown
    assert "open now" in shown
    assert "Add a desk" not in shown
    assert [get(eva, one).status_code for one in ("/desks/new", "/desks/1", "/desks/1/people")] == [403] * 3


def test_a_desk_is_made_named_and_gets_hours_of_its_own(app: Flask, boss: FlaskClient) -> None:
    shown = press(boss, "/desks/new", "/desks/new", name="Night desk", languages="es", zone="Atlantic/Canary")
    assert "People of Night desk" in shown.text
    assert acts(app, "desk:2") == [("officer:1", "save desk")]
    assert "Rota of Night desk" in get(boss, "/rota?desk=2").text
    row = {"windows-0-weekday": "0", "windows-0-opens": "22:00", "windows-0-closes": "06:00"}
    assert "22:00" in press(boss, "/rota?desk=2", "/rota?desk=2", **row).text
    assert "Rota of Desk" in get(boss, "/rota").text
    assert [get(boss, f"/rota?desk={one}").status_code for one in ("9", "x", "9" * 12)] == [404] * 3


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": ""}, "Give the desk a name."),
        ({"name": "Desk"}, "There is a desk with this name already."),
        ({"name": "Night", "zone": "Nowhere"}, "There is no such time zone"),
    ],
)
def test_what_does_not_add_up_stays_typed(boss: FlaskClient, fields: dict[str, str], words: str) -> None:
    shown = post(boss, "/desks/new", **fields)
    assert shown.status_code == 400
    assert words in shown.text


def test_people_are_put_on_call_in_an_order(app: Flask, boss: FlaskClient) -> None:
    signed_in(app, "tess", "triager")
    signed_in(app, "tom", "triager")
    fields = {"reads_2": "y", "place_2": "2", "place_3": "1"}
    shown = press(boss, "/desks/1/people", "/desks/1/people", **fields)
    assert "on call: place 1" in shown.text
    with app.app_context():
        assert [(one.officer.name, one.on_call) for one in desks.members(1)] == [("Tom", 1), ("Tess", 2)]
    assert 'value="2"' in get(boss, "/desks/1/people").text
    wrong = post(boss, "/desks/1/people", place_2="0")
    assert wrong.status_code == 400
    assert "A place is a whole number from 1" in wrong.text


def test_the_desk_is_closed_early_and_opened_again(app: Flask) -> None:
    tess = signed_in(app, "tess", "triager")
    assert "Close the desk now" in get(tess, "/rota").text
    shown = press(tess, "/desks/1/close", "/rota")
    assert "The desk is closed. 0 copies wait" in shown.text
    assert "closed early" in shown.text
    assert "closed already" in press(tess, "/desks/1/close", "/rota").text
    shown = press(tess, "/desks/1/reopen", "/rota")
    assert "The desk is open again." in shown.text
    assert "closed early" not in shown.text
    assert post(signed_in(app, "eva", "observer"), "/desks/1/close", "/pause").status_code == 403
