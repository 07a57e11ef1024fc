"""Closing a lead spares what says something new; a queue of one place; bundles are listed and come in parts."""

from datetime import timedelta

import pytest
from flask import Flask

from appeal.models.appeal import Appeal
from appeal.rules.errors import BadInput, NotFound
from appeal.rules.permissions import Actor
from appeal.tips import arrivals, board, bulk, bundle, bundles, lead_closing, leads, novelty, placed, triage
from appeal.tips.board import Wanted
from tests.tips.conftest import NOW
from tests.tips.test_triage import stored, tip

Officers = tuple[Actor, Actor]


def take_in() -> None:
    triage.read_tips(NOW)
    arrivals.take_in(NOW)


def test_closing_a_lead_spares_what_is_new_urgent_or_held(app: Flask, officers: Officers) -> None:
    ana, ben = officers
    same = [tip("the green parrot man walked there", at=NOW + timedelta(minutes=n)).tip_id for n in range(3)]
    new = tip("the green parrot man walked there with a zither").tip_id
    live = tip("the green parrot man walked there", is_live=True).tip_id
    triage.read_tips(NOW)
    lead_id = leads.gather(ana, tip_ids=[*same, new, live], title="", now=NOW)
    triage.claim(ben, tip_id=same[0], now=NOW)

    outcome = lead_closing.close(ana, lead_id=lead_id, reason="known_already", now=NOW)

    assert outcome.done == 2
    assert {one: stored(one).state for one in (*same, new, live)} == {
        same[0]: "claimed",
        same[1]: "done",
        same[2]: "done",
        new: "unread",
        live: "unread",
    }
    assert outcome.left[new] == lead_closing.NEWS
    assert live in outcome.left
    assert bulk.undo(ana, act_id=outcome.act_id, now=NOW) == 2


def test_closing_says_what_is_missing(app: Flask, officers: Officers) -> None:
    ana = officers[0]
    lead_id = leads.gather(ana, tip_ids=[tip("zither").tip_id], title="", now=NOW)
    for reason in ("", "supervisor", "same_event"):
        with pytest.raises(BadInput):
            lead_closing.close(ana, lead_id=lead_id, reason=reason, now=NOW)
    with pytest.raises(BadInput, match="only repeats"):
        lead_closing.close(ana, lead_id=lead_id, reason="too_vague", now=NOW)
    with pytest.raises(NotFound):
        lead_closing.close(ana, lead_id=4711, reason="too_vague", now=NOW)


def test_words_of_their_own_are_the_same_read_once_or_each_against_all() -> None:
    texts = {1: "a green parrot in Leeds", 2: "a green parot with a zither", 3: "", 4: "green green parrot leeds"}
    each = {
        key: novelty.own(text, [other for one, other in texts.items() if one != key]) for key, text in texts.items()
    }
    assert novelty.own_of(texts) == each


def test_a_queue_of_one_place_finds_it_misspelt_and_tells_nobody(app: Flask, officers: Officers) -> None:
    here = tip("he stood there", facts={"where": "Quillfeather Street"}).tip_id
    tip("he stood there too", facts={"where": "Mill Bridge"})
    take_in()
    mark = placed.mark("quilfether")
    assert "quil" not in mark
    assert [row.id for row in board.page(officers[0], Wanted(place=mark), now=NOW).rows] == [here]
    assert board.page(officers[0], Wanted(place="nonsense"), now=NOW).rows == ()
    with pytest.raises(BadInput):
        placed.mark(" . ")


def test_a_large_appeal_is_handed_over_in_parts_that_are_listed(app: Flask, officers: Officers, appeal: Appeal) -> None:
    ana = officers[0]
    for number in range(5):
        tip(f"number {number}", appeal=appeal.public_id)
    with pytest.raises(BadInput) as refused:
        bundle.make(ana, why="court", now=NOW, appeal=appeal.public_id, most=2)
    assert refused.value.fields["part"] == "This appeal has 5 tips: they make 3 bundles. Say which one, from 1."
    parts = [bundle.make(ana, why="court 7", now=NOW, appeal=appeal.public_id, part=n, most=2) for n in (1, 2, 3)]
    assert [one.tips for one in parts] == [2, 2, 1]
    with pytest.raises(NotFound):
        bundle.make(ana, why="court", now=NOW, appeal=appeal.public_id, part=4, most=2)
    listed = bundles.earlier(ana)
    assert [(one.officer, one.tip_count, one.why) for one in listed] == [
        ("Officer 1", 1, "court 7"),
        ("Officer 1", 2, "court 7"),
        ("Officer 1", 2, "court 7"),
    ]
    assert len({one.sha256 for one in listed}) == 3
