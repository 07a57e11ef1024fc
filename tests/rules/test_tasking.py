"""Questions that clarify pass; questions that send somebody out are marked, in English and Spanish."""

import pytest

from appeal.rules.tasking import found


@pytest.mark.parametrize(
    "question",
    [
        "Which way did he go, and what was he wearing?",
        "Do you know since when he has lived there?",
        "Was anybody with him when you saw him?",
        "¿Hacia dónde fue y qué llevaba puesto?",
        "¿Recuerda la matrícula del coche que vio?",
        "",
        "\x00" * 10,
    ],
)
def test_a_question_about_what_is_known_is_no_task(question: str) -> None:
    assert found(question) == ()


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("Could you find out where he works?", "could you find out"),
        ("Please go back and look.", "please go back"),
        ("Can you take a photo of the car?", "can you take a"),
        ("Tell us when he comes home.", "tell us when he"),
        ("¿Podría averiguar dónde trabaja?", "podria averiguar"),
        ("Sígalo y avísenos cuando vuelva.", "avisenos cuando vuelva"),
        ("¿Puede hacerle unas fotos?", "puede hacerle unas fotos"),
    ],
)
def test_a_question_that_sends_somebody_out_is_marked(question: str, part: str) -> None:
    assert part in found(question)
