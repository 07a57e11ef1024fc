"""Staffed hours, against hand-written nights and against a walk through every minute."""

import random
from datetime import UTC, date, datetime, time, timedelta

import pytest

from appeal.rules.hours import (
    Cover,
    ExceptionDay,
    Rota,
    Window,
    check,
    in_quiet_time,
    instant,
    intervals,
    is_open,
    next_open,
    next_release,
    open_until,
    quiet_time_ends,
)
from tests.rules.hours_oracle import clock_changes, edges, staffed

MADRID = "Europe/Madrid"
DAY = timedelta(days=1)


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def every_day(opens: time, closes: time, zone: str = MADRID) -> Rota:
    return Rota(zone, tuple(Window(weekday, opens, closes) for weekday in range(7)))


DESK = every_day(time(8), time(1))
NIGHT = every_day(time(22), time(6))


# The oracle itself, on three nights written by hand.


def test_oracle_agrees_with_an_ordinary_night() -> None:
    flags = staffed(MADRID, [(0, time(22), time(6))], {}, utc(2026, 6, 15), 36 * 60)
    assert edges(utc(2026, 6, 15), flags) == [(utc(2026, 6, 15, 20), utc(2026, 6, 16, 4))]


def test_oracle_agrees_with_the_spring_night() -> None:
    flags = staffed(MADRID, [(5, time(22), time(6))], {}, utc(2026, 3, 28), 36 * 60)
    assert edges(utc(2026, 3, 28), flags) == [(utc(2026, 3, 28, 21), utc(2026, 3, 29, 4))]


def test_oracle_agrees_with_the_autumn_night() -> None:
    flags = staffed(MADRID, [(5, time(22), time(6))], {}, utc(2026, 10, 24), 36 * 60)
    assert edges(utc(2026, 10, 24), flags) == [(utc(2026, 10, 24, 20), utc(2026, 10, 25, 5))]


def test_oracle_knows_the_changes_of_madrid() -> None:
    found = [at for zone, at in clock_changes(2000, 2040) if zone == "Africa/Ceuta" and at.year == 2026]
    assert found == [utc(2026, 3, 29, 1), utc(2026, 10, 25, 1)]


# Against the oracle.


def test_hours_agree_with_every_minute_around_300_clock_changes() -> None:
    chance = random.Random(20140103)
    for zone, change in chance.sample(clock_changes(2000, 2040), 300):
        week, days = random_rota(chance, change.date())
        start = change - 25 * timedelta(hours=1)
        rota = Rota(
            zone,
            tuple(Window(*window) for window in week),
            tuple(ExceptionDay(on, tuple(windows)) for on, windows in days.items()),
        )
        expected = edges(start, staffed(zone, week, days, start, 50 * 60))
        assert intervals(rota, start, start + 50 * timedelta(hours=1)) == expected, (zone, change, week, days)


def random_rota(chance: random.Random, near: date) -> tuple[list, dict]:
    """A week with several windows a day, many near the hours at which clocks change, and now and then an exception."""

    def moment() -> time:
        return time(chance.choice([0, 1, 2, 3, chance.randrange(24)]), chance.choice([0, 15, 30, 45, 59]))

    week = [(weekday, moment(), moment()) for weekday in range(7) for _ in range(chance.choice([0, 1, 1, 2]))]
    days = {
        near + timedelta(days=shift): [(moment(), moment()) for _ in range(chance.choice([0, 1, 2]))]
        for shift in (-1, 0, 1)
        if chance.random() < 0.2
    }
    return week, days


# By hand.


@pytest.mark.parametrize("day", [date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 24), date(2026, 10, 25)])
def test_a_shift_from_eight_to_one_lasts_17_hours_on_both_change_nights(day: date) -> None:
    opens = instant(MADRID, datetime.combine(day, time(8)))
    assert open_until(DESK, opens) == opens + timedelta(hours=17)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 28), 7), (date(2026, 10, 24), 9), (date(2026, 6, 1), 8)])
