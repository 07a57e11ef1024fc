"""What we hold of a source is what the platform lists; what was missing is fetched, counted and told."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from appeal.db import reading, writing
from appeal.models.comparison import SourceComparison
from appeal.models.notice import Notice
from appeal.models.people import Role, User
from appeal.models.release import Channel
from appeal.models.tip import Message
from appeal.rules.errors import TryLater
from appeal.rules.permissions import SYSTEM
from appeal.tips import comparing, polling
from appeal.tips.inbound import Inbound
from appeal.tips.sources.base import PollResult
from tests.tips.conftest import NOW
from tests.tips.test_polling import Platform

LATER = NOW + comparing.EVERY


@pytest.fixture
def platform(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Platform:
    """A channel on X whose platform says what it is told to say, and an administrator."""
    made = Platform()
    monkeypatch.setitem(polling.POLLED, "x", made)
    with writing() as session:
        boss = User(id=9, name="Boss", email="boss@force.example", fs_uniquifier="9")
        boss.roles = [Role(name="administrator")]
        session.add_all([boss, Channel(id=1, publisher="x", name="Our X", language="en", created_at=NOW, cursor="10")])
    return made


def said(number: int) -> Inbound:
    return Inbound("x", str(number), NOW, f"answer {number}", channel_id=1, sender="somebody")


def count(model: type) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def row() -> SourceComparison:
    with reading() as session:
        return session.get_one(SourceComparison, 1, populate_existing=True)


def test_first_comparison_only_notes_where_reading_stands(platform: Platform) -> None:
    assert comparing.compare_if_due(1, now=NOW) == 0
    assert (row().cursor, row().compared_at, platform.cursors) == ("10", None, [])
    (state,) = comparing.states(SYSTEM, now=NOW)
    assert (state.name, state.has_list, state.row, state.is_late) == ("Our X", True, None, False)


def test_gap_is_fetched_counted_and_told(platform: Platform) -> None:
    comparing.compare_if_due(1, now=NOW)
    platform.results = [PollResult((said(11), said(13)), "13")]
    polling.poll(1, now=NOW)
    # The list now holds one that reading passed over, and one that is newer than the last reading.
    listed = PollResult((said(11), said(12), said(13), said(14)), "14")
    platform.results = [listed, PollResult((), "14"), PollResult((said(14),), "14")]
    assert comparing.compare_if_due(1, now=LATER) == 1
    assert platform.cursors == ["10", "10", "14", "13"]
    assert (row().listed, row().missing, row().gap, row().gap_at, row().cursor) == (4, 1, 1, LATER, "13")
    assert (count(Message), count(Notice)) == (4, 1)
    # Nothing is missing the next time, and the last gap stays known.
    platform.results = [PollResult((said(14),), "14"), PollResult((), "14"), PollResult((), "14")]
    assert comparing.compare_if_due(1, now=LATER + comparing.EVERY) == 0
    assert (row().listed, row().missing, row().gap_at, count(Notice)) == (1, 0, LATER, 1)


def test_it_is_compared_every_half_hour_and_late_after_more_than_one(platform: Platform) -> None:
    comparing.compare_if_due(1, now=NOW)
    assert comparing.compare_if_due(1, now=LATER - timedelta(seconds=1)) == 0
    assert platform.cursors == []
    platform.results = [TryLater("X does not answer")]
    comparing.compare_if_due(1, now=LATER)
    assert (row().problem, row().compared_at) == ("X does not answer", None)
    assert comparing.states(SYSTEM, now=LATER + comparing.LATE_AFTER + timedelta(minutes=1))[0].is_late


def test_platform_without_a_list_is_not_compared(platform: Platform) -> None:
    with writing() as session:
        session.add(Channel(id=2, publisher="telegram", name="Our Telegram", language="en", created_at=NOW))
    assert [comparing.compare_if_due(2, now=NOW + comparing.EVERY * n) for n in range(2)] == [0, 0]
    assert [one.has_list for one in comparing.states(SYSTEM, now=NOW)] == [True, False]
