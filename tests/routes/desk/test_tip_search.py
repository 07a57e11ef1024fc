"""The search page: asked in the body, answered with marked words, kept from whoever may not read tips."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from appeal.db import dispose_engines
from appeal.routes.desk import tip_pages
from appeal.tips import board, indexing
from tests.desk import NOW, post
from tests.routes.desk.duty import acts, appeal, duty_app, get, signed_in, tip


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOW, tick=False):
        yield duty_app(tmp_path, *tip_pages.MODULES)
    dispose_engines()


def test_search_shows_what_it_found_with_the_words_marked(app: Flask) -> None:
    ana = signed_in(app, "ana", "triager")
    appeal(app)
    one = tip(app, "He sleeps in the Quillfeather barn", appeal="k3v9q2mx7d")
    other = tip(app, "The barn is empty", appeal="")
    with app.app_context():
        indexing.index_tips(NOW)

    shown = post(ana, "/tips/search", words="barn", appeal="k3v9q2mx7d").text

    assert "1 tip found" in shown
    assert "<mark>barn</mark>" in shown
    assert board.reference(one) in shown
    assert board.reference(other) not in shown
    assert acts(app, "tips") == [("officer:1", "search tips")]


def test_empty_question_and_nothing_found_get_a_sentence(app: Flask) -> None:
    ana = signed_in(app, "ana", "triager")
    assert get(ana, "/tips/search").status_code == 200
    empty = post(ana, "/tips/search", words="")
    assert (empty.status_code, "Enter a word" in empty.text) == (400, True)
    assert "No tip holds all of this" in post(ana, "/tips/search", words="lighthouse").text


def test_who_may_not_read_tips_may_not_search(app: Flask) -> None:
    author = signed_in(app, "olga", "author")
    assert get(author, "/tips/search").status_code == 403
