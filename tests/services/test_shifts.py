"""Who is on, what is handed over, and that whoever is on is paged first."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from appeal.db import reading, writing
from appeal.models.rota import Shift
from appeal.rules.errors import BadInput, NotAllowed, NotFound
from appeal.services import desks, paging, shifts
from tests.factories import NOON, Force

HOUR = timedelta(hours=1)


def desk() -> int:
    return desks.every()[0].id


def put_on(force: Force, **changed: object) -> int:
    given = {"desk_id": desk(), "officer_id": force.people.triager.id, "starts_at": NOON, "ends_at": NOON + 8 * HOUR}
    return shifts.put_on(force.people.administrator, now=NOON, **given | changed)  # type: ignore[arg-type]


def test_who_is_on_is_known_and_removed(force: Force) -> None:
    made = put_on(force)
    with reading() as session:
        assert list(shifts.on_now(session, desk(), NOON)) == [force.people.triager.id]
        assert list(shifts.on_now(session, desk(), NOON + 8 * HOUR)) == []
    assert [one.officer.name for one in shifts.between(desk(), start=NOON, end=NOON + HOUR)] == ["Triager"]
    shifts.take_off(force.people.administrator, shift_id=made, now=NOON)
    assert shifts.between(desk(), start=NOON, end=NOON + HOUR) == []
    with pytest.raises(NotFound):
        shifts.take_off(force.people.administrator, shift_id=made, now=NOON)


def test_whoever_is_on_is_paged_before_whoever_is_on_call(force: Force) -> None:
    people = force.people
    desks.set_members(people.administrator, desk_id=desk(), officer_ids=[], on_call=[people.approver.id], now=NOON)
    put_on(force, officer_id=people.other_approver.id)
    with writing() as session:
        page_id = paging.page(session, kind="approval", target="appeal:7", path="/appeals/7", now=NOON)
    assert [one.officer.name for one in paging.status(page_id).asked] == ["Other_Approver"]


def test_a_claim_lasts_no_longer_than_the_shift_and_what_follows_on_it(force: Force) -> None:
    holder, late = force.people.triager.id, NOON + 7 * HOUR
    put_on(force)
    assert shifts.not_beyond(holder, late + 2 * HOUR, now=late) == NOON + 8 * HOUR
    assert shifts.not_beyond(holder, late + HOUR / 2, now=late) == late + HOUR / 2
    assert shifts.not_beyond(force.people.approver.id, late + 2 * HOUR, now=late) == late + 2 * HOUR
    put_on(force, starts_at=NOON + 8 * HOUR, ends_at=NOON + 10 * HOUR)
    assert shifts.not_beyond(holder, late + 2 * HOUR, now=late) == late + 2 * HOUR
    assert shifts.not_beyond(holder, late + 9 * HOUR, now=NOON + 11 * HOUR) == late + 9 * HOUR


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"officer_id": 99}, "officer"),
        ({"ends_at": NOON}, "ends_at"),
        ({"ends_at": NOON + 25 * HOUR}, "ends_at"),
        ({"starts_at": NOON - 9 * HOUR, "ends_at": NOON - HOUR}, "ends_at"),
        ({"starts_at": NOON + 7 * HOUR, "ends_at": NOON + 9 * HOUR}, "starts_at"),
    ],
)
def test_a_shift_that_cannot_be_is_refused(force: Force, changed: dict[str, object], field: str) -> None:
    put_on(force)
    with pytest.raises(BadInput) as caught:
        put_on(force, **changed)
    assert list(caught.value.fields) == [field]


def test_a_note_is_sealed_and_read_for_a_day(force: Force) -> None:
    put_on(force)
    shifts.hand_over(force.people.triager, words="The neighbour rings again at nine.", now=NOON + HOUR)
    assert [one.words for one in shifts.notes(desk(), now=NOON + 2 * HOUR)] == ["The neighbour rings again at nine."]
    assert shifts.notes(desk(), now=NOON + 26 * HOUR) == []
    with reading() as session:
        assert b"neighbour" not in session.scalars(select(Shift.sealed_note)).one()
    for words, officer in (("", force.people.triager), ("A note", force.people.author)):
        with pytest.raises(BadInput):
            shifts.hand_over(officer, words=words, now=NOON)


def test_only_administrators_put_on_and_everybody_knows_when_they_left(force: Force) -> None:
    put_on(force)
    assert shifts.left_at(force.people.triager, now=NOON + HOUR) is None
    assert shifts.left_at(force.people.triager, now=NOON + 9 * HOUR) == NOON + 8 * HOUR
    with pytest.raises(NotAllowed):
        shifts.put_on(force.people.triager, desk_id=desk(), officer_id=1, starts_at=NOON, ends_at=NOON + HOUR, now=NOON)
