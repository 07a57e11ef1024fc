"""A machine that slept, a clock that was set back: nothing goes out twice, late things ask again whether they may."""

from datetime import UTC, datetime, timedelta

from appeal.services import deliveries, interlocks
from tests import factories, fakes
from tests.factories import NOON, Force

HOUR = timedelta(hours=1)
EVENING = datetime(2026, 3, 2, 22, 0, tzinfo=UTC)
TOMORROW = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)


def test_asleep_for_three_hours_inside_the_window_it_goes_once(force: Force, platforms: fakes.Platforms) -> None:
    factories.launched(force.people, on=[force.channels["x"]])
    assert (factories.tick(now=NOON + 3 * HOUR), factories.tick(now=NOON + 3 * HOUR)) == (1, 0)
    assert len(platforms.texts("x")) == 1


def test_asleep_past_the_end_of_the_window_it_waits_and_says_so(force: Force, platforms: fakes.Platforms) -> None:
    factories.launched(force.people, on=[force.channels["x"]], now=EVENING)
    assert factories.tick(now=EVENING + 3 * HOUR) == 0
    (copy,) = factories.copies()
    assert (copy.state, copy.due_at, copy.reason) == ("pending", TOMORROW, "Nobody would read the answers now.")
    assert factories.tick(now=TOMORROW) == 1


def test_asleep_while_sending_it_is_looked_up_and_not_sent_again(force: Force, platforms: fakes.Platforms) -> None:
    factories.launched(force.people, on=[force.channels["x"]])
    platforms.arm("x", fakes.unknown(acts=True))
    factories.tick()
    later = NOON + 3 * HOUR
    deliveries.give_up_dead(now=later)
    factories.look(now=later)
    assert (factories.states(), factories.tick(now=later), len(platforms.texts("x"))) == (["sent"], 0, 1)


def test_set_back_by_an_hour_nothing_goes_twice_and_nothing_is_lost(force: Force, platforms: fakes.Platforms) -> None:
    first = factories.launched(force.people, on=[force.channels["x"]])
    factories.tick()
    back = NOON - HOUR
    factories.launched(force.people, on=[force.channels["x"]])
    assert interlocks.plan_again(now=back) in {0, 1}
    factories.tick(now=back)
    factories.tick(now=NOON)
    assert (factories.states(), len(platforms.texts("x"))) == (["sent", "sent"], 2)
    assert len([one for one in factories.copies() if one.delivery.release.appeal_id == first]) == 1


def test_set_back_while_it_is_queued_it_goes_once(force: Force, platforms: fakes.Platforms) -> None:
    factories.launched(force.people, on=[force.channels["x"]])
    (wake,) = deliveries.queue_due(now=NOON)
    deliveries.unqueue_lost(now=NOON - HOUR)
    assert factories.send(wake.copy_id, now=NOON - HOUR)
    assert (factories.tick(now=NOON), len(platforms.texts("x"))) == (0, 1)
