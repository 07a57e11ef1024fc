"""Family first: the neutral text at once, the approved closing words when everybody who has to was told."""

import pytest

from appeal.db import writing
from appeal.models.appeal import RevisionText
from appeal.rules.endings import ENDINGS
from appeal.rules.errors import BadInput, NotAllowed, WrongState
from appeal.services import appeals, contents, letters, told
from tests import factories
from tests.factories import NOON, Force

pytestmark = pytest.mark.slow

WORDS = "It is over. Thank you."


def ended(force: Force, ending: str = "arrested") -> int:
    """An appeal that was out everywhere and has its ending; its closing words are known."""
    revision_id = factories.draft(force.people)
    version = appeals.revision(revision_id).version
    texts = {"en": {f"ending_{ending}": WORDS}}
    appeals.save(
        force.people.author, revision_id=revision_id, expected_version=version, facts={}, texts=texts, now=NOON
    )
    factories.submit(force.people, revision_id)
    factories.launch(force.people, revision_id)
    factories.tick()
    appeal_id = appeals.revision(revision_id).appeal_id
    appeals.end(force.people.approver, appeal_id=appeal_id, ending=ending, now=NOON)
    factories.tick()
    return int(appeal_id)


def tick(force: Force, appeal_id: int, code: str, name: str = "Mother, by telephone") -> bool:
    return told.tick(force.people.approver, appeal_id=appeal_id, code=code, name=name, now=NOON)


def test_the_closing_words_wait_until_everybody_was_told(force: Force) -> None:
    appeal_id = ended(force)
    codes = ENDINGS["arrested"].told
    assert told.owed(appeals.view(appeal_id), told.listed(appeal_id)) == list(codes)
    planned = len(factories.copies(kind="retract"))
    assert [tick(force, appeal_id, code) for code in codes] == [False, False, True]
    more = factories.copies(kind="retract")[planned:]
    assert {one.channel_id for one in more} == {force.channels[one] for one in ("site", "sms", "email")}
    assert told.owed(appeals.view(appeal_id), told.listed(appeal_id)) == []
    factories.tick()
    assert {one.state for one in factories.copies(kind="retract")} == {"sent"}


def test_who_was_told_is_kept_with_name_and_time(force: Force) -> None:
    appeal_id = ended(force)
    tick(force, appeal_id, "victim", " Ana, at home ")
    (row,) = told.listed(appeal_id)
    assert (row.code, row.name, row.told_at, row.officer_id) == (
        "victim",
        "Ana, at home",
        NOON,
        force.people.approver.id,
    )


def test_nothing_is_ticked_twice_without_a_name_or_before_the_ending(force: Force) -> None:
    appeal_id = ended(force)
    tick(force, appeal_id, "victim")
    with pytest.raises(WrongState):
        tick(force, appeal_id, "victim")
    with pytest.raises(WrongState):
        tick(force, appeal_id, "family")
    with pytest.raises(BadInput):
        tick(force, appeal_id, "control_room", " ")
    with pytest.raises(BadInput):
        tick(force, appeal_id, "nobody")
    running = factories.launched(force.people)
    with pytest.raises(WrongState):
        tick(force, running, "family")
    with pytest.raises(NotAllowed):
        told.tick(force.people.observer, appeal_id=appeal_id, code="family", name="Ana", now=NOON)


def test_an_ending_belongs_to_its_kind(force: Force) -> None:
    made = appeals.draft(force.people.author, kind="missing", now=NOON)
    with pytest.raises(BadInput):
        appeals.end(force.people.approver, appeal_id=made.appeal_id, ending="arrested", now=NOON)


def test_the_closing_words_of_an_ending_are_frozen_with_the_appeal(force: Force) -> None:
    revision_id = factories.draft(force.people)
    sha256 = factories.submit(force.people, revision_id)
    with writing() as session:
        session.query(RevisionText).filter_by(language="en", field="ending_arrested").update({"body": "Other"})
    assert contents.frozen_sha256(appeals.revision(revision_id)) != sha256


def test_the_letter_is_printed_when_it_was_taken_down(force: Force) -> None:
    running = factories.launched(force.people)
    with pytest.raises(WrongState):
        letters.printed(force.people.approver, appeal_id=running, language="en", now=NOON)
    factories.tick()
    appeals.take_down(force.people.approver, appeal_id=running, reason="wrong_person", now=NOON)
    factories.tick()
    made = letters.printed(force.people.approver, appeal_id=running, language="es", now=NOON)
    assert made.startswith(b"%PDF")
