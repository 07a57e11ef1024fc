"""Codes spelled by the alphabets of two languages."""

from appeal.rules.spelling import ALPHABETS, spelled


def test_a_code_is_spelled_group_by_group_in_the_language_of_the_page() -> None:
    assert spelled("A7K0-Z", "en") == ("Alfa seven Kilo zero", "Zulu")
    assert spelled("a7k0-z", "es") == ("Antonio siete Kilo cero", "Zaragoza")
    assert spelled("A", "fr") == ("Alfa",)


def test_every_letter_and_figure_has_a_word_of_its_own() -> None:
    assert all(len(set(table.values())) == 36 for table in ALPHABETS.values())
