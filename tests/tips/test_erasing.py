"""Only spam without content is erased, after a second look, and never while a legal hold stands."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from appeal.db import reading, writing
from appeal.models.appeal import Appeal, LegalHold
from appeal.models.ledger import LedgerEntry
from appeal.models.tip import Assessment, Tip
from appeal.rules.errors import BadInput, WrongState
from appeal.rules.lifecycle import TipState
from appeal.rules.permissions import Actor
from appeal.tips import erasing, intake
from appeal.tips.inbound import InboundFile
from tests.tips.conftest import NOW
from tests.tips.test_intake import text_of, words

SPAM = "buy cheap pills"
Two = tuple[Actor, Actor]


def spam(officers: Two, looks: int = 2, **more: object) -> intake.Received:
    one = replace(words(SPAM), **more)  # type: ignore[arg-type]
    received = intake.receive(one, token=one.external_id)
    with writing() as session:
        tip = session.get_one(Tip, received.tip_id)
        tip.state, tip.done_at = TipState.DONE.value, NOW
        for officer in officers[:looks]:
            session.add(
                Assessment(tip_id=tip.id, officer_id=officer.id, decision="spam", reason="advertising", decided_at=NOW)
            )
    return received


def test_spam_that_two_saw_is_emptied_and_in_the_ledger(app: Flask, officers: Two) -> None:
    received = spam(officers)
    assert erasing.erase(officers[0], tip_id=received.tip_id, why="advertising", now=NOW)
    assert text_of(received.message_id)["text"] == ""
    with reading() as session:
        entry = session.scalars(select(LedgerEntry).where(LedgerEntry.action == "erase tip")).one()
    assert (entry.target, entry.actor) == (f"tip:{received.tip_id}", "officer:1")
    assert SPAM not in str(entry.fields)


def test_one_look_is_not_enough(app: Flask, officers: Two) -> None:
    received = spam(officers, looks=1)
    with pytest.raises(WrongState):
        erasing.erase(officers[0], tip_id=received.tip_id, why="x", now=NOW)
    assert text_of(received.message_id)["text"] == SPAM


def test_what_has_content_is_kept(app: Flask, officers: Two) -> None:
    picture = spam(officers, files=(InboundFile("a.jpg", "image/jpeg", b"\xff\xd8\xff"),))
    urgent = spam(officers)
    with writing() as session:
        session.get_one(Tip, urgent.tip_id).reasons = ["looks_like_spam", "names_someone"]
    for one in (picture, urgent):
        with pytest.raises(WrongState, match="more in it"):
            erasing.erase(officers[0], tip_id=one.tip_id, why="x", now=NOW)


def test_reason_is_needed(app: Flask, officers: Two) -> None:
    with pytest.raises(BadInput):
        erasing.erase(officers[0], tip_id=spam(officers).tip_id, why=" ", now=NOW)


def test_hold_turns_erasing_into_restricting(app: Flask, officers: Two, appeal: Appeal) -> None:
    received = spam(officers, appeal=appeal.public_id)
    with writing() as session:
        session.add(LegalHold(appeal_id=appeal.id, reason="launch", set_at=NOW))
    assert not erasing.erase(officers[0], tip_id=received.tip_id, why="x", now=NOW)
    assert text_of(received.message_id)["text"] == SPAM
    with reading() as session:
        assert session.get_one(Tip, received.tip_id, populate_existing=True).is_restricted
