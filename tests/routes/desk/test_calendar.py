"""Calendar, shift page and holidays at the desk."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from appeal.db import dispose_engines
from appeal.routes.desk import admin, appeals, calendar, desks, pauses, rota, shifts
from tests.desk import BASE, NOW, post
from tests.routes.desk.duty import duty_app, get, press, signed_in


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOW, tick=False):
        yield duty_app(tmp_path, rota, desks, pauses, admin, appeals, calendar, shifts)
    dispose_engines()


@pytest.fixture
def boss(app: Flask) -> FlaskClient:
    return signed_in(app, "boss", "administrator")


def test_a_week_a_day_and_a_list_are_shown_from_any_date(boss: FlaskClient) -> None:
    assert get(boss, "/calendar").text.count("calendar__day") >= 7
    assert "25 December 2026" in get(boss, "/calendar?view=day&on=2026-12-25").text
    assert get(boss, "/calendar?view=list&on=nonsense").text.count('<li class="calendar__day') == 14
    assert [get(boss, f"/calendar?{one}").status_code for one in ("view=x", "on=9999-12-31", "desk=9")] == [
        200,
        200,
        404,
    ]


def test_the_feed_needs_its_own_address_and_nothing_else(app: Flask, boss: FlaskClient) -> None:
    shown = get(boss, "/calendar").text
    address = shown.partition('href="' + BASE + "/calendar/")[2].partition('"')[0]
    stranger = app.test_client()
    found = get(stranger, f"/calendar/{address}")
    assert (found.status_code, found.mimetype) == (200, "text/calendar")
    assert get(stranger, "/calendar/1-forged.ics").status_code == 404


def test_shifts_are_put_on_and_handed_over(app: Flask, boss: FlaskClient) -> None:
    tess = signed_in(app, "tess", "triager")
    fields = {"officer": "2", "starts_at": "2026-03-01T12:00", "ends_at": "2026-03-01T20:00"}
    shown = press(boss, "/shifts?desk=1", "/shift", **fields)
    assert "on now" in shown.text
    assert "has another shift" in post(boss, "/shifts?desk=1", "/shift", **fields).text
    assert "Enter a date and a time." in post(boss, "/shifts?desk=1", "/shift", officer="2").text
    shown = press(tess, "/shift/note", "/shift", words="Ring the neighbour at nine.")
    assert "Ring the neighbour at nine." in shown.text
    assert "Ring the neighbour" not in get(boss, "/shift").text
    assert "The shift is removed." in press(boss, "/shifts/1/remove", "/shift").text


def test_holidays_are_closed_by_ticking_them(app: Flask, boss: FlaskClient) -> None:
    assert "Christmas Day" in get(boss, "/rota").text
    shown = press(boss, "/rota/holidays", "/rota", on="2026-12-25")
    assert "The desk is closed on 1 public holidays more." in shown.text
    assert "25 December 2026</strong>: closed (Christmas Day)" in shown.text
    assert "Christmas Day" not in get(signed_in(app, "eva", "observer"), "/rota").text.partition("Add a day")[2]
