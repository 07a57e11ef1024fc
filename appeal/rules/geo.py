"""A map without anybody's tiles: an outline that the force gave, a frame of degrees, and where things fall in it."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from appeal.rules.errors import BadInput
from appeal.rules.words import _

Point = tuple[float, float]
Line = tuple[Point, ...]

# What an uploaded file may hold, and what is kept of it.
MOST_BYTES, MOST_READ, MOST_POINTS, MOST_NAMED, LONGEST_NAME = 8_000_000, 400_000, 1_500, 60, 60
# Nothing is thrown away below about this many degrees, and no further than that.
FINEST, COARSEST = 0.0001, 1.0
MOST_LATITUDE = 85.0
# A frame is never narrower than this: about a hundred metres.
LEAST_DEGREES = 0.001
WIDTH, LEAST_HEIGHT, MOST_HEIGHT = 1000, 500, 1200
STEPS = (1.0, 2.0, 5.0)
MOST_LINES = 8


@dataclass(frozen=True)
class Outline:
    """Lines as (latitude, longitude), and named points of the ground."""

    lines: tuple[Line, ...] = ()
    names: tuple[tuple[str, Point], ...] = ()


@dataclass(frozen=True)
class Frame:
    """The degrees that a map shows, and its size; x grows to the east, y to the south."""

    south: float
    west: float
    north: float
    east: float

    @property
    def height(self) -> int:
        """How high the drawing is when it is 1,000 wide: as the ground is at its middle latitude, within bounds."""
        across = (self.east - self.west) * math.cos(math.radians((self.south + self.north) / 2))
        return round(min(MOST_HEIGHT, max(LEAST_HEIGHT, WIDTH * (self.north - self.south) / max(across, 1e-9))))

    def holds(self, place: Point) -> bool:
        """Whether a place lies in it."""
        return self.south <= place[0] <= self.north and self.west <= place[1] <= self.east

    def at(self, place: Point) -> tuple[float, float]:
        """Where a place is in the drawing, with one decimal."""
        x = (place[1] - self.west) / (self.east - self.west) * WIDTH
        y = (self.north - place[0]) / (self.north - self.south) * self.height
        return round(x, 1), round(y, 1)

    def moved(self, step: str) -> "Frame":
        """The frame after one press: `in`, `out`, `north`, `south`, `west` or `east`; itself for anything else."""
        high, wide = self.north - self.south, self.east - self.west
        up, right = _PUSHES.get(step, (0.0, 0.0))
        scale = _SCALES.get(step, 1.0)
        middle = (self.south + self.north) / 2 + up * high, (self.west + self.east) / 2 + right * wide
        return framed(middle, high * scale, wide * scale)


_PUSHES: Mapping[str, Point] = {"north": (0.4, 0.0), "south": (-0.4, 0.0), "west": (0.0, -0.4), "east": (0.0, 0.4)}
_SCALES: Mapping[str, float] = {"in": 0.5, "out": 2.0}


def framed(middle: Point, high: float, wide: float) -> Frame:
    """A frame of so many degrees around a place, kept on the ground."""
    high, wide = (min(most, max(LEAST_DEGREES, value)) for most, value in ((170.0, high), (360.0, wide)))
    south = min(max(middle[0] - high / 2, -MOST_LATITUDE), MOST_LATITUDE - high)
    west = min(max(middle[1] - wide / 2, -180.0), 180.0 - wide)
    return Frame(south, west, south + high, west + wide)


def around(places: Sequence[Point]) -> Frame | None:
    """The frame that shows all of these with a margin; None for none."""
    if not places:
        return None
    south, north = min(one[0] for one in places), max(one[0] for one in places)
    west, east = min(one[1] for one in places), max(one[1] for one in places)
    wide = max(east - west, 1.5 * (north - south), 0.02)
    high = max(north - south, 0.5 * wide * math.cos(math.radians(min(abs((south + north) / 2), MOST_LATITUDE))))
    return framed(((south + north) / 2, (west + east) / 2), 1.15 * high, 1.15 * wide)


def graticule(frame: Frame) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Meridians as (longitude, x) and parallels as (latitude, y), at round degrees."""
    across = tuple((value, frame.at((frame.north, value))[0]) for value in _round(frame.west, frame.east))
    down = tuple((value, frame.at((value, frame.west))[1]) for value in _round(frame.south, frame.north))
    return across, down


def paths(outline: Outline, frame: Frame) -> list[str]:
    """The lines of an outline that come near the frame, as path data."""
    near = framed(
        ((frame.south + frame.north) / 2, (frame.west + frame.east) / 2),
        3 * (frame.north - frame.south),
        3 * (frame.east - frame.west),
    )
    return [_path(part, frame) for line in outline.lines for part in _near(line, near)]


def squares(frame: Frame, places: Iterable[Point], across: int = 16) -> list[tuple[float, float, float, int]]:
    """How many places lie in each square of a grid: left edge, upper edge, side and count, empty ones left out."""
    side = WIDTH / across
    counts: dict[tuple[int, int], int] = {}
    for place in places:
        if frame.holds(place):
            x, y = frame.at(place)
            square = min(int(x / side), across - 1), int(y / side)
            counts[square] = counts.get(square, 0) + 1
    return [(column * side, row * side, side, count) for (column, row), count in sorted(counts.items())]


