"""When two pictures show the same: 64-bit fingerprints of brightness steps, eight rows of eight, as 16 hex digits.

A picture that was made smaller, compressed again or marked keeps its fingerprint but for a few bits; one that was
mirrored has a fingerprint that can be computed. A part that was cut out has another: nothing here finds it.
"""

BITS, SIDE = 64, 8
EVERY_BIT = 0xFFFFFFFFFFFFFFFF
# Up to so many different bits two pictures are the same for a warning; for a refusal they must be nearer.
ALIKE, SAME = 10, 6
# A flat or evenly shaded picture has hardly a bit that differs from its neighbours: its fingerprint says nothing.
LEAST_TELLING = 6


def distance(one: str, other: str) -> int:
    """In how many bits two fingerprints differ, the other one mirrored or not, whichever is nearer."""
    first, second = int(one, 16), int(other, 16)
    return min((first ^ second).bit_count(), (first ^ _mirrored(second)).bit_count())


def is_telling(fingerprint: str) -> bool:
    """Whether a fingerprint is that of a picture with enough in it to be recognised."""
    return LEAST_TELLING <= int(fingerprint or "0", 16).bit_count() <= BITS - LEAST_TELLING


def is_alike(one: str, other: str, most: int = ALIKE) -> bool:
    """Whether two fingerprints belong to the same picture as far as they tell."""
    return is_telling(one) and is_telling(other) and distance(one, other) <= most


def _mirrored(fingerprint: int) -> int:
    """Each step of a row runs the other way, from the other end."""
    rows = f"{fingerprint:064b}"
    turned = "".join(rows[row : row + SIDE][::-1] for row in range(0, BITS, SIDE))
    return int(turned, 2) ^ EVERY_BIT
