"""The queue by filters, its lanes, who is handed what, names, skim, several at once, second readings."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from appeal.db import reading, writing
from appeal.models.appeal import Appeal
from appeal.models.people import Role, User
from appeal.models.tip import Assessment
from appeal.rules import urgency
from appeal.rules.errors import BadInput, NotAllowed, NotFound, WrongState
from appeal.rules.permissions import SYSTEM, Actor
from appeal.services import force
from appeal.tips import board, bulk, handing, indexing, lanes, names, readings, rereading, skim, triage, views
from appeal.tips.board import Wanted
from appeal.tips.inbound import InboundFile
from tests.tips.conftest import NOW
from tests.tips.test_triage import decide, entries, stored, tip

Officers = tuple[Actor, Actor]
LATER = NOW + timedelta(minutes=30)


@pytest.fixture(autouse=True)
def chance(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What chance says next; the largest number when nothing is left, so that nothing is drawn or sampled."""
    said: list[int] = []
    monkeypatch.setattr("secrets.randbelow", lambda most: said.pop(0) if said else most - 1)
    return said


def ids(actor: Actor, **wanted: object) -> list[int]:
    return [row.id for row in board.page(actor, Wanted(**wanted), now=NOW).rows]  # type: ignore[arg-type]


def read() -> None:
    triage.read_tips(NOW)
    names.agree(indexing.index_tips(NOW))


def test_filters_leave_what_fits(app: Flask, officers: Officers, appeal: Appeal) -> None:
    ana = officers[0]
    old = tip("I met him years ago at the market", at=NOW - timedelta(hours=30), appeal=appeal.public_id)
    spanish = tip("Lo vi en la calle con su hermano", source="webform")
    pictured = tip("the", files=(InboundFile("a.jpg", "image/jpeg", b"\xff\xd8\xff x"),))
    triage.read_tips(NOW)
    assert ids(ana, source="webform") == [spanish.tip_id]
    assert ids(ana, language="es") == [spanish.tip_id]
    assert set(ids(ana, hours=24)) == {spanish.tip_id, pictured.tip_id}
    assert ids(ana, has_pictures=True) == [pictured.tip_id]
    assert ids(ana, appeal=appeal.public_id) == [old.tip_id]
    triage.claim(ana, tip_id=old.tip_id, now=NOW)
    assert ids(ana, state="claimed") == [old.tip_id]
    assert ids(ana, state="claimed", language="es") == []


def test_a_filter_without_index_looks_at_a_bounded_part_and_goes_on(
    app: Flask, officers: Officers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "MOST_LOOKED", 3)
    for number in range(5):
        tip(f"the {number}", at=NOW + timedelta(minutes=number))
    last = tip("lo vi en la calle", at=NOW + timedelta(minutes=9))
    triage.read_tips(NOW)
    first = board.page(officers[0], Wanted(language="es"), now=NOW)
    assert (first.rows, first.next_cursor != "") == ((), True)
    second = board.page(officers[0], Wanted(language="es"), now=NOW, after=first.next_cursor)
    assert [row.id for row in second.rows] == [last.tip_id]


def test_lanes_say_how_many_how_old_and_how_late(app: Flask, officers: Officers) -> None:
    live = tip(is_live=True)
    tip("calm", at=NOW + timedelta(minutes=1))
    tip("calm")
    found = lanes.heads(NOW + timedelta(minutes=6))
    assert [(name, lane.count, lane.is_late) for name, lane in found.items()] == [
        ("live", 1, True),
        ("about_me", 0, False),
        ("urgent", 0, False),
        ("to_read", 2, False),
    ]
    assert found["to_read"].oldest_at == stored(live.tip_id).received_at
    assert lanes.heads(NOW, cap=1)["to_read"].count == 1
    triage.claim(officers[0], tip_id=live.tip_id, now=NOW)
    assert lanes.heads(LATER)["live"].oldest_at is None


