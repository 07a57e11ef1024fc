"""Asking somebody who left a code, at the desk: a reminder where the question sends them out, never a refusal."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from appeal import sealing
from appeal.db import dispose_engines
from appeal.installation import current
from appeal.routes.desk import tip_pages
from appeal.tips import dialogue, intake, triage
from appeal.tips.inbound import Inbound
from tests.desk import NOW, post
from tests.routes.desk.duty import duty_app, get, press, signed_in


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOW, tick=False):
        yield duty_app(tmp_path, *tip_pages.MODULES)
    dispose_engines()


@pytest.fixture
def ana(app: Flask) -> FlaskClient:
    return signed_in(app, "ana", "triager")


@pytest.fixture
def page(app: Flask, ana: FlaskClient) -> str:
    """The page of a claimed tip whose sender has a code."""
    with app.app_context():
        token = sealing.new_token(current().keys.form_key, NOW)
        tip_id = intake.receive(Inbound("webform", token, NOW, "he lives there"), token=token).tip_id
        triage.read_tips(NOW)
    press(ana, f"/tips/{tip_id}/claim", f"/tips/{tip_id}")
    return f"/tips/{tip_id}"


def asked(app: Flask, page: str) -> list[str]:
    with app.app_context():
        return [line.words for line in dialogue.of_tip(int(page.rpartition("/")[2]))]


def test_a_question_that_sends_somebody_out_is_reminded_of_and_goes_if_it_must(
    app: Flask, ana: FlaskClient, page: str
) -> None:
    reminded = post(ana, f"{page}/ask", page, question="Can you follow <him>?")
    assert reminded.status_code == 200
    assert "can you follow" in reminded.text
    assert "Can you follow &lt;him&gt;?" in reminded.text
    assert asked(app, page) == []
    post(ana, f"{page}/ask", page, question="Can you follow him?", reminded="yes")
    assert asked(app, page) == ["Can you follow him?"]


def test_question_and_outcome_stand_on_the_page_of_the_tip(app: Flask, ana: FlaskClient, page: str) -> None:
    assert "Nothing yet." in get(ana, page).text
    done = press(ana, f"{page}/ask", page, question="Which way did he go?")
    assert "Which way did he go?" in done.text
    done = press(ana, f"{page}/outcome", page, outcome="helped")
    assert "What you told us was of use." in done.text
    assert "the person has not come back since" in done.text
    assert post(ana, f"{page}/outcome", page, outcome="x").status_code == 400
