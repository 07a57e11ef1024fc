"""Real processes killed with -9 while they send and take down: nothing goes out twice, nothing is lost."""

import os
from collections.abc import Iterator

import pytest
import requests

from appeal.rules.clock import now
from appeal.services import appeals
from appeal.story.platforms import Platforms, occurrences, still_on_x
from appeal.story.running import Running, until
from bench import seeding

pytestmark = [pytest.mark.kill, pytest.mark.timeout(300)]

SLOW = [
    {"platform": platform, "kind": "slow", "operation": operation, "when": "every", "number": 1, "seconds": 1.5}
    for platform, operation in (("x", "publish"), ("twilio", "publish"), ("smtp", "publish"), ("x", "retract"))
]
PATIENCE = 120


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """An exercise whose settle times are six seconds instead of five minutes."""
    made = Running(tmp_path_factory.mktemp("kill") / "instance", os.environ, APPEAL_SETTLE_SCALE="0.02")
    made.make()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def seeded(running: Running) -> Iterator[Platforms]:
    platforms = Platforms(running.config.exercise_url)
    platforms.disarm()
    with seeding.opened(running.config):
        seeding.open_always()
        yield platforms
    platforms.disarm()


def kill(running: Running, name: str) -> None:
    """End it, and wait until its successor answers."""
    pid = running.kill(name)
    until(f"{name} is back", lambda: running.is_back(name, pid), PATIENCE)


def in_flight(kind: str) -> bool:
    """Whether at least two copies are being sent at this moment."""
    return sum(one.state == "sending" for one in seeding.copies(kind)) >= 2


def own(appeal_id: int, kind: str = "publish") -> list[seeding.Kept]:
    """The copies of one appeal."""
    return [one for one in seeding.copies(kind) if one.appeal_id == appeal_id]


def placed(appeal_id: int) -> list[seeding.Kept]:
    """The removals from places that remove."""
    return [one for one in own(appeal_id, "retract") if one.publisher in {"site", "feeds", "x"}]


def assert_once(platforms: Platforms, found: list[seeding.Kept]) -> None:
    """What is kept as sent was got once, what is asked about at most once, and nothing else is left."""
    times = occurrences(platforms.state())
    listed = [
        one for one in found if one.publisher in {"sms", "email"} or (one.publisher, one.kind) == ("x", "publish")
    ]
    assert {one.state for one in found} <= {"sent", "asked"}
    assert [times.get(one.key, 0) for one in listed if one.state == "sent"] == [
        1 for one in listed if one.state == "sent"
    ]
    assert all(times.get(one.key, 0) <= 1 for one in listed if one.state == "asked")
    assert {one.publisher for one in found if one.state == "asked"} <= {"email", "telegram"}


def test_the_desk_killed_while_sending_doubles_and_loses_nothing(running: Running, seeded: Platforms) -> None:
    seeded.arm(SLOW)
    appeal_id = seeding.launch("one")
    until("copies are being sent", lambda: in_flight("publish"), PATIENCE, 0.02)
    kill(running, "desk")
    seeded.disarm()
    until("all have settled", seeding.is_settled, PATIENCE)
    found = own(appeal_id)
    assert len(found) == 16
    assert any(one.was_unknown for one in found)
    assert_once(seeded, found)


def test_the_public_side_killed_while_the_site_is_asked_delays_and_loses_nothing(
    running: Running, seeded: Platforms
) -> None:
    appeal_id = seeding.launch("two")
    kill(running, "web")
    until("all have settled", seeding.is_settled, PATIENCE)
    assert_once(seeded, own(appeal_id))
    page = next(one.permalink for one in own(appeal_id) if one.publisher == "site")
    with requests.Session() as session:
        session.trust_env = False
        assert session.get(page, timeout=10).status_code == 200


def test_the_desk_killed_while_taking_down_leaves_nothing_up(running: Running, seeded: Platforms) -> None:
    appeal_id = seeding.launch("three")
    until("all have settled", seeding.is_settled, PATIENCE)
    before = set(still_on_x(seeded.state()))
    seeded.arm(SLOW)
    appeals.take_down(seeding.officer("triager"), appeal_id=appeal_id, reason="found", now=now())
    until("copies are being taken down", lambda: in_flight("retract"), PATIENCE, 0.02)
    kill(running, "desk")
    seeded.disarm()
    until("all have settled", lambda: seeding.is_settled("retract"), PATIENCE)
    until("all is gone", lambda: all(one.is_gone for one in placed(appeal_id)), PATIENCE)
    assert_once(seeded, own(appeal_id, "retract"))
    posts = {one.external_id for one in own(appeal_id) if one.publisher == "x"}
    assert (posts <= before, posts & set(still_on_x(seeded.state()))) == (True, set())
