"""Day by day: what is staffed, who is on, what goes out; and a feed that names nobody who is sought."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from icalendar import Calendar

from appeal.db import reading
from appeal.models.people import User
from appeal.rules.errors import NotFound
from appeal.services import calendar, capacity, desks, officers, reminders, rota, shifts
from tests import factories
from tests.factories import MORNING, NIGHT, NOON, Force

HOUR = timedelta(hours=1)
MONDAY = date(2026, 3, 2)


def desk() -> int:
    return desks.every()[0].id


def test_a_window_past_midnight_stands_on_both_days(force: Force) -> None:
    first, second = calendar.days(desk(), start=MONDAY, count=2)
    midnight = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)
    assert first.staffed == [(midnight - 24 * HOUR, midnight - 23 * HOUR), (MORNING, midnight)]
    assert second.staffed[0] == (midnight, midnight + HOUR)


def test_everything_of_a_day_stands_in_order(force: Force) -> None:
    people = force.people
    appeal_id = factories.launched(people, on=[force.channels["x"], force.channels["email"]], now=NIGHT)
    shifts.put_on(
        people.administrator,
        desk_id=desk(),
        officer_id=people.triager.id,
        starts_at=NOON,
        ends_at=NOON + HOUR,
        now=NIGHT,
    )
    reminders.plan(
        people.author,
        appeal_id=appeal_id,
        officer_id=1,
        every_days=7,
        at=time(20),
        first_on=MONDAY,
        until_on=MONDAY,
        now=NIGHT,
    )
    rota.set_exception(people.administrator, on=MONDAY, windows=[(time(8), time(22))], reason="Fair", now=NIGHT)
    (day,) = calendar.days(desk(), start=MONDAY, count=1)
    assert (day.is_exception, day.reason) == (True, "Fair")
    assert [(one.at, one.words, one.name, one.appeal_id, one.count) for one in day.entries] == [
        (MORNING, "a release", "email", appeal_id, 2),
        (MORNING, "a release", "x", appeal_id, 1),
        (NOON, "on duty", "Triager", None, 0),
        (datetime(2026, 3, 2, 19, 0, tzinfo=UTC), "a reminder, if still sought", "", appeal_id, 0),
    ]


def test_the_feed_is_the_officers_own_and_names_nobody_sought(force: Force) -> None:
    people = force.people
    factories.launched(people, on=[force.channels["x"]], now=NIGHT)
    with reading() as session:
        officer = session.get_one(User, people.author.id)
    made = calendar.feed(calendar.token(officer), now=NIGHT)
    events = Calendar.from_ical(made).walk("VEVENT")
    assert [(str(one["SUMMARY"]), one.decoded("DTSTART")) for one in events] == [("x: a release (Desk)", MORNING)]
    assert b"Man wanted" not in made
    assert b"Juan" not in made
    officers.deactivate(people.administrator, officer_id=people.author.id, now=NIGHT)
    for given in (calendar.token(officer), "1-forged", "x", "", "²-x"):
        with pytest.raises(NotFound):
            calendar.feed(given, now=NIGHT)


def test_the_desk_is_measured_against_what_is_expected(force: Force) -> None:
    found = capacity.check("wanted", starts_at=NOON)
    assert (found.expected, found.readable, found.is_enough) == (400, 17 * 60 // 3, False)
    assert "About 400 tips in the first day" in found.words
    assert "your desk reads 340: add cover or wait." in found.words
    assert capacity.check("warning", starts_at=NOON).is_enough
    shifts.put_on(
        force.people.administrator,
        desk_id=desk(),
        officer_id=force.people.triager.id,
        starts_at=NOON,
        ends_at=NOON + HOUR,
        now=NOON,
    )
    assert capacity.check("warning", starts_at=NOON).readable == 20
