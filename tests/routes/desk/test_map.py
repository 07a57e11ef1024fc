"""The page with map and clock: a form without script, and a list that says the same as the drawing."""

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from appeal.db import dispose_engines
from appeal.routes.desk import tip_pages
from appeal.tips import arrivals, board
from tests.desk import NOW
from tests.routes.desk.duty import appeal, duty_app, get, press, signed_in, tip

PLACE = {"position": "37.3900, -5.9800", "where": "Puerta <b>de</b> Jerez"}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOW, tick=False):
        yield duty_app(tmp_path, *tip_pages.MODULES)
    dispose_engines()


def test_the_clock_chooses_what_the_map_and_the_list_show(app: Flask) -> None:
    ana = signed_in(app, "ana", "triager")
    appeal_id = appeal(app)
    here = f"/appeals/{appeal_id}/map"
    assert "No sighting with a place yet" in get(ana, here).text
    early = tip(app, "early bird", facts=PLACE, appeal="k3v9q2mx7d", received_at=NOW - timedelta(hours=9))
    late = tip(app, "late owl", facts=PLACE, appeal="k3v9q2mx7d")
    with app.app_context():
        arrivals.take_in(NOW)

    both = get(ana, here).text
    assert board.reference(early) in both
    assert board.reference(late) in both
    assert "Puerta &lt;b&gt;de&lt;/b&gt; Jerez" in both
    assert "<svg" in both

    newest = press(ana, here, here, hours="3").text
    assert board.reference(late) in newest
    assert board.reference(early) not in newest
    away = press(ana, here, here, south="10", north="11", west="10", east="11").text
    assert "None at this time in this part" in away
    again = press(ana, here, here, south="10", north="11", west="10", east="11", do="all").text
    assert board.reference(late) in again
    assert press(ana, here, here, step="many", hours="7").status_code == 400


def test_other_roles_and_unknown_appeals_are_refused(app: Flask) -> None:
    ana, olga = signed_in(app, "ana", "triager"), signed_in(app, "olga", "author")
    assert get(ana, "/appeals/99/map").status_code == 404
    assert get(olga, "/appeals/99/map").status_code == 403
    assert get(ana, "/map/outline").status_code == 403


def test_an_administrator_gives_the_ground(app: Flask) -> None:
    ada = signed_in(app, "ada", "administrator")
    line = json.dumps({"type": "LineString", "coordinates": [[-6, 37], [-5, 38]]}).encode()
    assert "Choose a file." in press(ada, "/map/outline", "/map/outline").text
    wrong = press(ada, "/map/outline", "/map/outline", outline=(io.BytesIO(b"x"), "x.json"))
    assert "This is no GeoJSON" in wrong.text
    kept = press(ada, "/map/outline", "/map/outline", outline=(io.BytesIO(line), "ground.json")).text
    assert "1 line" in kept
    assert "map__ground" in kept