def test_next_is_the_most_urgent_and_one_in_ten_from_below(app: Flask, officers: Officers, chance: list[int]) -> None:
    first = tip("the", at=NOW)
    second = tip("the", at=NOW + timedelta(minutes=1))
    last = tip("the", at=NOW + timedelta(minutes=2))
    oldest = tip("free entry you have won a prize", at=NOW - timedelta(minutes=9))
    triage.read_tips(NOW)
    chance += [5]
    assert handing.claim_next(officers[0], now=NOW) == first.tip_id
    chance += [0, 1]
    assert handing.claim_next(officers[0], now=NOW) == oldest.tip_id
    chance += [0, 0, 0]
    assert handing.claim_next(officers[0], now=NOW) == last.tip_id
    assert handing.claim_next(officers[0], now=NOW) == second.tip_id
    assert handing.claim_next(officers[0], now=NOW) is None
    for one, decision, reason in ((oldest, "actioned", "in_case"), (last, "spam", "mockery")):
        triage.view(officers[0], tip_id=one.tip_id, now=NOW)
        decide(officers[0], one.tip_id, decision, reason)
    assert readings.missed() == (1, 2)


def test_nothing_is_drawn_while_somebody_sees_the_person(app: Flask, officers: Officers, chance: list[int]) -> None:
    live = tip(is_live=True)
    tip("the", at=NOW - timedelta(hours=1))
    triage.read_tips(NOW)
    chance += [0, 1]
    assert handing.claim_next(officers[0], now=NOW) == live.tip_id


def test_first_reading_keeps_reasons_weights_and_place_for_ever(app: Flask, officers: Officers) -> None:
    tip(is_live=True)
    one = tip("I think I saw him at the market", thread="t")
    triage.read_tips(NOW)
    triage.claim(officers[0], tip_id=one.tip_id, now=NOW)
    triage.view(officers[0], tip_id=one.tip_id, now=NOW)
    tip("he is here right now", thread="t", at=LATER)
    triage.read_tips(LATER)
    triage.view(officers[1], tip_id=one.tip_id, now=LATER)
    kept, name = readings.first_of(one.tip_id) or pytest.fail("not kept")
    assert (kept.weights, kept.lane, kept.place, kept.opened_at, name) == (
        urgency.VERSION,
        "to_read",
        2,
        NOW,
        "Officer 1",
    )
    assert stored(one.tip_id).lane == "live"


def test_two_who_give_one_name_lift_each_other(app: Flask, officers: Officers, appeal: Appeal) -> None:
    one = tip("That is Pedro Gomez, he lives next door", appeal=appeal.public_id)
    other = tip("se llama Pedro Gómez", appeal=appeal.public_id)
    elsewhere = tip("his name is Pedro Gomez")
    read()
    (first, second) = names.given(officers[0])
    assert (first.name.startswith("Pedro G"), first.tip_count, set(first.tip_ids)) == (
        True,
        2,
        {one.tip_id, other.tip_id},
    )
    assert second.tip_count == 1
    assert [given.tip_count for given in names.given(officers[0], appeal=appeal.public_id)] == [2]
    lifted = [stored(each.tip_id) for each in (one, other, elsewhere)]
    assert ["name_agrees" in row.reasons for row in lifted] == [True, True, False]
    assert set(ids(officers[0])[:2]) == {one.tip_id, other.tip_id}


def test_skim_claims_ten_marks_what_is_new_and_decides_with_one_key_each(app: Flask, officers: Officers) -> None:
    ana, ben = officers
    made = [tip(f"a man went past our shop {number}", at=NOW + timedelta(minutes=number)) for number in range(11)]
    odd = tip("a man went past our lighthouse", at=NOW - timedelta(minutes=5))
    read()
    block = skim.block(ana, now=NOW)
    assert [line.row.id for line in block.lines] == [odd.tip_id, *(one.tip_id for one in made[:9])]
    assert [part for part, is_new in block.lines[0].parts if is_new] == ["lighthouse"]
    assert not any(is_new for _part, is_new in block.lines[1].parts)
    assert [line.row.id for line in skim.block(ben, now=NOW).lines] == [one.tip_id for one in made[9:]]
    first, second, third = (line.row.id for line in block.lines[:3])
    choices = [(first, "lift"), (second, "too_vague"), (third, skim.SAME), (block.lines[3].row.id, "")]
    outcome = skim.decide(ana, choices=choices, now=NOW)
    assert (outcome.done, outcome.left) == (4, {})
    assert [stored(one).state for one in (first, second, third)] == ["unread", "done", "done"]
    assert (stored(first).lane, stored(first).reasons[-1]) == ("urgent", "lifted")
    assert stored(second).is_closed_unread is False
    assert bulk.undo(ana, act_id=outcome.act_id, now=NOW) == 4
    assert [stored(one).state for one in (first, second, third)] == ["unread"] * 3
    assert stored(first).lane == "to_read"
    with reading() as session:
        assert sorted(session.scalars(select(Assessment.decision))) == ["no_further_action"] * 2 + ["undone"] * 2
    with pytest.raises(WrongState):
        bulk.undo(ana, act_id=outcome.act_id, now=NOW)
    with pytest.raises(NotFound):
        bulk.undo(ben, act_id=outcome.act_id, now=NOW)


