"""Tips about somebody shown by mistake leave queue, leads and search, but what has to be read first is read first."""

from dataclasses import replace

from flask import Flask

from appeal.db import reading, writing
from appeal.models.appeal import Appeal
from appeal.models.tip import Tip
from appeal.rules.permissions import Actor
from appeal.tips import arrivals, aside, intake, mistaken, search, triage
from tests.tips.conftest import NOW
from tests.tips.test_intake import words

Two = tuple[Actor, Actor]


def told(text: str, appeal: Appeal, **more: object) -> int:
    one = replace(words(text), appeal=appeal.public_id, **more)  # type: ignore[arg-type]
    return intake.receive(one, token=one.external_id).tip_id


def end(appeal: Appeal, ending: str = "mistaken") -> None:
    with writing() as session:
        session.get_one(Appeal, appeal.id).ending = ending


def aside_ids(officer: Actor) -> set[int]:
    return {row.id for row in aside.listed(officer)}


def test_they_leave_queue_and_search_and_an_officer_may_give_one_back(
    app: Flask, officers: Two, appeal: Appeal
) -> None:
    tip_id = told("He lives in the harbour street", appeal)
    with writing() as session:
        other = Appeal(public_id="other", kind="wanted", author_id=1, created_at=NOW)
        session.add(other)
    kept = told("He drinks at the harbour", other)
    triage.read_tips(NOW)
    arrivals.take_in(NOW)
    assert mistaken.restrict(NOW) == 0
    end(appeal)
    assert [mistaken.restrict(NOW) for _ in range(2)] == [1, 0]
    assert [row.id for row in triage.queue().rows] == [kept]
    assert [one.row.id for one in search.search(officers[0], search.Asked("harbour"), now=NOW).found] == [kept]
    assert (aside_ids(officers[0]), mistaken.count(appeal.id)) == ({tip_id}, (1, 0))
    with reading() as session:
        assert session.get_one(Tip, tip_id, populate_existing=True).is_closed_unread
    aside.take_back(officers[0], tip_id=tip_id, why="It speaks of the right one.", now=NOW)
    assert mistaken.restrict(NOW) == 0


def test_what_has_to_be_read_first_is_restricted_when_it_was_read(app: Flask, officers: Two, appeal: Appeal) -> None:
    tip_id = told("That is me in the picture", appeal, facts={"about_me": "yes"})
    triage.read_tips(NOW)
    with writing() as session:
        session.get_one(Tip, tip_id).lane = "about_me"
    end(appeal)
    assert (mistaken.restrict(NOW), mistaken.count(appeal.id)) == (0, (0, 1))
    with writing() as session:
        tip = session.get_one(Tip, tip_id, populate_existing=True)
        tip.state, tip.done_at = "done", NOW
    assert (mistaken.restrict(NOW), mistaken.count(appeal.id)) == (1, (1, 0))
