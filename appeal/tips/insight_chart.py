"""The curve of tips by the hour as numbers to draw: a bar for each hour, a part of it for each source."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from appeal.tips.insight import Hour, Insight

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 1000, 320, 50, 30, 30
STEPS = (1, 2, 5)
MOST_LINES = 5
MOST_COLOURS = 9
MOST_TIMES = 8


@dataclass(frozen=True)
class Part:
    """The tips of one source in one hour; `colour` counts the sources from 1."""

    x: float
    y: float
    wide: float
    high: float
    colour: int


@dataclass(frozen=True)
class Chart:
    """`lines` are (value, y), `times` (day of the month and hour, x), `outings` the x at which something went out."""

    parts: tuple[Part, ...]
    lines: tuple[tuple[int, float], ...]
    times: tuple[tuple[str, float], ...]
    outings: tuple[float, ...]
    width: int = WIDTH
    height: int = HEIGHT


def chart(found: Insight, zone: str) -> Chart:
    """The chart of these hours; its times are of this zone."""
    local = ZoneInfo(zone)
    most = max((one.total for one in found.hours), default=0)
    step = _step(most)
    top = max(step, -(-most // step) * step)
    wide, scale = (WIDTH - LEFT) / max(1, len(found.hours)), (HEIGHT - TOP - BOTTOM) / top
    floor = HEIGHT - BOTTOM
    every = -(-len(found.hours) // MOST_TIMES)
    return Chart(
        parts=tuple(
            part
            for at, hour in enumerate(found.hours)
            for part in _parts(hour, found.sources, LEFT + at * wide, wide, scale, floor)
        ),
        lines=tuple((value, round(floor - value * scale, 1)) for value in range(0, top + 1, step)),
        times=tuple(
            (f"{hour.begins_at.astimezone(local):%d · %H:%M}", round(LEFT + at * wide, 1))
            for at, hour in enumerate(found.hours)
            if at % every == 0
        ),
        outings=tuple(round(LEFT + at * wide + wide / 2, 1) for at, hour in enumerate(found.hours) if hour.outings),
    )


def _parts(hour: Hour, sources: Sequence[str], x: float, wide: float, scale: float, floor: float) -> list[Part]:
    parts, y = [], floor
    for colour, source in enumerate(sources):
        high = hour.came.get(source, 0) * scale
        y -= high
        if high:
            shade = colour % MOST_COLOURS + 1
            parts.append(Part(round(x + 1, 1), round(y, 1), round(max(1.0, wide - 2), 1), round(high, 1), shade))
    return parts


def _step(most: int) -> int:
    """The round distance of lines, so that there are no more than a few."""
    power = 1
    while True:
        for one in STEPS:
            if most <= one * power * MOST_LINES:
                return one * power
        power *= 10
