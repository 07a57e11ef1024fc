"""Further cues: calm recognitions and quiet dangers are found, and every cue belongs to a known reason."""

import pytest

from appeal.rules import cues, urgency


def test_every_cue_belongs_to_a_reason() -> None:
    assert set(cues.MORE) <= set(urgency.CUES)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("He is my brother in law, please call me", "recognised"),
        ("Trabajamos juntos en la fábrica dos años", "recognised"),
        ("His real name is something else", "names_someone"),
        ("She is leaving the bakery, turning left", "seen_now"),
        ("está conmigo, le he dado agua", "seen_now"),
        ("She left a note and her pills are gone", "harm_to_come"),
        ("no aguanta la noche, es diabético", "harm_to_come"),
    ],
)
def test_calm_words_are_understood(text: str, reason: str) -> None:
    assert reason in urgency.judge(text).reasons
