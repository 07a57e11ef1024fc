"""How appeals stand, asked of both databases."""

from flask import Flask

from appeal.services import appeals, outcomes
from tests import factories
from tests.factories import Force

ON_POSTGRES_TOO = True


def test_the_standing_of_appeals_is_computed_on_both_databases(core: Flask, force: Force) -> None:
    revision_id = factories.submitted(force.people)
    appeal = appeals.view(appeals.revision(revision_id).appeal_id)
    assert outcomes.appeal_state(appeal) == "submitted"
    assert outcomes.overview(appeal.id) == []