def test_skim_closes_nothing_urgent_and_refuses_what_is_no_choice(app: Flask, officers: Officers) -> None:
    live, calm = tip(is_live=True), tip("calm")
    triage.read_tips(NOW)
    for each in (live, calm):
        triage.claim(officers[0], tip_id=each.tip_id, now=NOW)
    outcome = skim.decide(officers[0], choices=[(calm.tip_id, "too_vague"), (live.tip_id, "same")], now=NOW)
    assert (outcome.done, list(outcome.left)) == (1, [live.tip_id])
    assert stored(live.tip_id).state == "claimed"
    for wrong in ([(live.tip_id, "same")], [(live.tip_id, "danger")]):
        with pytest.raises(BadInput):
            skim.decide(officers[0], choices=wrong, now=NOW)


def test_closed_together_unopened_is_closed_unread_and_can_be_undone(app: Flask, officers: Officers) -> None:
    ana, ben = officers
    seen, unseen, held = tip("one"), tip("two"), tip("three")
    triage.read_tips(NOW)
    triage.view(ana, tip_id=seen.tip_id, now=NOW)
    triage.claim(ben, tip_id=held.tip_id, now=NOW)
    chosen = dict.fromkeys((seen.tip_id, unseen.tip_id, held.tip_id), "nothing_said")
    outcome = bulk.decide(ana, choices=chosen, kind="together", now=NOW)
    assert (outcome.done, list(outcome.left)) == (2, [held.tip_id])
    assert ids(ana, which="closed_unread") == [unseen.tip_id]
    assert triage.view(ana, tip_id=unseen.tip_id, now=NOW).assessments[0].is_unread
    assert bulk.latest(ana).id == outcome.act_id  # type: ignore[union-attr]
    triage.claim(ben, tip_id=seen.tip_id, now=NOW)
    assert bulk.undo(ana, act_id=outcome.act_id, now=NOW) == 1
    assert (stored(unseen.tip_id).state, stored(unseen.tip_id).is_closed_unread) == ("unread", False)
    assert ids(ana, which="closed_unread") == []
    assert bulk.latest(ana) is None
    with pytest.raises(BadInput):
        bulk.decide(ana, choices=dict.fromkeys(range(501), "nothing_said"), kind="together", now=NOW)


def test_high_urgency_and_a_sample_are_read_again_by_somebody_else(
    app: Flask, officers: Officers, chance: list[int]
) -> None:
    ana, ben = officers
    high, calm, lucky = tip(is_live=True), tip("calm"), tip("calm too")
    for each in (high, calm, lucky):
        triage.claim(ana, tip_id=each.tip_id, now=NOW)
    decide(ana, high.tip_id, "no_further_action", "checked_not", words="not him")
    chance += [4]
    decide(ana, calm.tip_id, "no_further_action", "too_vague")
    chance += [5]
    decide(ana, lucky.tip_id, "no_further_action", "too_vague")
    assert [(one.row.id, one.why) for one in rereading.waiting(ben)] == [
        (high.tip_id, "high"),
        (calm.tip_id, "sample"),
    ]
    assert rereading.waiting(ana) == []
    first, second = rereading.waiting(ben)
    with pytest.raises(NotAllowed):
        rereading.settle(ana, rereading_id=first.id, is_agreed=True, now=NOW)
    assert rereading.settle(ben, rereading_id=first.id, is_agreed=False, now=NOW) == high.tip_id
    rereading.settle(ben, rereading_id=second.id, is_agreed=True, now=NOW)
    assert (stored(high.tip_id).state, stored(high.tip_id).reasons[-1]) == ("unread", "disagreed")
    assert stored(calm.tip_id).state == "done"
    with pytest.raises(WrongState):
        rereading.settle(ben, rereading_id=first.id, is_agreed=True, now=NOW)
    with pytest.raises(NotFound):
        rereading.settle(ben, rereading_id=4711, is_agreed=True, now=NOW)


