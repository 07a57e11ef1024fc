"""A judge's order is attached on the appeal's page, seen by the approver and opened as a download."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from appeal.db import dispose_engines
from tests import appeals_desk as desk
from tests.appeals_desk import APPROVER, AUTHOR, BASE, NOON, OBSERVER

PDF = b"%PDF-1.7 of a court"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOON, tick=False):
        made = desk.create(tmp_path)
        with made.app_context():
            desk.submitted()
        yield made
    dispose_engines()


def test_an_order_is_attached_seen_and_opened(app: Flask) -> None:
    client = desk.sign_in(app, AUTHOR)
    given = (io.BytesIO(PDF), "auto.pdf")
    assert desk.press(client, "/appeals/1", "/appeals/1/orders", order=given).status_code == 302
    approver = desk.sign_in(app, APPROVER)
    assert "auto.pdf" in approver.get("/appeals/1/approval", base_url=BASE).text
    answer = approver.get("/orders/1", base_url=BASE)
    assert (answer.data, answer.headers["Content-Disposition"]) == (PDF, 'attachment; filename="order-1.pdf"')
    assert desk.sign_in(app, OBSERVER).get("/orders/1", base_url=BASE).status_code == 403


def test_no_file_or_another_kind_of_file_is_refused_with_a_sentence(app: Flask) -> None:
    client = desk.sign_in(app, AUTHOR)
    for given in ((io.BytesIO(b""), ""), (io.BytesIO(b"<html>"), "a.html")):
        assert desk.press(client, "/appeals/1", "/appeals/1/orders", order=given).status_code == 302
        assert "Choose a PDF, JPEG or PNG of up to 20 MB." in client.get("/appeals/1", base_url=BASE).text
