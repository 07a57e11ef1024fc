"""Reviews: asked in time and inside staffed hours, renewed in one press, and what a lapse does."""

from datetime import datetime, timedelta

import pytest

from appeal.db import reading
from appeal.models.appeal import Approval
from appeal.models.paging import Page
from appeal.rules.errors import BadInput, NotAllowed, NotFound
from appeal.services import appeals, reviews, rota
from tests import factories
from tests.factories import NOON, REVIEW, Force


def approval() -> Approval:
    with reading() as session:
        return session.query(Approval).populate_existing().one()


def pages() -> int:
    with reading() as session:
        return session.query(Page).filter_by(kind="review").count()


def deadline() -> datetime:
    with reading():
        return reviews.deadline(approval())


def missing(force: Force) -> int:
    revision_id = factories.draft(force.people, kind="missing")
    texts = {"en": {"title": "Woman missing"}, "es": {"title": "Mujer desaparecida"}}
    appeals.save(
        force.people.author,
        revision_id=revision_id,
        expected_version=2,
        facts={"level": "missing", "missing_risk": "high"},
        texts=texts,
        now=NOON,
    )
    factories.submit(force.people, revision_id)
    factories.launch(force.people, revision_id)
    return int(appeals.revision(revision_id).appeal_id)


def test_a_review_falls_inside_staffed_hours_of_its_day(force: Force) -> None:
    factories.launched(force.people)
    assert rota.is_open(deadline())
    assert deadline().date() == REVIEW


def test_it_is_asked_three_times_and_once_each(force: Force) -> None:
    factories.launched(force.people)
    at = deadline()
    assert reviews.ask(now=at - timedelta(hours=25)) == 0
    for hours in (24, 4, 1):
        assert [reviews.ask(now=at - timedelta(hours=hours)) for _ in range(2)] == [1, 0]
    assert pages() == 3


def test_renewing_keeps_the_hash_and_begins_anew(force: Force) -> None:
    appeal_id = factories.launched(force.people)
    before, at = approval(), deadline()
    reviews.ask(now=at - timedelta(hours=1))
    later = REVIEW + timedelta(days=14)
    reviews.renew(force.people.other_approver, appeal_id=appeal_id, review_on=later, now=at)
    after = approval()
    assert (after.content_sha256, after.review_on, after.asked_stage) == (before.content_sha256, later, 0)
    assert reviews.ask(now=at) == 0
    assert appeals.view(appeal_id).taken_down_at is None


def test_only_an_approver_who_did_not_write_it_renews(force: Force) -> None:
    appeal_id = factories.launched(force.people)
    with pytest.raises(NotAllowed):
        reviews.renew(force.people.author, appeal_id=appeal_id, review_on=REVIEW, now=NOON)
    with pytest.raises(BadInput):
        reviews.renew(force.people.approver, appeal_id=appeal_id, review_on=NOON.date(), now=NOON)
    made = appeals.draft(force.people.author, kind="warning", now=NOON)
    with pytest.raises(NotFound):
        reviews.renew(force.people.approver, appeal_id=made.appeal_id, review_on=REVIEW, now=NOON)


def test_a_lapse_takes_down_and_says_that_it_is_being_reviewed(force: Force) -> None:
    appeal_id = factories.launched(force.people)
    factories.tick()
    at = deadline()
    assert reviews.ask(now=at) == 1
    appeal = appeals.view(appeal_id)
    assert (appeal.take_down_reason, appeal.taken_down_by_id, appeal.ending) == ("review", None, "")
    assert reviews.ask(now=at + timedelta(hours=1)) == 0


def test_a_missing_person_at_high_risk_stays_and_somebody_is_asked_until_an_answer_comes(force: Force) -> None:
    appeal_id = missing(force)
    at = deadline()
    assert [reviews.ask(now=at + timedelta(minutes=minutes)) for minutes in (0, 5, 11, 22)] == [1, 0, 1, 1]
    assert appeals.view(appeal_id).taken_down_at is None
    reviews.renew(force.people.approver, appeal_id=appeal_id, review_on=REVIEW + timedelta(days=2), now=at)
    assert reviews.ask(now=at + timedelta(minutes=40)) == 0


def test_days_are_those_of_the_force(force: Force) -> None:
    appeal_id, approver = factories.launched(force.people), force.people.other_approver
    after_midnight = NOON.replace(hour=23, minute=30)
    already_today = NOON.date() + timedelta(days=1)
    with pytest.raises(BadInput, match="after today"):
        reviews.renew(approver, appeal_id=appeal_id, review_on=already_today, now=after_midnight)
    reviews.renew(approver, appeal_id=appeal_id, review_on=already_today + timedelta(days=1), now=after_midnight)
