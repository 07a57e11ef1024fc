"""A long list goes out in batches, and every rule of a single copy holds for each of them."""

from datetime import timedelta

import pytest

from appeal.db import reading, writing
from appeal.models.appeal import Appeal
from appeal.models.release import Channel, Copy
from appeal.models.rota import RotaWindow
from appeal.rules.permissions import SYSTEM
from appeal.services import appeals, attempts, batches, channels, deliveries, results
from appeal.services.results import REFUSED_TOO_OFTEN, REMOVAL_PUT_OFF
from tests import factories, fakes
from tests.factories import NOON, Force

pytestmark = pytest.mark.slow

ON_POSTGRES_TOO = True
SECOND = timedelta(seconds=1)
MORE = 40


@pytest.fixture
def texts(force: Force) -> int:
    """A list of 43 numbers with one appeal planned on it; returns the channel's id."""
    with writing():
        for number in range(MORE):
            channels.add_address(SYSTEM, channel_id=force.channels["sms"], address=f"+3460055{number:04}", now=NOON)
    factories.launched(force.people, on=[force.channels["sms"]])
    return force.channels["sms"]


def first() -> attempts.Task:
    """The first copy that is due, claimed."""
    [wake, *_others] = deliveries.queue_due(now=NOON)
    task = deliveries.prepare(wake.copy_id, now=NOON)
    claimed = task and deliveries.claim(task, owner="here:1", now=NOON)
    assert claimed is not None
    return claimed


def drain(task: attempts.Task, *, size: int = 7) -> int:
    """What a worker does with one wake; returns how many batches there were."""
    count, tasks = 0, [task]
    while tasks:
        done, _seconds = batches.perform(tasks)
        tasks = batches.turn(done, owner="here:1", size=batches.next_size(task, done, 0.0) and size, now=NOON)
        count += 1
    return count


def test_one_wake_sends_to_everybody_once(texts: int, platforms: fakes.Platforms) -> None:
    assert drain(first()) == 7
    sent = platforms.sent_to("sms")
    assert (len(sent), len(set(sent))) == (MORE + 2, MORE + 2)
    states = factories.states(texts)
    assert (states.count("sent"), states.count("queued")) == (MORE + 2, 1)
    assert all(factories.outcomes(one.id) == ["sent"] for one in factories.copies(texts) if one.state == "sent")


def test_each_copy_of_a_batch_carries_its_own_link(texts: int, platforms: fakes.Platforms) -> None:
    drain(first())
    own = {one.key: one.external_id for one in factories.copies(texts) if one.state == "sent"}
    assert {one.key: one.external_id for one in platforms.out} == own
    assert all(one.text.endswith(f"/r/{one.key}") for one in platforms.out)


def test_a_batch_is_what_would_have_been_composed_one_by_one(texts: int, platforms: fakes.Platforms) -> None:
    drain(first())
    factories.tick()
    alone = platforms.out[-1]
    assert {one.text.replace(one.key, alone.key) for one in platforms.out} == {alone.text}


def test_two_workers_send_each_copy_once(texts: int, platforms: fakes.Platforms) -> None:
    tasks = [deliveries.prepare(wake.copy_id, now=NOON) for wake in deliveries.queue_due(now=NOON)]
    claimed = [task and deliveries.claim(task, owner="here:1", now=NOON) for task in tasks]
    turns = [[task] for task in claimed if task]
    while any(turns):
        done = [batches.perform(tasks)[0] for tasks in turns if tasks]
        turns = [batches.turn(one, owner="here:1", size=5, now=NOON) for one in done]
    assert sorted(platforms.sent_to("sms")) == sorted(set(platforms.sent_to("sms")))
    assert factories.states(texts) == ["sent"] * (MORE + 3)


def test_a_take_down_ends_the_list(force: Force, texts: int, platforms: fakes.Platforms) -> None:
    done, _seconds = batches.perform([first()])
    with reading() as session:
        appeal_id = session.query(Appeal).one().id
    appeals.take_down(force.people.triager, appeal_id=appeal_id, reason="found", now=NOON)
    assert batches.turn(done, owner="here:1", size=10, now=NOON) == []
    assert len(platforms.sent_to("sms")) == 1
    assert factories.states(texts).count("cancelled") == MORE + 2


