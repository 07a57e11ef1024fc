"""Nothing goes out before the moment that was asked for, and what becomes of it is said."""

from datetime import UTC, date, datetime, timedelta

import pytest

from appeal.rules.errors import BadInput, NotAllowed, NotFound
from appeal.services import embargoes, interlocks
from tests import factories, fakes
from tests.factories import MORNING, NIGHT, NOON, Force

HOUR = timedelta(hours=1)


def test_an_embargo_set_before_approval_holds(force: Force, platforms: fakes.Platforms) -> None:
    revision_id = factories.submitted(force.people, on=[force.channels["x"]])
    embargoes.hold_until(force.people.author, appeal_id=1, at=NOON + HOUR, now=NOON)
    factories.launch(force.people, revision_id)
    assert [copy.due_at for copy in factories.copies()] == [NOON + HOUR]
    assert (factories.tick(now=NOON), factories.tick(now=NOON + HOUR)) == (0, 1)


def test_an_embargo_moves_what_waits_and_lifting_it_lets_it_go(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = factories.launched(force.people, on=[force.channels["x"]])
    embargoes.hold_until(force.people.approver, appeal_id=appeal_id, at=NOON + HOUR, now=NOON)
    assert factories.tick(now=NOON) == 0
    interlocks.plan_again(now=NOON)
    assert [copy.due_at for copy in factories.copies()] == [NOON + HOUR]
    embargoes.hold_until(force.people.author, appeal_id=appeal_id, at=None, now=NOON)
    assert factories.tick(now=NOON) == 1


def test_an_embargo_that_ends_at_night_waits_for_the_desk(force: Force) -> None:
    appeal_id = factories.launched(force.people, on=[force.channels["x"]], now=MORNING)
    embargoes.hold_until(force.people.author, appeal_id=appeal_id, at=NIGHT + 24 * HOUR, now=MORNING)
    assert [copy.due_at for copy in factories.copies()] == [MORNING + 24 * HOUR]


def test_a_correction_is_not_held(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = factories.launched(force.people, on=[force.channels["x"]])
    factories.tick()
    embargoes.hold_until(force.people.author, appeal_id=appeal_id, at=NOON + HOUR, now=NOON)
    factories.corrected(force.people, appeal_id)
    assert factories.tick() == 1


@pytest.mark.parametrize("at", [NOON, datetime(2026, 3, 17, 12, 0, tzinfo=UTC)])
def test_an_embargo_after_the_review_or_in_the_past_is_refused(force: Force, at: datetime) -> None:
    appeal_id = factories.launched(force.people)
    with pytest.raises(BadInput) as caught:
        embargoes.hold_until(force.people.author, appeal_id=appeal_id, at=at, now=NOON)
    assert list(caught.value.fields) == ["at"]


def test_an_approval_that_ends_before_the_embargo_is_refused(force: Force) -> None:
    revision_id = factories.submitted(force.people, on=[force.channels["x"]])
    embargoes.hold_until(force.people.author, appeal_id=1, at=NOON + 240 * HOUR, now=NOON)
    with pytest.raises(BadInput) as caught:
        factories.launch(force.people, revision_id, review_on=date(2026, 3, 11))
    assert caught.value.fields == {"review_on": "The embargo lasts longer than that, so nothing would ever go out."}
    factories.launch(force.people, revision_id, review_on=date(2026, 3, 12))


def test_who_may_not_sets_none(force: Force) -> None:
    with pytest.raises(NotAllowed):
        embargoes.hold_until(force.people.triager, appeal_id=1, at=None, now=NOON)
    with pytest.raises(NotFound):
        embargoes.hold_until(force.people.author, appeal_id=99, at=None, now=NOON)