def test_a_night_shift_lasts_as_long_as_the_night(day: date, hours: int) -> None:
    opens = instant(MADRID, datetime.combine(day, time(22)))
    assert intervals(NIGHT, opens, opens + timedelta(hours=12)) == [(opens, opens + timedelta(hours=hours))]


def test_closed_gap_has_6_hours_in_march_and_8_in_october() -> None:
    assert next_open(DESK, utc(2026, 3, 29, 0)) == utc(2026, 3, 29, 6)
    assert next_open(DESK, utc(2026, 10, 24, 23)) == utc(2026, 10, 25, 7)


def test_a_skipped_wall_time_is_the_end_of_the_gap() -> None:
    assert instant(MADRID, datetime.fromisoformat("2026-03-29T02:30")) == utc(2026, 3, 29, 1)


def test_a_repeated_wall_time_is_its_first_showing() -> None:
    assert instant(MADRID, datetime.fromisoformat("2026-10-25T02:30")) == utc(2026, 10, 25, 0, 30)


def test_a_window_inside_the_gap_does_not_exist() -> None:
    rota = every_day(time(2, 10), time(2, 50))
    assert intervals(rota, utc(2026, 3, 29), utc(2026, 3, 30)) == []


def test_windows_that_meet_in_the_repeated_hour_neither_overlap_nor_leave_a_hole() -> None:
    rota = Rota(MADRID, (Window(6, time(0), time(2, 30)), Window(6, time(2, 30), time(5))))
    assert intervals(rota, utc(2026, 10, 24), utc(2026, 10, 26)) == [(utc(2026, 10, 24, 22), utc(2026, 10, 25, 4))]


def test_24_hours_last_25_on_the_autumn_day() -> None:
    rota = Rota(MADRID, (Window(6, time(0), time(0)),))
    assert intervals(rota, utc(2026, 10, 24), utc(2026, 10, 27)) == [(utc(2026, 10, 24, 22), utc(2026, 10, 25, 23))]


def test_a_window_is_half_open() -> None:
    assert is_open(DESK, utc(2026, 6, 1, 6))
    assert not is_open(DESK, utc(2026, 6, 1, 23))
    assert is_open(DESK, utc(2026, 6, 1, 22, 59))
    assert not is_open(DESK, utc(2026, 6, 1, 5, 59))


def test_half_past_midnight_on_monday_belongs_to_sunday() -> None:
    rota = Rota(MADRID, (Window(6, time(8), time(1)),))
    assert is_open(rota, utc(2026, 5, 31, 22, 30))
    assert open_until(rota, utc(2026, 5, 31, 22, 30)) == utc(2026, 5, 31, 23)


def test_an_exception_replaces_the_date_on_which_a_window_opens() -> None:
    rota = Rota(
        MADRID,
        DESK.windows,
        (ExceptionDay(date(2026, 12, 25)), ExceptionDay(date(2026, 12, 26), ((time(10), time(14)),))),
    )
    assert is_open(rota, utc(2026, 12, 24, 23, 30)), "the shift of the 24th still runs after midnight"
    assert next_open(rota, utc(2026, 12, 25, 0)) == utc(2026, 12, 26, 9)
    assert next_open(rota, utc(2026, 12, 26, 13)) == utc(2026, 12, 27, 7)


def test_cover_counts_as_staffed_and_joins_the_window() -> None:
    rota = Rota(MADRID, DESK.windows, (), (Cover(utc(2026, 6, 1, 23), utc(2026, 6, 2, 1)),))
    assert open_until(rota, utc(2026, 6, 1, 12)) == utc(2026, 6, 2, 1)


def test_a_release_needs_its_cover_minutes() -> None:
    assert next_release(DESK, utc(2026, 6, 1, 22), 60) == utc(2026, 6, 1, 22)
    assert next_release(DESK, utc(2026, 6, 1, 22, 1), 60) == utc(2026, 6, 2, 6)
    assert next_release(DESK, utc(2026, 6, 1, 3), 60) == utc(2026, 6, 1, 6)


