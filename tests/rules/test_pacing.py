"""A platform's own limits are kept, and how long many calls take is said before."""

from datetime import UTC, datetime, timedelta

import pytest

from appeal.rules import pacing
from appeal.rules.pacing import Pace

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MASTODON = Pace(30, 1800.0)


def ago(*minutes: float) -> list[datetime]:
    return [NOON - timedelta(minutes=each) for each in minutes]


@pytest.mark.parametrize(
    ("began", "free"),
    [([], 30), (ago(1, 2, 3), 27), (ago(*[10] * 30), 0), (ago(*[10] * 31), 0), (ago(*[30] * 30), 30)],
)
def test_what_is_free_is_what_began_lately_less(began: list[datetime], free: int) -> None:
    assert pacing.free(MASTODON, began, NOON) == free


def test_the_next_may_begin_when_the_oldest_that_counts_is_over() -> None:
    assert pacing.seconds_until_free(Pace(2, 60.0), ago(0.25, 0.5, 0.75), NOON) == 30.0
    assert pacing.seconds_until_free(Pace(2, 60.0), ago(0.25), NOON) == 0.0


@pytest.mark.parametrize(("count", "seconds"), [(0, 0), (30, 0), (31, 1800), (60, 1800), (61, 3600), (100, 5400)])
def test_how_long_many_take_is_known_before(count: int, seconds: float) -> None:
    assert pacing.seconds_for(MASTODON, count, [], NOON) == seconds


def test_what_began_before_counts() -> None:
    assert pacing.seconds_for(Pace(2, 60.0), 3, ago(0.5), NOON) == 60.0


@pytest.mark.parametrize(
    ("count", "seconds", "following"), [(1, 0.001, 4), (1000, 0.01, 1000), (1, 0.3, 1), (64, 0.5, 32), (4, 0.2, 5)]
)
def test_a_batch_is_as_large_as_the_platform_is_fast(count: int, seconds: float, following: int) -> None:
    assert pacing.next_batch(count, seconds) == following
