"""When something was seen, read from words."""

from datetime import UTC, datetime

import pytest

from appeal.rules.moments import moment

# A Monday, 15:30 in Madrid.
TOLD = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "day", "hour", "minute"),
    [
        ("I saw him", 2, 14, 30),
        ("at 14:20 in the bar", 2, 13, 20),
        ("he got on at 2pm", 2, 13, 0),
        ("a las 9 de la noche", 1, 20, 0),
        ("a las 10 y media", 2, 9, 30),
        ("ayer a las 21:15", 1, 20, 15),
        ("last night at 11pm", 1, 22, 0),
        ("10 minutes ago", 2, 14, 20),
        ("hace media hora", 2, 14, 0),
        ("hace 2 horas", 2, 12, 30),
        ("two of them at 16:45", 1, 15, 45),
        ("around noon", 2, 11, 0),
    ],
)
def test_moment_is_read_from_the_words(text: str, day: int, hour: int, minute: int) -> None:
    assert moment(text, TOLD, "Europe/Madrid") == datetime(2026, 3, day, hour, minute, tzinfo=UTC)
