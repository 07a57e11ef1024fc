"""Sentences are English texts, said in another language with their values, also after a column kept them."""

import pytest

from appeal.pages import translate
from appeal.rules.words import Sentence, joined, kept, recalled, say

MISSING = "%(label)s is missing."


def test_a_sentence_reads_as_english() -> None:
    assert say(MISSING, label="Title") == "Title is missing."


def test_a_sentence_is_said_in_another_language_with_its_values() -> None:
    assert translate("es", say(MISSING, label=say(MISSING, label="X"))) == "Falta Falta X.."


def test_a_sentence_that_a_column_kept_is_said_like_the_first() -> None:
    sentence = say(MISSING, label=say("%(count)s or more", count=3))
    again = recalled(kept(sentence))
    assert isinstance(again, Sentence)
    assert (again, translate("es", kept(sentence))) == (sentence, "Falta 3 o más.")


def test_joined_parts_are_each_said_in_the_language() -> None:
    assert translate("es", joined([say(MISSING, label="A"), say(MISSING, label="B")])) == "Falta A. Falta B."
    assert joined(["a", "b"], " 100 % ") == "a 100 % b"
    assert joined([]) == ""


@pytest.mark.parametrize("text", ["plain", "100 % sure", "", "%(label)s"])
def test_other_texts_are_kept_as_they_are(text: str) -> None:
    assert (kept(text), recalled(text), translate("es", text)) == (text, text, text)


@pytest.mark.parametrize("text", ["a\x1fb", "a\x1f[]", "%(x)s\x1f{}", 'a\x1f"b"', "%d\x1f{}"])
def test_what_only_looks_like_a_sentence_is_shown_as_text(text: str) -> None:
    assert recalled(text) == text.replace("\x1f", " ")
