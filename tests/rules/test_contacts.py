"""Numbers and addresses in contact lines become links."""

import pytest

from appeal.rules import contacts


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Call 112 if you see her now.", ["tel:112"]),
        ("+34 900 123 456 (24 h)", ["tel:+34900123456"]),
        ("Call 091, 08:00 to 20:00, since 2026-11-20.", ["tel:091"]),
        ("desk@force.example or (0115) 967-0999", ["mailto:desk@force.example", "tel:01159670999"]),
        ("+44 (0)115 967 0999", ["tel:+441159670999"]),
        ("Nothing to dial in 2026, 1.500 people.", []),
    ],
)
def test_linked_finds_what_can_be_dialled_or_written_to(line: str, found: list[str]) -> None:
    assert [address for _, address in contacts.linked(line) if address] == found
    assert "".join(text for text, _ in contacts.linked(line)) == line


def test_numbers_are_as_a_telephone_dials_them() -> None:
    assert contacts.numbers("112 or +34 600 555 010") == ("112", "+34600555010")
