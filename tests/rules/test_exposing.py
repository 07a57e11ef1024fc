"""What an answer in public lays open, and what looks like it and does not."""

import pytest

from appeal.rules.exposing import ACCUSES, ADDRESS, BARRED_NAME, PHONE, exposed


@pytest.mark.parametrize(
    ("said", "flags"),
    [
        ("Call him, 600 11 22 33", (PHONE,)),
        ("Su número es +34 (0) 600-112-233", (PHONE,)),
        ("He lives at 12 Mill Lane", (ADDRESS,)),
        ("Vive en la calle de Atocha, 27, tercero", (ADDRESS,)),
        ("it is lucia pérez garcía from my school", (BARRED_NAME,)),
        ("I think it is Mario Rossi, the murderer!", (ACCUSES,)),
        ("@mario did it", (ACCUSES,)),
        ("fue el @vecino, Calle Mayor 3, 91 234 56 78", (PHONE, ADDRESS, ACCUSES)),
        ("Ring 091 or 112 at once", ()),
        ("call 900 123 456 as they say", ()),
        ("I saw a man at 21:40 on 2026-11-20 near 4 shops", ()),
        ("@policia who is guilty of this?", ()),
        ("The killer has a red coat", ()),
        ("", ()),
    ],
)
def test_what_an_answer_lays_open(said: str, flags: tuple[str, ...]) -> None:
    own = ["Information: 900 123 456"]
    assert exposed(said, barred=["Lucía Pérez"], own=own, handle="@policia") == flags
