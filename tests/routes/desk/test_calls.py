"""Calls taken and tables imported at the desk."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from appeal import db, sealing
from appeal.db import dispose_engines
from appeal.models.alarm import Alarm
from appeal.models.tip import Tip
from appeal.routes.desk import tip_pages
from appeal.tips import alarms, opening, triage
from tests.desk import BASE, NOW, csrf_of, field_of
from tests.routes.desk.duty import acts, appeal, duty_app, get, signed_in

TABLE = "Texto;Recibido;Lugar\nLe veo ahora mismo;01/02/2026 10:00;Plaza\n;;x\nVive en el molino;;\n"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOW, tick=False):
        yield duty_app(tmp_path, *tip_pages.MODULES)
    dispose_engines()


@pytest.fixture
def ana(app: Flask) -> FlaskClient:
    return signed_in(app, "ana", "triager")


def tips(app: Flask) -> list[Tip]:
    with app.app_context(), db.reading() as session:
        return list(session.scalars(select(Tip).order_by(Tip.source), execution_options={"populate_existing": True}))


def call(client: FlaskClient, token: str = "", **values: str) -> tuple[str, str]:
    """Send the form; the page that follows and the token under which it was sent."""
    page = get(client, "/calls/new")
    token = token or field_of(page, "token")
    data = {"csrf_token": csrf_of(page), "request_id": "r", "token": token} | values
    answer = client.post("/calls/new", data=data, base_url=BASE, headers={"Referer": f"{BASE}/calls/new"})
    return answer.text, token


def test_a_call_is_stored_once_and_its_code_is_read_out(app: Flask, ana: FlaskClient) -> None:
    appeal(app)
    said = {"words": "He is at the mill", "kind": "live", "where": "Mill", "appeal": "k3v9q2mx7d", "language": "es"}
    more = {"standing": "confidential", "name": "Eva", "phone": "+34600555333"}
    page, token = call(ana, **said, **more)
    again, _token = call(ana, token, **said, **more)
    codes = [re.findall(r'class="code">([^<]+)<', one) for one in (page, again)]
    assert codes[0] == codes[1] == [sealing.tip_code(token)]
    assert "Everybody on duty is asked" in page
    (stored,) = tips(app)
    assert (stored.source, stored.lane, stored.is_live) == ("telephone", "live", True)
    assert ("officer:1", "take call") in acts(app, f"tip:{stored.id}")
    with app.app_context(), db.reading() as session:
        found = opening.messages(session.get_one(Tip, stored.id).messages)
    assert (found[0].text, found[0].facts["where"], found[0].has_contact) == ("He is at the mill", "Mill", True)


def test_a_call_without_words_or_with_odd_ones_is_answered_in_a_sentence(app: Flask, ana: FlaskClient) -> None:
    assert "Write what the caller says." in call(ana)[0]
    assert "such as 41.6561" in call(ana, words="x", position="91.0, 181.0")[0]
    page, _token = call(ana, "forged", words="kept words")
    assert "open for too long" in page
    assert "kept words" in page
    assert "2,000 characters at most" in call(ana, words="x", where="a" * 3_000)[0]
    assert tips(app) == []
    page, _token = call(ana, words="\x00\u202eمحمد" + "a" * 10_000, standing="anonymous", name="never")
    assert 'class="code"' in page


def send(client: FlaskClient, address: str, page: TestResponse, **values: object) -> TestResponse:
    data = {"csrf_token": csrf_of(page), "request_id": "r"} | values
    answer = client.post(address, data=data, base_url=BASE, headers={"Referer": f"{BASE}/tips/import"})
    return get(client, answer.headers["Location"]) if answer.status_code == 302 else answer


def test_a_table_is_shown_before_it_comes_in_and_never_comes_in_twice(app: Flask, ana: FlaskClient) -> None:
    start = get(ana, "/tips/import")
    dry = send(ana, "/tips/import/dry-run", start, file=(BytesIO(TABLE.encode()), "t.csv"))
    assert "2 of 3 lines would come in, 1 would not." in dry.text
    assert "Nothing was said." in dry.text
    assert tips(app) == []
    carried = {"table": field_of(dry, "table"), "column-words": "0", "column-received": "1", "column-where": "2"}
    assert "2 tips came in, 1 lines did not." in send(ana, "/tips/import", dry, **carried).text
    assert [tip.source for tip in tips(app)] == ["import", "import"]
    again = send(ana, "/tips/import/dry-run", start, file=(BytesIO(TABLE.encode()), "t.csv"))
    assert "0 of 3 lines would come in" in again.text
    assert "Is there already." in again.text
    with app.app_context():
        triage.read_tips(NOW)
        alarms.raise_due(now=NOW)
        with db.reading() as session:
            assert session.scalars(select(Alarm)).all() == []


def test_a_table_that_is_none_is_refused_in_words(app: Flask, ana: FlaskClient) -> None:
    start = get(ana, "/tips/import")
    assert "no table of text" in send(ana, "/tips/import/dry-run", start, file=(BytesIO(b"\x00PK"), "t.xlsx")).text
    assert "no line below its head" in send(ana, "/tips/import", start, table="%%%").text
