"""What is still up is somebody's job, what came back is removed again, and what waits can be stopped."""

from datetime import timedelta

import pytest

from appeal.db import reading, writing
from appeal.models.ledger import LedgerEntry
from appeal.models.release import Channel, Copy
from appeal.publishers.base import Pace
from appeal.rules.errors import NotAllowed
from appeal.services import appeals, deliveries, removals
from appeal.services.removals import A_DAY, CAME_BACK, STOPPED_BY_PERSON
from appeal.services.results import REFUSED_TOO_OFTEN
from tests import factories, fakes
from tests.factories import NOON, Force

pytestmark = pytest.mark.slow

ON_POSTGRES_TOO = True
SECOND = timedelta(seconds=1)


@pytest.fixture
def out(force: Force) -> int:
    """An appeal that is out everywhere, and one more that is noise."""
    first = factories.launched(force.people)
    factories.launched(force.people)
    factories.tick()
    return first


def take_down(force: Force, appeal_id: int) -> None:
    appeals.take_down(force.people.triager, appeal_id=appeal_id, reason="found", now=NOON)


def by_publisher(appeal_id: int, seconds: float = 0.0) -> dict[str, removals.ComingDown]:
    found = removals.coming_down(appeal_id, now=NOON + timedelta(seconds=seconds))
    return {one.channel.publisher: one for one in found}


def test_the_seconds_to_the_last_confirmed_removal_are_counted_by_channel(force: Force, out: int) -> None:
    assert removals.coming_down(out, now=NOON) == []
    take_down(force, out)
    factories.tick(now=NOON + 2 * SECOND)
    factories.look(now=NOON + 5 * SECOND)
    found = by_publisher(out, 6)
    assert {name: (one.done, one.total, one.seconds, one.job) for name, one in found.items()} == {
        "site": (1, 1, 5.0, ""),
        "x": (1, 1, 5.0, ""),
        "sms": (3, 3, 2.0, ""),
        "email": (2, 2, 2.0, ""),
    }


def test_what_is_still_up_is_tried_by_itself(force: Force, out: int, platforms: fakes.Platforms) -> None:
    platforms.deaf.add("x")
    take_down(force, out)
    factories.tick()
    factories.look(now=NOON + SECOND)
    one = by_publisher(out)["x"]
    assert (one.done, one.seconds, one.job, one.links) == (
        0,
        None,
        "machine",
        (factories.copies(force.channels["x"])[0].permalink,),
    )


def test_what_a_platform_will_not_remove_is_a_persons_job(force: Force, out: int, platforms: fakes.Platforms) -> None:
    platforms.arm("x", fakes.refuse(), operation="retract")
    take_down(force, out)
    factories.tick()
    assert by_publisher(out)["x"].job == "person"


def test_a_stopped_channel_is_the_administrators_job(force: Force, out: int, platforms: fakes.Platforms) -> None:
    platforms.arm("x", fakes.stopped(), operation="retract")
    take_down(force, out)
    factories.tick()
    assert by_publisher(out)["x"].job == "administrator"


def test_a_mass_take_down_keeps_the_platforms_pace_and_says_how_long_it_takes(
    force: Force, platforms: fakes.Platforms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fakes.FakePlace, "capabilities", fakes.paced(fakes.FakePlace.capabilities, Pace(2, 900.0)))
    made = [factories.launched(force.people, on=[force.channels["x"]]) for _number in range(5)]
    factories.tick()
    assert removals.estimate(made[-1], now=NOON) == []
    for number, appeal_id in enumerate(made):
        actor = force.people.triager if number < 3 else force.people.author
        appeals.take_down(actor, appeal_id=appeal_id, reason="found", now=NOON)
    assert by_publisher(made[-1])["x"].wait_seconds == 1800.0
    factories.tick()
    assert len(platforms.texts("x")) == 3
    assert by_publisher(made[-1], 1)["x"].job == "platform"
    factories.tick(now=NOON + timedelta(seconds=899))
    assert len(platforms.texts("x")) == 3
    later = NOON + timedelta(seconds=900)
    factories.tick(now=later)
    assert len(platforms.texts("x")) == 1
    another = factories.launched(force.people, on=[force.channels["x"]])
    factories.tick(now=later)
    assert [(one.name, seconds) for one, seconds in removals.estimate(another, now=later)] == [("x", 900.0)]


def test_what_is_gone_is_looked_up_once_more_after_a_day(force: Force, out: int, platforms: fakes.Platforms) -> None:
    take_down(force, out)
    factories.tick()
    factories.look(now=NOON + SECOND)
    assert removals.take_gone(now=NOON + A_DAY) == []
    ids = removals.take_gone(now=NOON + A_DAY + SECOND)
    assert len(ids) == 2
    assert removals.take_gone(now=NOON + A_DAY + SECOND) == []
    for copy_id in ids:
        removals.look_again(copy_id, now=NOON + A_DAY + SECOND)
    assert removals.take_gone(now=NOON + 3 * A_DAY) == []
    assert by_publisher(out)["x"].seconds == 1.0


