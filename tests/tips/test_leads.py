"""Leads: suggested at arrival, gathered by hand, undone and brought back without loss; echoes, checks, ways."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from appeal.db import reading
from appeal.models.lead import Lead, LeadMember
from appeal.rules.errors import BadInput, Changed, NotAllowed, NotFound, WrongState
from appeal.rules.permissions import Actor
from appeal.tips import arrivals, lead_pages, leads, membership, triage, visible
from tests.tips.conftest import NOW
from tests.tips.test_triage import decide, entries, stored, tip

Officers = tuple[Actor, Actor]
PARROT = "A man with a green parrot on his shoulder followed a woman with a pram"
POST = "Watch out for a man with a green parrot on his shoulder following women in town"
HERE, NEAR, FAR = "53.79700, -1.54800", "53.79800, -1.54600", "51.50000, -0.12000"


@pytest.fixture(autouse=True)
def chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """No tip is drawn for a second reading."""
    monkeypatch.setattr("secrets.randbelow", lambda most: most - 1)


def placed(said: str, position: str, *, minutes: int = 0, **more: object) -> int:
    facts = {"position": position} if position else {}
    return tip(said, facts=facts, at=NOW + timedelta(minutes=minutes), **more).tip_id


def take_in() -> None:
    triage.read_tips(NOW)
    arrivals.take_in(NOW)


def lead_id(tip_id: int) -> int | None:
    return stored(tip_id).lead_id


def members(of: int) -> list[int]:
    with reading() as session:
        return [member.tip_id for member in membership.members(session, of)]


def three() -> tuple[int, int, int, int]:
    one = placed(PARROT, HERE)
    other = placed("parrot man! he kept close behind a mum with a pram", NEAR, minutes=8)
    third = placed("that fellow with the green bird on the shoulder, he had a stick", NEAR, minutes=16)
    take_in()
    found = lead_id(one)
    assert found is not None
    return one, other, third, found


def test_tips_of_one_event_are_suggested_and_others_are_not(app: Flask, officers: Officers) -> None:
    elsewhere = placed("someone left an orange rucksack under the clock", NEAR, minutes=4)
    one, other, third, found = three()
    far = placed(PARROT.replace("followed", "sat beside"), FAR, minutes=2)
    take_in()
    assert members(found) == [one, other, third]
    assert lead_id(elsewhere) is None
    assert lead_id(far) in {None, found}
    (line,), _after = lead_pages.page(officers[0])
    assert (line.state, line.tip_count, line.independent_count) == ("suggested", 3, 3)


def test_an_echo_of_one_post_counts_once(app: Flask, officers: Officers) -> None:
    first = placed(POST, "")
    second = placed(f"RT: {POST}", "", minutes=20)
    third = placed(f"friend sent me this: {POST.lower()}", "", minutes=300)
    take_in()
    found = lead_id(first)
    assert lead_id(second) == lead_id(third) == found is not None
    view = lead_pages.view(officers[0], lead_id=found, now=NOW)
    assert [one.echo_of for one in view.members] == [None, first, first]
    assert (view.line.tip_count, view.line.independent_count) == (3, 1)


def test_a_lead_shows_what_each_alone_says_and_who_put_it_in(app: Flask, officers: Officers) -> None:
    one, _other, third, found = three()
    view = lead_pages.view(officers[0], lead_id=found, now=NOW)
    assert [part for part, is_new in view.members[2].parts if is_new][-1] == "stick"
    assert view.members[2].has_news
    assert "alike" in view.members[1].reasons
    assert {member.added_by for member in view.members} == {""}
    assert ("officer:1", "view lead", f"lead:{found}", "") in entries()
    visible.restrict(officers[0], tip_id=third, reader_ids=[officers[0].id], why="names an officer", now=NOW)
    hidden = lead_pages.view(officers[1], lead_id=found, now=NOW)
    assert (next(each.row.id for each in hidden.members), hidden.hidden) == (one, 1)


def test_undoing_and_bringing_back_loses_nothing(app: Flask, officers: Officers) -> None:
    ana, ben = officers
    one, other, third, found = three()
    version = lead_pages.view(ana, lead_id=found, now=NOW).version
    leads.confirm(ana, lead_id=found, expected_version=version, now=NOW)
    added = placed("nothing like it", "")
    leads.gather(ben, tip_ids=[added], title="", now=NOW, lead_id=found)
    with pytest.raises(Changed):
        leads.undo(ana, lead_id=found, expected_version=version, now=NOW)
    version = lead_pages.view(ana, lead_id=found, now=NOW).version
    assert leads.undo(ana, lead_id=found, expected_version=version, now=NOW) == 4
    assert [lead_id(each) for each in (one, other, third, added)] == [None] * 4
    with pytest.raises(WrongState):
        leads.undo(ana, lead_id=found, expected_version=stored_version(found), now=NOW)
    elsewhere = leads.gather(ben, tip_ids=[third], title="other", now=NOW)
    assert leads.bring_back(ana, lead_id=found, now=NOW) == (3, 1)
    assert members(found) == [one, other, added]
    assert members(elsewhere) == [third]
    with pytest.raises(WrongState):
        leads.bring_back(ana, lead_id=found, now=NOW)
    with reading() as session:
        rows = session.scalars(select(LeadMember).where(LeadMember.tip_id == other).order_by(LeadMember.id)).all()
    assert [(row.added_by_id, row.left_by_id) for row in rows] == [(None, 1), (1, None)]
    assert rows[0].reasons == rows[1].reasons


def stored_version(found: int) -> int:
    with reading() as session:
        return session.get_one(Lead, found, populate_existing=True).version


def test_what_was_taken_out_is_not_suggested_again(app: Flask, officers: Officers) -> None:
    _one, _other, third, found = three()
    leads.take_out(officers[0], lead_id=found, tip_ids=[third], now=NOW)
    with pytest.raises(BadInput):
        leads.take_out(officers[0], lead_id=found, tip_ids=[third], now=NOW)
    tip("and he had a stick", thread="none")
    take_in()
    assert lead_id(third) is None
    assert len(members(found)) == 2


def test_a_closed_tip_comes_back_when_a_later_one_fits(app: Flask, officers: Officers) -> None:
    one = placed(PARROT, HERE)
    take_in()
    triage.claim(officers[0], tip_id=one, now=NOW)
    decide(officers[0], one, "no_further_action", "too_vague")
    placed("parrot man! he kept close behind a mum with a pram", NEAR, minutes=8)
    take_in()
    assert (stored(one).state, stored(one).reasons[-1]) == ("unread", "matched_later")


def test_a_check_holds_for_its_hours(app: Flask, officers: Officers) -> None:
    *_tips, found = three()
    leads.check(officers[0], lead_id=found, finding="not_him", words="unit 7", hours=6, now=NOW)
    held = lead_pages.checked(found, NOW + timedelta(hours=5))
    assert held is not None
    assert (held.finding, held.words, held.officer) == ("not_him", "unit 7", "Officer 1")
    assert lead_pages.checked(found, NOW + timedelta(hours=6)) is None
    for wrong in ({"finding": "nonsense"}, {"hours": 0}):
        with pytest.raises(BadInput):
            leads.check(
                officers[0], **{"lead_id": found, "finding": "not_him", "words": "", "hours": 1, "now": NOW} | wrong
            )  # type: ignore[arg-type]


def test_the_way_says_what_one_person_cannot_have_done(app: Flask, officers: Officers) -> None:
    ids = [
        placed("a", HERE),
        placed("b", NEAR, minutes=10),
        placed("c", FAR, minutes=40),
        placed("d", "52.00, -0.20", minutes=90),
    ]
    take_in()
    found = leads.gather(officers[0], tip_ids=ids, title="The way", now=NOW)
    view = lead_pages.view(officers[0], lead_id=found, now=NOW)
    assert [hop.means for hop in view.hops] == ["walked", "impossible", "driven"]
    assert view.line.title == "The way"


def test_gathering_says_what_is_wrong(app: Flask, officers: Officers) -> None:
    ana = officers[0]
    one = placed("a", "")
    with pytest.raises(BadInput):
        leads.gather(ana, tip_ids=[], title="", now=NOW)
    with pytest.raises(BadInput):
        leads.gather(ana, tip_ids=list(range(501)), title="", now=NOW)
    for wrong in ({"tip_ids": [one, 4711]}, {"tip_ids": [one], "lead_id": 4711}):
        with pytest.raises(NotFound):
            leads.gather(ana, **{"title": "", "now": NOW} | wrong)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        leads.gather(Actor(9, "A", frozenset({"author"})), tip_ids=[one], title="", now=NOW)


def test_a_large_lead_opens_a_part_and_counts_all(
    app: Flask, officers: Officers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lead_pages, "MOST_OPENED", 25)
    ids = [placed(f"number {number}", "", minutes=number) for number in range(30)]
    found = leads.gather(officers[0], tip_ids=ids, title="", now=NOW)
    view = lead_pages.view(officers[0], lead_id=found, now=NOW)
    assert (len(view.members), view.more, view.line.tip_count) == (25, 5, 30)
    assert isinstance(view.members[0].at, datetime)


def test_leads_are_listed_by_state_and_page(app: Flask, officers: Officers) -> None:
    ana = officers[0]
    made = [leads.gather(ana, tip_ids=[placed(f"a{n}", ""), placed(f"b{n}", "")], title="", now=NOW) for n in range(3)]
    first, after = lead_pages.page(ana, limit=2)
    second, end = lead_pages.page(ana, limit=2, after=after)
    assert ([one.id for one in (*first, *second)], end) == (made[::-1], "")
    leads.undo(ana, lead_id=made[0], expected_version=stored_version(made[0]), now=NOW)
    assert [one.id for one in lead_pages.page(ana, state="undone")[0]] == [made[0]]
    assert lead_pages.page(ana, appeal="nothing")[0] == []
