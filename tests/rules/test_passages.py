"""Cues are marked in the words as they were written, and nothing of the text is lost."""

from appeal.rules import urgency
from appeal.rules.passages import MOST_LETTERS, passages


def marked(text: str) -> list[tuple[str, str]]:
    return [(one.text, one.codes[0]) for one in passages(text) if one.codes]


def test_a_cue_is_marked_as_it_was_written() -> None:
    assert marked("Hello, HE’S HERE! With a gun.") == [
        ("HE’S HERE", "seen_now"),
        ("With a gun", "harm_to_come"),
    ]


def test_spanish_with_accents_is_marked() -> None:
    assert ("Está aquí", "seen_now") in marked("¡Está aquí, en mi calle!")


def test_what_is_denied_is_not_marked() -> None:
    assert "recognised" not in {code for _text, code in marked("I do not know him at all")}


def test_a_text_without_cues_is_one_piece() -> None:
    assert [(one.text, one.codes) for one in passages("Nothing <b>of note</b>.")] == [("Nothing <b>of note</b>.", ())]


def test_joined_the_pieces_are_the_text_whatever_it_is() -> None:
    texts = ("", " \n", "— he is — here — right now —", "'' he’s here ''", "سلام he is here 你好 right now", "ﬁ" * 9)
    assert ["".join(one.text for one in passages(text)) for text in texts] == list(texts)


def test_a_very_long_text_is_kept_whole_and_marked_at_its_beginning() -> None:
    text = "He is here right now. " + "word " * 50_000 + "right now"
    found = passages(text)
    assert "".join(one.text for one in found) == text
    assert max(len(one.text) for one in found if one.codes) < MOST_LETTERS
    assert len(found) < 10


def test_every_code_has_words() -> None:
    found = passages("right now he has a knife near the old bridge at 10.30 lol you have won a blue car")
    assert {code for one in found for code in one.codes} <= set(urgency.REASONS)
