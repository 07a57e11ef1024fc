"""For data protection: the record of one appeal and what is held on a name, for whoever reads the ledger."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from appeal.db import dispose_engines
from tests import appeals_desk as desk
from tests import desk as accounts
from tests.appeals_desk import AUTHOR, BASE, NOON

AUDITOR = "auditor@force.example"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOON, tick=False):
        made = desk.create(tmp_path)
        with made.app_context():
            accounts.officer(AUDITOR, roles=("auditor",))
            desk.submitted()
        yield made
    dispose_engines()


def test_the_record_is_shown_and_printed_for_the_auditor_alone(app: Flask) -> None:
    client = desk.sign_in(app, AUDITOR)
    shown = client.get("/appeals/1/record", base_url=BASE)
    assert "Who saw and did what" in shown.text
    assert client.get("/appeals/1/record.pdf", base_url=BASE).data.startswith(b"%PDF")
    assert "/appeals/1/record" in client.get("/appeals/1", base_url=BASE).text
    assert desk.sign_in(app, AUTHOR).get("/appeals/1/record", base_url=BASE).status_code == 403


def test_a_name_is_looked_for_and_the_answer_printed(app: Flask) -> None:
    client, page = desk.sign_in(app, AUDITOR), "/ledger/person"
    assert "Enter the whole name." in desk.press(client, page, page, reference="7").text
    found = desk.press(client, page, page, name="nobody of this name", reference="7")
    assert "None." in found.text
    assert desk.press(client, page, page, name="nobody", reference="7", print="1").data.startswith(b"%PDF")
