"""What is said about pictures: the end of a record's number, gaps, parts typed as percentages."""

import pytest

from appeal.rules.pictures import gaps, in_percent, is_last_of, last_of, masked, part


@pytest.mark.parametrize(
    ("record", "last", "hidden"),
    [
        ("Register 2026/0117", "0117", "Register 2026/••••"),
        ("ab-12-c", "B12C", "a•-••-•"),
        ("17", "17", "••"),
        ("", "", ""),
    ],
)
def test_the_end_of_a_record_is_hidden_and_asked_for(record: str, last: str, hidden: str) -> None:
    assert (last_of(record), masked(record)) == (last, hidden)
    assert is_last_of(record, f" {last.lower()} ") is bool(last)


@pytest.mark.parametrize("typed", ["", "0118", "117", "Register"])
def test_another_end_is_not_taken(typed: str) -> None:
    assert not is_last_of("Register 2026/0117", typed)


def test_gaps_are_said_one_by_one() -> None:
    assert gaps(2, kind="cctv", source_record="ABC-1234") == []
    said = gaps(2, kind="", source_record="12 3")
    assert [one.split(" ", 2)[1] for one in said] == ["2", "2"]


@pytest.mark.parametrize(
    ("typed", "box"),
    [
        ("10 20.5 30 5", [100, 205, 300, 50]),
        ("10,5; 0; 89,5; 100 %", [105, 0, 895, 1000]),
        ("0 0 100 100", [0, 0, 1000, 1000]),
        ("", None),
        ("10 20 30", None),
        ("10 20 95 5", None),
        ("10 20 0 5", None),
        ("a b c d", None),
        ("-1 0 5 5", None),
    ],
)
def test_a_part_is_four_percentages_inside_the_picture(typed: str, box: list[int] | None) -> None:
    assert part(typed) == box
    if box:
        assert part(in_percent(box)) == box
