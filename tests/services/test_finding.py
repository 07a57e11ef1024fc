"""Search among appeals: titles, case references, names and plates, with filters by kind and state."""

from appeal.services import appeals, finding
from appeal.services.finding import Asked
from tests import factories
from tests.factories import NOON, Force


def found(force: Force, words: str = "", **filters: str) -> list[int]:
    return [one.id for one in finding.find(force.people.observer, Asked(words, **filters)).appeals]


def test_every_word_has_to_be_there_and_beginnings_are_enough(force: Force) -> None:
    first = factories.launched(force.people)
    other = appeals.draft(force.people.author, kind="witness", now=NOON)
    car = {"key": "s1", "type": "vehicle", "plate": "1234 BCD"}
    texts = {"es": {"title": "Choque en la autovía"}}
    given = {"subjects": [car], "case_reference": "2025/9"}
    appeals.save(force.people.author, revision_id=other.id, expected_version=1, facts=given, texts=texts, now=NOON)
    asked = ("PRUÉ juan", "2026/17", "se busca", '"man wanted"', "1234bcd", "autovia", "2026/17 autovia", "nobody")
    expected = [[first], [first], [first], [first], [other.appeal_id], [other.appeal_id], [], []]
    assert [found(force, one) for one in asked] == expected
    assert found(force) == [other.appeal_id, first]


def test_kind_and_state_filter(force: Force) -> None:
    out = factories.launched(force.people)
    factories.tick()
    draft = appeals.draft(force.people.author, kind="missing", now=NOON).appeal_id
    assert (found(force, kind="missing"), found(force, state="out"), found(force, state="gone")) == ([draft], [out], [])
