"""Public holidays are proposed by country and region, and become closed days."""

from datetime import UTC, date, datetime

import pytest

from appeal.rules.errors import BadInput, NotAllowed
from appeal.services import force as settings
from appeal.services import proposals, rota
from tests import factories
from tests.factories import NIGHT, NOON, Force

CHRISTMAS = date(2026, 12, 25)


def proposed(language: str = "en") -> dict[date, str]:
    return {one.on: one.name for one in proposals.proposals(None, language=language, now=NOON)}


def test_the_holidays_of_the_next_year_are_proposed_in_the_officers_language(force: Force) -> None:
    assert proposed()[CHRISTMAS] == "Christmas Day"
    assert proposed("es")[CHRISTMAS] == "Natividad del Señor"
    assert all(NOON.date() <= on for on in proposed())


def test_region_and_country_are_settings(force: Force) -> None:
    whole = set(proposed())
    settings.change(force.people.administrator, values={"region": "MD"}, now=NOON)
    assert date(2026, 5, 2) in set(proposed()) - whole
    settings.change(force.people.administrator, values={"country": "XX", "region": ""}, now=NOON)
    assert proposed() == {}


def test_the_ticked_days_are_closed_and_proposed_no_more(force: Force) -> None:
    days = [CHRISTMAS, date(2026, 12, 24)]
    admin = force.people.administrator
    assert proposals.close_on(admin, desk_id=None, days=days, language="en", now=NOON) == ([CHRISTMAS], [])
    assert [(one.on, one.windows, one.reason) for one in rota.exceptions()] == [(CHRISTMAS, [], "Christmas Day")]
    assert CHRISTMAS not in proposed()
    assert not rota.is_open(datetime(2026, 12, 25, 12, 0, tzinfo=UTC))
    with pytest.raises(NotAllowed):
        proposals.close_on(force.people.author, desk_id=None, days=days, language="en", now=NOON)


def test_closing_a_day_on_which_something_is_due_needs_a_second_word(force: Force) -> None:
    factories.launched(force.people, on=[force.channels["x"]], now=NIGHT)
    admin, on = force.people.administrator, date(2026, 3, 2)
    with pytest.raises(BadInput) as caught:
        rota.set_exception(admin, on=on, windows=[], reason="Strike", now=NIGHT)
    assert caught.value.fields["is_sure"] == "1 copies are due on this day. They would wait."
    assert rota.exceptions() == []
    rota.set_exception(admin, on=on, windows=[], reason="Strike", now=NIGHT, is_sure=True)
    assert len(rota.exceptions()) == 1


def test_a_holiday_on_which_something_is_due_stays_open(force: Force) -> None:
    good_friday = datetime(2026, 4, 3, 3, 0, tzinfo=UTC)
    factories.launched(force.people, on=[force.channels["x"]], now=good_friday, review_on=date(2026, 4, 30))
    admin, days = force.people.administrator, [date(2026, 4, 3), date(2026, 5, 1)]
    closed = proposals.close_on(admin, desk_id=None, days=days, language="en", now=good_friday)
    assert closed == ([date(2026, 5, 1)], [date(2026, 4, 3)])
