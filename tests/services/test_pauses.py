"""Pausing the force holds what is not out; resuming flushes nothing."""

from datetime import timedelta

import pytest

from appeal.rules.errors import BadInput, NotAllowed, NotFound, WrongState
from appeal.services import appeals, deliveries, pauses
from tests import factories, fakes
from tests.factories import NOON, Force

LATER = NOON + timedelta(minutes=10)


def test_everything_that_is_not_out_is_held_until_each_appeal_is_let_go(
    force: Force, platforms: fakes.Platforms
) -> None:
    first, second = (factories.launched(force.people, on=[force.channels["x"]]) for _ in range(2))
    deliveries.queue_due(now=NOON)
    assert pauses.pause(force.people.approver, channel_ids=[], now=NOON) == 2
    assert factories.tick() == 0
    assert [(one.appeal_id, one.copies, one.channels) for one in pauses.kept()] == [(first, 1, 1), (second, 1, 1)]
    with pytest.raises(WrongState):
        pauses.let_go(force.people.approver, appeal_id=first, now=NOON)
    pauses.resume(force.people.approver, now=LATER)
    assert (factories.tick(now=LATER), pauses.standing()) == (0, [])
    pauses.let_go(force.people.approver, appeal_id=first, now=LATER)
    assert factories.tick(now=LATER) == 1
    pauses.drop(force.people.approver, appeal_id=second, now=LATER)
    assert (factories.tick(now=LATER), factories.states()) == (0, ["sent", "cancelled"])
    with pytest.raises(NotFound):
        pauses.drop(force.people.approver, appeal_id=second, now=LATER)


def test_chosen_channels_are_paused_and_the_others_go_on(force: Force, platforms: fakes.Platforms) -> None:
    pauses.pause(force.people.approver, channel_ids=[force.channels["x"]], now=NOON)
    pauses.pause(force.people.approver, channel_ids=[force.channels["x"]], now=NOON)
    factories.launched(force.people, on=[force.channels["x"], force.channels["sms"]])
    factories.tick()
    assert (factories.states(force.channels["x"]), factories.states(force.channels["sms"])) == (
        ["held"],
        ["sent"] * 3,
    )
    assert [one.channel and one.channel.name for one in pauses.standing()] == ["x"]


def test_taking_down_and_correcting_go_on(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = factories.launched(force.people, on=[force.channels["x"]])
    factories.tick()
    pauses.pause(force.people.approver, channel_ids=[], now=NOON)
    factories.corrected(force.people, appeal_id)
    factories.tick()
    assert factories.states() == ["sent", "sent"]
    appeals.take_down(force.people.author, appeal_id=appeal_id, reason="found", now=NOON)
    factories.tick()
    assert platforms.texts("x") == []


def test_only_approvers_pause_and_only_what_is_there(force: Force) -> None:
    with pytest.raises(NotAllowed):
        pauses.pause(force.people.author, channel_ids=[], now=NOON)
    with pytest.raises(BadInput):
        pauses.pause(force.people.approver, channel_ids=[99], now=NOON)
    with pytest.raises(WrongState):
        pauses.resume(force.people.approver, now=NOON)
