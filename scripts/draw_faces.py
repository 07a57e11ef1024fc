"""Draw the two persons of the exercise appeal: plain drawings, so that nobody alive is ever shown as wanted.

Run with `python scripts/draw_faces.py`; the pictures are committed and made again only when this file changes.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

FOLDER = Path(__file__).resolve().parent.parent / "static" / "exercise"
WIDTH, HEIGHT = 640, 800
SCALE = 3

Colour = tuple[int, int, int]
Point = tuple[float, float]


@dataclass(frozen=True)
class Person:
    """Colours and shapes of one face; lengths in pixels of the finished picture."""

    name: str
    wall: Colour
    skin: Colour
    hair: Colour
    iris: Colour
    coat: Colour
    shirt: Colour
    face_width: float
    chin: float
    is_long_haired: bool
    has_beard: bool
    has_glasses: bool


PERSONS = (
    Person(
        "person-1",
        (196, 208, 214),
        (222, 178, 146),
        (62, 45, 36),
        (84, 62, 44),
        (46, 62, 80),
        (226, 226, 220),
        236,
        318,
        False,
        True,
        False,
    ),
    Person(
        "person-2",
        (214, 206, 192),
        (196, 142, 106),
        (36, 28, 28),
        (52, 40, 34),
        (112, 58, 62),
        (234, 226, 214),
        218,
        306,
        True,
        False,
        True,
    ),
)


class Sheet:
    """A large sheet on which lengths are given in pixels of the finished picture."""

    def __init__(self, colour: Colour) -> None:
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), colour)
        self.pen = ImageDraw.Draw(self.image)

    def shape(self, points: Sequence[Point], fill: Colour) -> None:
        """A closed shape with round corners, from a few points."""
        self.pen.polygon([(x * SCALE, y * SCALE) for x, y in rounded(points)], fill=fill)

    def oval(self, x: float, y: float, width: float, height: float, fill: Colour) -> None:
        """An ellipse round its middle."""
        box = ((x - width / 2) * SCALE, (y - height / 2) * SCALE, (x + width / 2) * SCALE, (y + height / 2) * SCALE)
        self.pen.ellipse(box, fill=fill)

    def line(self, points: Sequence[Point], fill: Colour, width: float) -> None:
        """A smooth open line with round ends, as a row of dots."""
        radius = width * SCALE / 2
        for x, y in dotted(curved(points)):
            box = (x * SCALE - radius, y * SCALE - radius, x * SCALE + radius, y * SCALE + radius)
            self.pen.ellipse(box, fill=fill)

    def soften(self, radius: float) -> None:
        """Blur everything that is drawn so far."""
        self.image = self.image.filter(ImageFilter.GaussianBlur(radius * SCALE))
        self.pen = ImageDraw.Draw(self.image)


def rounded(points: Sequence[Point]) -> list[Point]:
    """Chaikin's corner cutting: a closed line of many short pieces."""
    for _ in range(5):
        cut: list[Point] = []
        for (x1, y1), (x2, y2) in zip(points, [*points[1:], points[0]], strict=True):
            cut += [(0.75 * x1 + 0.25 * x2, 0.75 * y1 + 0.25 * y2), (0.25 * x1 + 0.75 * x2, 0.25 * y1 + 0.75 * y2)]
        points = cut
    return list(points)


def curved(points: Sequence[Point]) -> list[Point]:
    """The same for an open line, whose ends stay where they are."""
    for _ in range(4):
        cut = [points[0]]
        for (x1, y1), (x2, y2) in itertools.pairwise(points):
            cut += [(0.75 * x1 + 0.25 * x2, 0.75 * y1 + 0.25 * y2), (0.25 * x1 + 0.75 * x2, 0.25 * y1 + 0.75 * y2)]
        points = [*cut, points[-1]]
    return list(points)


def dotted(points: Sequence[Point]) -> Iterator[Point]:
    """Points along a line, a fifth of a pixel apart."""
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
        count = max(1, round(math.dist((x1, y1), (x2, y2)) * 5))
        for step in range(count + 1):
            yield x1 + (x2 - x1) * step / count, y1 + (y2 - y1) * step / count


def shade(colour: Colour, share: float) -> Colour:
    """Darker below 1, lighter above."""
    red, green, blue = (max(0, min(255, round(part * share))) for part in colour)
    return red, green, blue


def mirrored(points: Sequence[Point]) -> list[Point]:
    """The right half of a shape continued by its mirror image, from the top down and up again."""
    return [*points, *((WIDTH - x, y) for x, y in reversed(points))]


def draw(person: Person) -> Image.Image:
    """The whole portrait, back to front."""
    sheet = Sheet(person.wall)
    sheet.oval(320, 360, 620, 720, shade(person.wall, 1.07))
    sheet.soften(60)
    if person.is_long_haired:
        draw_long_hair(sheet, person)
    draw_shoulders(sheet, person)
    draw_head(sheet, person)
    draw_features(sheet, person)
    draw_hair(sheet, person)
    if person.has_glasses:
        draw_glasses(sheet)
    return sheet.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def draw_long_hair(sheet: Sheet, person: Person) -> None:
    half = person.face_width / 2
    points = [(320, 118), (320 + half + 62, 132), (320 + half + 78, 330), (320 + half + 72, 560), (320 + half + 6, 640)]
    sheet.shape(mirrored(points), shade(person.hair, 0.85))


