"""The engine only wakes: every message reaches a worker, a queue that hangs delays no other, on either broker."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask

from appeal import engine, jobs
from appeal.config import Config
from appeal.engine import Work
from appeal.rules.errors import ConfigurationWrong
from appeal.services import deliveries
from tests import factories, fakes
from tests.factories import Force

pytestmark = pytest.mark.slow

PATIENCE = 20.0


@pytest.fixture(params=["in process", pytest.param("redis", marks=pytest.mark.redis)])
def brokered(request: pytest.FixtureRequest, config: Config) -> Iterator[Config]:
    """The configuration with either broker; the engine is stopped at the end."""
    url = "" if request.param == "in process" else str(request.getfixturevalue("redis"))
    yield replace(config, broker_url=url)
    engine.stop()


class Seen:
    """What workers were woken for."""

    def __init__(self) -> None:
        self.ids: list[int] = []
        self._changed = threading.Condition()

    def __call__(self, row_id: int) -> None:
        with self._changed:
            self.ids.append(row_id)
            self._changed.notify_all()

    def wait_for(self, count: int) -> list[int]:
        """The ids once there are so many."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.ids) >= count, PATIENCE)
            return sorted(self.ids)


def test_every_message_reaches_a_worker(brokered: Config) -> None:
    seen, other = Seen(), Seen()
    engine.start(brokered, {"deliver": Work(seen, 2), "look": Work(other, 1)})
    for number in range(20):
        engine.send("deliver", number)
    assert seen.wait_for(20) == list(range(20))
    assert other.ids == []


def test_a_queue_that_hangs_delays_no_other(brokered: Config) -> None:
    let_go, seen = threading.Event(), Seen()

    def hang(row_id: int) -> None:
        let_go.wait(PATIENCE)

    engine.start(brokered, {"deliver": Work(hang, 2), "withdraw": Work(seen, 1)})
    for number in range(6):
        engine.send("deliver", number)
    engine.send("withdraw", 7)
    assert seen.wait_for(1) == [7]
    let_go.set()


def test_what_fails_is_not_tried_again_by_the_broker(brokered: Config, capfd: pytest.CaptureFixture[str]) -> None:
    tries, after = Seen(), Seen()

    def fail(row_id: int) -> None:
        tries(row_id)
        raise RuntimeError("broken")

    engine.start(brokered, {"deliver": Work(fail, 1), "look": Work(after, 1)})
    engine.send("deliver", 1)
    tries.wait_for(1)
    engine.send("look", 2)
    after.wait_for(1)
    engine.stop()
    assert tries.ids == [1]


@pytest.mark.redis
def test_a_process_without_workers_only_wakes_others(config: Config, redis: str) -> None:
    seen, shared = Seen(), replace(config, broker_url=redis)
    engine.start(shared, {"alone": Work(seen, 1)}, with_workers=False)
    engine.send("alone", 3)
    engine.stop()
    assert seen.ids == []
    engine.start(shared, {"alone": Work(seen, 1)})
    assert seen.wait_for(1) == [3]
    engine.stop()


def test_another_broker_is_refused(config: Config) -> None:
    with pytest.raises(ConfigurationWrong):
        engine.start(replace(config, broker_url="kafka://here"), {"look": Work(Seen(), 1)})


@pytest.fixture
def awake(core: Flask, brokered: Config, force: Force, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The whole engine at noon of a day in March."""
    monkeypatch.setattr(jobs, "now", lambda: factories.NOON)
    engine.start(brokered, jobs.works(core, 5))
    return core


def until(is_so: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(int(PATIENCE / 0.05)):
        if is_so():
            return
        pause.wait(0.05)
    raise AssertionError("not in time")


def test_everything_goes_out_once_through_real_workers(awake: Flask, force: Force, platforms: fakes.Platforms) -> None:
    factories.launched(force.people)
    jobs.queue_due()
    until(lambda: factories.states() == ["sent"] * 7)
    assert len(platforms.out) == 7


def test_doubled_messages_send_nothing_twice(awake: Flask, force: Force, platforms: fakes.Platforms) -> None:
    factories.launched(force.people, on=[force.channels["sms"]])
    wakes = deliveries.queue_due(now=factories.NOON)
    for _ in range(5):
        for wake in wakes:
            engine.send(jobs.DELIVER, wake.copy_id)
    until(lambda: factories.states() == ["sent"] * 3)
    assert len(platforms.out) == 3


def test_a_channel_that_hangs_delays_no_other(awake: Flask, force: Force, platforms: fakes.Platforms) -> None:
    let_go = threading.Event()
    platforms.arm("sms", fakes.slow(let_go), fakes.slow(let_go))
    factories.launched(force.people, on=[force.channels[one] for one in ("sms", "x", "email")])
    jobs.queue_due()
    until(lambda: factories.states(force.channels["x"]) + factories.states(force.channels["email"]) == ["sent"] * 3)
    until(lambda: sorted(factories.states(force.channels["sms"])) == ["pending", "sending", "sending"])
    let_go.set()
    until(lambda: factories.states(force.channels["sms"]) == ["sent"] * 3)
