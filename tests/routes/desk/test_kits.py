"""Poster and pictures to share at the desk: drafts are marked, what was taken down is printed no more."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from pypdf import PdfReader

from appeal.db import dispose_engines
from appeal.rules.permissions import SYSTEM
from appeal.services import appeals, channels, kits
from tests import appeals_desk as desk
from tests.appeals_desk import APPROVER, AUTHOR, BASE, NOON, OBSERVER

KIT = "/appeals/1/kit"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOON, tick=False):
        yield desk.create(tmp_path)
    dispose_engines()


def test_a_draft_is_printed_with_its_mark_and_not_shared(app: Flask) -> None:
    with app.app_context():
        desk.whole_draft()
    client = desk.sign_in(app, AUTHOR)
    assert "Posters of a draft carry the word DRAFT." in client.get(KIT, base_url=BASE).text
    poster = client.get("/appeals/1/posters/en/A4.pdf", base_url=BASE)
    assert poster.mimetype == "application/pdf"
    assert "DRAFT" in PdfReader(io.BytesIO(poster.data)).pages[0].extract_text()
    assert client.get("/appeals/1/posters/en/A4.pdf?strips=1", base_url=BASE).status_code == 400
    refused = client.get("/appeals/1/cards/en/square.jpg", base_url=BASE)
    assert (refused.status_code, "made when the appeal is approved" in refused.text) == (400, True)


def test_an_approved_appeal_has_posters_and_pictures_in_its_languages(app: Flask) -> None:
    with app.app_context():
        desk.launched()
    client = desk.sign_in(app, OBSERVER)
    shown = client.get(KIT, base_url=BASE).text
    assert (shown.count("A4 as PDF<"), shown.count("A4 as PDF, with strips to tear off")) == (2, 2)
    strips = client.get("/appeals/1/posters/en/A4.pdf?strips=1", base_url=BASE).data
    assert PdfReader(io.BytesIO(strips)).pages[0].extract_text().count("Man wanted for") == 9
    assert "Persona buscada. Buscado por asesinato." in shown
    card = client.get("/appeals/1/cards/es/square.jpg", base_url=BASE)
    assert (card.mimetype, card.data[:2]) == ("image/jpeg", b"\xff\xd8")
    poster = client.get("/appeals/1/posters/es/A5.pdf", base_url=BASE).data
    assert "DRAFT" not in PdfReader(io.BytesIO(poster)).pages[0].extract_text()


def test_a_draft_beside_an_approved_revision_is_not_printed(app: Flask) -> None:
    with app.app_context():
        desk.launched()
        following = appeals.begin_next(desk.actor(AUTHOR), appeal_id=1, now=NOON)
        texts = {"en": {"title": "Unapproved title"}}
        appeals.save(desk.actor(AUTHOR), revision_id=following.id, expected_version=1, facts={}, texts=texts, now=NOON)
    poster = desk.sign_in(app, OBSERVER).get("/appeals/1/posters/en/A4.pdf", base_url=BASE).data
    said = PdfReader(io.BytesIO(poster)).pages[0].extract_text()
    assert ("Man wanted for murder" in said, "Unapproved" in said) == (True, False)


@pytest.mark.parametrize("address", ["posters/en/A0.pdf", "posters/pl/A4.pdf", "cards/en/round.jpg"])
def test_what_is_not_made_is_said(app: Flask, address: str) -> None:
    with app.app_context():
        desk.launched()
    assert desk.sign_in(app, AUTHOR).get(f"/appeals/1/{address}", base_url=BASE).status_code == 404


def test_nothing_is_printed_of_what_was_taken_down(app: Flask) -> None:
    with app.app_context():
        desk.launched()
        appeals.take_down(desk.actor(APPROVER), appeal_id=1, reason="court", now=NOON)
    client = desk.sign_in(app, AUTHOR)
    for address in (KIT, "/appeals/1/posters/en/A4.pdf", "/appeals/1/cards/en/card.jpg"):
        answer = client.get(address, base_url=BASE)
        assert (answer.status_code, "no longer shown" in answer.text) == (400, True)


def test_one_press_opens_a_kit_for_the_press(app: Flask) -> None:
    with app.app_context():
        desk.launched()
    client = desk.sign_in(app, AUTHOR)
    answer = desk.press(client, KIT, f"{KIT}/es")
    assert (answer.status_code, answer.location) == (302, KIT)
    with app.app_context():
        (kit,) = kits.of(1)
        address = kits.address(kit.public_id)
    assert f'href="{address}"' in client.get(KIT, base_url=BASE).text


def test_an_observer_is_told_that_there_is_no_kit(app: Flask) -> None:
    with app.app_context():
        desk.launched()
    assert "There is none. An author can open one." in desk.sign_in(app, OBSERVER).get(KIT, base_url=BASE).text


def test_the_kit_is_sent_to_a_list_and_the_deliveries_say_who_has_it(app: Flask) -> None:
    with app.app_context():
        mail = channels.connect(
            SYSTEM,
            publisher="email",
            name="Papers and radio",
            language="en",
            settings={"host": "mail.force.example", "port": "587", "sender": "press@force.example"},
            secrets={},
            now=NOON,
        )
        channels.add_address(SYSTEM, channel_id=mail, address="desk@paper.example", now=NOON)
        desk.launched()
        desk.all_out()
    desk.press(desk.sign_in(app, AUTHOR), KIT, f"{KIT}/en")
    client = desk.sign_in(app, APPROVER)
    assert desk.press(client, KIT, f"{KIT}/mails").status_code == 400
    answer = desk.press(client, KIT, f"{KIT}/mails", channel=str(mail))
    assert (answer.status_code, answer.location) == (302, "/appeals/1/deliveries")
    shown = client.get("/appeals/1/deliveries", base_url=BASE).text
    assert ("Papers and radio" in shown, "0 of 1" in shown, "Lists of the press" in shown) == (True, True, True)
    assert "There is no further list" in client.get(KIT, base_url=BASE).text
    with app.app_context():
        desk.set_copies("email", state="sent", sent_at=NOON, external_id="<1>")
        appeals.take_down(desk.actor(APPROVER), appeal_id=1, reason="safety", now=NOON)
    assert "recall of the kit for the press" in client.get("/appeals/1/deliveries", base_url=BASE).text