def test_what_points_away_is_never_closed_by_one_person(app: Flask, officers: Officers) -> None:
    ana, ben = officers
    one = tip("he was with me")
    triage.claim(ana, tip_id=one.tip_id, now=NOW)
    decide(ana, one.tip_id, "no_further_action", "too_vague", points_away=True)
    assert (stored(one.tip_id).state, stored(one.tip_id).points_away) == ("escalated", True)
    triage.claim(ana, tip_id=one.tip_id, now=NOW)
    decide(ana, one.tip_id, "no_further_action", "too_vague")
    assert stored(one.tip_id).state == "escalated"
    triage.claim(ben, tip_id=one.tip_id, now=NOW)
    triage.release_claim(ben, tip_id=one.tip_id, now=NOW)
    assert stored(one.tip_id).state == "escalated"
    triage.claim(ben, tip_id=one.tip_id, now=NOW)
    decide(ben, one.tip_id, "no_further_action", "too_vague")
    assert stored(one.tip_id).state == "done"
    assert bulk.decide(ana, choices={one.tip_id: "too_vague"}, kind="together", now=NOW).done == 0


def test_a_grade_is_whole_or_nothing(app: Flask, officers: Officers) -> None:
    one = tip()
    triage.claim(officers[0], tip_id=one.tip_id, now=NOW)
    for wrong in ("2D", "9DC", "2DCC"):
        with pytest.raises(BadInput) as caught:
            decide(officers[0], one.tip_id, "actioned", "in_case", grade=wrong)
        assert list(caught.value.fields) == ["grade"]
    decide(officers[0], one.tip_id, "actioned", "in_case", grade="2DC")
    assert triage.view(officers[0], tip_id=one.tip_id, now=NOW).assessments[0].grade == "2DC"


def test_a_tip_is_handed_over_to_somebody_who_reads_tips(app: Flask, officers: Officers) -> None:
    ana, ben = officers
    with writing() as session:
        role = Role(name="triager")
        session.get_one(User, ben.id).roles = [role]
    one = tip()
    with pytest.raises(WrongState):
        triage.hand_over(ana, tip_id=one.tip_id, officer_id=ben.id, now=NOW)
    triage.claim(ana, tip_id=one.tip_id, now=NOW)
    with pytest.raises(BadInput):
        triage.hand_over(ana, tip_id=one.tip_id, officer_id=4711, now=NOW)
    triage.hand_over(ana, tip_id=one.tip_id, officer_id=ben.id, now=NOW)
    assert stored(one.tip_id).claimed_by_id == ben.id
    assert entries()[-1][:2] == ("officer:1", "hand tip over")


def test_views_are_kept_under_a_name_and_belong_to_their_officer(app: Flask, officers: Officers) -> None:
    ana, ben = officers
    views.save(ana, name="  Spanish  only ", filters={"language": "es", "nonsense": "x"}, now=NOW)
    views.save(ana, name="Spanish only", filters={"language": "es", "lane": "live"}, now=NOW)
    (view,) = views.of(ana)
    assert (view.name, view.filters) == ("Spanish only", {"lane": "live", "language": "es"})
    assert views.of(ben) == []
    with pytest.raises(NotFound):
        views.remove(ben, view_id=view.id)
    views.remove(ana, view_id=view.id)
    assert views.of(ana) == []
    with pytest.raises(BadInput):
        views.save(ana, name=" ", filters={}, now=NOW)


def test_single_keys_are_off_and_can_be_changed_but_not_doubled(app: Flask, officers: Officers) -> None:
    ana = officers[0]
    assert views.keys(ana) == (False, views.USUAL)
    views.choose_keys(ana, is_on=True, changed={"skim.keep": "Z"})
    is_on, keys = views.keys(ana)
    assert (is_on, keys["skim.keep"], keys["skim.lift"]) == (True, "z", "l")
    for wrong in ({"skim.keep": "l"}, {"skim.keep": ""}, {"go.next": "s"}):
        with pytest.raises(BadInput):
            views.choose_keys(ana, is_on=True, changed=wrong)


def test_usual_keys_of_one_page_are_all_different() -> None:
    for page in ("reason.", "skim."):
        keys = [key for code, key in views.USUAL.items() if code.startswith((page, "go."))]
        assert len(keys) == len(set(keys))


def test_deadlines_are_settings_within_limits(app: Flask, officers: Officers) -> None:
    force.change(SYSTEM, values={"deadline_live": "10", "grading": "3x5x2"}, now=NOW)
    assert lanes.heads(NOW)["live"].minutes == 10
    for wrong in ({"deadline_live": "61"}, {"draw_every": "x"}, {"grading": "5x5x5"}):
        with pytest.raises(BadInput):
            force.change(SYSTEM, values=wrong, now=NOW)
