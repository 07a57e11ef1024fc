"""Questions in one line."""

from appeal.rules import asking
from appeal.rules.asking import Term


def test_words_and_phrases_are_told_apart() -> None:
    assert asking.read('café "Red Van" «7»') == (
        Term(("cafe",), False),
        Term(("red", "van"), True),
        Term(("7",), True),
    )
    assert asking.read(' " ! ') == ()


def test_every_term_must_be_there_and_whole_words_count_more() -> None:
    said = ["the", "red", "van", "and", "the", "vandal"]
    assert asking.judge(asking.read("van red"), said) == 2 + 1 + 2
    assert asking.judge(asking.read('"red van"'), said) == 2
    assert asking.judge(asking.read('"van red"'), said) == 0
    assert asking.judge(asking.read("van lorry"), said) == 0
