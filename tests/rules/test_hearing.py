"""Sentences rather than cues: what is claimed now, and what is only asked, denied, told, read or long ago."""

import pytest

from appeal.rules import hearing
from appeal.rules.urgency import fold, judge


def heard(text: str) -> set[str]:
    return hearing.heard(text, fold)


@pytest.mark.parametrize(
    "text",
    [
        "The woman has just walked into the chemist.",
        "There is a man asleep in the shelter.",
        "La señora está sentada junto a la fuente",
        "Se ha metido en el portal",
    ],
)
def test_what_happens_now_is_heard(text: str) -> None:
    assert "seen_now" in heard(text)


@pytest.mark.parametrize(
    "text",
    [
        "Is the woman sitting in the shelter?",
        "¿Está sentada junto a la fuente?",
        "The woman was sitting in the shelter last week.",
        "He is not in the shop.",
        "Just saw him on your poster.",
    ],
)
def test_questions_denials_the_past_and_posters_are_not_now(text: str) -> None:
    assert "seen_now" not in heard(text)


def test_whoever_is_known_is_recognised_and_hearsay_is_not() -> None:
    assert "recognised" in heard("She is my old neighbour.")
    assert "recognised" in heard("Trabajaba conmigo en la obra, trabaja en nuestra empresa")
    assert "recognised" not in heard("My neighbour told me about it.")
    assert "names_someone" in heard("That is Peter Quillfeather.")
    assert "names_someone" not in heard("Is that Peter Quillfeather?")


def test_harm_is_heard_and_idioms_are_not() -> None:
    assert "harm_to_come" in heard("He says he will burn the house")
    assert "harm_to_come" in heard("sin su medicación y tiritando")
    assert "harm_to_come" not in heard("My phone died and I would kill for a coffee")


def test_one_sentence_does_not_take_back_another() -> None:
    assert "seen_now" in judge("Is there a reward? He is standing in the queue.").reasons
    assert "seen_now" in judge("I read the news last week. I can see him right now.").reasons


def test_laughing_faces_are_no_live_sighting() -> None:
    assert judge("he is sitting in my bath 😂").lane == "to_read"


def test_what_never_ends_is_cut_into_pieces() -> None:
    pieces = list(hearing.sentences("word " * 200))
    assert [len(one.split()) for one in pieces] == [60, 60, 60, 20]
