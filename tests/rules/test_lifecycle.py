"""Every pair of states, allowed or forbidden, is what the table says; nothing leaves an end."""

from enum import StrEnum
from itertools import product

import pytest

from appeal.rules import lifecycle
from appeal.rules.errors import WrongState
from appeal.rules.lifecycle import (
    COPY,
    MAY_BE_OUT,
    NOT_YET_OUT,
    REVISION,
    TIP,
    CopyState,
    RevisionState,
    TipState,
    Transitions,
)

TABLES = ((REVISION, RevisionState), (COPY, CopyState), (TIP, TipState))
PAIRS = [(table, before, after) for table, states in TABLES for before, after in product(states, states)]
ENDS = {
    RevisionState.SUPERSEDED,
    CopyState.SENT,
    CopyState.FAILED,
    CopyState.CANCELLED,
}


@pytest.mark.parametrize(("table", "before", "after"), PAIRS)
def test_a_step_is_allowed_or_refused_as_the_table_says(table: Transitions, before: StrEnum, after: StrEnum) -> None:
    if after in table[before]:
        lifecycle.check(table, before, after)
    else:
        with pytest.raises(WrongState) as caught:
            lifecycle.check(table, before, after)
        assert caught.value.detail == f"{before} -> {after}"


@pytest.mark.parametrize(("table", "states"), TABLES)
def test_every_state_stands_in_its_table(table: Transitions, states: type[StrEnum]) -> None:
    assert set(table) == set(states)
    assert {state for state, afters in table.items() if not afters} == ENDS & set(table)


@pytest.mark.parametrize(("table", "states"), TABLES)
def test_sources_is_the_table_read_backwards(table: Transitions, states: type[StrEnum]) -> None:
    for after in states:
        assert set(lifecycle.sources(table, after)) == {before for before in table if after in table[before]}


def test_nothing_is_sent_again_from_where_it_may_be_out() -> None:
    for state in (CopyState.SENT, CopyState.ASKED):
        assert not COPY[state] & {CopyState.PENDING, CopyState.QUEUED, CopyState.SENDING}
    assert lifecycle.sources(COPY, CopyState.SENDING) == (CopyState.QUEUED,)
    assert lifecycle.sources(COPY, CopyState.QUEUED) == (CopyState.PENDING,)


def test_a_copy_is_not_yet_out_or_may_be_or_has_ended() -> None:
    assert not set(NOT_YET_OUT) & set(MAY_BE_OUT)
    assert set(CopyState) - set(NOT_YET_OUT) - set(MAY_BE_OUT) == {CopyState.FAILED, CopyState.CANCELLED}


def test_every_state_of_a_copy_has_words() -> None:
    assert set(lifecycle.WORDS) == set(CopyState)


@pytest.mark.parametrize(
    ("counts", "word"),
    [
        ({}, "empty"),
        ({"sent": 0}, "empty"),
        ({"sent": 3}, "sent"),
        ({"sent": 3, "cancelled": 1}, "sent"),
        ({"sent": 3, "failed": 1}, "partly sent"),
        ({"failed": 2}, "failed"),
        ({"failed": 2, "cancelled": 1}, "failed"),
        ({"cancelled": 1}, "cancelled"),
        ({"sent": 9, "pending": 1}, "pending"),
        ({"sent": 9, "pending": 1, "unknown": 1}, "unknown"),
        ({"asked": 1, "unknown": 4, "failed": 2}, "asked"),
        ({"held": 1, "pending": 4}, "held"),
    ],
)
def test_a_delivery_is_what_asks_for_most_attention(counts: dict[str, int], word: str) -> None:
    assert lifecycle.delivery_state(counts) == word
