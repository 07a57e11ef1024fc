"""Alarms on the pages of the desk: the banner, what is said aloud of it, one press, and who sees it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from appeal.db import dispose_engines
from appeal.routes.desk import alarms as alarm_routes
from appeal.routes.desk import gate, paging, tip_pages
from appeal.tips import alarms
from tests.desk import NOW, post
from tests.routes.desk.duty import appeal, duty_app, get, press, signed_in, tip


def around() -> dict[str, object]:
    actor = gate.known_actor()
    return alarm_routes.around(actor) if actor else {}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def app(tmp_path: Path, clock: time_machine.Traveller) -> Iterator[Flask]:
    made = duty_app(tmp_path, *tip_pages.MODULES, paging)
    made.context_processor(around)
    yield made
    dispose_engines()


@pytest.fixture
def ana(app: Flask) -> FlaskClient:
    return signed_in(app, "ana", "triager")


def live(app: Flask, where: str, said: str, *, after: int = 0) -> int:
    """One report, `after` seconds later than now."""
    found = tip(app, said, is_live=True, facts={"where": where}, appeal="k3v9q2mx7d")
    with app.app_context():
        alarms.raise_due(now=NOW + timedelta(seconds=after))
    return found


def poll(client: FlaskClient, page: str) -> tuple[int, str]:
    """What the banner of a page would be told next."""
    values = [re.findall(rf'name="{name}" value="([^"]*)"', page)[0] for name in ("mark", "said")]
    answer = get(client, f"/alarms/banner?mark={values[0]}&said={values[1]}")
    return answer.status_code, answer.text


def test_a_live_sighting_stands_over_every_page_until_somebody_has_it(app: Flask, ana: FlaskClient) -> None:
    appeal(app)
    page = get(ana, "/tips").text
    assert "I have it" not in page
    live(app, "Plaza de <España>", "he sits by the fountain")
    page = get(ana, "/tips").text
    assert "1 report, Plaza de &lt;España&gt;" in page
    opened = get(ana, "/alarms/1").text
    assert "Who knows this man?" in opened
    assert "asked at" in opened
    assert "I have it" in get(ana, "/tips").text
    done = press(ana, "/pages/1/take", "/tips")
    assert "Ana has it, since" in done.text
    assert "I have it" not in get(ana, "/tips").text
    assert "taken" in get(ana, "/alarms").text


def test_a_new_alarm_is_said_at_once_and_a_count_once_a_minute(
    app: Flask, ana: FlaskClient, clock: time_machine.Traveller
) -> None:
    appeal(app)
    empty = get(ana, "/tips").text
    assert poll(ana, empty) == (204, "")
    live(app, "Mill bridge", "he is on the bridge, on the left side")
    status, first = poll(ana, empty)
    assert (status, 'id="alarm-alert"' in first, 'id="alarm-status"' in first) == (200, True, False)
    assert poll(ana, first) == (204, "")
    live(app, "Mill bridge", "still there, he waits for somebody", after=20)
    clock.shift(20)
    _status, second = poll(ana, first)
    assert "2 reports, 2 independent, Mill bridge" in second
    assert "alarm-alert" not in second
    assert "alarm-status" not in second
    clock.shift(45)
    live(app, "Mill bridge", "now he talks to a woman in green", after=65)
    _status, third = poll(ana, second)
    assert 'id="alarm-status"' in third
    assert "alarm-alert" not in third


def test_the_page_of_a_tip_names_its_alarm(app: Flask, ana: FlaskClient) -> None:
    appeal(app)
    tip_id = live(app, "Mill bridge", "he is on the bridge")
    assert "Alarm 1" in get(ana, f"/tips/{tip_id}").text


def test_who_neither_reads_nor_approves_sees_no_alarm(app: Flask, ana: FlaskClient) -> None:
    appeal(app)
    live(app, "Mill bridge", "he is on the bridge")
    other, approver = signed_in(app, "otto", "author"), signed_in(app, "abe", "approver")
    assert get(other, "/alarms/banner?mark=x").status_code == 204
    shown = get(approver, "/alarms/1").text
    assert "1 report, Mill bridge" in shown
    assert "/tips/" not in shown
    assert post(approver, "/pages/1/take", "/alarms/1").status_code == 302
    assert get(ana, "/alarms/7").status_code == 404


def test_a_quiet_night_says_how_an_alarm_comes(ana: FlaskClient) -> None:
    assert "raises one by itself" in get(ana, "/alarms").text
