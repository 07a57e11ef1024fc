"""Somebody was shown by mistake: the order of what follows, and the correction that another officer has approved."""

from dataclasses import replace
from datetime import timedelta

import pytest

from appeal.db import reading, writing
from appeal.models.ledger import LedgerEntry
from appeal.models.release import Channel
from appeal.rules.errors import BadInput, NotAllowed, WrongState
from appeal.services import appeals, contents, corrections, mistakes, outcomes, removals, told
from tests import factories, fakes
from tests.factories import NOON, Force

pytestmark = pytest.mark.slow

WORDS = "An appeal of ours showed the wrong person. Please delete it."


def approved(force: Force, words: str = WORDS) -> int:
    made = corrections.write(force.people.author, language="en", body=words, now=NOON)
    corrections.approve(force.people.approver, correction_id=made, now=NOON)
    return made


def declared(force: Force) -> int:
    appeal_id = factories.launched(force.people)
    factories.tick()
    mistakes.declare(force.people.approver, appeal_id=appeal_id, told_name="Sala 2", now=NOON)
    factories.tick()
    return appeal_id


def test_a_correction_holds_when_another_officer_has_approved_it(force: Force) -> None:
    people = force.people
    made = corrections.write(people.author, language="en", body=f" {WORDS}\n", now=NOON)
    assert corrections.current("en") == ""
    both = replace(people.author, roles=frozenset({"author", "approver"}))
    with pytest.raises(NotAllowed):
        corrections.approve(both, correction_id=made, now=NOON)
    corrections.approve(people.approver, correction_id=made, now=NOON)
    assert (corrections.current("en"), corrections.current("es")) == (WORDS, "")
    approved(force, "A newer one.")
    assert corrections.current("en") == "A newer one."
    with pytest.raises(WrongState):
        corrections.approve(people.approver, correction_id=made, now=NOON)
    for wrong in ({"language": "xx"}, {"body": " "}, {"body": "long " * 50}):
        with pytest.raises(BadInput):
            corrections.write(people.author, **{"language": "en", "body": WORDS, **wrong}, now=NOON)


def test_the_control_room_is_told_then_everything_comes_down_at_once(force: Force) -> None:
    appeal_id = declared(force)
    appeal = appeals.view(appeal_id)
    assert (appeal.ending, appeal.take_down_reason, appeal.taken_down_at) == ("mistaken", "wrong_person", NOON)
    assert set(factories.states(kind="retract")) == {"sent"}
    found = mistakes.progress(appeal_id)
    assert (found.control_room and found.control_room.name, found.person) == ("Sala 2", None)
    with reading() as session:
        acts = [one.action for one in session.query(LedgerEntry).order_by(LedgerEntry.id)]
    assert acts.index("tell first") < acts.index("end")


def test_the_correction_goes_where_the_appeal_was_and_says_nothing_of_it(
    force: Force, platforms: fakes.Platforms
) -> None:
    approved(force)
    appeal_id = declared(force)
    assert {one.platform for one in platforms.out if WORDS in one.text} == {"sms", "email"}
    ((channel, copy),) = mistakes.progress(appeal_id).statements
    assert (channel.publisher, copy.state) == ("x", "sent")
    posted = [one.text for one in platforms.out if one.platform == "x"]
    assert posted[-1].startswith("EXERCISE publish: Correction")
    with reading():
        content = contents.statement(appeals.view(appeal_id).revisions[-1], channel)
    assert (content.happened, content.pictures, content.subjects, content.reference) == (WORDS, (), (), "")
    assert {one.state for one in outcomes.overview(appeal_id)} <= {"coming_down", "told", "gone"}
    assert {one.channel.publisher for one in removals.coming_down(appeal_id, now=NOON)} == {"site", "x", "sms", "email"}


def test_nothing_waits_for_the_person_who_is_told_all_the_same(force: Force) -> None:
    appeal_id = declared(force)
    assert told.owed(appeals.view(appeal_id), told.listed(appeal_id)) == ["person"]
    told.tick(force.people.approver, appeal_id=appeal_id, code="person", name="By telephone", now=NOON)
    assert told.owed(appeals.view(appeal_id), told.listed(appeal_id)) == []


def test_what_was_taken_down_before_says_the_correction_too_and_no_answers_are_waited_for(
    force: Force, platforms: fakes.Platforms
) -> None:
    approved(force)
    appeal_id = factories.launched(force.people)
    factories.tick()
    with writing() as session:
        session.get_one(Channel, force.channels["x"]).polled_at = NOON
    appeals.take_down(force.people.triager, appeal_id=appeal_id, reason="other", now=NOON)
    factories.tick()
    assert factories.states(force.channels["x"], "retract") == ["pending"]
    mistakes.declare(force.people.approver, appeal_id=appeal_id, told_name="Sala 2", now=NOON)
    factories.tick()
    assert factories.states(force.channels["x"], "retract") == ["sent"]
    assert {one.platform for one in platforms.out if WORDS in one.text} == {"sms", "email"}
    assert [channel.publisher for channel, _copy in mistakes.progress(appeal_id).statements] == ["x"]


def test_a_mistake_may_be_found_after_another_ending_and_only_once(force: Force) -> None:
    appeal_id = factories.launched(force.people)
    factories.tick()
    appeals.end(force.people.approver, appeal_id=appeal_id, ending="arrested", now=NOON)
    later = NOON + timedelta(days=1)
    mistakes.declare(force.people.approver, appeal_id=appeal_id, told_name="Sala 2", now=later)
    assert appeals.view(appeal_id).ending == "mistaken"
    with pytest.raises(WrongState):
        mistakes.declare(force.people.approver, appeal_id=appeal_id, told_name="Sala 2", now=later)
    with pytest.raises(BadInput):
        mistakes.declare(force.people.approver, appeal_id=factories.launched(force.people), told_name=" ", now=NOON)
