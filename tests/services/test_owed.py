"""What approvals owe: asked for in time, told when it is late, held where the force wants that, disowned at once."""

from datetime import date, datetime, timedelta

import pytest

from appeal.db import reading
from appeal.models.appeal import Approval
from appeal.models.notice import Notice
from appeal.models.paging import Page
from appeal.rules.errors import NotAllowed, WrongState
from appeal.services import appeals, approvals, authorities, owed, releases, reviews, signatures
from appeal.services import force as settings
from tests import factories
from tests.factories import ANSWERS, NOON, Force

pytestmark = pytest.mark.slow

TOMORROW = date(2026, 3, 3)


def set_to(force: Force, **values: str) -> None:
    settings.change(force.people.administrator, values=values, now=NOON)


def approval() -> Approval:
    with reading() as session:
        return session.query(Approval).populate_existing().one()


def launch(force: Force, by: str, revision_id: int, now: datetime = NOON, **answers: str) -> int:
    releases.launch(
        getattr(force.people, by),
        revision_id=revision_id,
        content_sha256=appeals.revision(revision_id).content_sha256,
        posts_sha256=approvals.posts_sha256(approvals.previews(revision_id)),
        answers={**ANSWERS, "flags_kept": "yes", **answers},
        review_on=TOMORROW,
        now=now,
    )
    return int(appeals.revision(revision_id).appeal_id)


def by_telephone(force: Force) -> int:
    set_to(force, telephone_authority="yes")
    given = {"recorded_for": str(force.people.approver.id), "authority_words": "“Yes, publish it.”"}
    return launch(force, "triager", factories.submitted(force.people), **given)


def urgent(force: Force, **facts: object) -> int:
    revision_id = factories.draft(force.people)
    version = appeals.revision(revision_id).version
    appeals.save(
        force.people.author, revision_id=revision_id, expected_version=version, facts=facts, texts={}, now=NOON
    )
    factories.submit(force.people, revision_id)
    empty = dict.fromkeys(("necessity", "proportionality", "risk", "statement"), "")
    return launch(force, "approver", revision_id, urgent="yes", why_now="He is armed.", **empty)


def asked(kind: str) -> list[list[int]]:
    with reading() as session:
        rows = session.query(Page).filter_by(kind=kind).order_by(Page.id)
        return [[one.officer_id for one in row.asks] for row in rows]


def told(kind: str) -> set[str]:
    with reading() as session:
        return {one.officer.name for one in session.query(Notice).filter_by(kind=kind)}


def test_only_the_approver_is_asked_to_confirm_at_once_and_twice_before_the_limit(force: Force) -> None:
    by_telephone(force)
    moments = [NOON + timedelta(hours=hours) for hours in (0, 0.1, 2, 2.1, 3)]
    assert [owed.ask(now=moment) for moment in moments] == [1, 0, 1, 0, 1]
    assert asked("confirm") == [[force.people.approver.id]] * 3
    assert told("owed") == set()


def test_after_the_limit_all_approvers_and_administrators_are_told_once(force: Force) -> None:
    appeal_id = by_telephone(force)
    late = NOON + timedelta(hours=4)
    assert [owed.ask(now=late) for _ in range(2)] == [1, 0]
    assert told("owed") == {"Approver", "Other_Approver", "Administrator"}
    found = owed.of_appeal(appeal_id)
    assert found is not None
    assert (found.is_late(late), found.is_late(NOON), found.holds) == (True, False, False)


def test_what_is_confirmed_is_owed_no_more(force: Force) -> None:
    appeal_id = by_telephone(force)
    owed.ask(now=NOON)
    approvals.confirm(force.people.approver, approval_id=approval().id, now=NOON)
    assert owed.of_appeal(appeal_id) is None
    assert owed.ask(now=NOON + timedelta(hours=5)) == 0
    with reading() as session:
        assert session.query(Page).filter(Page.kind == "confirm", Page.ended_at.is_(None)).count() == 0


def test_an_urgent_approval_owes_reasons_a_further_signature_and_a_review(force: Force) -> None:
    person = {"key": "s1", "type": "person", "name": "Ana Prueba", "category": "missing", "regime": "general"}
    appeal_id = urgent(force, subjects=[{**person, "age_from": "12"}])
    found = owed.of_appeal(appeal_id)
    assert found is not None
    assert [one.code for one in found.debts] == ["reasons", "further", "review"]
    assert owed.ask(now=NOON + timedelta(hours=20)) == 1
    assert asked("owed") == [[force.people.approver.id]]
    kept = approval()
    approvals.complete(force.people.approver, approval_id=kept.id, answers=ANSWERS, now=NOON)
    signatures.sign_further(
        force.people.other_approver,
        revision_id=kept.revision_id,
        content_sha256=kept.content_sha256,
        statement="I agree.",
        now=NOON,
    )
    reviews.renew(force.people.other_approver, appeal_id=appeal_id, review_on=TOMORROW, now=NOON)
    assert owed.of_appeal(appeal_id) is None


def test_what_has_not_gone_out_is_held_after_the_limit_where_the_force_wants_it(force: Force) -> None:
    set_to(force, owed_holds="yes")
    by_telephone(force)
    late = NOON + timedelta(hours=4)
    factories.tick(now=late)
    assert set(factories.states(force.channels["site"])) == {"held"}
    approvals.confirm(force.people.approver, approval_id=approval().id, now=late)
    factories.tick(now=late)
    assert set(factories.states()) == {"sent"}


def test_what_was_held_goes_on_when_the_force_wants_it_otherwise(force: Force) -> None:
    set_to(force, owed_holds="yes")
    by_telephone(force)
    late = NOON + timedelta(hours=4)
    factories.tick(now=late)
    set_to(force, owed_holds="no")
    owed.ask(now=late)
    factories.tick(now=late)
    assert set(factories.states()) == {"sent"}


def test_an_authority_that_was_not_given_takes_everything_down_and_tells_all(force: Force) -> None:
    appeal_id = by_telephone(force)
    factories.tick()
    with pytest.raises(NotAllowed):
        authorities.disown(force.people.other_approver, approval_id=approval().id, now=NOON)
    authorities.disown(force.people.approver, approval_id=approval().id, now=NOON)
    appeal = appeals.view(appeal_id)
    assert (appeal.take_down_reason, owed.of_appeal(appeal_id)) == ("authority", None)
    assert told("disowned") == {"Approver", "Other_Approver", "Administrator"}
    with pytest.raises(WrongState):
        releases.release_again(force.people.approver, appeal_id=appeal_id, now=NOON)
