"""The rota's page: read by everybody, changed by administrators, with rows added and removed without script."""

import re
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from appeal.db import dispose_engines
from appeal.routes.desk import admin, desks, pauses
from appeal.routes.desk import rota as rota_pages
from appeal.rules.hours import Window
from appeal.services import rota
from tests.desk import NOW, post
from tests.routes.desk.duty import acts, duty_app, get, press, signed_in


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOW, tick=False):
        yield duty_app(tmp_path, rota_pages, desks, pauses, admin)
    dispose_engines()


@pytest.fixture
def boss(app: Flask) -> FlaskClient:
    return signed_in(app, "boss", "administrator")


def rows(*given: tuple[int, str, str]) -> dict[str, str]:
    return {
        f"windows-{number}-{name}": str(value)
        for number, row in enumerate(given)
        for name, value in zip(("weekday", "opens", "closes"), row, strict=True)
    }


def typed(text: str) -> list[str]:
    return re.findall(r'type="time" id="windows-[^"]+" name="[^"]+" value="([^"]*)"', text)


def windows(app: Flask) -> list[Window]:
    with app.app_context():
        return sorted(rota.rota().windows, key=lambda one: (one.weekday, one.opens))


def test_everybody_reads_when_the_desk_is_open(app: Flask) -> None:
    shown = get(signed_in(app, "eva", "observer"), "/rota").text
    assert "open now" in shown
    assert "Monday 08:00–01:00" in shown
    assert "At least 60 staffed minutes must be left" in shown
    assert "Europe/Madrid" in shown
    assert "<button" not in shown.partition("<main")[2]


def test_a_week_is_kept_as_it_was_typed(app: Flask, boss: FlaskClient) -> None:
    given = rows((0, "08:00", "12:00"), (0, "16:00", "20:00"), (6, "22:00", "06:00"))

    shown = press(boss, "/rota", "/rota", **given)

    assert "The rota is kept." in shown.text
    assert windows(app) == [
        Window(0, time(8), time(12)),
        Window(0, time(16), time(20)),
        Window(6, time(22), time(6)),
    ]
    assert "closed now" in shown.text
    assert acts(app, "rota") == [("officer:1", "set rota")]


def test_rows_are_added_and_removed_without_keeping_anything(app: Flask, boss: FlaskClient) -> None:
    before = windows(app)
    given = rows((0, "08:00", "12:00"), (1, "09:00", "13:00"))

    more = post(boss, "/rota", **given, add="1")
    assert typed(more.text) == ["08:00", "12:00", "09:00", "13:00", "08:00", "16:00"]
    fewer = post(boss, "/rota", **given, remove="0")
    assert typed(fewer.text) == ["09:00", "13:00"]
    assert typed(post(boss, "/rota", **given, remove="9").text) == ["08:00", "12:00", "09:00", "13:00"]
    assert windows(app) == before


def test_a_wrong_time_is_named_at_its_row_and_the_rest_stays(app: Flask, boss: FlaskClient) -> None:
    before = windows(app)
    shown = post(boss, "/rota", **rows((0, "08:00", ""), (1, "09:00", "13:00")))
    assert shown.status_code == 400
    assert "Row 1: Enter a time, such as 08:00." in shown.text
    assert typed(shown.text) == ["08:00", "", "09:00", "13:00"]
    assert windows(app) == before


def test_windows_that_overlap_are_refused_with_both_named(app: Flask, boss: FlaskClient) -> None:
    shown = post(boss, "/rota", **rows((0, "08:00", "12:00"), (0, "11:00", "13:00")))
    assert shown.status_code == 400
    assert "Monday 08:00–12:00 and Monday 11:00–13:00 overlap." in shown.text
    assert "nothing would ever go out" in post(boss, "/rota").text


def test_a_day_with_other_hours_is_kept_replaced_and_removed(app: Flask, boss: FlaskClient) -> None:
    hours = {"opens_1": "08:00", "closes_1": "14:00", "opens_2": "18:00", "closes_2": "20:00"}
    shown = press(boss, "/rota/days", "/rota", on="2026-03-19", reason="San José", **hours)
    assert "08:00–14:00, 18:00–20:00" in shown.text
    assert "San José" in shown.text

    shown = press(boss, "/rota/days", "/rota", on="2026-03-19", reason="")
    assert "19 March 2026</strong>: closed" in shown.text
    with app.app_context():
        assert [(one.on, one.windows) for one in rota.exceptions()] == [(date(2026, 3, 19), [])]

    shown = press(boss, "/rota/days/2026-03-19/remove", "/rota")
    assert "There is none: every week is the same." in shown.text
    assert acts(app, "day:2026-03-19") == [
        ("officer:1", "set exception day"),
        ("officer:1", "set exception day"),
        ("officer:1", "remove exception day"),
    ]
    assert post(boss, "/rota/days/2026-03-19/remove", "/rota").status_code == 404
    assert post(boss, "/rota/days/nonsense/remove", "/rota").status_code == 404


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"on": ""}, "Enter a date, such as 2026-12-25."),
        ({"on": "2026-02-28"}, "This day is over."),
        ({"on": "2026-03-19", "opens_1": "08:00"}, "Enter a time, such as 08:00."),
        (
            {"on": "2026-03-19", "opens_1": "08:00", "closes_1": "14:00", "opens_2": "13:00", "closes_2": "15:00"},
            "The windows of the exception day 2026-03-19 overlap.",
        ),
    ],
)
def test_a_day_that_does_not_add_up_is_refused(
    app: Flask, boss: FlaskClient, fields: dict[str, str], words: str
) -> None:
    shown = post(boss, "/rota/days", "/rota", reason="why not", **fields)
    assert shown.status_code == 400
    assert words in shown.text
    assert "why not" in shown.text
    with app.app_context():
        assert list(rota.exceptions()) == []


@pytest.mark.parametrize("role", ["author", "approver", "triager", "auditor", "observer"])
def test_other_roles_change_nothing(app: Flask, role: str) -> None:
    client = signed_in(app, role, role)
    before = windows(app)
    assert post(client, "/rota", **rows((0, "08:00", "12:00"))).status_code == 403
    assert post(client, "/rota/days", "/rota", on="2026-03-19").status_code == 403
    assert windows(app) == before
