"""What will happen when: from the draft's first minute, by channel, with the reason for waiting."""

from datetime import UTC, date, datetime, time, timedelta

from appeal.services import appeals, closings, desks, reminders, schedule
from tests import factories, fakes
from tests.factories import MORNING, NIGHT, NOON, Force

REVIEW = datetime(2026, 3, 15, 23, 0, tzinfo=UTC)
LATE = datetime(2026, 3, 2, 23, 40, tzinfo=UTC)


def said(appeal_id: int, now: datetime = NOON) -> list[tuple[datetime | None, str, str]]:
    found = schedule.events(appeals.view(appeal_id), now=now)
    return [(one.at, f"{', '.join(one.names)} {one.words}".strip(), one.why) for one in found]


def test_the_draft_says_when_it_could_go(force: Force) -> None:
    factories.draft(force.people, on=[force.channels["site"], force.channels["x"]])
    assert said(1) == [(NOON, "site, x goes out if it is approved now", "")]
    assert said(1, NIGHT) == [(MORNING, "site, x goes out if it is approved now", "because nobody reads before then")]


def test_too_little_of_the_window_is_left(force: Force) -> None:
    factories.draft(force.people, on=[force.channels["x"]])
    (event,) = said(1, LATE)
    assert event == (MORNING + timedelta(days=1), event[1], "because the desk closes in 20 minutes")


def test_what_follows_the_site_is_named_with_it(force: Force) -> None:
    factories.launched(force.people, on=[force.channels["site"], force.channels["x"]], now=NIGHT)
    assert said(1, NIGHT)[:2] == [
        (MORNING, "site goes out", "because nobody reads before then"),
        (MORNING, "x goes out", "right after the site"),
    ]


def test_an_early_closing_is_the_reason(force: Force) -> None:
    factories.launched(force.people, on=[force.channels["x"]])
    closings.close(force.people.triager, desk_id=desks.every()[0].id, now=NOON)
    assert said(1) == [
        (MORNING + timedelta(days=1), "x goes out", "because the desk closed early"),
        (REVIEW, "the approval is reviewed", ""),
    ]


def test_everything_that_is_planned_stands_in_order(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = factories.launched(force.people, on=[force.channels["x"]], now=NIGHT)
    factories.covered(force.people, appeal_id)
    reminders.plan(
        force.people.author,
        appeal_id=appeal_id,
        officer_id=1,
        every_days=3,
        at=time(10),
        first_on=date(2026, 3, 6),
        until_on=date(2026, 3, 6),
        now=NIGHT,
    )
    due = datetime(2026, 3, 6, 9, 0, tzinfo=UTC)
    assert said(appeal_id, NIGHT) == [
        (NIGHT + timedelta(hours=3), "the cover for this appeal ends", ""),
        (MORNING, "x goes out", ""),
        (due - timedelta(days=1), "the officer in the case is asked whether it is sought", ""),
        (due, "goes out again, if it is still sought", ""),
        (REVIEW, "the approval is reviewed", ""),
    ]


def test_what_comes_down_is_said_and_nothing_else(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = factories.launched(force.people, on=[force.channels["sms"]])
    factories.tick()
    appeals.take_down(force.people.author, appeal_id=appeal_id, reason="found", now=LATE)
    factories.tick(now=LATE)
    assert said(appeal_id, LATE) == [
        (MORNING + timedelta(days=1), "sms is taken back", "Waits for the morning: no telephone rings at night.")
    ]
