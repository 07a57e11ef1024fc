"""A reminder goes only if an officer said within a day that it is still sought."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from appeal.db import reading, writing
from appeal.models.notice import Notice
from appeal.models.paging import Page, PageAsk
from appeal.rules.errors import BadInput, NotAllowed, NotFound, WrongState
from appeal.rules.paging import STILL
from appeal.services import appeals, page_links, page_posts, pauses, reminders
from tests import factories, fakes
from tests.factories import NOON, Force

pytestmark = pytest.mark.slow

DUE = datetime(2026, 3, 6, 9, 0, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def plan(force: Force, appeal_id: int, **changed: object) -> int:
    given = {
        "officer_id": force.people.other_author.id,
        "every_days": 3,
        "at": time(10),
        "first_on": date(2026, 3, 6),
        "until_on": date(2026, 3, 12),
        "now": NOON,
    }
    return reminders.plan(force.people.author, appeal_id=appeal_id, **given | changed)  # type: ignore[arg-type]


def out(force: Force) -> int:
    appeal_id = factories.launched(force.people, on=[force.channels["site"], force.channels["x"]])
    factories.tick()
    return appeal_id


def answer(now: datetime) -> None:
    with reading() as session:
        ask_id = session.scalars(select(PageAsk.id).order_by(PageAsk.id.desc())).first()
    page_links.answer(page_posts.token(ask_id or 0), viewer=None, now=now)


def told() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(Notice.kind).where(Notice.kind.like("reminder%"))))


def test_answered_in_time_it_goes_out_again_where_only_the_new_is_seen(
    force: Force, platforms: fakes.Platforms
) -> None:
    appeal_id = out(force)
    plan(force, appeal_id)
    assert reminders.tick(now=DUE - DAY - MINUTE) == (0, 0)
    assert reminders.tick(now=DUE - DAY) == (1, 0)
    with reading() as session:
        asked = select(PageAsk).join(Page).where(Page.kind == STILL)
        (ask,) = session.scalars(asked).all()
        assert ask.officer.name == "Other_Author"
    answer(DUE - MINUTE)
    assert (reminders.tick(now=DUE - MINUTE), reminders.tick(now=DUE)) == ((0, 0), (0, 1))
    factories.tick(now=DUE)
    assert (len(platforms.texts("site")), len(platforms.texts("x"))) == (1, 2)
    assert len(set(platforms.texts("x"))) == 2
    assert [row.next_on for row in reminders.of_appeal(appeal_id)] == [date(2026, 3, 9)]
    assert told() == []


def test_without_an_answer_it_does_not_go_and_the_author_is_told(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = out(force)
    plan(force, appeal_id)
    reminders.tick(now=DUE - DAY)
    assert reminders.tick(now=DUE) == (0, 0)
    factories.tick(now=DUE)
    assert (len(platforms.texts("x")), told()) == (1, ["reminder not sent"])
    answer(DUE + MINUTE)
    assert reminders.tick(now=DUE + MINUTE) == (0, 0)


def test_an_old_answer_counts_for_nothing(force: Force, platforms: fakes.Platforms) -> None:
    plan(force, out(force))
    reminders.tick(now=DUE - DAY)
    answer(DUE - DAY)
    assert reminders.tick(now=DUE + 3 * 60 * MINUTE) == (0, 0)
    assert told() == ["reminder not sent"]


def test_a_machine_that_slept_makes_up_for_nothing(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = out(force)
    plan(force, appeal_id, every_days=1)
    assert reminders.tick(now=DUE + 3 * DAY) == (0, 0)
    assert ([row.next_on for row in reminders.of_appeal(appeal_id)], len(told())) == ([date(2026, 3, 10)], 1)


def test_what_was_taken_down_is_not_brought_up_again(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = out(force)
    plan(force, appeal_id)
    reminders.tick(now=DUE - DAY)
    answer(DUE - MINUTE)
    appeals.take_down(force.people.author, appeal_id=appeal_id, reason="found", now=DUE - MINUTE)
    assert reminders.tick(now=DUE) == (0, 0)


def test_a_reminder_waits_for_hours_and_pauses_like_everything_else(force: Force, platforms: fakes.Platforms) -> None:
    plan(force, out(force), at=time(3), first_on=date(2026, 3, 6))
    due = datetime(2026, 3, 6, 2, 0, tzinfo=UTC)
    reminders.tick(now=due - DAY)
    answer(due)
    reminders.tick(now=due)
    assert factories.copies(force.channels["x"])[-1].due_at == datetime(2026, 3, 6, 7, 0, tzinfo=UTC)
    pauses.pause(force.people.approver, channel_ids=[], now=due)
    assert factories.states(force.channels["x"]) == ["sent", "held"]


def test_once_a_year_and_to_the_end_of_the_series(force: Force) -> None:
    with writing():
        appeal_id = factories.launched(force.people, now=NOON)
    plan(force, appeal_id, every_days=0, until_on=date(2028, 1, 1))
    reminders.tick(now=DUE)
    assert [row.next_on for row in reminders.of_appeal(appeal_id)] == [date(2027, 3, 6)]
    reminders.tick(now=DUE + 366 * DAY)
    assert reminders.of_appeal(appeal_id) == []


def test_a_series_is_stopped_once(force: Force) -> None:
    appeal_id = factories.launched(force.people)
    made = plan(force, appeal_id)
    reminders.tick(now=DUE - DAY)
    reminders.stop(force.people.author, reminder_id=made, now=NOON)
    assert (reminders.of_appeal(appeal_id), reminders.tick(now=DUE)) == ([], (0, 0))
    with pytest.raises(NotFound):
        reminders.stop(force.people.author, reminder_id=made, now=NOON)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"officer_id": 99}, "officer"),
        ({"every_days": 366}, "every_days"),
        ({"first_on": date(2026, 3, 2)}, "first_on"),
        ({"first_on": date(2026, 3, 17), "until_on": date(2026, 3, 18)}, "first_on"),
        ({"until_on": date(2026, 3, 5)}, "until_on"),
        ({"until_on": date(2040, 3, 5)}, "until_on"),
    ],
)
def test_what_could_never_go_is_refused(force: Force, changed: dict[str, object], field: str) -> None:
    appeal_id = factories.launched(force.people)
    with pytest.raises(BadInput) as caught:
        plan(force, appeal_id, **changed)
    assert (list(caught.value.fields), reminders.of_appeal(appeal_id)) == ([field], [])


def test_who_may_not_and_what_is_over_is_refused(force: Force) -> None:
    appeal_id = factories.launched(force.people)
    with pytest.raises(NotAllowed):
        reminders.plan(
            force.people.triager,
            appeal_id=appeal_id,
            officer_id=1,
            every_days=1,
            at=time(9),
            first_on=date(2026, 3, 6),
            until_on=date(2026, 3, 7),
            now=NOON,
        )
    with pytest.raises(NotFound):
        plan(force, 99)
    appeals.take_down(force.people.author, appeal_id=appeal_id, reason="found", now=NOON)
    with pytest.raises(WrongState):
        plan(force, appeal_id)
