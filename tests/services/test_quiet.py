"""No telephone rings at night for what follows up, unless somebody is in danger or was woken already."""

from datetime import UTC, datetime, timedelta

import pytest

from appeal.rules.errors import BadInput
from appeal.services import appeals
from appeal.services import force as settings
from tests import factories, fakes
from tests.factories import NOON, Force

pytestmark = pytest.mark.slow

LATE = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
MORNING = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)
EVENING = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)


def out(force: Force, now: datetime = NOON) -> int:
    appeal_id = factories.launched(force.people, on=[force.channels["sms"], force.channels["x"]], now=now)
    factories.tick(now=now)
    return appeal_id


def test_a_take_down_rings_in_the_morning_and_is_gone_elsewhere_at_once(
    force: Force, platforms: fakes.Platforms
) -> None:
    appeal_id = out(force)
    appeals.take_down(force.people.author, appeal_id=appeal_id, reason="found", now=LATE)
    factories.tick(now=LATE)
    assert platforms.texts("x") == []
    assert factories.states(force.channels["sms"], "retract") == ["pending"] * 3
    waiting = factories.copies(force.channels["sms"], "retract")[0]
    assert (waiting.due_at, waiting.reason) == (MORNING, "Waits for the morning: no telephone rings at night.")
    assert factories.tick(now=MORNING - timedelta(seconds=1)) == 0
    assert factories.tick(now=MORNING) == 3


def test_a_correction_rings_in_the_morning(force: Force, platforms: fakes.Platforms) -> None:
    factories.corrected(force.people, out(force), now=LATE)
    factories.tick(now=LATE)
    assert factories.states(force.channels["sms"]) == ["sent"] * 3 + ["pending"] * 3
    assert factories.states(force.channels["x"]) == ["sent", "sent"]


def test_a_corrected_number_rings_at_once(force: Force, platforms: fakes.Platforms) -> None:
    factories.corrected(force.people, out(force), title="Man wanted, call 091", now=LATE)
    factories.tick(now=LATE)
    assert factories.states(force.channels["sms"]) == ["sent"] * 6


def test_a_corrected_danger_line_rings_at_once(force: Force, platforms: fakes.Platforms) -> None:
    people, appeal_id = force.people, out(force)
    following = appeals.begin_next(people.author, appeal_id=appeal_id, now=LATE)
    facts = {"danger": "none"}
    appeals.save(people.author, revision_id=following.id, expected_version=1, facts=facts, texts={}, now=LATE)
    factories.submit(people, following.id, now=LATE)
    factories.launch(people, following.id, now=LATE)
    factories.tick(now=LATE)
    assert factories.states(force.channels["sms"]) == ["sent"] * 6


def test_a_mistaken_appeal_is_taken_back_at_once(force: Force, platforms: fakes.Platforms) -> None:
    appeals.end(force.people.approver, appeal_id=out(force), ending="mistaken", now=LATE)
    factories.tick(now=LATE)
    assert factories.states(force.channels["sms"], "retract") == ["sent"] * 3


def test_who_was_woken_this_night_is_told_this_night(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = out(force, EVENING)
    appeals.take_down(force.people.author, appeal_id=appeal_id, reason="found", now=LATE)
    factories.tick(now=LATE)
    assert factories.states(force.channels["sms"], "retract") == ["sent"] * 3


def test_the_quiet_time_is_a_setting(force: Force, platforms: fakes.Platforms) -> None:
    settings.change(force.people.administrator, values={"quiet_starts": "08:00", "quiet_ends": "08:00"}, now=NOON)
    appeals.take_down(force.people.author, appeal_id=out(force), reason="found", now=LATE)
    factories.tick(now=LATE)
    assert factories.states(force.channels["sms"], "retract") == ["sent"] * 3


@pytest.mark.parametrize("value", ["22", "25:00", "late", "22:00:00"])
def test_a_quiet_time_that_is_none_is_refused(force: Force, value: str) -> None:
    with pytest.raises(BadInput):
        settings.change(force.people.administrator, values={"quiet_starts": value}, now=NOON)
    assert settings.settings()["quiet_starts"] == "22:00"
