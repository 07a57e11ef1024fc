"""The pages about how an appeal does: for whoever may read appeals, with nothing of what a tip says."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from appeal.db import dispose_engines
from appeal.routes.desk import tip_pages
from appeal.tips import indexing
from tests.desk import NOW
from tests.routes.desk.duty import appeal, duty_app, get, signed_in, tip


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOW, tick=False):
        yield duty_app(tmp_path, *tip_pages.MODULES)
    dispose_engines()


def test_an_observer_sees_figures_curve_table_and_file_and_no_tip(app: Flask) -> None:
    olga = signed_in(app, "olga", "observer")
    appeal_id = appeal(app)
    tip(app, "Quillfeather in the barn", appeal="k3v9q2mx7d", source="sms", sender="+34600111222")
    with app.app_context():
        indexing.index_tips(NOW)
    page = get(olga, f"/appeals/{appeal_id}/insight?hours=24").text
    assert "<svg" in page
    assert "Text message" in page
    sent = get(olga, f"/appeals/{appeal_id}/insight.csv?hours=24")
    assert sent.mimetype == "text/csv"
    assert len(sent.text.splitlines()) == 25
    brief = get(olga, f"/appeals/{appeal_id}/briefing").text
    assert "1 came in" in brief
    assert "1 unread" in brief
    for shown in (page, sent.text, brief):
        assert "Quillfeather" not in shown
        assert "600111222" not in shown
    assert "Text message" not in brief
    assert get(olga, "/appeals/99/briefing").status_code == 404
    assert get(olga, "/appeals/99/insight.csv").status_code == 404
    assert get(olga, "/tips").status_code == 403