def test_a_window_shorter_than_the_cover_never_qualifies() -> None:
    assert next_release(every_day(time(8), time(8, 30)), utc(2026, 6, 1), 60) is None


def test_windows_that_meet_count_as_one_for_the_cover() -> None:
    rota = Rota(MADRID, (Window(0, time(8), time(8, 30)), Window(0, time(8, 30), time(9))))
    assert next_release(rota, utc(2026, 6, 1), 60) == utc(2026, 6, 1, 6)


def test_a_desk_that_opens_once_a_year_is_found() -> None:
    rota = Rota(MADRID, (), (ExceptionDay(date(2027, 5, 1), ((time(8), time(9)),)),))
    assert next_open(rota, utc(2026, 6, 1)) == utc(2027, 5, 1, 6)
    assert next_open(rota, utc(2027, 6, 1)) is None


def test_a_desk_that_never_closes_has_no_end() -> None:
    rota = every_day(time(0), time(0))
    assert open_until(rota, utc(2026, 6, 1)) is None
    assert next_release(rota, utc(2026, 6, 1, 3, 7), 600) == utc(2026, 6, 1, 3, 7)


def test_an_instant_in_another_zone_is_the_same_instant() -> None:
    at = utc(2026, 6, 1, 3).astimezone(None)
    assert next_open(DESK, at) == utc(2026, 6, 1, 6)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        is_open(DESK, datetime.fromisoformat("2026-06-01"))


def test_quiet_time_passes_midnight() -> None:
    assert in_quiet_time(MADRID, utc(2026, 6, 1, 20))
    assert in_quiet_time(MADRID, utc(2026, 6, 1, 5, 59))
    assert not in_quiet_time(MADRID, utc(2026, 6, 1, 6))
    assert not in_quiet_time(MADRID, utc(2026, 6, 1, 19, 59))


def test_quiet_time_ends_at_eight_on_the_wall() -> None:
    assert quiet_time_ends(MADRID, utc(2026, 3, 28, 22)) == utc(2026, 3, 29, 6)
    assert quiet_time_ends(MADRID, utc(2026, 10, 25, 2)) == utc(2026, 10, 25, 7)
    assert quiet_time_ends(MADRID, utc(2026, 6, 1, 12)) == utc(2026, 6, 1, 12)


def test_quiet_time_ends_in_the_second_showing_of_an_hour() -> None:
    at = utc(2026, 10, 25, 1, 15)
    assert quiet_time_ends(MADRID, at, time(22), time(2, 30)) == utc(2026, 10, 25, 1, 30)


def test_check_names_every_problem() -> None:
    rota = Rota(
        "Europe/Atlantis",
        (Window(7, time(8), time(9)), Window(6, time(22), time(2)), Window(0, time(1), time(3))),
        (ExceptionDay(date(2026, 1, 1), ((time(8), time(12)), (time(11), time(13)))), ExceptionDay(date(2026, 1, 1))),
        (Cover(utc(2026, 1, 2), utc(2026, 1, 1)),),
    )
    assert check(rota) == [
        "There is no time zone called “Europe/Atlantis”.",
        "Weekday 7 does not exist; 0 is Monday and 6 is Sunday.",
        "Sunday 22:00–02:00 and Monday 01:00–03:00 overlap.",
        "2026-01-01 is an exception day twice.",
        "The windows of the exception day 2026-01-01 overlap.",
        "A cover ends before it starts.",
    ]


def test_check_is_content_with_a_good_rota() -> None:
    assert check(DESK) == []
    assert check(every_day(time(0), time(0))) == []


def test_check_wants_at_least_one_window() -> None:
    assert check(Rota(MADRID)) == ["The rota has no window at all, so nothing would ever go out."]
