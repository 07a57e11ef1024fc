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
from appeal.rules.permissions import SYSTEM, Actor
from appeal.services import force
from appeal.tips import arrivals, board, leads
from tests.desk import NOW
from tests.routes.desk.duty import duty_app, get, picture, press, signed_in, tip, tip_row

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


def test_pictures_are_blurred_at_first_and_video_is_silent(app: Flask, ana: FlaskClient) -> None:
    files = (picture(), picture("v.mp4", b"\0\0\0 ftypmp42", "video/mp4"))
    opened = claimed(ana, tip(app, "look", files=files))
    assert re.search(r'<video class="message__picture" src="[^"]+" controls muted preload="none"', opened)
    assert 'class="message__picture" src=' in opened
    assert 'id="show-pictures"' in opened
    assert "checked" not in re.search(r'id="show-pictures"[^>]*>', opened).group(0)  # type: ignore[union-attr]


def test_one_press_locks_a_picture_for_everybody(app: Flask, ana: FlaskClient) -> None:
    one = tip(app, "look", files=(picture(),))
    address = re.search(r'action="(/tips/\d+/files/\d+/0/lock)"', claimed(ana, one)).group(1)  # type: ignore[union-attr]
    press(ana, address, f"/tips/{one}")
    shown = get(ana, f"/tips/{one}").text
    assert "Nobody sees it here." in shown
    assert "<img" not in shown
    assert get(ana, address.removesuffix("/lock")).status_code == 409
    assert get(ana, "/tips/locked").status_code == 403


def test_the_two_named_officers_lift_a_lock_on_their_page(app: Flask, ana: FlaskClient) -> None:
    ben = signed_in(app, "ben", "author")
    with app.app_context():
        emails = "ana@force.example ben@force.example"
        force.change(SYSTEM, values={"guarded_officers": emails}, now=NOW)
    one = tip(app, "look", files=(picture(),))
    address = re.search(r'action="(/tips/\d+/files/\d+/0/lock)"', claimed(ana, one)).group(1)  # type: ignore[union-attr]
    press(ana, address, f"/tips/{one}")
    assert "Say why." in press(ana, "/tips/locked/1/ask", "/tips/locked", why="").text
    assert "The other of the two is told." in press(ana, "/tips/locked/1/ask", "/tips/locked", why="a holiday").text
    assert "a holiday" in get(ben, "/tips/locked").text
    assert "The lock is lifted." in press(ben, "/tips/locked/1/lift", "/tips/locked").text
    assert "No file is locked" in get(ben, "/tips/locked").text


def test_what_is_passed_on_is_not_shown_to_who_passed_it_on(app: Flask, ana: FlaskClient) -> None:
    ben = signed_in(app, "ben", "triager")
    one = tip(app, "look", files=(picture(),))
    assert "I cannot bear this: pass it on" in claimed(ana, one)
    told = press(ana, f"/tips/{one}/unbearable", f"/tips/{one}", officer_id="2").text
    assert "Its pictures are not shown to you again." in told
    assert "<img" in get(ben, f"/tips/{one}").text
    press(ben, f"/tips/{one}/hand-over", f"/tips/{one}", officer_id="1")
    again = get(ana, f"/tips/{one}").text
    assert "You passed the pictures of this tip to Ben." in again
    assert "<img" not in again


def test_a_restricted_tip_is_opened_with_a_reason_on_its_page(app: Flask, ana: FlaskClient) -> None:
    ben, eve = signed_in(app, "ben", "triager"), signed_in(app, "eve", "triager")
    one = tip(app, "Inspector Quillfeather sells files")
    claimed(ana, one)
    here = f"/tips/{one}/readers"
    assert "Say why." in press(ana, f"{here}/restrict", here, reader="2").text
    assert "Choose who may read it." in press(ana, f"{here}/restrict", here, why="names an officer").text
    kept = press(ana, f"{here}/restrict", here, reader="2", why="names an officer").text
    assert "<li>Ben</li>" in kept
    assert get(eve, f"/tips/{one}").status_code == 404
    press(ana, f"/tips/{one}/release", f"/tips/{one}")
    assert "say why you open it" in press(ben, f"/tips/{one}/claim", f"/tips/{one}").text
    assert "Quillfeather" in press(ben, f"/tips/{one}/claim", f"/tips/{one}", why="named reader").text


