"""What is due is found in one question, lane by lane, however much is planned."""

from datetime import timedelta

from appeal import publishers
from appeal.db import reading
from appeal.services import due
from tests import factories
from tests.factories import NOON, Force

ON_POSTGRES_TOO = True


def found(channel_id: int | None = None, *, later: int = 0) -> list[tuple[int, bool, int]]:
    with reading() as session:
        lanes = due.lanes(session, now=NOON + timedelta(minutes=later), channel_id=channel_id)
    return [(one.channel_id, one.is_urgent, len(one.copy_ids)) for one in lanes]


def test_lanes_name_what_is_due_and_nothing_that_waits(force: Force) -> None:
    factories.launched(force.people, on=[force.channels["sms"], force.channels["x"]])
    assert found(later=-1) == []
    assert found() == [(force.channels["x"], False, 1), (force.channels["sms"], False, 3)]
    assert found(force.channels["sms"]) == [(force.channels["sms"], False, 3)]
    factories.tick()
    assert found() == []


def test_a_lane_names_no_fewer_copies_than_any_publisher_sends_at_once() -> None:
    assert max(publishers.get(name).capabilities.parallel for name in publishers.PUBLISHERS) <= due.MOST
