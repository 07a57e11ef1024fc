"""When reports of somebody who can be seen now are one alarm: the same place within ten minutes."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from appeal.rules import naming, terms
from appeal.rules.urgency import fold

WINDOW = timedelta(minutes=10)
# From so many alarms within one window on, everything that fits none of them is counted by one more.
MOST_ALARMS = 39
NEAR_METRES = 500
MOST_NAMES, MOST_WORDS = 20, 120

_PARTS = re.compile(r"[,;\n()/]+")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_KINDS = _set(
    """calle avenida avda plaza pza paseo carretera estacion parque barrio centro street road avenue lane square
    station park city town corner outside inside near the del las los"""
)
_PLACE_THINGS = _set(
    """=station =square =street =road =park =bridge =market =shop =door =hospital =school =church =library =museum
    =bank =beach =harbour =pier =stadium =bench =fountain =police =man"""
)

Keys = frozenset[str]


@dataclass(frozen=True)
class Spot:
    """Where somebody says the person is. `named` are keys of places with a name, `told` those of any other words."""

    words: str = field(default="", repr=False)
    position: tuple[float, float] | None = field(default=None, repr=False)
    named: tuple[Keys, ...] = field(default=(), repr=False)
    told: tuple[Keys, ...] = field(default=(), repr=False)

    @property
    def is_said(self) -> bool:
        """Whether anything is known of the place at all."""
        return bool(self.position or self.named or self.told)


def spot(where: str, text: str, position: tuple[float, float] | None) -> Spot:
    """The place of a report: what was written for it, else the places that the text names, and the coordinates."""
    said = terms.POSITION.sub(" ", where).strip(" ,;")
    named = _named(said) or _named(text)
    words = said or next((part for part in _parts(text) if naming.places(part)), "")
    # Other words than the name of a place say something only where somebody was asked for the place.
    told = () if named else _told(said)
    return Spot(words=" ".join(words.split())[:MOST_WORDS], position=position, named=named, told=told)


def is_same(one: Spot, other: Spot) -> bool:
    """Whether two reports speak of one place: coordinates decide where both have them, else the names."""
    if one.position and other.position:
        return terms.metres(one.position, other.position) <= NEAR_METRES
    if not one.is_said or not other.is_said:
        return one.is_said == other.is_said
    if any(_alike(a, b) for a in one.named for b in other.named):
        return True
    names, others = (*one.named, *one.told), (*other.named, *other.told)
    return any(a <= b or b <= a for a in names for b in others)


def merged(one: Spot, other: Spot) -> Spot:
    """One place by all the names it was given; the first coordinates stay, so that an alarm does not wander."""
    return Spot(
        words=one.words or other.words,
        position=one.position or other.position,
        named=tuple(dict.fromkeys((*one.named, *other.named)))[:MOST_NAMES],
        told=tuple(dict.fromkeys((*one.told, *other.told)))[:MOST_NAMES],
    )


def is_over(opened_at: datetime, now: datetime) -> bool:
    """Whether what comes now is another alarm, also at the same place."""
    return now - opened_at >= WINDOW


def is_detail(thing: str) -> bool:
    """Whether a meaning of `rules.lexicon` says something of the person; a kind of place does not."""
    return thing.startswith("=") and thing not in _PLACE_THINGS


def _alike(one: Keys, other: Keys) -> bool:
    """A name of two words is often cut or has a word too many."""
    return 2 * len(one & other) >= min(len(one), len(other))


def _named(said: str) -> tuple[Keys, ...]:
    found = (_keys(place) for part in _parts(said) for place in naming.places(part))
    return tuple(dict.fromkeys(keys for keys in found if keys))


def _told(said: str) -> tuple[Keys, ...]:
    """The first part that says anything: what follows is the town, which many places share."""
    return tuple(keys for keys in map(_keys, _parts(said)) if keys)[:1]


def _parts(said: str) -> list[str]:
    return [part for part in _PARTS.split(said) if part.strip()]


def _keys(said: str) -> Keys:
    words = [word for word in fold(said).split() if len(word) > 2 and word not in _KINDS]
    return frozenset(bone for bone in map(naming.skeleton, words) if bone)
