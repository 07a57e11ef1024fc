"""The force's own danger and contact lines: kept per language, dialled and dated, used by drafts."""

import pytest

from appeal.rules.errors import BadInput, NotAllowed, NotFound
from appeal.services import appeals, contents, lines
from tests import factories
from tests.factories import NOON, Force


def keep(force: Force, body: str, *, kind: str = "danger", code: str = "do_not_approach", language: str = "en") -> int:
    return lines.keep(force.people.administrator, kind=kind, code=code, language=language, body=body, now=NOON)


def test_a_line_is_dialled_and_a_changed_one_has_to_be_dialled_again(force: Force) -> None:
    line_id = keep(force, "Keep away. Call {emergency}.")
    lines.dialled(force.people.administrator, line_id=line_id, now=NOON)
    assert [(one.dialled_at, one.dialled_by_id) for one in lines.listed()] == [(NOON, force.people.administrator.id)]
    assert keep(force, "Keep away. Call {emergency}.") == line_id
    assert lines.listed()[0].dialled_at == NOON
    keep(force, "Keep well away. Call {emergency}.")
    assert lines.listed()[0].dialled_at is None


def test_the_force_s_words_take_the_place_of_the_usual_ones_in_their_language_only(force: Force) -> None:
    keep(force, "Keep away. Call {emergency}.")
    assert lines.dangers("en")["do_not_approach"] == "Keep away. Call 112."
    assert lines.dangers("es")["do_not_approach"].startswith("No se acerque")
    revision = appeals.revision(factories.submitted(force.people))
    assert contents._danger(revision, "en", {}) == "Keep away. Call 112."


def test_a_new_draft_begins_with_the_force_s_contact_lines(force: Force) -> None:
    keep(force, "Call 900 333 444.", kind="contact", code="tips")
    made = appeals.draft(force.people.author, kind="warning", now=NOON)
    assert [one.body for one in made.texts if (one.language, one.field) == ("en", "contact")] == ["Call 900 333 444."]


def test_a_line_that_is_dropped_is_gone(force: Force) -> None:
    line_id = keep(force, "Keep away.")
    lines.drop(force.people.administrator, line_id=line_id, now=NOON)
    assert lines.listed() == []
    with pytest.raises(NotFound):
        lines.dialled(force.people.administrator, line_id=line_id, now=NOON)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "other"}, "kind"),
        ({"code": "with space"}, "code"),
        ({"code": "own"}, "code"),
        ({"language": "fr"}, "language"),
        ({"body": "  "}, "body"),
        ({"body": "x" * 401}, "body"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(force: Force, wrong: dict[str, str], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        keep(force, **{"body": "Keep away.", **wrong})
    assert list(caught.value.fields) == [field]


def test_only_an_administrator_keeps_them(force: Force) -> None:
    with pytest.raises(NotAllowed):
        lines.keep(force.people.approver, kind="danger", code="a", language="en", body="b", now=NOON)
