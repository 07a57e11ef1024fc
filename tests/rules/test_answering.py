"""Who may answer in public: the stricter of release and channel, and what an approver reads about it."""

import pytest

from appeal.rules import answering, drafting
from appeal.rules.answering import CLOSED, LIMITED, OPEN

MEANT = {OPEN: "everybody", LIMITED: "followed", CLOSED: "nobody"}


@pytest.mark.parametrize(
    ("choice", "own", "chosen"),
    [
        (OPEN, "everybody", "everybody"),
        (OPEN, "nobody", "nobody"),
        ("", "verified", "verified"),
        (LIMITED, "everybody", "followed"),
        (LIMITED, "nobody", "nobody"),
        (CLOSED, "followed", "nobody"),
        (LIMITED, "verified", "followed"),
    ],
)
def test_the_stricter_holds(choice: str, own: str, chosen: str) -> None:
    assert answering.stricter(choice, own, MEANT) == chosen


def test_every_kind_begins_with_a_choice_and_only_a_limit_is_said() -> None:
    assert set(answering.DEFAULTS) == set(drafting.KIND_WORDS)
    assert answering.files(OPEN) == {}
    assert answering.note(OPEN, limits=False, hides=False) == ""
    notes = [answering.note(CLOSED, limits=limits, hides=hides) for limits, hides in ((1, 1), (0, 1), (0, 0))]
    assert [one != "" for one in notes] == [True, True, True]
    assert len(set(notes)) == 3
