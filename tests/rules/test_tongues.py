"""The language of a text is told where its letters or small words tell it, and left open where they do not."""

import pytest

from appeal.rules import tongues


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("I saw him in the market this morning", "en"),
        ("Lo vi en el mercado esta mañana con su hermano", "es"),
        ("O vad pe fata acum langa gara, este cu un baiat si nu plange", "ro"),
        ("Je l'ai vu dans le bus avec une femme, il est sur la place", "fr"),
        ("Ich habe ihn im Zug gesehen, er ist mit dem Hund und der Frau", "de"),
        ("Я видел его на вокзале", "ru"),
        ("رأيته في السوق", "ar"),
        ("他在火车站", "zh"),
        ("彼は駅にいます", "ja"),
        ("xyzzy 4821", "und"),
        ("", "und"),
        ("👍👍", "und"),
    ],
)
def test_language_is_told(text: str, code: str) -> None:
    assert tongues.language(text) == code


def test_what_nobody_reads_is_said_and_a_few_words_are_left_alone() -> None:
    read = ("en", "es")
    assert tongues.is_unread("Я видел его", "ru", read)
    assert tongues.is_unread("ez a ferfi most itt van velem", "und", read)
    assert not tongues.is_unread("van 4821 KLM", "und", read)
    assert not tongues.is_unread("I saw him in the market", "en", read)
    assert not tongues.is_unread("Я видел его", "ru", ("ru",))
