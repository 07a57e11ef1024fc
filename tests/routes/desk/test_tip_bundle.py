"""The page of the disclosure bundle."""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from appeal.db import dispose_engines
from appeal.routes.desk import tip_pages
from appeal.tips import board
from tests.desk import NOW, post
from tests.routes.desk.duty import duty_app, get, signed_in, tip


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOW, tick=False):
        yield duty_app(tmp_path, *tip_pages.MODULES)
    dispose_engines()


def test_bundle_is_handed_over_once_why_is_said(app: Flask) -> None:
    ana = signed_in(app, "ana", "triager")
    one = board.reference(tip(app, "Quillfeather"))
    refused = post(ana, "/tips/bundle", references=one, why="")
    assert (refused.status_code, "Say for whom and why." in refused.text) == (400, True)
    assert "no tip with this reference" in post(ana, "/tips/bundle", references="0000-0000", why="court").text
    assert "One of these tips is not there" in post(ana, "/tips/bundle", why="court").text
    made = post(ana, "/tips/bundle", references=one, why="court")
    assert made.mimetype == "application/zip"
    assert "manifest.json" in zipfile.ZipFile(BytesIO(made.data)).namelist()


def test_who_may_not_decide_gets_no_bundle(app: Flask) -> None:
    assert get(signed_in(app, "olga", "author"), "/tips/bundle").status_code == 403
