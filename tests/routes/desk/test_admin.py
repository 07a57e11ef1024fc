"""Administration: settings by the table, officers and their invitations, and how the installation does."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from appeal import db
from appeal.db import dispose_engines
from appeal.models.release import Channel
from appeal.routes.desk import admin, channels
from appeal.rules.force import SETTINGS
from appeal.rules.permissions import SYSTEM
from appeal.services import beats, force, officers
from appeal.services import channels as channel_services
from tests.desk import BASE, NOW, post
from tests.routes.desk.duty import acts, duty_app, get, press, signed_in, tip


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOW, tick=False):
        yield duty_app(tmp_path, admin, channels)
    dispose_engines()


@pytest.fixture
def boss(app: Flask) -> FlaskClient:
    return signed_in(app, "boss", "administrator")


def kept(app: Flask) -> dict[str, str]:
    with app.app_context():
        return dict(force.settings())


def test_every_setting_has_a_field_with_its_sentence(app: Flask, boss: FlaskClient) -> None:
    shown = get(boss, "/settings").text.replace("&#39;", "'")
    assert [one.name for one in SETTINGS if f'name="{one.name}"' not in shown or one.sentence not in shown] == []


def test_only_changed_settings_are_kept(app: Flask, boss: FlaskClient) -> None:
    before = kept(app)
    shown = press(boss, "/settings", "/settings", **before | {"phone": "092", "sms_number": ""})
    assert "The settings are kept." in shown.text
    assert kept(app) == before | {"phone": "092", "sms_number": ""}
    assert acts(app) == [("officer:1", "change settings")]
    press(boss, "/settings", "/settings", **kept(app))
    assert acts(app) == [("officer:1", "change settings")]


def test_wrong_settings_are_named_and_stay_as_typed(app: Flask, boss: FlaskClient) -> None:
    before = kept(app)
    shown = post(boss, "/settings", **before | {"zone": "Mars/Olympus", "cover_minutes": "many"})
    assert shown.status_code == 400
    assert "is not a time zone; one looks like Europe/Madrid." in shown.text
    assert "This must be a whole number up to 1440." in shown.text
    assert "Mars/Olympus" in shown.text
    assert "This may not be empty." in post(boss, "/settings", **before | {"force_name": ""}).text
    assert kept(app) == before


def test_status_says_what_to_look_at(app: Flask, boss: FlaskClient) -> None:
    tip(app)
    with app.app_context():
        channel = channel_services.connect(
            SYSTEM, publisher="x", name="Our X", language="en", settings={}, secrets={}, now=NOW
        )
        channel_services.stop(channel, reason="Suspended.", now=NOW)
        with db.writing() as session:
            session.get_one(Channel, channel).poll_problem = "No answer came."
    shown = get(boss, "/status").text
    assert "It has never ticked: nothing goes out." in shown
    assert "Our X: Suspended." in shown
    assert "Our X: No answer came." in shown
    assert re.search(r"Unread tips</dt>\s*<dd[^>]*><strong[^>]*>well</strong> 1<", shown)


@pytest.mark.parametrize(
    ("seconds", "words", "is_late"),
    [
        (4, "Clock ticked 4 seconds ago", False),
        (1, "Clock ticked 1 second ago", False),
        (61, "The clock stopped 61 seconds ago: nothing goes out.", True),
    ],
)
def test_line_of_the_clock_is_red_after_a_minute(app: Flask, seconds: int, words: str, is_late: bool) -> None:
    client = signed_in(app, "eva", "observer")
    with app.app_context():
        beats.beat("clock", now=NOW - timedelta(seconds=seconds))
    shown = get(client, "/status/line").text
    assert words in shown
    assert ("clock--late" in shown) is is_late
    assert 'hx-trigger="every 15s"' in shown


def test_an_officer_is_made_and_invited_by_a_link_shown_once(app: Flask, boss: FlaskClient) -> None:
    shown = press(
        boss, "/officers", "/officers", name="Carla", email="carla@force.example", roles=["triager", "author"]
    )
    assert "not invited yet" in shown.text
    with app.app_context():
        carla = next(one for one in officers.everyone() if one.name == "Carla")
    assert carla.role_names == ("author", "triager")

    invited = post(boss, f"/officers/{carla.id}/invite", "/officers")
    link = re.search(rf"{BASE}(/invitation/[^<\s]+)", invited.text)
    assert link is not None
    assert "Welcome, Carla" in get(app.test_client(), link.group(1)).text


def test_wrong_fields_of_an_officer_are_named(app: Flask, boss: FlaskClient) -> None:
    shown = post(boss, "/officers", name="", email="nonsense")
    assert shown.status_code == 400
    assert "Enter the officer" in shown.text
    shown = post(boss, "/officers", name="Carla", email="nonsense")
    assert "Enter an e-mail address." in shown.text
    assert "Choose at least one of the roles." in shown.text
    assert "nonsense" in shown.text


def test_a_deactivated_officer_can_be_activated_again(app: Flask, boss: FlaskClient) -> None:
    eva = signed_in(app, "eva", "observer")
    shown = press(boss, "/officers/2/active", "/officers").text
    assert "The officer cannot sign in any more." in shown
    assert get(eva, "/account").status_code == 302
    assert "The officer can sign in." in press(boss, "/officers/2/active", "/officers").text
    assert "Nobody would be left to administer." in press(boss, "/officers/1/active", "/officers").text


@pytest.mark.parametrize("role", ["author", "approver", "triager", "auditor", "observer"])
def test_other_roles_administer_nothing(app: Flask, role: str) -> None:
    client = signed_in(app, role, role)
    for address in ("/settings", "/status", "/officers"):
        assert get(client, address).status_code == 403
    for address in ("/settings", "/officers", "/officers/1/invite", "/officers/1/active"):
        assert post(client, address, "/account").status_code == 403
