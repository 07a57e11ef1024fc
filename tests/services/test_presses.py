"""A double press is one act."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from appeal.db import dispose_engines, writing
from appeal.rules.errors import BadInput, NotAllowed
from appeal.rules.permissions import Actor
from appeal.services import presses
from tests.desk import NOW, installation_app, officer


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = installation_app(tmp_path)
    with app.app_context():
        yield app
    dispose_engines()


def press(actor: Actor, request_id: str, result: str) -> str | None:
    with writing() as session:
        earlier = presses.once(session, actor, request_id, NOW)
        if earlier is None:
            presses.finish(session, request_id, result)
    return earlier


def test_the_second_press_finds_the_first_result(app: Flask) -> None:
    me = Actor(officer(), "A", frozenset())

    assert press(me, "abc", "/appeals/1") is None
    assert press(me, "abc", "/appeals/2") == "/appeals/1"
    assert press(me, "abd", "") is None
    assert press(me, "abd", "x") == ""


def test_an_act_that_failed_can_be_pressed_again(app: Flask) -> None:
    me = Actor(officer(), "A", frozenset())

    def fail() -> None:
        with writing() as session:
            presses.once(session, me, "abc", NOW)
            raise RuntimeError("the act failed")

    with pytest.raises(RuntimeError):
        fail()

    assert press(me, "abc", "done") is None


def test_somebody_elses_form_and_an_incomplete_one_are_refused(app: Flask) -> None:
    me, you = Actor(officer(), "A", frozenset()), Actor(officer("b@force.example"), "B", frozenset())
    press(me, "abc", "mine")

    with pytest.raises(NotAllowed):
        press(you, "abc", "")
    for request_id in ("", "x" * 65):
        with pytest.raises(BadInput):
            press(me, request_id, "")


def test_finish_needs_a_press(app: Flask) -> None:
    with pytest.raises(LookupError), writing() as session:
        presses.finish(session, "never", "x")