def test_a_claim_of_many_reads_the_take_down_itself(texts: int) -> None:
    done, _seconds = batches.perform([first()])
    with writing() as session:
        session.query(Appeal).one().taken_down_at = NOON
    assert batches.turn(done, owner="here:1", size=10, now=NOON) == []
    assert factories.states(texts).count("cancelled") == MORE + 1


def test_closed_hours_put_the_whole_list_off_at_once(texts: int) -> None:
    done, _seconds = batches.perform([first()])
    with writing() as session:
        session.query(RotaWindow).delete()
    assert batches.turn(done, owner="here:1", size=10, now=NOON) == []
    waiting = [one for one in factories.copies(texts) if one.state == "pending"]
    assert {one.due_at for one in waiting} == {NOON + timedelta(days=1)}


def test_a_rate_limit_puts_everybody_off(texts: int, platforms: fakes.Platforms) -> None:
    task = first()
    platforms.arm("sms", fakes.acts(), fakes.acts(), fakes.throttled(90))
    tasks = batches.turn(batches.perform([task])[0], owner="here:1", size=10, now=NOON)
    done, seconds = batches.perform(tasks)
    assert (len(platforms.sent_to("sms")), batches.next_size(task, done, seconds)) == (2, 0)
    assert batches.turn(done, owner="here:1", size=0, now=NOON) == []
    waiting = [one for one in factories.copies(texts) if one.state == "pending"]
    assert {one.due_at for one in waiting} == {NOON + timedelta(seconds=90)}
    assert sum(one.tries for one in factories.copies(texts)) == 3


def test_a_stopped_channel_ends_the_list(texts: int, platforms: fakes.Platforms) -> None:
    task = first()
    platforms.arm("sms", fakes.stopped())
    done, seconds = batches.perform([task])
    assert batches.turn(done, owner="here:1", size=batches.next_size(task, done, seconds), now=NOON) == []
    with reading() as session:
        assert session.get_one(Channel, texts).stopped_reason == "The account is locked."


def test_what_a_platform_does_not_answer_is_unknown_alone(texts: int, platforms: fakes.Platforms) -> None:
    task = first()
    platforms.arm("sms", fakes.acts(), fakes.unknown(acts=True), fakes.refuse())
    drain(task)
    states = factories.states(texts)
    assert (states.count("unknown"), states.count("failed"), states.count("sent")) == (1, 1, MORE)


def test_a_crash_leaves_unknown_only_what_was_taken(texts: int, platforms: fakes.Platforms) -> None:
    task = first()
    tasks = batches.turn(batches.perform([task])[0], owner="here:1", size=5, now=NOON)
    assert deliveries.give_up_dead(now=NOON, machine="here") == len(tasks) == 5
    results.record(tasks[0], attempts.perform(tasks[0]), now=NOON)
    assert factories.states(texts).count("unknown") == 4


def test_a_platform_that_always_says_later_becomes_a_persons_matter(force: Force, platforms: fakes.Platforms) -> None:
    factories.launched(force.people, on=[force.channels["x"]])
    moment = NOON
    for _number in range(40):
        platforms.arm("x", fakes.later(300))
        factories.tick(now=moment)
        moment += timedelta(seconds=301)
    [copy] = factories.copies()
    assert (copy.state, copy.reason, copy.tries) == ("held", REFUSED_TOO_OFTEN, 8)


def test_a_removal_that_is_always_put_off_goes_on_and_asks(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = factories.launched(force.people, on=[force.channels["x"]])
    factories.tick()
    appeals.take_down(force.people.triager, appeal_id=appeal_id, reason="found", now=NOON)
    moment = NOON
    for _number in range(12):
        platforms.arm("x", fakes.later(300), operation="retract")
        factories.tick(now=moment)
        moment += timedelta(seconds=301)
    [copy] = factories.copies(kind="retract")
    assert (copy.state, copy.tries > 8) == ("pending", True)
    with reading() as session:
        assert session.query(Copy).filter(Copy.reason == REMOVAL_PUT_OFF).count() in {0, 1}
