"""What is said about a picture beside what it shows: its type, its source, the conditions of its use."""

import re
from collections.abc import Mapping

from appeal.rules.words import _, say

KINDS: Mapping[str, str] = {
    "family": _("Photo from family or friends"),
    "cctv": _("CCTV image"),
    "custody": _("Custody photo"),
    "artist": _("Artist's impression"),
    "aged": _("Age-progressed picture"),
    "other": _("Other picture"),
}
LABELS: Mapping[str, str] = {
    "kind": _("Type of picture"),
    "source_system": _("System it comes from"),
    "source_record": _("Number of its record"),
    "taken_by": _("Who took it"),
    "taken_on": _("When it was taken"),
    "consent": _("Consent"),
    "conditions": _("Conditions of use"),
}
LIMITS: Mapping[str, int] = {
    "source_system": 120,
    "source_record": 200,
    "taken_by": 120,
    "consent": 300,
    "conditions": 300,
}
MOST_BOXES = 12
LAST = 4
MASK = "•"


def last_of(record: str) -> str:
    """The last four letters or digits of a record's number, in capitals: what the approver reads in the source."""
    return "".join(char for char in record if char.isalnum())[-LAST:].upper()


def is_last_of(record: str, typed: str) -> bool:
    """Whether somebody typed the end of this record's number, whatever stands between the characters."""
    wanted = last_of(record)
    return bool(wanted) and last_of(typed) == wanted


def masked(record: str) -> str:
    """The record's number with its last four letters or digits hidden."""
    hidden, shown = 0, []
    for char in reversed(record):
        is_hidden = char.isalnum() and hidden < LAST
        hidden += is_hidden
        shown.append(MASK if is_hidden else char)
    return "".join(reversed(shown))


def gaps(number: int, *, kind: str, source_record: str) -> list[str]:
    """What a picture still lacks beside its description before it can be submitted, one sentence each."""
    lacking: list[str] = []
    if kind not in KINDS:
        lacking.append(say("Picture %(number)s has no type.", number=number))
    if len(last_of(source_record)) < LAST:
        lacking.append(
            say("Picture %(number)s needs the number of its record, at least four characters.", number=number)
        )
    return lacking


def part(typed: str) -> list[int] | None:
    """Left, top, width and height in thousandths from four percentages such as "10 20.5 30 5"; None if it is not that.

    A part lies inside the picture and is at least a thousandth wide and high.
    """
    found = re.fullmatch(r"\s*(\d{1,3}(?:[.,]\d)?)" + r"[\s;/]+(\d{1,3}(?:[.,]\d)?)" * 3 + r"\s*%?\s*", typed)
    if not found:
        return None
    left, top, width, height = (round(float(one.replace(",", ".")) * 10) for one in found.groups())
    is_inside = left + width <= 1000 and top + height <= 1000 and width > 0 and height > 0
    return [left, top, width, height] if is_inside else None


def in_percent(box: list[int]) -> str:
    """The same four numbers as a person types them."""
    return " ".join(f"{one / 10:g}" for one in box)
