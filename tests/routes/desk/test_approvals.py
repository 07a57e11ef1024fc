"""The second person signs exactly what was shown, and never what is their own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from appeal.db import dispose_engines, reading
from appeal.models.appeal import Approval, Revision
from appeal.models.release import Release
from appeal.services import appeals, approvals, force, photos
from tests import appeals_desk as desk
from tests.appeals_desk import ANSWERS, APPROVER, AUTHOR, BASE, NIGHT, NOON, OBSERVER

PAGE = "/appeals/1/approval"
WORDS = {"legal_basis": ANSWERS["legal_basis"], "statement": ANSWERS["statement"]}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOON, tick=False):
        found = desk.create(tmp_path)
        with found.app_context():
            desk.submitted()
        yield found
    dispose_engines()


def last(app: Flask) -> Revision:
    with app.app_context():
        return appeals.view(1).revisions[-1]


def signed(app: Flask) -> tuple[int, int]:
    with app.app_context(), reading() as session:
        return session.query(Approval).count(), session.query(Release).count()


def test_page_shows_texts_posts_hash_and_moments(app: Flask) -> None:
    revision = last(app)
    with time_machine.travel(NIGHT, tick=False):
        shown = desk.sign_in(app, APPROVER).get(PAGE, base_url=BASE).text
    assert f'<p class="hash">{revision.content_sha256}</p>' in shown
    assert f'<span class="hash">{revision.content_sha256[:12]}</span>' in shown
    assert "Mon 2 Mar 2026, 08:00 Europe/Madrid" in shown
    assert "He fled on foot." in shown
    assert "Huyó a pie." in shown
    assert "Do not approach. Call 112 immediately." in shown
    assert "Sun 1 Mar 2026, 17:40 Europe/Madrid" in shown


def test_author_s_reasons_and_the_force_s_review_date_are_filled_in(app: Flask) -> None:
    client = desk.sign_in(app, APPROVER)
    fields = desk.form_fields(client.get(PAGE, base_url=BASE), PAGE)
    assert fields["necessity"] == "He is armed."
    assert fields["proportionality"] == "Nothing milder is left."
    assert fields["review_on"] == "2026-03-16"
    assert fields["statement"] == ""
    assert fields["legal_basis"] == ""


def test_approving_twice_with_one_form_releases_once(app: Flask) -> None:
    client = desk.sign_in(app, APPROVER)
    fields = desk.form_fields(client.get(PAGE, base_url=BASE), PAGE, **WORDS)
    for _ in range(2):
        answer = client.post(PAGE, data=fields, base_url=BASE)
        assert (answer.status_code, answer.location) == (302, "/appeals/1")
    assert signed(app) == (1, 1)
    assert last(app).state == "approved"


def test_two_approvers_sign_only_once(app: Flask) -> None:
    first, second = desk.sign_in(app, APPROVER), desk.sign_in(app, "both@force.example")
    forms = [desk.form_fields(one.get(PAGE, base_url=BASE), PAGE, **WORDS) for one in (first, second)]
    assert first.post(PAGE, data=forms[0], base_url=BASE).status_code == 302
    assert second.post(PAGE, data=forms[1], base_url=BASE).status_code == 409
    assert signed(app) == (1, 1)


def test_whoever_wrote_it_reads_and_cannot_sign(app: Flask) -> None:
    with app.app_context():
        other = desk.actor("both@force.example")
        revision = appeals.draft(other, kind="warning", now=NOON)
        texts = {"en": {"title": "Beware", "happened": "False officers call.", "contact": "Call 091."}}
        facts: dict[str, Any] = {
            "area": "Sevilla",
            "necessity": "n",
            "proportionality": "p",
            "risk": "r",
            "channels": [1],
        }
        appeals.save(other, revision_id=revision.id, expected_version=1, facts=facts, texts=texts, now=NOON)
        appeals.submit(other, revision_id=revision.id, expected_version=2, now=NOON)
    client = desk.sign_in(app, "both@force.example")
    shown = client.get("/appeals/2/approval", base_url=BASE)
    assert "You wrote this appeal, so another officer has to approve it." in shown.text
    assert 'action="/appeals/2/approval"' not in shown.text
    stolen = desk.form_fields(
        desk.sign_in(app, APPROVER).get("/appeals/2/approval", base_url=BASE), "/appeals/2/approval", **WORDS
    )
    stolen["csrf_token"] = desk.desk.csrf_of(client.get("/", base_url=BASE))
    answer = client.post("/appeals/2/approval", data=stolen, base_url=BASE)
    assert answer.status_code == 403
    assert signed(app) == (0, 0)


def test_another_hash_than_the_shown_one_is_refused_and_the_answers_stay(app: Flask) -> None:
    client = desk.sign_in(app, APPROVER)
    fields = desk.form_fields(client.get(PAGE, base_url=BASE), PAGE, **WORDS) | {"content_sha256": "0" * 64}
    answer = client.post(PAGE, data=fields, base_url=BASE)
    assert answer.status_code == 409
    assert "This is not the text that you were shown." in answer.text
    assert ANSWERS["statement"] in answer.text
    assert signed(app) == (0, 0)
    again = desk.form_fields(answer, PAGE)
    assert client.post(PAGE, data=again, base_url=BASE).status_code == 302


def test_posts_that_changed_since_they_were_shown_are_refused(app: Flask) -> None:
    client = desk.sign_in(app, APPROVER)
    fields = desk.form_fields(client.get(PAGE, base_url=BASE), PAGE, **WORDS)
    with app.app_context():
        force.change(desk.desk.SYSTEM, values={"emergency_number": "911"}, now=NOON)
    answer = client.post(PAGE, data=fields, base_url=BASE)
    assert answer.status_code == 409
    assert "The posts have changed since you were shown them." in answer.text
    assert signed(app) == (0, 0)


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("legal_basis", "", "Choose the legal basis."),
        ("statement", "", "Add one sentence of your own."),
        ("necessity", " ", "Say why this is necessary."),
        ("review_on", "2026-03-01", "The review date must lie after today and within a year."),
    ],
)
def test_missing_answer_is_said_at_its_field(app: Flask, name: str, typed: str, words: str) -> None:
    answer = desk.press(desk.sign_in(app, APPROVER), PAGE, PAGE, **WORDS | {name: typed})
    assert answer.status_code == 400
    assert f'id="{name}-error"' in answer.text
    assert words in answer.text
    assert signed(app) == (0, 0)


def test_returning_needs_a_reason_and_tells_the_author(app: Flask) -> None:
    client = desk.sign_in(app, APPROVER)
    without = desk.press(client, PAGE, "/appeals/1/return")
    assert (without.status_code, "Say what has to change." in without.text) == (400, True)
    answer = desk.press(client, PAGE, "/appeals/1/return", **{"back-reason": "The year is wrong."})
    assert answer.status_code == 302
    assert (last(app).state, last(app).return_reason) == ("returned", "The year is wrong.")


def test_what_was_approved_cannot_be_returned(app: Flask) -> None:
    client = desk.sign_in(app, APPROVER)
    back = desk.form_fields(client.get(PAGE, base_url=BASE), "/appeals/1/return", **{"back-reason": "Too late."})
    assert desk.press(client, PAGE, PAGE, **WORDS).status_code == 302
    assert client.post("/appeals/1/return", data=back, base_url=BASE).status_code == 409
    assert last(app).state == "approved"


def test_picture_stands_with_its_words_and_source(app: Flask) -> None:
    with app.app_context():
        approvals.give_back(desk.actor(APPROVER), revision_id=1, reason="A picture, please.", now=NOON)
        alt = {"en": "A face", "es": "Una cara"}
        photos.add(
            desk.actor(AUTHOR),
            revision_id=1,
            data=desk.jpeg(),
            source_record="PERS 4711",
            source=photos.Source(kind="custody"),
            alt=alt,
            now=NOON,
        )
        version = appeals.revision(1).version
        appeals.submit(desk.actor(AUTHOR), revision_id=1, expected_version=version, now=NOON)
    shown = desk.sign_in(app, APPROVER).get(PAGE, base_url=BASE).text
    assert 'src="/photos/1/960" alt="A face"' in shown
    assert "PERS 4711" in shown


def test_observer_reads_and_signs_nothing(app: Flask) -> None:
    client = desk.sign_in(app, OBSERVER)
    shown = client.get(PAGE, base_url=BASE)
    assert "Your roles let you read this, not sign it." in shown.text
    token = desk.desk.csrf_of(shown)
    assert client.post(PAGE, data={"csrf_token": token}, base_url=BASE).status_code == 403
