"""The page of answers in public: what is marked is hidden in one press, shown again in one, and a name is barred."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from appeal import publishers
from appeal.db import dispose_engines, writing
from appeal.models.release import Channel
from appeal.routes.desk import tip_pages
from tests import fakes
from tests.desk import NOW
from tests.routes.desk.duty import acts, appeal, duty_app, get, press, signed_in, tip
from tests.tips.test_answers import PHONE, Hiding

PAGE = "/answers?appeal=k3v9q2mx7d"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setattr(publishers, "PUBLISHERS", {"x": Hiding, "mastodon": fakes.FakePlace})
    Hiding.hidden, Hiding.gone = set(), set()
    with time_machine.travel(NOW, tick=False):
        made = duty_app(tmp_path, *tip_pages.MODULES)
        with made.app_context(), writing() as session:
            session.add(Channel(publisher="x", name="Our X", language="en", settings={}, created_at=NOW))
        yield made
    dispose_engines()


def said(app: Flask, words: str) -> int:
    facts = {"in_reply_to": "1"}
    return tip(app, words, source="x", sender="neighbour", channel_id=1, facts=facts, appeal="k3v9q2mx7d")


def test_what_is_marked_is_hidden_and_shown_again(app: Flask) -> None:
    ana = signed_in(app, "ana", "triager")
    appeal(app)
    assert "Nothing is marked" in get(ana, PAGE).text
    one = said(app, PHONE)
    said(app, "a man at the bridge")
    shown = get(ana, PAGE).text
    assert (PHONE in shown, "a telephone number" in shown, "a man at the bridge" in shown) == (True, True, False)
    assert "neighbour" not in shown
    [address] = _actions(shown, "/hide")
    assert "It is hidden there. The tip stays." in press(ana, address, PAGE).text
    [address] = _actions(get(ana, PAGE).text, "/show")
    assert "Everybody can read it again." in press(ana, address, PAGE).text
    assert acts(app, f"tip:{one}")[-2:] == [("officer:1", "hide answer"), ("officer:1", "show answer again")]
    assert get(signed_in(app, "olga", "author"), PAGE).status_code == 403


def test_a_platform_that_refuses_is_said_and_a_name_is_barred(app: Flask) -> None:
    ana = signed_in(app, "ana", "triager")
    appeal(app)
    said(app, "it was Lucía Pérez")
    assert "Write the whole name." in press(ana, "/answers/bar-name?appeal=k3v9q2mx7d", PAGE, name=" ").text
    barred = press(ana, "/answers/bar-name?appeal=k3v9q2mx7d", PAGE, name="Lucía Pérez").text
    assert "Marked because of it: 1." in barred
    Hiding.gone = {"it was Lucía Pérez"}
    [address] = _actions(barred, "/hide")
    assert "It is not there." in press(ana, address, PAGE).text
    assert "Nothing is marked" in get(ana, PAGE).text


def _actions(shown: str, ending: str) -> list[str]:
    found = [part.partition('"')[0] for part in shown.split('action="')[1:]]
    return [one for one in found if one.partition("?")[0].endswith(ending)]
