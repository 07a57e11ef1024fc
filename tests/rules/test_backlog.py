"""The forecast of a pile of tips."""

from datetime import UTC, datetime, timedelta

from appeal.rules.backlog import forecast

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
THREE = timedelta(hours=3)


def test_a_pile_that_shrinks_is_read_some_time() -> None:
    found = forecast(40, came=30, read=60, over=THREE, now=NOW)
    assert (found.coming, found.reading, found.grows) == (10, 20, -10)
    assert found.clear_at == NOW + timedelta(hours=4)


def test_a_pile_that_grows_or_lasts_too_long_has_no_end() -> None:
    assert forecast(40, came=60, read=60, over=THREE, now=NOW).clear_at is None
    assert forecast(40, came=0, read=0, over=THREE, now=NOW).clear_at is None
    assert forecast(1_000_000, came=0, read=3, over=THREE, now=NOW).clear_at is None


def test_nothing_that_waits_is_read_already() -> None:
    assert forecast(0, came=9, read=0, over=THREE, now=NOW).clear_at == NOW
