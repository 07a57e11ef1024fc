"""Templates, copies and the search, as an author presses them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from appeal.db import dispose_engines
from tests import appeals_desk as desk
from tests.appeals_desk import AUTHOR, BASE, NOON, OBSERVER


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOON, tick=False):
        made = desk.create(tmp_path)
        with made.app_context():
            desk.submitted()
        yield made
    dispose_engines()


def test_a_template_is_made_offered_begun_and_dropped(app: Flask) -> None:
    client = desk.sign_in(app, AUTHOR)
    assert desk.press(client, "/appeals/1", "/appeals/1/template", name="Murder").location == "/templates"
    assert desk.press(client, "/", "/templates/1/begin").location == "/appeals/2/draft"
    assert "Man wanted for murder" in client.get("/appeals/2/draft", base_url=BASE).text
    assert desk.press(client, "/templates", "/templates/1/drop").status_code == 302
    assert "No templates yet" in client.get("/templates", base_url=BASE).text


def test_a_copy_is_a_draft_and_a_template_needs_a_name(app: Flask) -> None:
    client = desk.sign_in(app, AUTHOR)
    assert desk.press(client, "/appeals/1", "/appeals/1/copy").location == "/appeals/2/draft"
    assert desk.press(client, "/appeals/1", "/appeals/1/template", name="").location == "/appeals/1"
    assert "Give the template a name" in client.get("/appeals/1", base_url=BASE).text


def test_an_observer_searches_and_copies_nothing(app: Flask) -> None:
    client = desk.sign_in(app, OBSERVER)
    found = desk.press(client, "/appeals/find", "/appeals/find", words="murder", kind="wanted", state="submitted")
    assert "Man wanted for murder" in found.text
    nothing = desk.press(client, "/appeals/find", "/appeals/find", words="nobody")
    assert "Nothing found" in nothing.text
    assert "Use it again" not in client.get("/appeals/1", base_url=BASE).text
