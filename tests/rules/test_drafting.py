"""What each kind of appeal requires, what is too long, and that few answers are required."""

from typing import Any

import pytest

from appeal.rules import endings, identification, subjects
from appeal.rules.content import KINDS
from appeal.rules.drafting import (
    CHOICES,
    DEFAULTS,
    FACT_LIMITS,
    KIND_WORDS,
    LABELS,
    NOT_PUBLIC,
    ONLY_FOR,
    REQUIRED,
    TEXT_LIMITS,
    answers,
    blockers,
    label,
    too_long,
)

TEXTS = dict.fromkeys(TEXT_LIMITS, "words")


def person(kind: str = "wanted", **more: str) -> dict[str, str]:
    return {**subjects.begun(kind, "person", []), "name": "Juan Prueba", **more}


def facts(kind: str, **more: Any) -> dict[str, object]:
    level = {"wanted": "warrant", **identification.DEFAULTS}[kind]
    plain = dict.fromkeys(FACT_LIMITS, "1") | {"danger": "none", "child_alert": "", "level": level}
    return {**plain, "subjects": [person(kind)], **more}


def found(kind: str = "wanted", texts: dict[str, str] | None = None, **more: Any) -> list[tuple[str, str]]:
    said = blockers(kind, facts(kind, **more), {**TEXTS, **(texts or {})}, ["alt"], [1])
    return [(one.field, str(one)) for one in said]


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_draft_is_blocked_by_nothing(kind: str) -> None:
    assert found(kind) == []


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in KINDS for name in REQUIRED[kind]])
def test_each_required_answer_blocks_where_it_is_missing(kind: str, name: str) -> None:
    for empty in ("", "  "):
        more = {name: empty} if name in FACT_LIMITS else {}
        texts = {name: empty} if name in TEXTS else {}
        assert found(kind, texts, **more) == [(name, f"{LABELS[name]} is missing.")]


@pytest.mark.parametrize("kind", KINDS)
def test_at_most_twelve_answers_are_required(kind: str) -> None:
    assert len(answers(kind)) <= 12
    assert set(REQUIRED[kind]) <= LABELS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_the_closing_texts_of_a_kind_are_approved_with_it(kind: str) -> None:
    for name in endings.fields(kind):
        assert found(kind, {name: ""}) == [(name, f"{LABELS[name]} is missing.")]


@pytest.mark.parametrize("kind", ["wanted", "missing"])
def test_whoever_is_sought_has_a_name(kind: str) -> None:
    assert found(kind, subjects=[person(kind, name="")]) == [("s1_name", "Name of the person is missing.")]
    assert found("identify", subjects=[person("identify", name="")]) == []


@pytest.mark.parametrize("kind", ["wanted", "missing", "identify"])
def test_an_appeal_for_a_person_has_one(kind: str) -> None:
    assert [field for field, _ in found(kind, subjects=[])] == ["subjects"]
    assert found("witness", subjects=[]) == []


def test_every_subject_says_whose_data_it_is_and_under_which_rules() -> None:
    car = {**subjects.begun("wanted", "vehicle", [person()]), "category": "", "regime": ""}
    assert [field for field, _ in found(subjects=[person(), car])] == ["s2_category", "s2_regime"]


@pytest.mark.parametrize(("name", "reason"), subjects.SENSITIVE.items())
def test_what_the_law_protects_is_said_only_with_a_reason(name: str, reason: str) -> None:
    said = {f"s1_{name}": "something"}
    assert [field for field, _ in found(texts=said)] == [f"s1_{reason}"]
    assert found(texts=said, subjects=[person(**{reason: "Nobody would know him without it."})]) == []


def test_a_range_begins_with_its_smaller_end() -> None:
    assert [field for field, _ in found(subjects=[person(age_from="40", age_to="30")])] == ["s1_age_from"]
    assert found(subjects=[person(age_from="30", age_to="30")]) == []


def test_after_an_arrest_there_is_no_appeal() -> None:
    assert [field for field, _ in found(level="charged")] == ["level"]


def test_a_level_of_another_kind_is_refused() -> None:
    assert [field for field, _ in found("missing", level="convicted")] == ["level"]


def test_a_danger_line_of_ones_own_has_words() -> None:
    assert [field for field, _ in found(texts={"danger_own": " "}, danger="own")] == ["danger_own"]


def test_a_child_alert_has_evidence_for_each_criterion() -> None:
    given = {"child_alert": "yes", "alert_age": "", "alert_danger": "", "alert_enough": "A car and its plate."}
    assert [field for field, _ in found("missing", **given)] == ["alert_age", "alert_danger"]


def test_a_picture_without_words_and_no_channel_block() -> None:
    said = blockers("warning", facts("warning"), TEXTS, ["alt", "", "alt"], [])
    assert [(one.field, str(one)) for one in said] == [
        ("pictures", "Picture 2 has no alt text."),
        ("channels", "Choose at least one channel."),
    ]


@pytest.mark.parametrize(("name", "limit"), [*TEXT_LIMITS.items(), *FACT_LIMITS.items()])
def test_a_text_may_be_as_long_as_its_limit_and_no_longer(name: str, limit: int) -> None:
    assert too_long({}, {name: "1" * limit}) == []
    (one,) = too_long({}, {name: "1" * (limit + 1)})
    assert (one.field, str(limit) in str(one)) == (name, True)


def test_what_is_said_of_a_subject_has_limits_too() -> None:
    given = {"subjects": [person(name="x" * 121)]}
    assert [one.field for one in too_long(given, {"s1_clothing": "x" * 301, "s1_marks": "x" * 300})] == [
        "s1_clothing",
        "s1_name",
    ]


@pytest.mark.parametrize("name", subjects.NUMBERS)
@pytest.mark.parametrize("wrong", ["x", "1.5", "-1", "1 0"[:3]])
def test_a_number_is_a_whole_one(name: str, wrong: str) -> None:
    said = too_long({"subjects": [person(**{name: wrong})]}, {})
    assert [(one.field, str(one)) for one in said] == [(f"s1_{name}", "This must be a whole number.")]


def test_tables_name_the_same_things() -> None:
    assert set(KIND_WORDS) == set(REQUIRED) == set(DEFAULTS) == set(KINDS) == set(endings.OF_KIND)
    assert set(CHOICES) | set(ONLY_FOR) | set(NOT_PUBLIC) <= set(FACT_LIMITS)
    assert all(label(name) != name for name in (*FACT_LIMITS, *TEXT_LIMITS, "s1_name", "s2_clothing"))
    for name, choices in CHOICES.items():
        assert all(len(code) <= FACT_LIMITS[name] for code in choices)
    for kind, given in DEFAULTS.items():
        assert all(value in CHOICES[name] for name, value in given.items()), kind