def test_what_came_back_is_removed_again_and_said(force: Force, out: int, platforms: fakes.Platforms) -> None:
    take_down(force, out)
    factories.tick()
    factories.look(now=NOON + SECOND)
    for one in platforms.out:
        one.is_up = one.is_up or one.platform == "x"
    later = NOON + A_DAY + SECOND
    for copy_id in removals.take_gone(now=later):
        removals.look_again(copy_id, now=later)
    [back] = [one for one in factories.copies(force.channels["x"], "retract") if one.reason == CAME_BACK]
    assert back.gone_at is None
    factories.look(now=later + SECOND)
    factories.look(now=later + 5 * SECOND)
    assert [one.gone_at is not None for one in factories.copies(force.channels["x"], "retract")] == [True]


def test_a_platform_that_cannot_tell_is_asked_again(force: Force, out: int, platforms: fakes.Platforms) -> None:
    take_down(force, out)
    factories.tick()
    factories.look(now=NOON + SECOND)
    platforms.blind.add("x")
    later = NOON + A_DAY + SECOND
    for copy_id in removals.take_gone(now=later):
        removals.look_again(copy_id, now=later)
    assert len(removals.take_gone(now=later + timedelta(minutes=10))) == 1


def test_what_has_not_gone_out_is_stopped_and_what_is_out_stays(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = factories.launched(force.people)
    [wake] = deliveries.queue_due(now=NOON)
    factories.send(wake.copy_id)
    names = removals.stop_waiting(force.people.author, appeal_id=appeal_id, now=NOON)
    assert names == ["x", "sms", "email"]
    factories.tick(now=NOON + timedelta(hours=1))
    assert (len(platforms.texts("site")), sorted(factories.states())) == (1, ["cancelled"] * 6 + ["sent"])
    assert {one.reason for one in factories.copies() if one.state == "cancelled"} == {STOPPED_BY_PERSON}
    assert removals.stop_waiting(force.people.author, appeal_id=appeal_id, now=NOON) == []


def test_who_may_not_take_down_may_not_stop(force: Force) -> None:
    appeal_id = factories.launched(force.people)
    with pytest.raises(NotAllowed):
        removals.stop_waiting(force.people.observer, appeal_id=appeal_id, now=NOON)


@pytest.mark.parametrize(("again", "state"), [(True, "sent"), (False, "cancelled")])
def test_an_officer_decides_on_what_was_put_off(force: Force, again: bool, state: str) -> None:
    factories.launched(force.people, on=[force.channels["x"]])
    [copy] = factories.copies()
    with writing() as session:
        row = session.get_one(Copy, copy.id)
        row.state, row.reason = "held", REFUSED_TOO_OFTEN
    assert removals.decide_put_off(force.people.author, delivery_id=copy.delivery_id, again=again, now=NOON) == 1
    factories.tick()
    assert factories.states() == [state]
    with reading() as session:
        assert session.query(Channel).filter(Channel.stopped_reason != "").count() == 0


@pytest.fixture
def fetched(force: Force, out: int) -> int:
    """The same appeal, with a channel whose answers are fetched; returns the channel's id."""
    with writing() as session:
        session.get_one(Channel, force.channels["x"]).polled_at = NOON
    return force.channels["x"]


def test_the_last_answers_are_fetched_before_a_post_goes(
    force: Force, out: int, fetched: int, platforms: fakes.Platforms
) -> None:
    take_down(force, out)
    factories.tick(now=NOON + SECOND)
    assert (len(platforms.texts("x")), len(platforms.texts("site"))) == (2, 1)
    assert removals.to_collect(now=NOON + SECOND) == [fetched]
    assert removals.to_collect(now=NOON + SECOND) == []
    assert removals.collected(fetched, since=NOON - SECOND, now=NOON + SECOND) == 0
    assert removals.collected(fetched, since=NOON + SECOND, now=NOON + 2 * SECOND) == 1
    factories.tick(now=NOON + 2 * SECOND)
    assert len(platforms.texts("x")) == 1
    assert entries("answers not collected") == 0


def test_a_post_goes_after_a_minute_and_it_is_kept_what_could_not_be_fetched(
    force: Force, out: int, fetched: int, platforms: fakes.Platforms
) -> None:
    take_down(force, out)
    with writing() as session:
        session.get_one(Channel, fetched).poll_problem = "It did not answer."
    assert removals.collected(fetched, since=NOON + SECOND, now=NOON + SECOND) == 0
    factories.tick(now=NOON + 59 * SECOND)
    assert len(platforms.texts("x")) == 2
    factories.tick(now=NOON + 60 * SECOND)
    assert (len(platforms.texts("x")), entries("answers not collected")) == (1, 1)


@pytest.mark.parametrize("reason", ["wrong_person", "wrong_facts", "safety"])
def test_what_was_shown_by_mistake_waits_for_no_answers(
    force: Force, out: int, fetched: int, platforms: fakes.Platforms, reason: str
) -> None:
    appeals.take_down(force.people.triager, appeal_id=out, reason=reason, now=NOON)
    factories.tick()
    assert len(platforms.texts("x")) == 1


def entries(action: str) -> int:
    with reading() as session:
        return session.query(LedgerEntry).filter(LedgerEntry.action == action).count()