def test_a_restricted_tip_that_is_done_is_shown_in_the_answer_only(app: Flask, ana: FlaskClient) -> None:
    signed_in(app, "ben", "triager")
    one = tip(app, "Inspector Quillfeather sells files")
    claimed(ana, one)
    press(ana, f"/tips/{one}/readers/restrict", f"/tips/{one}/readers", reader="2", why="names an officer")
    given = {"reason": "in_case", "seen": "1", "words": "To the inspectorate."}
    press(ana, f"/tips/{one}/assess", f"/tips/{one}", **given)
    assert "Quillfeather" not in get(ana, f"/tips/{one}?read=1").text
    assert "Quillfeather" not in press(ana, f"/tips/{one}/read", f"/tips/{one}", why="").text
    assert "Quillfeather" in press(ana, f"/tips/{one}/read", f"/tips/{one}", why="the court asks").text


def test_who_is_concerned_keeps_a_tip_from_themselves(app: Flask, ana: FlaskClient) -> None:
    one = tip(app, "words")
    press(ana, f"/tips/{one}/readers/me", f"/tips/{one}/readers", why="my cousin")
    assert get(ana, f"/tips/{one}").status_code == 404


def test_information_is_written_out_for_an_officer_who_reads_no_tips(app: Flask, ana: FlaskClient) -> None:
    eve = signed_in(app, "eve", "author")
    one = tip(app, "Ring +34 600 111 222. A red van at Mill Bridge.")
    assert get(ana, f"/tips/{one}/information").headers["Location"] == f"/tips/{one}"
    claimed(ana, one)
    here = f"/tips/{one}/information"
    form = get(ana, here).text
    assert "A red van at Mill Bridge." in form
    assert "600 111" not in form
    assert press(ana, here, here, for_id="2", words="", why="").status_code == 400
    told = press(ana, here, here, for_id="2", words="A red van at Mill Bridge.", why="unit is there").text
    assert "It is written out" in told
    assert "new" in get(eve, "/information").text
    assert "A red van at Mill Bridge." in get(eve, "/information/1").text
    assert get(ana, "/information/1").status_code == 404
    assert "not opened yet" not in get(ana, here).text


def test_a_translation_stands_below_the_original_with_who_made_it(app: Flask, ana: FlaskClient) -> None:
    one = tip(app, "O vad pe fata acum langa gara, este cu un baiat si nu plange", language="")
    assert "Nobody at the desk reads this language" in get(ana, "/tips").text
    opened = claimed(ana, one)
    address = re.search(r'action="(/tips/\d+/messages/\d+)/translate"', opened).group(1)  # type: ignore[union-attr]
    assert "Have it translated" not in opened
    assert "Write the translation" in press(ana, f"{address}/translate", f"/tips/{one}", words="").text
    shown = press(ana, f"{address}/translate", f"/tips/{one}", words="I see the <girl>").text
    assert shown.index("O vad pe fata") < shown.index("I see the &lt;girl&gt;")
    assert "Translated by Ana" in shown
    assert "No program that translates" in press(ana, f"{address}/program", f"/tips/{one}").text


def test_with_nobody_else_at_the_desk_nobody_can_be_named(app: Flask, ana: FlaskClient) -> None:
    shown = get(ana, f"/tips/{tip(app, 'words')}/readers").text
    assert "There is no other officer who reads tips" in shown
    assert "Only these officers" not in shown
    assert "Keep it from me" in shown
