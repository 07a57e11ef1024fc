"""Every copy can be seen, and what a platform could not tell is answered once by a person."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from appeal.db import dispose_engines, reading
from appeal.models.release import Copy
from appeal.services import appeals, captures, copies
from appeal.services.results import REFUSED_TOO_OFTEN
from appeal.tips.captures import take
from tests import appeals_desk as desk
from tests.appeals_desk import AUTHOR, BASE, NOON, OBSERVER

PAGE = "/appeals/1/deliveries"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOON, tick=False):
        found = desk.create(tmp_path)
        with found.app_context():
            desk.launched()
            desk.all_out()
        yield found
    dispose_engines()


def states(app: Flask, channel: str) -> list[str]:
    with app.app_context(), reading() as session:
        rows = session.query(Copy).order_by(Copy.id).all()
        return [one.state for one in rows if one.delivery.channel.publisher == channel]


def asked(app: Flask, channel: str) -> int:
    with app.app_context():
        return desk.set_copies(channel, state="asked", reason="Did this one arrive? The platform could not tell us.")[0]


def test_page_lists_every_copy_with_words_and_moments(app: Flask) -> None:
    shown = desk.sign_in(app, OBSERVER).get(PAGE, base_url=BASE).text
    assert "3 copies" in shown
    assert "3 out" in shown
    assert 'href="https://x.example/1"' in shown
    assert "+34600555101" not in shown


def test_empty_page_says_when_something_appears(app: Flask) -> None:
    with app.app_context():
        desk.submitted()
    assert "Nothing was planned yet" in desk.sign_in(app, AUTHOR).get("/appeals/2/deliveries", base_url=BASE).text


def test_long_list_goes_on_where_the_page_before_ended(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "PAGE", 2)
    client = desk.sign_in(app, OBSERVER)
    onwards = desk.re.search(r'rel="next" href="([^"]+)"', client.get(PAGE, base_url=BASE).text)
    assert onwards is not None
    second = client.get(desk.unescape(onwards.group(1)), base_url=BASE).text
    assert second.count('<span class="hash">') == 1
    assert "All deliveries" in second


@pytest.mark.parametrize(
    ("answer", "after"),
    [("yes", ["sent"]), ("no", ["cancelled"]), ("again", ["cancelled", "pending"])],
)
def test_answer_settles_a_copy_once(app: Flask, answer: str, after: list[str]) -> None:
    copy_id = asked(app, "x")
    client = desk.sign_in(app, AUTHOR)
    action = f"/deliveries/copies/{copy_id}/answer"
    fields: dict[str, Any] = {
        f"copy{copy_id}-answer": answer,
        f"copy{copy_id}-permalink": "https://x.com/force/status/7",
    }
    sent = desk.form_fields(client.get(PAGE, base_url=BASE), action, **fields)
    for _ in range(2):
        response = client.post(action, data=sent, base_url=BASE)
        assert (response.status_code, response.location) == (302, PAGE)
    assert states(app, "x") == after


def test_two_officers_answer_only_once(app: Flask) -> None:
    copy_id = asked(app, "x")
    action = f"/deliveries/copies/{copy_id}/answer"
    officers = [desk.sign_in(app, AUTHOR), desk.sign_in(app, "both@force.example")]
    fields = {f"copy{copy_id}-answer": "again"}
    forms = [desk.form_fields(one.get(PAGE, base_url=BASE), action, **fields) for one in officers]
    done = [one.post(action, data=sent, base_url=BASE).status_code for one, sent in zip(officers, forms, strict=True)]
    assert done == [302, 400]
    assert states(app, "x") == ["cancelled", "pending"]


def test_address_of_a_list_is_shown_only_where_a_person_must_look(app: Flask) -> None:
    asked(app, "sms")
    shown = desk.sign_in(app, AUTHOR).get(PAGE, base_url=BASE).text
    assert "+34600555101" in shown


def test_wrong_permalink_is_said_at_its_field(app: Flask) -> None:
    copy_id = asked(app, "x")
    fields = {f"copy{copy_id}-answer": "yes", f"copy{copy_id}-permalink": "javascript:alert(1)"}
    answer = desk.press(desk.sign_in(app, AUTHOR), PAGE, f"/deliveries/copies/{copy_id}/answer", **fields)
    assert answer.status_code == 400
    assert "An address begins with https://." in answer.text
    assert states(app, "x") == ["asked"]


@pytest.mark.parametrize("state", ["asked", "failed"])
def test_what_a_platform_does_not_remove_is_removed_by_hand(app: Flask, state: str) -> None:
    with app.app_context():
        appeals.take_down(desk.actor(AUTHOR), appeal_id=1, reason="found", now=NOON)
        copy_id = desk.set_copies("x", "retract", state=state, reason="The platform refuses.")[0]
    client = desk.sign_in(app, AUTHOR)
    assert "a person has to remove it" in client.get("/appeals/1", base_url=BASE).text
    action = f"/deliveries/copies/{copy_id}/removed"
    assert desk.press(client, PAGE, action).status_code == 302
    assert "Gone since" in client.get(PAGE, base_url=BASE).text
    assert f'action="{action}"' not in client.get(PAGE, base_url=BASE).text


def test_observer_may_look_and_not_answer(app: Flask) -> None:
    copy_id = asked(app, "x")
    client = desk.sign_in(app, OBSERVER)
    shown = client.get(PAGE, base_url=BASE)
    assert "Is it there?" not in shown.text
    data = {"csrf_token": desk.desk.csrf_of(shown)}
    assert client.post(f"/deliveries/copies/{copy_id}/answer", data=data, base_url=BASE).status_code == 403


def test_unknown_copy_is_not_found(app: Flask) -> None:
    client = desk.sign_in(app, AUTHOR)
    data = {"csrf_token": desk.desk.csrf_of(client.get("/", base_url=BASE))}
    assert client.post("/deliveries/copies/99/removed", data=data, base_url=BASE).status_code == 404


def test_what_has_not_gone_out_is_stopped_in_one_press(app: Flask) -> None:
    with app.app_context():
        desk.set_copies("x", state="held", sent_at=None)
    client = desk.sign_in(app, AUTHOR)
    assert "Stop it on 1 channel" in client.get(PAGE, base_url=BASE).text
    assert desk.press(client, PAGE, f"{PAGE}/stop").status_code == 302
    shown = client.get(PAGE, base_url=BASE).text
    assert "An officer stopped what had not gone out." in shown
    assert "Stop it on" not in shown
    assert states(app, "x") == ["cancelled"]


@pytest.mark.parametrize(("answer", "after"), [("again", "pending"), ("no", "cancelled")])
def test_what_was_put_off_for_long_is_decided_in_one_press(app: Flask, answer: str, after: str) -> None:
    with app.app_context():
        copy_id = desk.set_copies("x", state="held", reason=REFUSED_TOO_OFTEN)[0]
        with reading() as session:
            delivery_id = session.get_one(Copy, copy_id).delivery_id
    client = desk.sign_in(app, AUTHOR)
    assert "The platform has put 1 copy off again and again." in client.get(PAGE, base_url=BASE).text
    assert desk.press(client, PAGE, f"{PAGE}/{delivery_id}/put-off", answer=answer).status_code == 302
    assert states(app, "x") == [after]


def test_page_says_how_far_the_take_down_is_and_whose_job_the_rest_is(app: Flask) -> None:
    with app.app_context():
        appeals.take_down(desk.actor(AUTHOR), appeal_id=1, reason="found", now=NOON)
        desk.set_copies("x", "retract", state="asked")
        desk.set_copies("site", "retract", state="sent", sent_at=NOON, gone_at=NOON)
    shown = desk.sign_in(app, AUTHOR).get(PAGE, base_url=BASE).text
    assert "An officer has to remove it by hand, then says so here." in shown
    assert "0 seconds" in shown
    assert "What is gone is looked up once more after 24 hours." in shown


def test_what_was_kept_before_it_went_is_listed_for_all_and_opened_by_who_reads_answers(app: Flask) -> None:
    with app.app_context():
        appeals.take_down(desk.actor(AUTHOR), appeal_id=1, reason="found", now=NOON)
        removal_id = captures.to_take(now=NOON)[-1]
        take(removal_id, now=NOON)
    client = desk.sign_in(app, AUTHOR)
    shown = client.get(PAGE, base_url=BASE).text
    assert ("kept as it was sent" in shown, "/kept-posts/" in shown) == (True, False)
    assert client.get(f"/kept-posts/{removal_id}.html", base_url=BASE).status_code == 403
