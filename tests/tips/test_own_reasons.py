"""The force's list of reasons: added ones decide like any other, switched-off ones are offered no more."""

import pytest
from flask import Flask

from appeal.rules.errors import BadInput, NotAllowed, NotFound
from appeal.rules.permissions import SYSTEM, Actor
from appeal.tips import own_reasons, skim, triage, views, visible
from tests.tips.conftest import NOW
from tests.tips.test_triage import stored, tip

Officers = tuple[Actor, Actor]


def test_a_reason_of_the_force_decides_a_tip_and_has_its_key(app: Flask, officers: Officers) -> None:
    ana = officers[0]
    code = own_reasons.add(SYSTEM, decision="no_further_action", key="Z", words="Seen at the fair", now=NOW)
    assert [one.words for one in own_reasons.current() if one.key == "z"] == ["Seen at the fair"]
    assert views.keys(ana)[1][f"reason.{code}"] == "z"
    one = tip().tip_id
    triage.claim(ana, tip_id=one, now=NOW)
    triage.assess(ana, tip_id=one, decision="no_further_action", reason=code, now=NOW)
    assert stored(one).state == "done"


def test_what_is_wrong_with_a_new_reason_is_said(app: Flask, officers: Officers) -> None:
    cases = (({"key": "s"}, "key"), ({"key": "ab"}, "key"), ({"words": " "}, "words"), ({"decision": "x"}, "decision"))
    for wrong, field in cases:
        given = {"decision": "spam", "key": "z", "words": "Chain letter"} | wrong
        with pytest.raises(BadInput) as refused:
            own_reasons.add(SYSTEM, now=NOW, **given)
        assert list(refused.value.fields) == [field]
    with pytest.raises(NotAllowed):
        own_reasons.add(officers[0], decision="spam", key="z", words="Chain letter", now=NOW)


def test_a_reason_that_is_switched_off_is_offered_no_more_and_comes_back(app: Flask, officers: Officers) -> None:
    own_reasons.switch(SYSTEM, code="mockery", is_off=True, now=NOW)
    assert "mockery" not in {one.code for one in own_reasons.current()}
    assert "mockery" not in skim.choices()
    assert own_reasons.known()["mockery"].words == "A joke or abuse"
    own_reasons.switch(SYSTEM, code="mockery", is_off=False, now=NOW)
    assert "mockery" in skim.choices()
    with pytest.raises(BadInput):
        own_reasons.switch(SYSTEM, code="supervisor", is_off=True, now=NOW)
    with pytest.raises(NotFound):
        own_reasons.switch(SYSTEM, code="nothing", is_off=True, now=NOW)


def test_a_restricted_tip_is_decided_with_a_sentence(app: Flask, officers: Officers) -> None:
    ana = officers[0]
    one = tip().tip_id
    visible.restrict(ana, tip_id=one, reader_ids=[ana.id], why="an officer is named", now=NOW)
    triage.claim(ana, tip_id=one, why="named reader", now=NOW)
    with pytest.raises(BadInput):
        triage.assess(ana, tip_id=one, decision="actioned", reason="in_case", now=NOW)
    triage.assess(ana, tip_id=one, decision="actioned", reason="in_case", words="To the inspectorate.", now=NOW)
    assert stored(one).state == "done"
