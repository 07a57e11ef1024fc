"""The pages of leads: gathered by reference, confirmed, undone, brought back, checked."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from appeal.db import dispose_engines
from appeal.routes.desk import tip_pages
from appeal.tips import board
from tests.desk import NOW
from tests.routes.desk.duty import duty_app, get, press, signed_in, tip, tip_row


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOW, tick=False):
        yield duty_app(tmp_path, *tip_pages.MODULES)
    dispose_engines()


def test_a_lead_is_made_undone_and_brought_back(app: Flask) -> None:
    ana = signed_in(app, "ana", "triager")
    one, other = tip(app, "Quillfeather in the barn"), tip(app, "the barn with a <b>lantern</b>")
    both = f"{board.reference(one)}, {board.reference(other)}"

    shown = press(ana, "/leads", "/tips", references=both, title="The barn").text
    assert "The barn" in shown
    assert "<mark>Quillfeather</mark>" in shown
    assert "&lt;b&gt;" in shown
    assert "The barn" in get(ana, "/leads").text

    assert "2 tips stand alone again" in press(ana, "/leads/1/undo", "/leads/1", expected_version="3").text
    assert tip_row(app, one).lead_id is None
    assert "2 tips are in again" in press(ana, "/leads/1/back", "/leads/1").text
    assert "The check is noted" in press(ana, "/leads/1/check", "/leads/1", finding="not_him", hours="2").text
    assert "They stand alone again" in press(ana, "/leads/1/out", "/leads/1", tip=str(other)).text
    assert "Choose tips of this lead." in press(ana, "/leads/1/out", "/leads/1").text
    assert "Others have changed this lead" in press(ana, "/leads/1/undo", "/leads/1", expected_version="1").text


def test_unknown_leads_and_other_roles_are_refused(app: Flask) -> None:
    ana, author = signed_in(app, "ana", "triager"), signed_in(app, "olga", "author")
    assert get(ana, "/leads/99").status_code == 404
    assert get(author, "/leads").status_code == 403
    assert "No lead here" in get(ana, "/leads?state=undone").text


def test_a_lead_has_its_map_its_time_line_and_what_one_person_could_not_have_done(app: Flask) -> None:
    ana = signed_in(app, "ana", "triager")
    one = tip(app, "green parrot", facts={"position": "53.79700, -1.54800", "when": "12:10"})
    other = tip(app, "green parrot too", facts={"position": "51.50000, -0.12000", "when": "12:40"})
    both = f"{board.reference(one)} {board.reference(other)}"
    shown = press(ana, "/leads", "/leads", references=both, title="").text
    assert '<svg class="map"' in shown
    assert shown.count('<circle class="map__dot') == 2
    line = shown.partition("Along the clock")[2]
    assert line.index(board.reference(one)) < line.index(board.reference(other))
    assert "one person cannot have done this" in shown


def test_a_lead_without_places_has_no_map(app: Flask) -> None:
    ana = signed_in(app, "ana", "triager")
    shown = press(ana, "/leads", "/leads", references=board.reference(tip(app, "green parrot")), title="").text
    assert "Along the clock" in shown
    assert "<svg" not in shown.partition("<main")[2]


def test_a_reference_that_is_none_is_said_where_it_was_typed(app: Flask) -> None:
    ana = signed_in(app, "ana", "triager")
    assert "There is no tip with this reference." in press(ana, "/leads", "/leads", references="ZZZZ-ZZZZ").text
    assert "Choose between one and 500 tips." in press(ana, "/leads", "/leads", references="").text
