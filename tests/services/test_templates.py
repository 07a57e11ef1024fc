"""Drafts that begin from a template or as a copy."""

import pytest

from appeal.models.appeal import Revision
from appeal.rules.errors import BadInput, NotAllowed, NotFound
from appeal.services import appeals, contents, mistakes, templates
from tests import factories
from tests.factories import NOON, Force


def newest(appeal_id: int) -> Revision:
    return appeals.revision(appeals.view(appeal_id).revisions[-1].id)


def test_a_template_fills_in_everything_but_the_person(force: Force) -> None:
    revision_id = factories.draft(force.people, on=[force.channels["x"]])
    factories.add_photo(force.people, revision_id)
    appeal_id = appeals.revision(revision_id).appeal_id
    made = templates.make(force.people.author, appeal_id=appeal_id, name=" Robbery ", now=NOON)
    assert [(one.id, one.name, one.kind) for one in templates.listed()] == [(made, "Robbery", "wanted")]
    begun = newest(templates.begin(force.people.other_author, template_id=made, now=NOON))
    said = contents.texts(begun, "en")
    assert (said["title"], said["happened"]) == ("Man wanted", "He fled on foot.")
    assert (begun.facts.get("case_reference"), begun.facts["channels"]) == (None, [force.channels["x"]])
    assert "Juan" not in str(begun.facts)
    assert (begun.pictures, begun.state, begun.author_id) == ([], "draft", force.people.other_author.id)


def test_a_dropped_template_is_offered_no_more(force: Force) -> None:
    appeal_id = factories.launched(force.people)
    made = templates.make(force.people.author, appeal_id=appeal_id, name="Robbery", now=NOON)
    with pytest.raises(BadInput):
        templates.make(force.people.author, appeal_id=appeal_id, name=" ", now=NOON)
    with pytest.raises(NotAllowed):
        templates.drop(force.people.observer, template_id=made, now=NOON)
    templates.drop(force.people.author, template_id=made, now=NOON)
    assert templates.listed() == []
    with pytest.raises(NotFound):
        templates.begin(force.people.author, template_id=made, now=NOON)


def test_a_copy_takes_the_people_only_where_that_is_chosen(force: Force) -> None:
    appeal_id = factories.launched(force.people)
    without, whole = (
        newest(templates.copy(force.people.author, appeal_id=appeal_id, with_people=people, now=NOON))
        for people in (False, True)
    )
    assert ("Juan Prueba" in str(without.facts), "Juan Prueba" in str(whole.facts)) == (False, True)
    assert whole.facts["case_reference"] == "2026/17"
    assert (whole.approvals, whole.state, whole.content_sha256) == ([], "draft", "")


def test_nobody_who_was_shown_by_mistake_is_copied(force: Force) -> None:
    appeal_id = factories.launched(force.people)
    mistakes.declare(force.people.approver, appeal_id=appeal_id, told_name="Sala 2", now=NOON)
    with pytest.raises(BadInput):
        templates.copy(force.people.author, appeal_id=appeal_id, with_people=True, now=NOON)
    templates.copy(force.people.author, appeal_id=appeal_id, with_people=False, now=NOON)
