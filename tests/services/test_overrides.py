"""An override is cover: somebody is named, asked, accepts, and from then on it is a staffed window."""

from datetime import timedelta

import pytest

from appeal.db import reading
from appeal.models.ledger import LedgerEntry
from appeal.rules.errors import BadInput, NotAllowed, NotFound, WrongState
from appeal.services import interlocks, overrides, paging, rota
from tests import factories, fakes
from tests.factories import MORNING, NIGHT, NOON, Force

FIVE = timedelta(minutes=5)


def test_nothing_goes_before_somebody_has_accepted_to_read(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = factories.launched(force.people, now=NIGHT, on=[force.channels["x"]])
    interlocks.plan_again(now=NIGHT)
    factories.override(force.people, appeal_id)
    assert interlocks.plan_again(now=NIGHT) == 0
    assert rota.next_release(NIGHT, appeal_id) == MORNING
    (shown,) = overrides.shown(appeal_id, now=NIGHT)
    assert (shown.reader, shown.reading_since) == ("Triager", None)
    assert shown.asked is not None
    assert [one.officer.name for one in shown.asked.asked] == ["Triager"]


def test_whoever_accepts_makes_it_a_staffed_window_for_this_appeal(force: Force, platforms: fakes.Platforms) -> None:
    first, second = (factories.launched(force.people, now=NIGHT, on=[force.channels["x"]]) for _ in range(2))
    interlocks.plan_again(now=NIGHT)
    factories.override(force.people, first)
    (shown,) = overrides.shown(first, now=NIGHT)
    paging.take_here(force.people.triager, page_id=shown.override.page_id or 0, now=NIGHT + FIVE)
    later = NIGHT + FIVE
    assert interlocks.plan_again(now=later) == 1
    assert (rota.next_release(later, first), rota.next_release(later, second)) == (later, MORNING)
    assert rota.next_release(NIGHT, first) == later
    assert (factories.tick(now=later), factories.states()) == (1, ["sent", "pending"])
    assert rota.next_release(NIGHT + timedelta(hours=2, minutes=1), first) == MORNING
    assert overrides.shown(first, now=NIGHT + timedelta(hours=3)) == []


def test_the_public_is_told_that_somebody_reads_only_when_somebody_does(force: Force) -> None:
    appeal_id = factories.launched(force.people, now=NIGHT)
    made = factories.override(force.people, appeal_id)
    closed = rota.reading_words("en", NIGHT + FIVE)
    assert "08:00" in closed
    overrides.release_uncovered(force.people.approver, override_id=made, now=NIGHT)
    assert rota.reading_words("en", NIGHT + FIVE) == closed
    factories.covered(force.people, appeal_id)
    assert rota.reading_words("en", NIGHT + FIVE).endswith("until 06:00.")


def test_nobody_accepted_and_the_approver_lets_it_go(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = factories.launched(force.people, now=NIGHT, on=[force.channels["x"]])
    made = factories.override(force.people, appeal_id)
    overrides.release_uncovered(force.people.approver, override_id=made, now=NIGHT + FIVE)
    interlocks.plan_again(now=NIGHT + FIVE)
    factories.tick(now=NIGHT + FIVE)
    assert factories.states() == ["sent"]
    with reading() as session:
        acts = [one.action for one in session.query(LedgerEntry).filter_by(target=f"appeal:{appeal_id}")]
    assert acts[-2:] == ["override hours", "release without reader"]
    with pytest.raises(WrongState):
        overrides.release_uncovered(force.people.approver, override_id=made, now=NIGHT + FIVE)
    with pytest.raises(NotFound):
        overrides.release_uncovered(force.people.approver, override_id=99, now=NIGHT)


def test_where_somebody_reads_there_is_nothing_to_decide(force: Force) -> None:
    made = factories.covered(force.people, factories.launched(force.people, now=NIGHT))
    with pytest.raises(WrongState):
        overrides.release_uncovered(force.people.approver, override_id=made, now=NIGHT)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reader_id": 99}, "reader"),
        ({"reader_id": 1}, "reader"),
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 301}, "reason"),
        ({"ends_at": NIGHT}, "ends_at"),
        ({"ends_at": NIGHT + timedelta(hours=25)}, "ends_at"),
    ],
)
def test_it_names_who_why_and_until_when(force: Force, changed: dict[str, object], field: str) -> None:
    appeal_id = factories.launched(force.people, now=NIGHT)
    with pytest.raises(BadInput) as caught:
        factories.override(force.people, appeal_id, **changed)
    assert (list(caught.value.fields), overrides.shown(appeal_id, now=NIGHT)) == ([field], [])


def test_who_may_not_is_refused_and_names_stand_in_no_column_of_the_ledger(force: Force) -> None:
    appeal_id = factories.launched(force.people, now=NIGHT)
    for role in ("author", "triager", "administrator", "observer"):
        with pytest.raises(NotAllowed):
            overrides.override(
                getattr(force.people, role), appeal_id=appeal_id, reader_id=3, reason="b", ends_at=NOON, now=NIGHT
            )
    with pytest.raises(NotFound):
        factories.override(force.people, 99)
    factories.override(force.people, appeal_id)
    with reading() as session:
        (entry,) = session.query(LedgerEntry).filter_by(action="override hours")
        assert not any("Triager" in str(value) or "child" in str(value) for value in vars(entry).values())
