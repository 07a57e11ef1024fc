"""Persons, vehicles and items: what is kept of them, and how earlier revisions are read."""

from appeal.rules import subjects
from appeal.rules.subjects import CHOICES, DEFAULTS, FACTS, LABELS, RAW, SENSITIVE, TEXTS, TYPES


def test_only_known_fields_of_known_types_are_kept() -> None:
    given = [
        {"key": "s1", "type": "person", "name": " Ana ", "plate": "X", "secret": "y"},
        {"key": "s2", "type": "ghost", "name": "Nobody"},
        {"key": "x", "type": "person", "name": "No key"},
        {"key": "s3", "type": "vehicle", "plate": " 1234 bcd "},
    ]
    person, car = subjects.cleaned(given)
    assert (person["key"], person["name"], "plate" in person, "secret" in person) == ("s1", "Ana", False, False)
    assert (car["plate"], car["plate_code"]) == ("1234 bcd", "1234BCD")


def test_there_are_ten_at_the_most_and_a_key_only_once() -> None:
    many = [{"key": f"s{number}", "type": "item"} for number in range(1, 15)]
    assert len(subjects.cleaned(many)) == subjects.MOST
    assert len(subjects.cleaned([many[0], many[0]])) == 1


def test_a_new_one_takes_the_first_free_key_and_what_its_kind_says() -> None:
    first = subjects.begun("missing", "person", [])
    assert (first["key"], first["category"], first["regime"]) == ("s1", "missing", "general")
    third = subjects.begun("wanted", "vehicle", [first, {**first, "key": "s3"}])
    assert (third["key"], third["category"]) == ("s2", "suspect")


def test_flat_facts_of_earlier_revisions_are_one_person() -> None:
    assert subjects.subjects_of({"subject_name": "Juan", "age_from": "30", "area": "North"}) == [
        {"key": "", "type": "person", "name": "Juan", "age_from": "30"}
    ]
    assert subjects.subjects_of({"area": "North"}) == []
    assert subjects.text_name({"key": ""}, "clothing") == "clothing"


def test_the_lower_end_of_an_age_decides_whether_it_may_be_a_child() -> None:
    assert subjects.is_under_18({"age_from": "16", "age_to": "20"})
    assert subjects.is_under_18({"age_to": "17"})
    assert not subjects.is_under_18({"age_from": "18"})
    assert not subjects.is_under_18({})


def test_tables_name_the_same_things() -> None:
    assert set(FACTS) == set(TEXTS) == set(TYPES)
    names = {name for table in (FACTS, TEXTS) for own in table.values() for name in own}
    assert names == set(LABELS)
    assert set(CHOICES) | set(RAW) | set(RAW.values()) | set(SENSITIVE) | set(SENSITIVE.values()) <= names
    for category, regime in DEFAULTS.values():
        assert category in CHOICES["category"]
        assert regime in CHOICES["regime"]
