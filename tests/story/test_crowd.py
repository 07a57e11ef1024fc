"""The crowd is made from a file of reports: half by form, a quarter by text message, a quarter as replies."""

from collections import Counter
from pathlib import Path

import pytest

from appeal.rules.errors import BadInput
from appeal.story.cast import ANSWERS, drawings
from appeal.story.crowd import read_answers, shortened


def test_half_goes_by_form_and_a_quarter_each_by_text_and_reply() -> None:
    answers = read_answers(ANSWERS, drawings())
    assert Counter(one.way for one in answers) == {"webform": 12, "sms": 6, "x": 6}
    assert [one.number for one in answers if one.where] == [0, 6, 12, 18]
    assert [one.number for one in answers if one.picture] == [0]


def test_rows_without_words_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "tips.csv"
    file.write_text("when,city,state,lat,lon,text\n,,,,,\n,A,,,,one\n", encoding="utf-8")
    assert [one.words for one in read_answers(file, [])] == ["one"]


def test_missing_columns_are_named(tmp_path: Path) -> None:
    file = tmp_path / "tips.csv"
    file.write_text("when,text\n,one\n", encoding="utf-8")
    with pytest.raises(BadInput, match="city, state, lat, lon"):
        read_answers(file, [])


@pytest.mark.parametrize(("letter", "kept"), [("a", 240), ("é", 240), ("漢", 120)])
def test_a_reply_is_cut_where_a_post_ends(letter: str, kept: int) -> None:
    assert shortened(letter * 500) == letter * kept
    assert shortened(letter * 3) == letter * 3
