"""Finds the numbers and addresses in a contact line, so that a page can make links of them."""

import re

# Short numbers have exactly three figures (112, 091); longer ones at least six, so that hours and years stay words.
MAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
GAP = r"(?: ?\(0\) ?|[ .\-]|\) ?)?"
LONG = rf"(?<!\d)(?!\d{{4}}-\d\d-\d\d)\+?\(?\d(?:{GAP}\d){{5,15}}"
SHORT = r"(?<![\d:.,])\d{3}(?![\d:]|[.,]\d)"
FOUND = re.compile(rf"(?P<mail>{MAIL})|(?P<phone>{LONG}|{SHORT})")


def linked(line: str) -> tuple[tuple[str, str], ...]:
    """The line in pieces (text, address): the address is empty, or begins with tel: or mailto:."""
    pieces: list[tuple[str, str]] = []
    end = 0
    for match in FOUND.finditer(line):
        pieces += [(line[end : match.start()], ""), (match.group(), _address(match))]
        end = match.end()
    pieces.append((line[end:], ""))
    return tuple(piece for piece in pieces if piece[0])


def numbers(line: str) -> tuple[str, ...]:
    """All telephone numbers of the line, as a telephone dials them."""
    return tuple(address.removeprefix("tel:") for _, address in linked(line) if address.startswith("tel:"))


def _address(match: re.Match[str]) -> str:
    if match.group("mail"):
        return f"mailto:{match.group('mail')}"
    return "tel:" + re.sub(r"[^\d+]", "", match.group("phone").replace("(0)", ""))
