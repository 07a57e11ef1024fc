"""The rota as it is kept: windows, exception days, overrides as cover, and the same in words."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from appeal.rules.errors import BadInput, NotAllowed, NotFound
from appeal.rules.hours import Window
from appeal.services import rota
from tests.factories import MORNING, NIGHT, NOON, Force

TOMORROW = date(2026, 3, 3)


def test_by_default_the_desk_is_staffed_from_eight_to_one_every_day(force: Force) -> None:
    rota.set_default_windows()
    assert len(rota.rota().windows) == 7
    assert [rota.is_open(at) for at in (NIGHT, MORNING, MORNING - timedelta(seconds=1), NOON)] == [
        False,
        True,
        False,
        True,
    ]


def test_windows_are_replaced_together_or_not_at_all(force: Force) -> None:
    windows = [Window(0, time(9), time(17))]
    rota.set_windows(force.people.administrator, windows=windows, now=NOON)
    assert rota.rota().windows == tuple(windows)
    with pytest.raises(BadInput):
        rota.set_windows(force.people.administrator, windows=[*windows, Window(0, time(10), time(12))], now=NOON)
    assert rota.rota().windows == tuple(windows)


def test_an_exception_day_replaces_its_windows_and_goes_away(force: Force) -> None:
    admin = force.people.administrator
    rota.set_exception(admin, on=TOMORROW, windows=[], reason="Strike", now=NOON)
    tomorrow_noon = NOON + timedelta(days=1)
    assert rota.is_open(tomorrow_noon) is False
    rota.set_exception(admin, on=TOMORROW, windows=[(time(12), time(14))], reason="", now=NOON)
    assert (rota.is_open(tomorrow_noon), len(rota.exceptions())) == (True, 1)
    rota.remove_exception(admin, on=TOMORROW, now=NOON)
    assert (rota.exceptions(), rota.is_open(tomorrow_noon)) == ([], True)
    with pytest.raises(NotFound):
        rota.remove_exception(admin, on=TOMORROW, now=NOON)


def test_a_day_that_is_over_is_refused(force: Force) -> None:
    with pytest.raises(BadInput) as caught:
        rota.set_exception(force.people.administrator, on=date(2026, 3, 1), windows=[], reason="", now=NOON)
    assert list(caught.value.fields) == ["on"]


def test_who_may_not_is_refused(force: Force) -> None:
    for role in ("author", "approver", "triager", "observer"):
        with pytest.raises(NotAllowed):
            rota.set_windows(getattr(force.people, role), windows=[], now=NOON)


def test_words_say_when_somebody_reads(force: Force) -> None:
    assert rota.reading_words("en", NOON).endswith("until 01:00.")
    assert "08:00" in rota.reading_words("en", NIGHT)
    assert "Mon" in rota.reading_words("en", NIGHT)
    assert rota.hours_words("en") == "Messages are read every day from 08:00 to 01:00 (Europe/Madrid)."
    assert rota.hours_words("es") != rota.hours_words("en")


def test_words_for_a_rota_of_few_days(force: Force) -> None:
    windows = [Window(4, time(9), time(17)), Window(0, time(9), time(17))]
    rota.set_windows(force.people.administrator, windows=windows, now=NOON)
    assert rota.hours_words("en") == "Messages are read Mon 09:00–17:00; Fri 09:00–17:00 (Europe/Madrid)."


def test_the_night_of_the_clock_change_keeps_its_local_hours(force: Force) -> None:
    before, after = datetime(2026, 3, 28, 7, 0, tzinfo=UTC), datetime(2026, 3, 29, 6, 0, tzinfo=UTC)
    for opening in (before, after):
        assert (rota.is_open(opening), rota.is_open(opening - timedelta(seconds=1))) == (True, False)
