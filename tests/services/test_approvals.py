"""The second person: never the author, exactly what was shown, with a basis and a date; giving back with a reason."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from appeal.db import reading, writing
from appeal.models.appeal import Approval, RevisionText
from appeal.models.ledger import LedgerEntry
from appeal.models.notice import Notice
from appeal.models.release import Release
from appeal.rules.errors import BadInput, NotAllowed, WrongState
from appeal.rules.permissions import Actor
from appeal.services import appeals, approvals, releases
from tests import factories, fakes
from tests.factories import ANSWERS, NOON, REVIEW, Force


def sign(actor: Actor, revision_id: int, **changed: object) -> int:
    given: dict[str, object] = {
        "content_sha256": appeals.revision(revision_id).content_sha256,
        "posts_sha256": approvals.posts_sha256(approvals.previews(revision_id)),
        "answers": ANSWERS,
        "review_on": REVIEW,
        "now": NOON,
    }
    return releases.launch(actor, revision_id=revision_id, **{**given, **changed})  # type: ignore[arg-type]


def counts() -> tuple[int, int]:
    with reading() as session:
        return session.query(Approval).count(), session.query(Release).count()


def test_a_preview_is_what_goes_out(force: Force, platforms: fakes.Platforms) -> None:
    revision_id = factories.submitted(force.people)
    shown = {one.channel.publisher: one.post.text for one in approvals.previews(revision_id) if one.post}
    factories.launch(force.people, revision_id)
    factories.tick()
    for one in platforms.out:
        assert one.text.replace(one.key, "-" * 8) == shown[one.platform]
    assert set(shown) == {"site", "x", "sms", "email"}


def test_a_preview_says_what_does_not_fit(force: Force) -> None:
    revision_id = factories.draft(force.people)
    with writing() as session:
        session.query(RevisionText).filter_by(language="en", field="title").update({"body": "long " * 100})
    found = approvals.previews(revision_id)
    assert [(one.fits, len(one.reasons)) for one in found] == [(False, 1)] * 4
    with pytest.raises(BadInput):
        approvals.signed_posts(revision_id, "")


def test_the_signature_binds_content_posts_and_answers(force: Force) -> None:
    revision_id = factories.submitted(force.people)
    sign(force.people.approver, revision_id)
    with reading() as session:
        kept = session.query(Approval).one()
    assert (kept.content_sha256, kept.review_on) == (appeals.revision(revision_id).content_sha256, REVIEW)
    assert {name: getattr(kept, name) for name in ANSWERS} == ANSWERS
    assert (kept.author_id, kept.approver_id) == (force.people.author.id, force.people.approver.id)
    assert set(kept.posts) == {str(force.channels[one]) for one in ("site", "x", "sms", "email")}


def test_the_author_never_approves_whatever_roles_they_have(force: Force) -> None:
    revision_id = factories.submitted(force.people)
    both = replace(force.people.author, roles=frozenset({"author", "approver"}))
    with pytest.raises(NotAllowed):
        sign(both, revision_id)
    assert counts() == (0, 0)


def test_who_wrote_an_earlier_revision_does_not_approve_a_later_one(force: Force) -> None:
    appeal_id = factories.launched(force.people)
    following = appeals.begin_next(force.people.other_author, appeal_id=appeal_id, now=NOON)
    appeals.submit(force.people.other_author, revision_id=following.id, expected_version=1, now=NOON)
    for author in (force.people.author, force.people.other_author):
        with pytest.raises(NotAllowed):
            sign(replace(author, roles=frozenset({"approver"})), following.id)


def test_the_database_itself_refuses_one_person_alone(force: Force) -> None:
    revision_id = factories.submitted(force.people)
    sign(force.people.approver, revision_id)
    with pytest.raises(IntegrityError), writing() as session:
        session.query(Approval).update({"approver_id": force.people.author.id})


@pytest.mark.parametrize("role", ["author", "triager", "administrator", "auditor", "observer", "other_author"])
def test_nobody_else_approves_or_gives_back(force: Force, role: str) -> None:
    revision_id = factories.submitted(force.people)
    with pytest.raises(NotAllowed):
        sign(getattr(force.people, role), revision_id)
    with pytest.raises(NotAllowed):
        approvals.give_back(getattr(force.people, role), revision_id=revision_id, reason="no", now=NOON)
    assert (counts(), appeals.revision(revision_id).state) == ((0, 0), "submitted")


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_is_asked_for(force: Force, name: str) -> None:
    revision_id = factories.submitted(force.people)
    with pytest.raises(BadInput) as caught:
        sign(force.people.approver, revision_id, answers={**ANSWERS, name: " "})
    assert (list(caught.value.fields), counts()) == ([name], (0, 0))


@pytest.mark.parametrize("days", [0, -1, 367])
def test_the_review_lies_ahead_and_within_a_year(force: Force, days: int) -> None:
    revision_id = factories.submitted(force.people)
    with pytest.raises(BadInput) as caught:
        sign(force.people.approver, revision_id, review_on=NOON.date() + timedelta(days=days))
    assert list(caught.value.fields) == ["review_on"]


def test_a_basis_that_is_not_on_the_list_is_refused(force: Force) -> None:
    revision_id = factories.submitted(force.people)
    with pytest.raises(BadInput) as caught:
        sign(force.people.approver, revision_id, answers={**ANSWERS, "legal_basis": "Because"})
    assert list(caught.value.fields) == ["legal_basis"]


def test_another_text_than_was_shown_is_not_signed(force: Force) -> None:
    revision_id = factories.submitted(force.people)
    shown = approvals.posts_sha256(approvals.previews(revision_id))
    with pytest.raises(WrongState):
        sign(force.people.approver, revision_id, content_sha256="0" * 64)
    with pytest.raises(WrongState):
        sign(force.people.approver, revision_id, posts_sha256="0" * 64)
    with writing() as session:
        session.query(RevisionText).filter_by(language="en", field="happened").update({"body": "Otherwise."})
    with pytest.raises(WrongState, match="not the text that you were shown"):
        sign(force.people.approver, revision_id, posts_sha256=shown)
    assert counts() == (0, 0)


def test_a_draft_cannot_be_signed_and_nothing_twice(force: Force) -> None:
    revision_id = factories.draft(force.people)
    with pytest.raises(WrongState):
        sign(force.people.approver, revision_id)
    factories.submit(force.people, revision_id)
    sign(force.people.approver, revision_id)
    with pytest.raises(WrongState):
        sign(force.people.other_approver, revision_id)
    assert counts() == (1, 1)


def test_the_next_approval_ends_the_one_before(force: Force) -> None:
    appeal_id = factories.launched(force.people)
    factories.launched(force.people)
    factories.corrected(force.people, appeal_id, now=NOON + timedelta(hours=1))
    assert [one.state for one in appeals.view(appeal_id).revisions] == ["superseded", "approved"]
    with reading() as session:
        ends = [one.ended_at for one in session.query(Approval).order_by(Approval.id)]
    assert ends == [NOON + timedelta(hours=1), None, None]


def test_an_appeal_is_given_back_with_a_reason(force: Force) -> None:
    revision_id = factories.submitted(force.people)
    with pytest.raises(BadInput):
        approvals.give_back(force.people.approver, revision_id=revision_id, reason="  ", now=NOON)
    approvals.give_back(force.people.approver, revision_id=revision_id, reason="One word is wrong.", now=NOON)
    found = appeals.revision(revision_id)
    assert (found.state, found.return_reason) == ("returned", "One word is wrong.")
    with reading() as session:
        told = [one.officer.name for one in session.query(Notice).filter_by(kind="returned")]
        actions = [one.action for one in session.query(LedgerEntry).order_by(LedgerEntry.id)]
    assert (told, actions[-1]) == (["Author"], "return")
    factories.submit(force.people, revision_id)
    sign(force.people.approver, revision_id)
    assert counts() == (1, 1)


def test_an_approval_and_its_release_happen_together_or_not_at_all(
    force: Force, monkeypatch: pytest.MonkeyPatch
) -> None:
    revision_id = factories.submitted(force.people)

    def fail(*_: object) -> None:
        raise RuntimeError("on purpose")

    monkeypatch.setattr(releases, "_plan", fail)
    with pytest.raises(RuntimeError):
        sign(force.people.approver, revision_id)
    assert (counts(), appeals.revision(revision_id).state) == ((0, 0), "submitted")
