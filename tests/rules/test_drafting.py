"""What each kind of appeal requires, what is too long, and that few answers are required."""

import pytest

from appeal.rules.content import KINDS
from appeal.rules.drafting import (
    CHOICES,
    FACT_LIMITS,
    KIND_WORDS,
    LABELS,
    NUMBERS,
    REQUIRED,
    TEXT_LIMITS,
    blockers,
    too_long,
)

WHOLE = dict.fromkeys({*FACT_LIMITS, *TEXT_LIMITS} - set(NUMBERS), "1") | dict.fromkeys(NUMBERS, "30")
TEXTS = dict.fromkeys(TEXT_LIMITS, "words")
FACTS = {name: WHOLE[name] for name in FACT_LIMITS}


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_draft_is_blocked_by_nothing(kind: str) -> None:
    assert blockers(kind, FACTS, TEXTS, ["alt"], [1]) == []


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in KINDS for name in REQUIRED[kind]])
def test_each_required_answer_blocks_where_it_is_missing(kind: str, name: str) -> None:
    for empty in ("", "  "):
        facts = {**FACTS, name: empty} if name in FACTS else FACTS
        texts = {**TEXTS, name: empty} if name in TEXTS else TEXTS
        found = blockers(kind, facts, texts, [], [1])
        assert [(one.field, str(one)) for one in found] == [(name, f"{LABELS[name]} is missing.")]


@pytest.mark.parametrize("kind", KINDS)
def test_at_most_twelve_answers_are_required(kind: str) -> None:
    assert len(REQUIRED[kind]) <= 12
    assert set(REQUIRED[kind]) <= LABELS.keys()


def test_a_picture_without_words_and_no_channel_block() -> None:
    found = blockers("warning", FACTS, TEXTS, ["alt", "", "alt"], [])
    assert [(one.field, str(one)) for one in found] == [
        ("pictures", "Picture 2 has no alt text."),
        ("channels", "Choose at least one channel."),
    ]


@pytest.mark.parametrize(("name", "limit"), [*TEXT_LIMITS.items(), *FACT_LIMITS.items()])
def test_a_text_may_be_as_long_as_its_limit_and_no_longer(name: str, limit: int) -> None:
    assert too_long({}, {name: "1" * limit}) == []
    (found,) = too_long({}, {name: "1" * (limit + 1)})
    assert (found.field, str(limit) in str(found)) == (name, True)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("wrong", ["x", "1.5", "-1", "1 0"])
def test_a_number_is_a_whole_one(name: str, wrong: str) -> None:
    assert [(one.field, str(one)) for one in too_long({name: wrong}, {})] == [(name, "This must be a whole number.")]


def test_tables_name_the_same_things() -> None:
    assert set(KIND_WORDS) == set(REQUIRED) == set(KINDS)
    assert set(CHOICES) <= set(FACT_LIMITS)
    for name, choices in CHOICES.items():
        assert all(len(code) <= FACT_LIMITS[name] for code in choices)
