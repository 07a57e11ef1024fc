"""Who is asked at which step."""

import pytest

from appeal.rules.paging import KINDS, next_asked
from appeal.rules.permissions import Permission


@pytest.mark.parametrize(
    ("waiting", "everybody", "step", "asked"),
    [
        ([1, 2], [2, 3], 0, [1]),
        ([2], [2, 3], 1, [2]),
        ([], [3], 1, [3]),
        ([1, 2], [2, 3], 2, [1, 2, 3]),
        ([], [], 0, []),
    ],
)
def test_the_first_the_second_then_everybody(
    waiting: list[int], everybody: list[int], step: int, asked: list[int]
) -> None:
    assert list(next_asked(waiting, everybody, step)) == asked


def test_every_kind_is_neutral_and_says_who_may() -> None:
    assert {name: kind.permission for name, kind in KINDS.items()} == {
        "approval": Permission.APPROVE,
        "cover": Permission.READ_TIPS,
        "live": Permission.READ_TIPS,
        "still": Permission.DRAFT,
        "review": Permission.APPROVE,
        "confirm": Permission.APPROVE,
        "owed": Permission.APPROVE,
        "about_me": Permission.READ_TIPS,
        "channel": Permission.ADMINISTER,
    }
    assert all("%(" not in kind.words and len(kind.words) < 100 for kind in KINDS.values())
