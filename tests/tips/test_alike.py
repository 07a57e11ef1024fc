"""What stands beside a tip: its own words, others like it and of the same person, its history; nothing hidden."""

from datetime import timedelta

import pytest
from flask import Flask

from appeal.db import writing
from appeal.models.tip import Message, Tip
from appeal.rules.errors import NotFound
from appeal.rules.permissions import Actor
from appeal.tips import alike, arrivals, history, triage, visible
from tests.tips.conftest import NOW
from tests.tips.test_triage import tip

Officers = tuple[Actor, Actor]
PARROT = "A man with a green parrot on his shoulder followed a woman with a pram"
HERE = {"position": "53.79700, -1.54800"}


def take_in() -> None:
    triage.read_tips(NOW)
    arrivals.take_in(NOW)


def test_words_that_no_other_tip_holds_are_shown_as_they_were_written(app: Flask, officers: Officers) -> None:
    one = tip("He carried a Zíther in the market").tip_id
    tip("I saw him in the market, he carried bread")
    take_in()
    assert alike.beside(officers[0], one).own_words == ("Zíther",)


def test_similar_tips_come_with_their_reasons_and_without_words(app: Flask, officers: Officers) -> None:
    one = tip(PARROT, facts=HERE).tip_id
    other = tip("parrot man! he kept close behind a mum with a pram", facts=HERE, at=NOW + timedelta(minutes=8)).tip_id
    tip("someone left an orange rucksack under the clock")
    take_in()
    (found,) = alike.beside(officers[0], one).similar
    assert (found.row.id, found.is_echo) == (other, False)
    assert "near" in found.reasons
    assert "parrot" not in repr(found)


def test_everything_else_of_the_same_person_is_found_newest_first(app: Flask, officers: Officers) -> None:
    first = tip("one", sender="+34600999888", thread="a").tip_id
    second = tip("two", sender="+34600999888", thread="b", at=NOW + timedelta(minutes=1)).tip_id
    third = tip("three", sender="+34600999888", thread="c", at=NOW + timedelta(minutes=2)).tip_id
    tip("four", sender="+34600000000", thread="d")
    take_in()
    assert [row.id for row in alike.beside(officers[0], first).same_person] == [third, second]


def test_what_an_officer_may_not_see_is_not_beside_it_either(app: Flask, officers: Officers) -> None:
    ana, ben = officers
    first = tip("one", sender="+34600999888", thread="a").tip_id
    hidden = tip("two", sender="+34600999888", thread="b").tip_id
    take_in()
    visible.restrict(ana, tip_id=hidden, reader_ids=[ana.id], why="names an officer", now=NOW)
    assert alike.beside(ben, first).same_person == ()
    assert [row.id for row in alike.beside(ana, first).same_person] == [hidden]
    with pytest.raises(NotFound):
        alike.beside(ben, hidden)
    with pytest.raises(NotFound):
        history.of(ben, hidden)


def test_a_tip_that_cannot_be_opened_has_nothing_beside_it(app: Flask, officers: Officers) -> None:
    one = tip("one").tip_id
    take_in()
    with writing() as session:
        session.query(Message).where(Message.tip_id == one).one().content.sealed = b"broken"
    assert alike.beside(officers[0], one) == alike.Alike()


def test_history_says_who_did_what_without_words(app: Flask, officers: Officers) -> None:
    ana = officers[0]
    one = tip("one").tip_id
    triage.claim(ana, tip_id=one, now=NOW)
    triage.reveal(ana, tip_id=one, reason="danger to life", now=NOW)
    triage.assess(ana, tip_id=one, decision="no_further_action", reason="too_vague", now=NOW)
    found = history.of(ana, one)
    assert [(act.officer, act.action, act.reason) for act in found] == [
        ("Officer 1", "assess tip: no_further_action", "too_vague"),
        ("Officer 1", "reveal sender", ""),
        ("Officer 1", "claim tip", ""),
    ]
    assert "danger" not in repr(found)


def test_who_sent_a_hidden_tip_is_not_revealed(app: Flask, officers: Officers) -> None:
    ana, ben = officers
    one = tip("one", sender="+34600999888").tip_id
    visible.restrict(ana, tip_id=one, reader_ids=[ana.id], why="names an officer", now=NOW)
    with pytest.raises(NotFound):
        triage.reveal(ben, tip_id=one, reason="curious", now=NOW)
    with writing() as session:
        assert session.get_one(Tip, one).is_restricted
