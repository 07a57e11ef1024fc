"""An author writes words for one channel and sees beside them what goes out there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from appeal.db import dispose_engines
from appeal.services import channels
from tests import appeals_desk as desk
from tests.appeals_desk import AUTHOR, BASE, NOON, OBSERVER


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOON, tick=False):
        found = desk.create(tmp_path)
        with found.app_context():
            desk.whole_draft()
        yield found
    dispose_engines()


@pytest.fixture
def page(app: Flask) -> str:
    with app.app_context():
        channel_id = next(one.id for one in channels.active() if one.publisher == "x")
    return f"/appeals/1/wording/{channel_id}"


def test_draft_shows_posts_side_by_side_and_leads_to_the_words_of_a_channel(app: Flask, page: str) -> None:
    shown = desk.sign_in(app, AUTHOR).get("/appeals/1/draft", base_url=BASE).text
    assert '<div class="goings">' in shown
    assert 'class="drawn drawn--x"' in shown
    assert f'href="{page}"' in shown


def test_words_are_kept_and_shown_as_they_go_out(app: Flask, page: str) -> None:
    client = desk.sign_in(app, AUTHOR)
    assert desk.press(client, page, page, words="Have you seen this man?").status_code == 302
    shown = client.get(page, base_url=BASE).text
    assert shown.count("Have you seen this man?") == 2
    assert "He fled on foot." not in shown


def test_words_that_do_not_fit_are_kept_and_said(app: Flask, page: str) -> None:
    client = desk.sign_in(app, AUTHOR)
    desk.press(client, page, page, words="Have you seen this man? " * 20)
    shown = client.get(page, base_url=BASE).text
    assert "does not fit" in shown
    assert "Nothing written by hand is cut." in shown


def test_another_officers_save_is_not_overwritten(app: Flask, page: str) -> None:
    first, second = (desk.sign_in(app, AUTHOR) for _number in range(2))
    given = desk.form_fields(second.get(page, base_url=BASE), page, words="second")
    desk.press(first, page, page, words="first")
    answer = second.post(page, data=given, base_url=BASE)
    assert answer.status_code == 409
    assert "Somebody else saved this meanwhile." in answer.text
    assert "second" in answer.text


def test_observer_writes_nothing(app: Flask, page: str) -> None:
    assert desk.sign_in(app, OBSERVER).get(page, base_url=BASE).status_code == 403


def test_a_channel_that_is_not_chosen_is_not_found(app: Flask) -> None:
    assert desk.sign_in(app, AUTHOR).get("/appeals/1/wording/99", base_url=BASE).status_code == 404
