"""Pausing the force at the desk: one press, a list of what is held, a decision on each appeal."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from appeal.db import dispose_engines
from appeal.routes.desk import admin, appeals, desks, pauses, rota
from appeal.rules.permissions import SYSTEM
from appeal.services import channels
from tests.desk import NOW, post
from tests.routes.desk.duty import acts, duty_app, get, press, signed_in


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOW, tick=False):
        made = duty_app(tmp_path, rota, desks, pauses, admin, appeals)
        with made.app_context():
            channels.connect(SYSTEM, publisher="x", name="Our X", language="en", settings={}, secrets={}, now=NOW)
        yield made
    dispose_engines()


def test_an_approver_pauses_and_resumes(app: Flask) -> None:
    boss = signed_in(app, "pedro", "approver")
    assert "not paused" in get(boss, "/pause").text
    shown = press(boss, "/pause", "/pause", channels="1")
    assert "Paused. 0 copies" in shown.text
    assert "Our X, since" in " ".join(shown.text.split())
    assert "Resumed." in press(boss, "/pause/resume", "/pause").text
    assert "Nothing is paused." in press(boss, "/pause/resume", "/pause").text
    assert acts(app, "force") == [("officer:1", "pause"), ("officer:1", "resume")]


def test_what_is_not_there_is_refused_in_words(app: Flask) -> None:
    boss = signed_in(app, "pedro", "approver")
    assert post(boss, "/pause", channels="9").status_code == 400
    assert "Nothing of this appeal is held" in press(boss, "/pause/appeals/1/go", "/pause").text


def test_others_only_look(app: Flask) -> None:
    author = signed_in(app, "ana", "author")
    assert "Yes, pause now" not in get(author, "/pause").text
    assert post(author, "/pause", "/rota?desk=1").status_code == 403
