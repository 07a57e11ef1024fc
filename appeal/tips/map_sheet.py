"""What is drawn of sightings: dots, how dense they lie, the way of each lead, names of places. All of it is numbers."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from appeal.rules import geo
from appeal.rules.geo import Frame, Outline, Point
from appeal.tips.map_sightings import Sighting

# So many stand in the list beside the map; the others are seen when one goes nearer or chooses a shorter time.
MOST_LISTED = 100
MOST_ROUTES, MOST_NAMES, LEAST_NAMED, LONGEST_NAME = 12, 14, 2, 40
SHADES = 4


@dataclass(frozen=True)
class Dot:
    """One sighting in the drawing; `number` is that of the list, 0 when it is not listed."""

    x: float
    y: float
    number: int
    lane: str
    is_done: bool
    is_echo: bool


@dataclass(frozen=True)
class Square:
    """A square of the grid with how many sightings lie in it, and a shade from 1 to `SHADES`."""

    x: float
    y: float
    side: float
    count: int
    shade: int


@dataclass(frozen=True)
class Route:
    """The places of a lead one after another in time."""

    lead_id: int
    points: str
    x: float
    y: float
    begins_at: datetime
    ends_at: datetime
    count: int


@dataclass(frozen=True)
class Name:
    """A named place in the drawing."""

    x: float
    y: float
    words: str = field(repr=False)
    is_told: bool = False


@dataclass(frozen=True)
class Sheet:
    """Everything that the page draws, in the units of the drawing."""

    frame: Frame
    ground: tuple[str, ...]
    meridians: tuple[Point, ...]
    parallels: tuple[Point, ...]
    squares: tuple[Square, ...]
    routes: tuple[Route, ...]
    dots: tuple[Dot, ...]
    names: tuple[Name, ...]
    listed: tuple[Sighting, ...]


def draw(found: Sequence[Sighting], outline: Outline, frame: Frame | None) -> Sheet | None:
    """The sheet of these sightings, the newest first; None when there is nothing to frame."""
    around = geo.around([one.place for one in found])
    ground = geo.around([at for line in outline.lines for at in line] + [at for _name, at in outline.names])
    shown = frame or around or ground
    if shown is None:
        return None
    meridians, parallels = geo.graticule(shown)
    return Sheet(
        frame=shown,
        ground=tuple(geo.paths(outline, shown)),
        meridians=meridians,
        parallels=parallels,
        squares=_squares(shown, found),
        routes=tuple(_routes(shown, found)),
        dots=tuple(_dots(shown, found)),
        names=tuple(_names(shown, found, outline)),
        listed=tuple(found[:MOST_LISTED]),
    )


def _squares(frame: Frame, found: Sequence[Sighting]) -> tuple[Square, ...]:
    counted = geo.squares(frame, [one.place for one in found])
    most = max((count for *_at, count in counted), default=1)
    return tuple(Square(x, y, side, count, -(-count * SHADES // most)) for x, y, side, count in counted)


def _dots(frame: Frame, found: Sequence[Sighting]) -> list[Dot]:
    """The newest lies on top: it is drawn last."""
    dots = []
    for number, one in enumerate(found, start=1):
        x, y = frame.at(one.place)
        listed = number if number <= MOST_LISTED else 0
        dots.append(Dot(x, y, listed, one.row.lane, one.row.state == "done", one.is_echo))
    return dots[::-1]


def _routes(frame: Frame, found: Sequence[Sighting]) -> list[Route]:
    """Of the leads with most first-hand sightings; what only repeats another was nowhere."""
    leads: dict[int, list[Sighting]] = defaultdict(list)
    for one in found:
        if one.row.lead_id is not None and not one.is_echo:
            leads[one.row.lead_id].append(one)
    longest = sorted((one for one in leads.items() if len(one[1]) > 1), key=lambda one: (-len(one[1]), one[0]))
    return [_route(frame, lead_id, sorted(own, key=lambda one: one.at)) for lead_id, own in longest[:MOST_ROUTES]]


def _route(frame: Frame, lead_id: int, own: Sequence[Sighting]) -> Route:
    points = [frame.at(one.place) for one in own]
    drawn = " ".join(f"{x:g},{y:g}" for x, y in points)
    return Route(lead_id, drawn, *points[-1], own[0].at, own[-1].at, len(own))


def _names(frame: Frame, found: Sequence[Sighting], outline: Outline) -> list[Name]:
    """Names of the ground, then those that several people wrote, each in the middle of where they put it."""
    told: dict[str, list[Sighting]] = defaultdict(list)
    for one in found:
        words = " ".join(one.where.split(",")[0].split())[:LONGEST_NAME]
        if words:
            told[words.casefold()].append(one)
    often = sorted((own for own in told.values() if len(own) >= LEAST_NAMED), key=len, reverse=True)
    names = [Name(*frame.at(at), words=name) for name, at in outline.names if frame.holds(at)]
    for own in often:
        middle = (sum(one.place[0] for one in own) / len(own), sum(one.place[1] for one in own) / len(own))
        if frame.holds(middle):
            words = " ".join(own[0].where.split(",")[0].split())[:LONGEST_NAME]
            names.append(Name(*frame.at(middle), words=words, is_told=True))
    return _apart(names)[:MOST_NAMES]


def _apart(names: Sequence[Name]) -> list[Name]:
    """Without those that would stand upon another."""
    kept: list[Name] = []
    for one in names:
        if all(abs(one.y - other.y) > 26 or abs(one.x - other.x) > 11 * len(other.words) for other in kept):
            kept.append(one)
    return kept
