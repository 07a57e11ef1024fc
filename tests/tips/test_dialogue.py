"""Questions to somebody who left a code: sealed for them alone and the desk, answered as messages of the tip."""

import pytest
from flask import Flask
from sqlalchemy import select

from appeal import sealing
from appeal.db import reading, writing
from appeal.installation import current
from appeal.models.dialogue import Said
from appeal.models.tip import Tip
from appeal.rules.errors import BadInput, NotAllowed, NotFound, WrongState
from appeal.rules.permissions import Actor
from appeal.tips import bundle, dialogue, intake, traces
from tests.tips.conftest import NOW
from tests.tips.test_intake import words
from tests.tips.test_triage import entries, tip

Officers = tuple[Actor, Actor]
QUESTION = "¿Hacia dónde fue? 😀"


@pytest.fixture
def received(app: Flask) -> intake.Received:
    token = sealing.new_token(current().keys.form_key, NOW)
    noise = sealing.new_token(current().keys.form_key, NOW)
    intake.receive(words("noise"), token=noise)
    return intake.receive(words("he lives there"), token=token)


def said(tip_id: int, code: str) -> list[tuple[str, str]]:
    return [(line.kind, line.words) for line in dialogue.read(tip_id, code)]


def test_the_person_reads_with_the_code_and_nobody_else(officers: Officers, received: intake.Received) -> None:
    dialogue.ask(officers[0], tip_id=received.tip_id, words=f"  {QUESTION} ", now=NOW)
    dialogue.tell_outcome(officers[1], tip_id=received.tip_id, outcome="helped", now=NOW)
    assert said(received.tip_id, received.code) == [("question", QUESTION), ("outcome", "helped")]
    other = sealing.tip_code(sealing.new_token(current().keys.form_key, NOW))
    assert said(received.tip_id, other) == []
    lines = dialogue.of_tip(received.tip_id)
    assert [(line.words, line.officer, line.seen_at) for line in lines] == [
        (QUESTION, "Officer 1", None),
        ("helped", "Officer 2", None),
    ]
    with reading() as session:
        stored = b"".join(session.scalars(select(Said.sealed)))
    assert "dónde".encode() not in stored
    acts = [entry for entry in entries() if entry[2] == f"tip:{received.tip_id}"]
    assert acts[-2:] == [
        ("officer:1", "ask person", f"tip:{received.tip_id}", ""),
        ("officer:2", "tell person outcome", f"tip:{received.tip_id}", "helped"),
    ]


def test_that_the_person_came_back_is_kept_once_to_the_minute(officers: Officers, received: intake.Received) -> None:
    dialogue.ask(officers[0], tip_id=received.tip_id, words="When?", now=NOW)
    lines = dialogue.read(received.tip_id, received.code)
    dialogue.seen(received.tip_id, lines, now=NOW)
    (line,) = dialogue.of_tip(received.tip_id)
    assert line.seen_at == NOW.replace(second=0)


def test_who_left_no_code_cannot_be_asked(officers: Officers) -> None:
    texted = tip("he is at the bridge").tip_id
    assert not dialogue.can_answer(texted)
    with pytest.raises(WrongState):
        dialogue.ask(officers[0], tip_id=texted, words="When?", now=NOW)


@pytest.mark.parametrize("question", ["", "  ", "a" * 1_001])
def test_a_question_has_words_and_an_end(officers: Officers, received: intake.Received, question: str) -> None:
    with pytest.raises(BadInput):
        dialogue.ask(officers[0], tip_id=received.tip_id, words=question, now=NOW)
    with pytest.raises(BadInput):
        dialogue.tell_outcome(officers[0], tip_id=received.tip_id, outcome=question, now=NOW)


def test_only_who_may_assess_the_tip_asks(officers: Officers, received: intake.Received) -> None:
    with pytest.raises(NotAllowed):
        dialogue.ask(Actor(9, "Author", frozenset({"author"})), tip_id=received.tip_id, words="When?", now=NOW)
    with pytest.raises(NotFound):
        dialogue.ask(officers[0], tip_id=7, words="When?", now=NOW)


def test_the_dialogue_is_disclosed_and_goes_with_the_tip(officers: Officers, received: intake.Received) -> None:
    dialogue.ask(officers[0], tip_id=received.tip_id, words=QUESTION, now=NOW)
    made = bundle.make(officers[0], why="court", now=NOW, tip_ids=[received.tip_id])
    assert made.tips == 1
    with writing() as session:
        traces.remove(session, session.get_one(Tip, received.tip_id), cause="time", now=NOW)
    assert dialogue.of_tip(received.tip_id) == []
