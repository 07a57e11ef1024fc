"""The list of reasons on its page; a lead closed, a place and a bundle asked for from theirs."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from appeal.db import dispose_engines
from appeal.routes.desk import tip_pages
from appeal.tips import arrivals, board
from tests.desk import NOW
from tests.routes.desk.duty import duty_app, get, press, signed_in, tip, tip_row


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOW, tick=False):
        yield duty_app(tmp_path, *tip_pages.MODULES)
    dispose_engines()


@pytest.fixture
def ana(app: Flask) -> FlaskClient:
    return signed_in(app, "ana", "triager", "administrator")


def test_a_reason_is_added_used_and_taken_out_of_use(app: Flask, ana: FlaskClient) -> None:
    here = "/tips/reasons"
    assert press(ana, here, here, decision="spam", key="s", words="Chain letter").status_code == 400
    assert "Chain letter" in press(ana, here, here, decision="spam", key="z", words="Chain letter").text
    one = tip(app, "words")
    press(ana, f"/tips/{one}/claim", f"/tips/{one}")
    shown = get(ana, f"/tips/{one}").text
    assert re.search(r'value="own_1" data-key="z"', shown)
    assert 'name="reason.own_1"' in get(ana, "/tips/keys").text
    press(ana, f"/tips/{one}/assess", f"/tips/{one}", reason="own_1", seen="1")
    assert tip_row(app, one).state == "done"
    assert "not used" in press(ana, f"{here}/own_1/off", here).text
    assert "cannot work without" in press(ana, f"{here}/supervisor/off", here).text
    assert "Chain letter." in get(ana, f"/tips/{one}?read=1").text
    assert get(signed_in(app, "ben", "triager"), here).status_code == 403


def test_a_lead_is_closed_and_handed_over_from_its_page(app: Flask, ana: FlaskClient) -> None:
    ids = [tip(app, "the green parrot man", external_id=str(number)) for number in range(2)]
    written = " ".join(board.reference(one) for one in ids)
    lead = press(ana, "/leads", "/tips", references=written, title="Parrot")
    address = re.search(r'action="(/leads/\d+)/close"', lead.text).group(1)  # type: ignore[union-attr]
    assert "Choose a reason." in press(ana, f"{address}/close", address, reason="").text
    told = press(ana, f"{address}/close", address, reason="too_vague").text
    assert "2 tips are decided." in told
    bundle = get(ana, f"/tips/bundle?lead={address.rpartition('/')[2]}").text
    assert all(board.reference(one) in bundle for one in ids)


def test_a_place_is_asked_for_without_standing_in_the_address(app: Flask, ana: FlaskClient) -> None:
    one = tip(app, "he stood there", facts={"where": "Quillfeather Street"})
    other = tip(app, "he sat", facts={"where": "Mill Bridge"})
    with app.app_context():
        arrivals.take_in(NOW)
    shown = press(ana, "/tips/place", "/tips", near="Quillfeather")
    assert board.reference(one) in shown.text
    assert board.reference(other) not in shown.text
    assert "uillfeather" not in shown.request.url
    assert "Only tips that name the place you asked for are shown." in shown.text
    assert "Write the name of a street" in press(ana, "/tips/place", "/tips", near="").text