def outline_of(raw: bytes) -> Outline:
    """Read GeoJSON and keep so much of it that the shape stays; `BadInput` says in a sentence what is wrong."""
    if len(raw) > MOST_BYTES:
        raise BadInput(fields={"outline": _("The file is larger than 8 MB. Simplify it first.")})
    try:
        found = list(_geometries(json.loads(raw), 0))
        lines = [line for geometry, _name in found for line in _lines(geometry)]
        names = [(name[:LONGEST_NAME], _place(one["coordinates"])) for one, name in found if one["type"] == "Point"]
    except (ValueError, TypeError, KeyError, RecursionError, AttributeError, IndexError):
        words = _("This is no GeoJSON with degrees of latitude and longitude.")
        raise BadInput(fields={"outline": words}) from None
    if not lines and not names:
        raise BadInput(fields={"outline": _("There is no line, area or point in this file.")})
    if sum(len(line) for line in lines) > MOST_READ:
        raise BadInput(fields={"outline": _("This outline has more than 400,000 points. Simplify it first.")})
    return Outline(_generalised(lines), tuple(one for one in names if one[0])[:MOST_NAMED])


def written(outline: Outline) -> str:
    """An outline as text that `kept` reads."""
    return json.dumps({"lines": outline.lines, "names": outline.names}, ensure_ascii=False, separators=(",", ":"))


def kept(text: str) -> Outline:
    """What `written` wrote; an empty outline for an empty text."""
    if not text:
        return Outline()
    found = json.loads(text)
    lines = tuple(tuple((float(at[0]), float(at[1])) for at in line) for line in found["lines"])
    return Outline(lines, tuple((str(name), (float(at[0]), float(at[1]))) for name, at in found["names"]))


def simplified(line: Sequence[Point], tolerance: float) -> Line:
    """The line without points that lie nearer than so many degrees to where it runs without them."""
    keep, waiting = {0, len(line) - 1}, [(0, len(line) - 1)]
    while waiting:
        first, last = waiting.pop()
        inside = range(first + 1, last)
        away, place = max(((_away(line[at], line[first], line[last]), at) for at in inside), default=(0.0, 0))
        if away > tolerance:
            keep.add(place)
            waiting += [(first, place), (place, last)]
    return tuple(line[at] for at in sorted(keep))


def _generalised(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Coarser and coarser until few enough points are left; islands of a point or two go."""
    tolerance, found = FINEST, list(lines)
    while sum(len(line) for line in found) > MOST_POINTS and tolerance <= COARSEST:
        found = [line for line in (simplified(one, tolerance) for one in found) if len(line) > 2]
        tolerance *= 1.6
    left, few = MOST_POINTS, []
    for line in sorted(found, key=len, reverse=True):
        if len(line) <= left:
            few.append(tuple((round(at[0], 5), round(at[1], 5)) for at in line))
            left -= len(line)
    return tuple(few)


def _geometries(one: Any, depth: int) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Every geometry with the name of its feature."""
    if depth > 20:
        raise ValueError("too deep")
    kind = one["type"]
    if kind == "FeatureCollection":
        for feature in one["features"]:
            yield from _geometries(feature, depth + 1)
    elif kind == "Feature":
        if one["geometry"] is not None:
            name = str((one.get("properties") or {}).get("name") or "")
            yield from ((geometry, name) for geometry, _none in _geometries(one["geometry"], depth + 1))
    elif kind == "GeometryCollection":
        for geometry in one["geometries"]:
            yield from _geometries(geometry, depth + 1)
    else:
        yield one, ""


def _lines(geometry: Mapping[str, Any]) -> list[Line]:
    kind, given = geometry["type"], geometry["coordinates"]
    depth = {"LineString": 0, "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2, "Point": -1, "MultiPoint": -1}[
        kind
    ]
    if depth < 0:
        return []
    for _level in range(depth - 1):
        given = [inner for outer in given for inner in outer]
    lines = [tuple(_place(at) for at in line) for line in (given if depth else [given])]
    return [line for line in lines if len(line) > 1]


def _place(at: Sequence[Any]) -> Point:
    longitude, latitude = float(at[0]), float(at[1])
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise ValueError("no degrees")
    return min(MOST_LATITUDE, max(-MOST_LATITUDE, latitude)), longitude


def _away(at: Point, start: Point, end: Point) -> float:
    """How far a point is from the straight piece between two others, in degrees."""
    high, wide = end[0] - start[0], end[1] - start[1]
    size = high * high + wide * wide
    share = ((at[0] - start[0]) * high + (at[1] - start[1]) * wide) / size if size else 0.0
    share = min(1.0, max(0.0, share))
    return math.hypot(at[0] - start[0] - share * high, at[1] - start[1] - share * wide)


def _near(line: Line, near: Frame) -> Iterator[Line]:
    """The stretches of a line whose pieces may cross the frame."""
    part: list[Point] = []
    for start, end in pairwise(line):
        if _may_cross(start, end, near):
            part += [end] if part else [start, end]
        elif part:
            yield tuple(part)
            part = []
    if part:
        yield tuple(part)


def _may_cross(start: Point, end: Point, frame: Frame) -> bool:
    is_beside = max(start[1], end[1]) < frame.west or min(start[1], end[1]) > frame.east
    return not is_beside and max(start[0], end[0]) >= frame.south and min(start[0], end[0]) <= frame.north


def _path(line: Line, frame: Frame) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in (frame.at(at) for at in line))


def _round(lowest: float, highest: float) -> list[float]:
    """Round values between two, no more than `MOST_LINES`."""
    rough = (highest - lowest) / MOST_LINES
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((power * one for one in STEPS if power * one >= rough), power * 10)
    first = math.ceil(lowest / step)
    return [round(number * step, 6) for number in range(first, math.floor(highest / step) + 1)]
