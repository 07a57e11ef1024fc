"""Whether two reports speak of one event: words weighed by how rare they are, place, time, links, pictures, plates.

A wrong gathering costs more than a missed one: near and at the same hour is never enough without something in common.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rapidfuzz import fuzz

from appeal.rules import lexicon, terms
from appeal.rules.words import _

REASONS: Mapping[str, str] = {
    "same_words": _("Nearly the same words."),
    "same_link": _("The same link."),
    "same_picture": _("The same picture."),
    "same_plate": _("The same number plate."),
    "same_name": _("The same name."),
    "near": _("Near each other."),
    "same_place": _("The same place by name."),
    "same_hour": _("At the same time."),
    "alike": _("Tell of the same things."),
}
# Tuned on the open half of the labelled reports; from the threshold on two belong together.
THRESHOLD, CERTAIN = 36, 90
SHARED_WEIGHT, LEAST_SHARED, ALIKE = 100, 0.15, 0.15
# metres, points · minutes, points
NEAR: Sequence[tuple[float, int]] = ((350, 26), (800, 20), (1_500, 12), (6_000, 2))
TIME: Sequence[tuple[float, int]] = ((15, 24), (45, 14), (120, 2), (960, -10))
SAME_PLACE = 10
ECHO_RATIO, ECHO_WORDS = 88, 6
PICTURE_BITS = 6
# So many reports the usual counts of `rules.lexicon` stand for.
PRIOR = 200


@dataclass(frozen=True)
class Report:
    """What is compared. `things` are meanings of `rules.lexicon`; `bones` the skeletons of its places' words."""

    at: datetime
    received_at: datetime
    said: str = field(repr=False)
    things: frozenset[str] = field(repr=False)
    position: tuple[float, float] | None = field(repr=False, default=None)
    bones: frozenset[str] = field(repr=False, default=frozenset())
    links: frozenset[str] = field(repr=False, default=frozenset())
    prints: Sequence[str] = field(repr=False, default=())
    plates: frozenset[str] = field(repr=False, default=frozenset())
    names: frozenset[str] = field(repr=False, default=frozenset())


@dataclass(frozen=True)
class Likeness:
    """`score` 0 … 100, from `THRESHOLD` on they belong together; an echo only repeats the other."""

    score: int
    reasons: tuple[str, ...]
    is_echo: bool = False


class Rarity:
    """How rare each meaning is among the reports that were seen; forgets the rarest when it becomes too large."""

    def __init__(self, most: int = 50_000) -> None:
        """`most` meanings are remembered."""
        self._most, self._counts, self._total = most, dict(lexicon.USUAL), PRIOR

    def learn(self, things: frozenset[str]) -> None:
        """One more report."""
        self._total += 1
        for thing in things:
            self._counts[thing] = self._counts.get(thing, 0) + 1
        if len(self._counts) > self._most:
            self._counts = {thing: count for thing, count in self._counts.items() if count > 1}

    def of(self, thing: str) -> float:
        """0 for what everybody says, about 1 for what hardly anybody says."""
        return max(0.0, math.log(self._total / (1 + self._counts.get(thing, 0))) / math.log(self._total))


def judge(one: Report, other: Report, rarity: Rarity) -> Likeness:
    """How much speaks for one event; symmetric. Of two echoes the one that was received later repeats the other."""
    reasons, is_echo = _certain(one, other)
    if reasons:
        return Likeness(CERTAIN, reasons, is_echo)
    minutes = abs((one.at - other.at).total_seconds()) / 60
    if minutes > TIME[-1][0]:
        return Likeness(0, ())
    near, where = _nearness(one, other)
    if near is None:
        return Likeness(0, ())
    shared, weight = _shared(one.things, other.things, rarity)
    score = shared * SHARED_WEIGHT + near + _points(TIME, minutes)
    if weight < LEAST_SHARED:
        score = min(score, THRESHOLD - 1)
    when = ("same_hour",) if minutes <= TIME[1][0] else ()
    alike = ("alike",) if shared > ALIKE else ()
    return Likeness(max(0, min(CERTAIN - 1, round(score))), (*alike, *where, *when))


def is_repeat(said: str, other: str) -> bool:
    """Whether a folded text only repeats another, perhaps with a few words around it."""
    shortest = min(len(said.split()), len(other.split()))
    return shortest >= ECHO_WORDS and fuzz.token_set_ratio(said, other) >= ECHO_RATIO


def _certain(one: Report, other: Report) -> tuple[tuple[str, ...], bool]:
    """What needs no place and no time, and whether it makes an echo."""
    found = {
        "same_words": is_repeat(one.said, other.said),
        "same_link": bool(one.links & other.links),
        "same_picture": any(_bits(a, b) <= PICTURE_BITS for a in one.prints for b in other.prints),
        "same_plate": bool(one.plates & other.plates),
        "same_name": bool(one.names & other.names),
    }
    is_echo = found["same_words"] or (found["same_link"] and not (one.position and other.position))
    return tuple(name for name, is_so in found.items() if is_so), is_echo


def _bits(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def _shared(one: frozenset[str], other: frozenset[str], rarity: Rarity) -> tuple[float, float]:
    """How much of both is the same, 0 … 1, and the weight of what is."""
    both = sum(rarity.of(thing) ** 2 for thing in one & other)
    sizes = [sum(rarity.of(thing) ** 2 for thing in things) for things in (one, other)]
    size = math.sqrt(sizes[0] * sizes[1])
    return (both / size if size else 0.0), both


def _nearness(one: Report, other: Report) -> tuple[int | None, tuple[str, ...]]:
    """Points for the distance, None when it is too far, and how to say it."""
    if one.position and other.position:
        metres = terms.metres(one.position, other.position)
        points = _points(NEAR, metres) if metres <= NEAR[-1][0] else None
        return points, (("near",) if metres <= NEAR[2][0] else ())
    return (SAME_PLACE, ("same_place",)) if one.bones & other.bones else (0, ())


def _points(table: Sequence[tuple[float, int]], value: float) -> int:
    return next((points for most, points in table if value <= most), 0)
