"""A desk that signs off early holds what would have gone out, says what that is, and goes on where it left off."""

from datetime import UTC, datetime, time, timedelta

import pytest

from appeal.rules.errors import NotAllowed, NotFound, WrongState
from appeal.rules.hours import Window
from appeal.services import appeals, closings, deliveries, desks, interlocks, rota
from tests import factories, fakes
from tests.factories import NOON, Force

TOMORROW = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def first_desk() -> int:
    return desks.every()[0].id


def test_ten_queued_deliveries_wait_and_are_named_and_nothing_else_moves(
    force: Force, platforms: fakes.Platforms
) -> None:
    planned = [factories.launched(force.people, on=[force.channels["x"]]) for _ in range(10)]
    deliveries.queue_due(now=NOON)
    held = closings.close(force.people.triager, desk_id=first_desk(), now=NOON)
    assert [(one.appeal_id, one.channel.name, one.count, one.until) for one in held] == [
        (appeal_id, "x", 1, TOMORROW) for appeal_id in planned
    ]
    assert factories.tick(now=NOON + HOUR) == 0
    assert (rota.is_open(NOON), rota.is_open(TOMORROW)) == (False, True)
    assert "08:00" in rota.reading_words("en", NOON)
    assert factories.tick(now=TOMORROW) == 10


def test_reopening_lets_go_what_waited(force: Force, platforms: fakes.Platforms) -> None:
    factories.launched(force.people, on=[force.channels["x"]])
    closings.close(force.people.triager, desk_id=first_desk(), now=NOON)
    closing = closings.closing(first_desk(), now=NOON)
    assert closing is not None
    closings.reopen(force.people.triager, desk_id=first_desk(), now=NOON + HOUR)
    assert closings.closing(first_desk(), now=NOON + HOUR) is None
    assert factories.tick(now=NOON + HOUR) == 1
    with pytest.raises(NotFound):
        closings.reopen(force.people.triager, desk_id=first_desk(), now=NOON + HOUR)


def test_taking_down_goes_on_while_the_desk_is_closed_early(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = factories.launched(force.people, on=[force.channels["x"]])
    factories.tick()
    closings.close(force.people.triager, desk_id=first_desk(), now=NOON)
    appeals.take_down(force.people.triager, appeal_id=appeal_id, reason="found", now=NOON)
    factories.tick()
    assert platforms.texts("x") == []


def test_what_becomes_due_while_it_is_closed_waits_as_well(force: Force) -> None:
    closings.close(force.people.triager, desk_id=first_desk(), now=NOON)
    factories.launched(force.people, on=[force.channels["x"]])
    assert [copy.due_at for copy in factories.copies()] == [TOMORROW]
    assert interlocks.plan_again(now=NOON) == 0


def test_a_desk_of_all_hours_is_closed_for_a_day_at_most(force: Force) -> None:
    windows = [Window(day, time(0), time(0)) for day in range(7)]
    rota.set_windows(force.people.administrator, windows=windows, now=NOON)
    closings.close(force.people.triager, desk_id=first_desk(), now=NOON)
    assert rota.next_release(NOON) == NOON + timedelta(hours=24)


def test_a_closed_desk_cannot_be_closed_and_an_author_closes_none(force: Force) -> None:
    with pytest.raises(WrongState):
        closings.close(force.people.triager, desk_id=first_desk(), now=factories.NIGHT)
    with pytest.raises(NotAllowed):
        closings.close(force.people.author, desk_id=first_desk(), now=NOON)
    with pytest.raises(NotFound):
        closings.close(force.people.triager, desk_id=99, now=NOON)
