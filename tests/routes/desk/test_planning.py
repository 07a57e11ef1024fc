"""Reminders and embargo on their page, and the next events on the appeal's page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from appeal.db import dispose_engines
from appeal.routes.desk import planning
from appeal.rules.permissions import SYSTEM
from appeal.services import appeals, desks, reminders
from tests import appeals_desk as desk
from tests.appeals_desk import APPROVER, AUTHOR, BASE, NOON


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    made = desk.create(tmp_path)
    made.register_blueprint(planning.pages)
    with time_machine.travel(NOON, tick=False):
        with made.app_context():
            desk.launched()
        yield made
    dispose_engines()


FIELDS = {"officer": "1", "rhythm": "days", "every_days": "7", "at": "10:00"}
DATES = {"first_on": "2026-03-09", "until_on": "2026-03-16"}


def test_reminders_are_planned_and_stopped(app: Flask) -> None:
    client = desk.sign_in(app, AUTHOR)
    assert desk.press(client, "/appeals/1/plan", "/appeals/1/reminders", **FIELDS, **DATES).status_code == 302
    shown = client.get("/appeals/1/plan", base_url=BASE).text
    assert "every 7 days" in shown
    assert "Mon 9 Mar 2026, 10:00 Europe/Madrid" in shown
    assert "goes out again, if it is still sought" in client.get("/appeals/1", base_url=BASE).text
    assert desk.press(client, "/appeals/1/plan", "/appeals/1/reminders/1/stop").status_code == 302
    with app.app_context():
        assert reminders.of_appeal(1) == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"first_on": "2026-03-01", "until_on": "2026-03-16"}, "This moment is over."),
        ({"first_on": "2027-03-01", "until_on": "2027-03-16"}, "The approval is reviewed before that."),
        ({"first_on": "", "until_on": "2026-03-16"}, "Enter a date"),
        ({**DATES, "every_days": "400"}, "Enter a number of days up to 365."),
    ],
)
def test_a_reminder_that_could_not_go_says_why(app: Flask, fields: dict[str, str], words: str) -> None:
    client = desk.sign_in(app, AUTHOR)
    shown = desk.press(client, "/appeals/1/plan", "/appeals/1/reminders", **{**FIELDS, **fields})
    assert (shown.status_code, words in shown.text) == (400, True)


def test_an_embargo_is_kept_refused_and_lifted(app: Flask) -> None:
    client = desk.sign_in(app, AUTHOR)
    for given, status in (("2026-03-02T18:00", 302), ("2026-04-02T18:00", 400), ("nonsense", 400), ("", 302)):
        assert desk.press(client, "/appeals/1/plan", "/appeals/1/embargo", at=given).status_code == status
        if given == "2026-03-02T18:00":
            assert 'value="2026-03-02T18:00"' in client.get("/appeals/1/plan", base_url=BASE).text
    with app.app_context():
        assert appeals.view(1).not_before is None


def test_the_desk_that_reads_is_chosen_where_there_are_two(app: Flask) -> None:
    client = desk.sign_in(app, AUTHOR)
    assert "Keep the desk" not in client.get("/appeals/1/plan", base_url=BASE).text
    with app.app_context():
        made = desks.save(SYSTEM, desk_id=None, name="Night", languages=[], zone="", expected_version=0, now=NOON)
    assert desk.press(client, "/appeals/1/plan", "/appeals/1/desk", desk=str(made)).status_code == 302
    assert "Choose a desk." in _followed(client, desk="99")
    with app.app_context():
        assert appeals.view(1).desk_id == made


def _followed(client: FlaskClient, **fields: str) -> str:
    desk.press(client, "/appeals/1/plan", "/appeals/1/desk", **fields)
    return client.get("/appeals/1/plan", base_url=BASE).text


def test_others_look_and_change_nothing(app: Flask) -> None:
    client = desk.sign_in(app, APPROVER)
    assert "Plan reminders" not in client.get("/appeals/1/plan", base_url=BASE).text
