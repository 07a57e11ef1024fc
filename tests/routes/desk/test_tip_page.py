"""What an officer sees on the page of one tip beside the words: why it counts, what is like it, what was checked."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from appeal.db import dispose_engines
from appeal.routes.desk import tip_pages
from appeal.rules.permissions import Actor
from appeal.tips import arrivals, board, leads
from tests.desk import NOW
from tests.routes.desk.duty import duty_app, get, press, signed_in, tip, tip_row

PARROT = "A man with a green parrot on his shoulder followed a woman with a pram"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOW, tick=False):
        yield duty_app(tmp_path, *tip_pages.MODULES)
    dispose_engines()


@pytest.fixture
def ana(app: Flask) -> FlaskClient:
    return signed_in(app, "ana", "triager")


def claimed(client: FlaskClient, tip_id: int) -> str:
    return press(client, f"/tips/{tip_id}/claim", f"/tips/{tip_id}").text


def take_in(app: Flask) -> None:
    with app.app_context():
        arrivals.take_in(NOW)


def test_why_it_counts_is_marked_in_the_words_and_nothing_is_taken_for_markup(app: Flask, ana: FlaskClient) -> None:
    opened = claimed(ana, tip(app, '<b>He is here right now</b> & "he has a knife" <script>alert(1)</script>'))
    assert '<mark class="cue">He is here right now</mark><span class="cue__why"> [seen now]</span>' in opened
    assert "[harm to come]" in opened
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in opened
    assert "<script>alert" not in opened


def test_the_heading_says_lane_and_reason_and_is_in_focus_after_a_decision(app: Flask, ana: FlaskClient) -> None:
    first, second = tip(app, "right now he is here"), tip(app, "words")
    opened = claimed(ana, first)
    heading = re.search(r"<h1(.*?)</h1>", opened, re.S).group(1)  # type: ignore[union-attr]
    assert "Live sighting" in heading
    assert "Says that the person is there at this moment." in heading
    assert "autofocus" not in heading
    given = {"reason": "passed_on", "seen": "1"}
    following = press(ana, f"/tips/{first}/assess", f"/tips/{first}", **given).text
    assert f"/tips/{second}/assess" in following
    assert "autofocus" in re.search(r"<h1(.*?)>", following, re.S).group(1)  # type: ignore[union-attr]


def test_similar_tips_of_the_same_person_and_history_stand_beside_it(app: Flask, ana: FlaskClient) -> None:
    place = {"position": "53.79700, -1.54800"}
    one = tip(app, PARROT, facts=place, sender="+34600111222", source="sms", thread="a")
    other = tip(app, f"{PARROT} again", facts=place, sender="+34600111222", source="sms", thread="b")
    take_in(app)
    opened = claimed(ana, one)
    beside = opened.partition('id="about-head"')[2].partition("History of this tip")[0]
    assert beside.count(f"</span>{board.reference(other)}</a>") == 2
    assert "Nearly the same words." in beside
    assert "Ana: claimed a tip" in opened


def test_a_check_that_holds_stands_on_the_queue_and_on_the_tip(app: Flask, ana: FlaskClient) -> None:
    one = tip(app, PARROT)
    with app.app_context():
        officer = Actor(1, "Ana", frozenset({"triager"}))
        lead_id = leads.gather(officer, tip_ids=[one], title="", now=NOW)
        leads.check(officer, lead_id=lead_id, finding="not_him", words="unit 7", hours=6, now=NOW)
    assert "Checked: not the person sought" in get(ana, "/tips").text
    assert "unit 7" in claimed(ana, one)


def test_a_tip_is_handed_to_a_colleague_who_reads_tips(app: Flask, ana: FlaskClient) -> None:
    signed_in(app, "ben", "triager")
    signed_in(app, "eve", "author")
    one = tip(app, "words")
    opened = claimed(ana, one)
    assert re.findall(r'<option value="(\d)">(?:Ben|Eve)', opened) == ["2"]
    assert (
        "Your colleague has the tip now." in press(ana, f"/tips/{one}/hand-over", f"/tips/{one}", officer_id="2").text
    )
    assert tip_row(app, one).claimed_by_id == 2
    wrong = press(ana, f"/tips/{one}/hand-over", "/tips", officer_id="2")
    assert "You do not hold this tip any more." in wrong.text
