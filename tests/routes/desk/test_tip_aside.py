"""Erasing at the desk: gone with everything, or restricted while a legal hold stands and then opened with a reason."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from appeal.db import dispose_engines, writing
from appeal.models.appeal import LegalHold
from appeal.models.tip import Assessment, Tip
from appeal.routes.desk import appeals, holds, tip_pages
from appeal.rules.permissions import SYSTEM
from appeal.services import force
from tests.desk import NOW
from tests.routes.desk.duty import acts, appeal, duty_app, get, press, signed_in, tip


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOW, tick=False):
        yield duty_app(tmp_path, appeals, holds, *tip_pages.MODULES)
    dispose_engines()


def spam(app: Flask, said: str, officer_ids: tuple[int, ...], **more: str) -> int:
    tip_id = tip(app, said, **more)
    with app.app_context(), writing() as session:
        row = session.get_one(Tip, tip_id)
        row.state, row.done_at, row.reasons = "done", NOW, []
        for one in officer_ids:
            session.add(
                Assessment(tip_id=tip_id, officer_id=one, decision="spam", reason="advertising", decided_at=NOW)
            )
    return tip_id


def test_spam_is_erased_or_restricted_and_then_opened_with_a_reason(app: Flask) -> None:
    ana, _ben = signed_in(app, "ana", "triager"), signed_in(app, "ben", "triager")
    appeal_id = appeal(app)
    free = spam(app, "cheap pills", (1, 2))
    held = spam(app, "cheap watches", (1, 2), appeal="k3v9q2mx7d")
    with app.app_context(), writing() as session:
        session.add(LegalHold(appeal_id=appeal_id, reason="launch", set_at=NOW))
    assert "Say why." in press(ana, f"/tips/{free}/erase", f"/tips/{free}?read=1", why=" ").text
    assert (
        "The tip is erased with everything" in press(ana, f"/tips/{free}/erase", f"/tips/{free}?read=1", why="ads").text
    )
    assert get(ana, f"/tips/{free}").status_code == 404
    assert "A legal hold stands" in press(ana, f"/tips/{held}/erase", f"/tips/{held}?read=1", why="ads").text
    assert get(ana, f"/tips/{held}").status_code == 404
    listed = get(ana, "/tips/restricted").text
    assert "Why you must read tip" in listed
    assert "watches" not in listed
    assert "Say why." in press(ana, f"/tips/{held}/restricted", "/tips/restricted", why="").text
    assert "cheap watches" in press(ana, f"/tips/{held}/restricted", "/tips/restricted", why="court").text
    assert "no longer restricted" in press(ana, f"/tips/{held}/unrestrict", "/tips/restricted", why="court").text
    assert "No tip is restricted" in get(ana, "/tips/restricted").text
    assert [act for _actor, act in acts(app) if "restrict" in act] == [
        "restrict tip instead of erasing",
        "open restricted tip",
        "end restriction of tip",
    ]


def test_page_of_holds_says_how_long_tips_are_kept(app: Flask) -> None:
    boss = signed_in(app, "ana", "administrator")
    assert "Nothing is erased by age" in get(boss, "/holds").text
    with app.app_context():
        force.change(SYSTEM, values={"keep_tips_days": "1"}, now=NOW)
    spam(app, "old", ())
    shown = get(boss, "/holds").text
    assert "A tip is erased 1 day after" in shown
    assert "Within the next 30 days: 1." in " ".join(shown.split())