def draw_shoulders(sheet: Sheet, person: Person) -> None:
    sheet.shape(mirrored([(320, 596), (430, 612), (590, 668), (640, 860), (640, 960)]), person.coat)
    sheet.shape(mirrored([(320, 580), (412, 590), (366, 700), (320, 800), (320, 800)]), person.shirt)
    neck = shade(person.skin, 0.86)
    sheet.shape(mirrored([(320, 440), (392, 440), (384, 590), (420, 622), (352, 700), (320, 706)]), neck)
    sheet.shape(mirrored([(320, 480), (392, 470), (388, 540), (320, 620)]), shade(person.skin, 0.78))
    collar = shade(person.coat, 0.78)
    for side in (1, -1):
        lapel = [(320 + side * dx, y) for dx, y in ((92, 596), (132, 600), (104, 690), (22, 812), (8, 812), (60, 700))]
        sheet.shape(lapel, collar)


def draw_head(sheet: Sheet, person: Person) -> None:
    half, top = person.face_width / 2, 150
    for side in (1, -1):
        sheet.oval(320 + side * (half + 8), 370, 44, 92, shade(person.skin, 0.9))
        sheet.oval(320 + side * (half + 9), 370, 22, 58, shade(person.skin, 0.78))
    outline: list[Point] = [(320, top), (320 + half + 12, top + 6), (320 + half + 18, 360), (320 + half - 6, 470)]
    outline += [(320 + half - 70, 240 + person.chin), (320, 246 + person.chin)]
    sheet.shape(mirrored(outline), person.skin)


def draw_features(sheet: Sheet, person: Person) -> None:
    line = shade(person.skin, 0.6)
    for side in (1, -1):
        draw_eye(sheet, person, 320 + side * 56, side)
    sheet.line([(330, 352), (336, 400), (350, 432), (336, 446)], shade(person.skin, 0.8), 5)
    sheet.line([(302, 444), (312, 452), (320, 449), (328, 452), (338, 444)], line, 4)
    if person.has_beard:
        draw_beard(sheet, person)
    lips = (shade(person.skin, 0.74)[0], shade(person.skin, 0.58)[1], shade(person.skin, 0.6)[2])
    sheet.shape([(272, 497), (304, 486), (320, 491), (336, 486), (368, 497), (320, 500)], lips)
    sheet.shape([(274, 498), (320, 500), (366, 498), (342, 518), (298, 518)], shade(lips, 1.14))
    sheet.line([(278, 498), (300, 499), (320, 501), (340, 499), (362, 498)], shade(lips, 0.66), 3)


def draw_eye(sheet: Sheet, person: Person, x: float, side: int) -> None:
    dark = shade(person.hair, 0.7)
    sheet.shape([(x - 36, 352), (x, 332), (x + 36, 352), (x, 370)], shade(person.skin, 0.9))
    sheet.shape(
        [(x - 36, 352), (x - 10, 335), (x + 12, 335), (x + 36, 352), (x + 8, 366), (x - 8, 366)], (247, 244, 240)
    )
    sheet.oval(x, 351, 23, 23, person.iris)
    sheet.oval(x, 351, 11, 11, (18, 16, 16))
    sheet.oval(x + 4, 347, 5, 5, (255, 255, 255))
    sheet.line([(x - 29, 351), (x - 12, 338), (x + 12, 338), (x + 29, 351)], dark, 4)
    inner, outer = x - side * 32, x + side * 36
    sheet.line([(inner, 315), (x + side * 6, 300), (outer, 317)], dark, 9)


def draw_beard(sheet: Sheet, person: Person) -> None:
    half = person.face_width / 2
    stubble: Colour = tuple(  # type: ignore[assignment]
        round(0.52 * skin + 0.48 * hair) for skin, hair in zip(person.skin, person.hair, strict=True)
    )
    outer: list[Point] = [(320, 462), (352, 462), (384, 480), (320 + half - 8, 430), (320 + half + 4, 420)]
    outer += [(320 + half - 12, 486), (320 + half - 66, 242 + person.chin), (320, 247 + person.chin)]
    sheet.shape(mirrored(outer), stubble)
    sheet.shape(mirrored([(320.0, 480.0), (356, 478), (380, 500), (350, 528), (320, 524)]), person.skin)


def draw_hair(sheet: Sheet, person: Person) -> None:
    half = person.face_width / 2
    if person.is_long_haired:
        for side in (1, -1):
            part = [
                (306, 128),
                (320 + side * 60, 116),
                (320 + side * (half + 50), 140),
                (320 + side * (half + 48), 300),
            ]
            part += [(320 + side * (half + 42), 470), (320 + side * (half + 4), 470), (320 + side * (half + 4), 330)]
            part += [(320 + side * (half - 34), 246), (310, 190)]
            sheet.shape(part, person.hair)
        return
    cap: list[Point] = [(320 - half - 16, 352), (320 - half - 26, 210), (320 - half + 14, 118), (300, 96), (400, 98)]
    cap += [(320 + half + 6, 140), (320 + half + 24, 230), (320 + half + 16, 352), (320 + half - 6, 346)]
    cap += [(320 + half - 12, 262), (380, 214), (300, 226), (320 - half + 22, 240), (320 - half + 6, 346)]
    sheet.shape(cap, person.hair)


def draw_glasses(sheet: Sheet) -> None:
    frame = (44, 44, 50)
    for side in (1, -1):
        x = 320 + side * 57
        ring: list[Point] = [(x - 44, 332), (x, 326), (x + 44, 332), (x + 42, 374), (x, 386), (x - 42, 374)]
        loop = rounded(ring)
        sheet.line([*loop, loop[0]], frame, 4)
        sheet.line([(x + side * 38, 344), (x + side * 62, 342)], frame, 5)
    sheet.line([(304, 346), (320, 340), (336, 346)], frame, 5)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for each in PERSONS:
        draw(each).save(FOLDER / f"{each.name}.jpg", quality=90)
