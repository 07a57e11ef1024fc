"""What an approval owes, until when, and which questions are due."""

from datetime import UTC, datetime, timedelta

from appeal.rules import owed
from appeal.rules.owed import CONFIRMATION, FURTHER, REASONS, REVIEW

GIVEN = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def hours(count: float) -> datetime:
    return GIVEN + timedelta(hours=count)


def test_a_telephone_authority_owes_its_confirmation_for_four_hours_and_an_urgent_one_the_rest_for_a_day() -> None:
    told = owed.of(GIVEN, is_unconfirmed=True, is_urgent=False, lacks=[REASONS], is_reviewed=False)
    urgent = owed.of(GIVEN, is_unconfirmed=False, is_urgent=True, lacks=[FURTHER, REASONS], is_reviewed=False)
    assert [(one.code, one.until) for one in told] == [(CONFIRMATION, hours(4))]
    assert [(one.code, one.until) for one in urgent] == [(one, hours(24)) for one in (REASONS, FURTHER, REVIEW)]
    assert owed.of(GIVEN, is_unconfirmed=False, is_urgent=True, lacks=[], is_reviewed=True) == []


def test_each_question_is_asked_once_and_a_confirmation_at_once() -> None:
    debts = owed.of(GIVEN, is_unconfirmed=True, is_urgent=True, lacks=[REASONS], is_reviewed=True)
    assert owed.to_ask(debts, None, hours(0)) == [CONFIRMATION]
    assert owed.to_ask(debts, hours(0), hours(1.9)) == []
    assert [owed.to_ask(debts, hours(at - 0.1), hours(at)) for at in (2, 3)] == [[CONFIRMATION]] * 2
    assert [owed.to_ask(debts, hours(at - 0.1), hours(at)) for at in (20, 23)] == [[REASONS]] * 2


def test_each_limit_is_told_once() -> None:
    debts = owed.of(GIVEN, is_unconfirmed=True, is_urgent=True, lacks=[REASONS], is_reviewed=True)
    told = [owed.are_to_tell(debts, *moments) for moments in ((None, hours(3.9)), (None, hours(4)))]
    assert told == [False, True]
    assert [owed.are_to_tell(debts, hours(4), hours(at)) for at in (23, 24)] == [False, True]
