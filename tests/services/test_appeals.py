"""From the first word to the signature: drafts, two officers at once, submitting, the next revision beside the old."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from appeal.db import reading, writing
from appeal.models.appeal import Revision
from appeal.models.ledger import LedgerEntry
from appeal.models.notice import Notice
from appeal.rules.content import KINDS
from appeal.rules.errors import BadInput, Changed, NotAllowed, NotFound, WrongState
from appeal.rules.permissions import Actor
from appeal.services import appeals
from tests import factories, fakes
from tests.factories import NOON, Force


def save(actor: Actor, revision_id: int, version: int, **texts: str) -> int:
    return appeals.save(
        actor, revision_id=revision_id, expected_version=version, facts={}, texts={"en": texts}, now=NOON
    )


def text(revision_id: int, field: str, language: str = "en") -> str:
    found = appeals.revision(revision_id)
    return next((one.body for one in found.texts if (one.language, one.field) == (language, field)), "")


@pytest.mark.parametrize("kind", KINDS)
def test_a_draft_begins_with_contact_lines_and_every_active_channel(force: Force, kind: str) -> None:
    made = appeals.draft(force.people.author, kind=kind, now=NOON)
    found = appeals.revision(made.id)
    assert (found.state, found.number, found.version, found.appeal.kind) == ("draft", 1, 1, kind)
    assert found.facts["channels"] == [force.channels[one] for one in ("site", "x", "sms", "email")]
    assert text(made.id, "contact") == "Call 112 if you see the person now.\nCall 091 with information."
    assert "112" in text(made.id, "contact", "es")


def test_the_public_id_says_nothing(force: Force) -> None:
    made = [appeals.revision(factories.draft(force.people)).appeal.public_id for _ in range(20)]
    assert (len(set(made)), {len(one) for one in made}) == (20, {12})


def test_an_unknown_kind_and_a_wrong_role_are_refused(force: Force) -> None:
    with pytest.raises(BadInput) as caught:
        appeals.draft(force.people.author, kind="party", now=NOON)
    assert list(caught.value.fields) == ["kind"]
    for actor in (force.people.approver, force.people.triager, force.people.observer, force.people.administrator):
        with pytest.raises(NotAllowed):
            appeals.draft(actor, kind="wanted", now=NOON)
    assert appeals.board() == []


def test_saving_changes_what_was_given_and_nothing_else(force: Force) -> None:
    revision_id = factories.draft(force.people)
    assert save(force.people.author, revision_id, 2, title="Another title") == 3
    assert (text(revision_id, "title"), text(revision_id, "happened")) == ("Another title", "He fled on foot.")
    assert text(revision_id, "title", "es") == "Se busca"


def test_the_second_of_two_officers_is_shown_both_texts(force: Force) -> None:
    revision_id = factories.draft(force.people)
    save(force.people.author, revision_id, 2, title="First")
    with pytest.raises(Changed) as caught:
        save(force.people.other_author, revision_id, 2, title="Second")
    assert caught.value.theirs["title.en"] == "First"
    assert (text(revision_id, "title"), appeals.revision(revision_id).version) == ("First", 3)


def test_what_is_too_long_is_refused_at_its_field_and_nothing_is_kept(force: Force) -> None:
    revision_id = factories.draft(force.people)
    with pytest.raises(BadInput) as caught:
        save(force.people.author, revision_id, 2, title="x" * 121, happened="kept?")
    assert list(caught.value.fields) == ["title"]
    assert (text(revision_id, "happened"), appeals.revision(revision_id).version) == ("He fled on foot.", 2)


def test_the_ledger_names_fields_and_keeps_no_text(force: Force) -> None:
    revision_id = factories.draft(force.people)
    save(force.people.author, revision_id, 2, title="Canary Juan")
    with reading() as session:
        entry = session.query(LedgerEntry).filter_by(action="save draft").order_by(LedgerEntry.id.desc()).first()
        assert entry is not None
        kept = [str(value) for value in vars(entry).values()]
    assert entry.target == f"revision:{revision_id}"
    assert (any("title" in one for one in kept), any("Canary" in one for one in kept)) == (True, False)


def test_everything_that_blocks_is_named_at_its_field(force: Force) -> None:
    made = appeals.draft(force.people.author, kind="wanted", now=NOON)
    with pytest.raises(BadInput) as caught:
        appeals.submit(force.people.author, revision_id=made.id, expected_version=1, now=NOON)
    wanted = {"title", "happened", "place", "when_at", "level", "s1_name", "case_reference"}
    assert set(caught.value.fields) == wanted | {"necessity", "proportionality", "risk"}
    assert appeals.revision(made.id).state == "draft"


def test_a_channel_that_cannot_take_it_blocks(force: Force, platforms: fakes.Platforms) -> None:
    revision_id = factories.draft(force.people)
    with writing() as session:
        session.get_one(Revision, revision_id).texts[0].body += ""
    appeals.save(
        force.people.author,
        revision_id=revision_id,
        expected_version=2,
        facts={},
        texts={"en": {"title": ""}, "es": {}},
        now=NOON,
    )
    with pytest.raises(BadInput) as caught:
        factories.submit(force.people, revision_id)
    assert list(caught.value.fields) == ["title"]


def test_submitting_freezes_and_tells_the_approvers(force: Force) -> None:
    revision_id = factories.draft(force.people)
    sha256 = factories.submit(force.people, revision_id)
    found = appeals.revision(revision_id)
    assert (found.state, found.content_sha256, found.submitted_at) == ("submitted", sha256, NOON)
    with reading() as session:
        told = session.query(Notice).filter_by(kind="page").order_by(Notice.id).all()
        assert [one.officer.name for one in told] == ["Approver", "Other_Approver"]
        assert not any("Juan" in one.subject + one.body for one in told)
    with pytest.raises(WrongState):
        save(force.people.author, revision_id, found.version, title="Later")
    with pytest.raises(WrongState):
        factories.submit(force.people, revision_id)


def test_submitting_what_somebody_else_changed_is_refused(force: Force) -> None:
    revision_id = factories.draft(force.people)
    save(force.people.other_author, revision_id, 2, title="Theirs")
    with pytest.raises(Changed):
        appeals.submit(force.people.author, revision_id=revision_id, expected_version=2, now=NOON)


def test_the_next_revision_begins_beside_the_approved_one_which_goes_on(
    force: Force, platforms: fakes.Platforms
) -> None:
    appeal_id = factories.launched(force.people, on=[force.channels["x"]])
    following = appeals.begin_next(force.people.author, appeal_id=appeal_id, now=NOON)
    save(force.people.author, following.id, 1, title="Changed")
    factories.tick()
    assert [one.state for one in appeals.view(appeal_id).revisions] == ["approved", "draft"]
    assert ("Changed" in platforms.texts("x")[0], len(platforms.texts("x"))) == (False, 1)
    assert text(following.id, "happened") == "He fled on foot."


def test_an_open_draft_is_continued_and_a_waiting_one_is_not_passed(force: Force) -> None:
    revision_id = factories.draft(force.people)
    appeal_id = appeals.revision(revision_id).appeal_id
    assert appeals.begin_next(force.people.author, appeal_id=appeal_id, now=NOON).id == revision_id
    factories.submit(force.people, revision_id)
    with pytest.raises(WrongState):
        appeals.begin_next(force.people.author, appeal_id=appeal_id, now=NOON)
    with pytest.raises(NotFound):
        appeals.begin_next(force.people.author, appeal_id=99, now=NOON)


def test_the_board_shows_the_newest_first(force: Force) -> None:
    first = factories.draft(force.people)
    second = factories.draft(force.people, now=NOON + timedelta(hours=1))
    assert [one.revisions[0].id for one in appeals.board()] == [second, first]
    assert [one.revisions[0].id for one in appeals.board(limit=1)] == [second]


def test_the_title_is_the_newest_there_is(force: Force) -> None:
    appeal_id = factories.launched(force.people)
    appeals.begin_next(force.people.author, appeal_id=appeal_id, now=NOON)
    shown = appeals.view(appeal_id)
    assert (appeals.title(shown, "es"), appeals.title(shown, "fr")) == ("Se busca", "Man wanted")


def test_what_was_read_earlier_does_not_decide(force: Force) -> None:
    revision_id = factories.draft(force.people)
    held = appeals.revision(revision_id)
    with writing() as session:
        session.execute(
            update(Revision).where(Revision.id == revision_id).values(version=9),
            execution_options={"synchronize_session": False},
        )
    assert held.version == 2
    with pytest.raises(Changed):
        save(force.people.author, revision_id, 2, title="Late")
