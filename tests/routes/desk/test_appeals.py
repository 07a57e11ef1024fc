"""The board, the appeal's page, and what is decided there."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from appeal.db import dispose_engines, reading
from appeal.models.appeal import Appeal
from appeal.models.release import Release
from appeal.models.rota import Override
from appeal.services import appeals
from tests import appeals_desk as desk
from tests.appeals_desk import APPROVER, AUTHOR, BASE, NIGHT, NOON, OBSERVER


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOON, tick=False):
        yield desk.create(tmp_path)
    dispose_engines()


def appeal_of(app: Flask, appeal_id: int) -> Appeal:
    with app.app_context():
        return appeals.view(appeal_id)


def count(app: Flask, model: type) -> int:
    with app.app_context(), reading() as session:
        return session.query(model).count()


def test_empty_board_says_how_to_fill_it(app: Flask) -> None:
    shown = desk.sign_in(app, AUTHOR).get("/", base_url=BASE)
    assert shown.status_code == 200
    assert "No appeals yet" in shown.text
    assert "Do you know this person?" in shown.text


def test_observer_is_offered_nothing_to_begin(app: Flask) -> None:
    client = desk.sign_in(app, OBSERVER)
    assert "Begin an appeal" not in client.get("/", base_url=BASE).text


def test_beginning_twice_with_one_form_is_one_appeal(app: Flask) -> None:
    client = desk.sign_in(app, AUTHOR)
    fields = desk.form_fields(client.get("/", base_url=BASE), "/appeals", kind="missing")
    first, second = (client.post("/appeals", data=fields, base_url=BASE) for _ in range(2))
    assert (first.status_code, first.location) == (302, "/appeals/1/draft")
    assert second.location == "/appeals/1/draft"
    assert count(app, Appeal) == 1


def test_beginning_an_unknown_kind_is_refused(app: Flask) -> None:
    answer = desk.press(desk.sign_in(app, AUTHOR), "/", "/appeals", kind="party")
    assert answer.status_code == 400
    assert "Choose the kind of appeal." in answer.text


def test_board_shows_states_and_what_waits_for_whom(app: Flask) -> None:
    with app.app_context():
        desk.submitted()
    approver, author = desk.sign_in(app, APPROVER), desk.sign_in(app, AUTHOR)
    assert "to approve" in approver.get("/", base_url=BASE).text
    assert "to approve" not in author.get("/", base_url=BASE).text
    assert "waiting for approval" in author.get("/", base_url=BASE).text


def test_board_asks_to_look_at_what_is_not_known(app: Flask) -> None:
    with app.app_context():
        desk.launched()
        desk.all_out()
        desk.set_copies("x", state="asked")
    shown = desk.sign_in(app, AUTHOR).get("/", base_url=BASE)
    assert "please look" in shown.text
    assert 'href="/appeals/1/deliveries"' in shown.text


def test_page_says_what_is_out_and_where(app: Flask) -> None:
    with app.app_context():
        desk.launched()
        desk.all_out()
    shown = desk.sign_in(app, OBSERVER).get("/appeals/1", base_url=BASE)
    assert 'href="https://x.example/1"' in shown.text
    assert "3 out" in shown.text
    assert "Mon 2 Mar 2026, 13:00 Europe/Madrid" in shown.text
    assert "Take down from" not in shown.text


def test_standing_is_empty_while_nothing_is_new(app: Flask) -> None:
    with app.app_context():
        desk.launched()
    client = desk.sign_in(app, AUTHOR)
    address = desk.re.search(r'hx-get="([^"]+)"', client.get("/appeals/1", base_url=BASE).text).group(1)
    assert client.get(address, base_url=BASE).status_code == 204
    with app.app_context():
        desk.all_out()
    fresh = client.get(address, base_url=BASE)
    assert fresh.status_code == 200
    assert "https://site.example/1" in fresh.text
    assert "<html" not in fresh.text


def test_taking_down_needs_a_reason_and_happens_once(app: Flask) -> None:
    with app.app_context():
        desk.launched()
        desk.all_out()
    client = desk.sign_in(app, AUTHOR)
    without = desk.press(client, "/appeals/1", "/appeals/1/take-down")
    assert without.status_code == 400
    assert "Choose a reason." in without.text
    assert "Take down from 3 channels now" in without.text
    fields = desk.form_fields(client.get("/appeals/1", base_url=BASE), "/appeals/1/take-down") | {
        "down-reason": "found"
    }
    answers = [client.post("/appeals/1/take-down", data=fields, base_url=BASE).status_code for _ in range(2)]
    assert answers == [302, 302]
    assert appeal_of(app, 1).take_down_reason == "found"
    shown = client.get("/appeals/1", base_url=BASE).text
    assert "coming down" in shown
    assert "5 removals were begun" in shown
    assert "Take down from" not in shown


def test_fourth_take_down_within_an_hour_needs_somebody_else(app: Flask) -> None:
    with app.app_context():
        for _ in range(4):
            desk.launched()
        for appeal_id in (1, 2, 3):
            appeals.take_down(desk.actor(AUTHOR), appeal_id=appeal_id, reason="found", now=NOON)
    answer = desk.press(desk.sign_in(app, AUTHOR), "/appeals/4", "/appeals/4/take-down", **{"down-reason": "found"})
    assert answer.status_code == 400
    assert "Another officer has to take down this one." in answer.text


def test_ending_is_set_by_an_approver_only_and_once(app: Flask) -> None:
    with app.app_context():
        desk.launched()
        desk.all_out()
    assert 'action="/appeals/1/end"' not in desk.sign_in(app, AUTHOR).get("/appeals/1", base_url=BASE).text
    client = desk.sign_in(app, APPROVER)
    assert desk.press(client, "/appeals/1", "/appeals/1/end").status_code == 400
    assert desk.press(client, "/appeals/1", "/appeals/1/end", **{"over-ending": "arrested"}).status_code == 302
    assert appeal_of(app, 1).ending == "arrested"
    assert 'action="/appeals/1/end"' not in client.get("/appeals/1", base_url=BASE).text


def test_override_is_offered_at_night_only(app: Flask) -> None:
    with app.app_context():
        desk.launched(NIGHT)
    assert "Override the hours" not in desk.sign_in(app, APPROVER).get("/appeals/1", base_url=BASE).text
    with time_machine.travel(NIGHT, tick=False):
        client = desk.sign_in(app, APPROVER)
        shown = client.get("/appeals/1", base_url=BASE)
        assert "Mon 2 Mar 2026, 08:00 Europe/Madrid" in shown.text
        refused = desk.press(
            client, "/appeals/1", "/appeals/1/override", **{"cover-reader": "99", "cover-reason": "A child is missing."}
        )
        assert (refused.status_code, "Choose who reads the answers." in refused.text) == (400, True)
        assert "A child is missing." in refused.text
        fields = {"cover-reader": "5", "cover-reason": "A child is missing.", "cover-hours": "2"}
        assert desk.press(client, "/appeals/1", "/appeals/1/override", **fields).status_code == 302
    with app.app_context(), reading() as session:
        (row,) = session.query(Override).all()
        assert (row.reader, row.ends_at) == ("Triager", NIGHT + timedelta(hours=2))


def test_release_again_only_after_a_take_down(app: Flask) -> None:
    with app.app_context():
        desk.launched()
        desk.all_out()
    client = desk.sign_in(app, APPROVER)
    assert 'action="/appeals/1/again"' not in client.get("/appeals/1", base_url=BASE).text
    with app.app_context():
        appeals.take_down(desk.actor(AUTHOR), appeal_id=1, reason="found", now=NOON)
    coming_down = client.get("/appeals/1", base_url=BASE)
    assert "That is possible when it is gone everywhere." in coming_down.text
    assert 'action="/appeals/1/again"' not in coming_down.text
    with app.app_context():
        for channel in ("site", "x", "sms"):
            desk.set_copies(channel, "retract", state="sent", sent_at=NOON, gone_at=NOON)
    fields = desk.form_fields(client.get("/appeals/1", base_url=BASE), "/appeals/1/again")
    for _ in range(2):
        assert client.post("/appeals/1/again", data=fields, base_url=BASE).status_code == 302
    assert appeal_of(app, 1).taken_down_at is None
    assert count(app, Release) == 3


def test_editing_begins_the_next_revision_once(app: Flask) -> None:
    with app.app_context():
        desk.launched()
    client = desk.sign_in(app, AUTHOR)
    assert "The approved one goes on" in client.get("/appeals/1", base_url=BASE).text
    answer = desk.press(client, "/appeals/1", "/appeals/1/next")
    assert answer.location == "/appeals/1/draft"
    assert [one.number for one in appeal_of(app, 1).revisions] == [1, 2]
    assert "Go on writing revision 2" in client.get("/appeals/1", base_url=BASE).text


def test_unknown_appeal_is_not_found(app: Flask) -> None:
    assert desk.sign_in(app, AUTHOR).get("/appeals/99", base_url=BASE).status_code == 404


@pytest.mark.parametrize("address", ["/appeals", "/appeals/1/take-down", "/appeals/1/override", "/appeals/1/again"])
def test_observer_may_decide_nothing(app: Flask, address: str) -> None:
    with app.app_context():
        desk.submitted()
    client = desk.sign_in(app, OBSERVER)
    token = desk.desk.csrf_of(client.get("/", base_url=BASE))
    assert client.post(address, data={"csrf_token": token}, base_url=BASE).status_code == 403


def test_who_is_told_first_is_ticked_on_the_page_and_the_letter_is_printed(app: Flask) -> None:
    with app.app_context():
        desk.launched()
        appeals.end(desk.actor(desk.APPROVER), appeal_id=1, ending="found", now=NOON)
    client = desk.sign_in(app, desk.APPROVER)
    for code in ("family", "control_room"):
        shown = client.get("/appeals/1", base_url=BASE)
        fields = {
            "csrf_token": desk.desk.csrf_of(shown),
            "request_id": f"told-{code}",
            "code": code,
            "name": "Ana, by telephone",
        }
        assert f'id="told-{code}"' in shown.text
        assert client.post("/appeals/1/told", data=fields, base_url=BASE).status_code == 302
    shown = client.get("/appeals/1", base_url=BASE)
    assert shown.text.count("Ana, by telephone") == 2
    assert "The closing words went out" in shown.text
    letter = client.get("/appeals/1/letter.pdf", base_url=BASE)
    assert (letter.mimetype, letter.data[:4]) == ("application/pdf", b"%PDF")


def test_a_review_is_renewed_in_one_press(app: Flask) -> None:
    with app.app_context():
        desk.launched()
    client = desk.sign_in(app, desk.APPROVER)
    answer = desk.press(client, "/appeals/1", "/appeals/1/renew", **{"renew-review_on": "2026-04-01"})
    assert answer.status_code == 302
    with app.app_context():
        assert appeals.view(1).revisions[-1].approvals[-1].review_on.isoformat() == "2026-04-01"
    refused = desk.press(client, "/appeals/1", "/appeals/1/renew", **{"renew-review_on": "2020-01-01"})
    assert refused.status_code == 302
    assert "The review date must lie after today" in client.get("/appeals/1", base_url=BASE).text
