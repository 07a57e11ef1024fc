"""Pictures to share: the first picture of an appeal with its words and address on it, in the usual shapes."""

import io
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from appeal import pages
from appeal.rules import telling
from appeal.rules.content import Content
from appeal.rules.drafting import KIND_WORDS
from appeal.rules.words import _

RED, BLUE, INK, PAPER, PALE = (168, 32, 26), (26, 58, 107), (11, 12, 12), (255, 255, 255), (243, 242, 241)
COLOURS = {"wanted": RED, "warning": RED}
FONTS = pages.STATIC / "vendor" / "dejavu-fonts-2.37.3"
QUALITY = 88
VALID = _("Valid only at %(page)s")


@dataclass(frozen=True)
class Shape:
    """Sides in pixels; `beside` puts the picture at the left of the words instead of above them."""

    width: int
    height: int
    beside: bool = False


SHAPES: dict[str, Shape] = {
    "square": Shape(1080, 1080),
    "card": Shape(1200, 630, beside=True),
    "story": Shape(1080, 1920),
}


def card(content: Content, shape: str) -> bytes:
    """A JPEG; the same content gives the same bytes. KeyError for a shape that is not in `SHAPES`."""
    size = SHAPES[shape]
    canvas = Image.new("RGB", (size.width, size.height), PAPER)
    colour = COLOURS.get(content.kind, BLUE)
    unit = min(size.width, size.height)
    band = unit // 9
    pen = ImageDraw.Draw(canvas)
    pen.rectangle((0, 0, size.width, band), fill=colour)
    _line(pen, _kind(content), (size.width // 2, band // 2), size.width - 40, band * 0.55, PAPER, "mm")
    foot = unit // 12
    pen.rectangle((0, size.height - foot, size.width, size.height), fill=INK)
    where = (size.width // 2, size.height - foot // 2)
    _line(pen, _valid(content), where, size.width - 40, foot * 0.45, PAPER, "mm")
    middle = (0, band, size.width, size.height - foot)
    picture, words = _halves(middle, size.beside)
    if content.pictures:
        _put(canvas, content.pictures[0].best.data, picture)
    else:
        words = middle
    _write(pen, content, words, unit)
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=QUALITY, progressive=True)
    return out.getvalue()


def alt(content: Content) -> str:
    """What stands on a card and what its picture shows, for people who cannot see it."""
    shown = content.pictures[0].alt if content.pictures else ""
    return ". ".join(one.rstrip(".") for one in (_kind(content), *_lines(content), shown, _valid(content)) if one) + "."


def _kind(content: Content) -> str:
    words = pages.translate(content.language, KIND_WORDS[content.kind])
    return telling.marked(content, words, pages.translate(content.language, telling.EXERCISE))


def _valid(content: Content) -> str:
    return pages.translate(content.language, VALID, page=content.page)


def _lines(content: Content) -> list[str]:
    """Title, danger line and contacts: what has to be read even where nobody opens the page."""
    return [one for one in (content.title, content.danger, *content.contacts[:2]) if one]


def _halves(
    area: tuple[int, int, int, int], beside: bool
) -> tuple[tuple[int, int, int, int], tuple[int, int, int, int]]:
    left, top, right, bottom = area
    if beside:
        middle = left + (right - left) * 42 // 100
        return (left, top, middle, bottom), (middle, top, right, bottom)
    middle = top + (bottom - top) * 58 // 100
    return (left, top, right, middle), (left, middle, right, bottom)


def _put(canvas: Image.Image, data: bytes, area: tuple[int, int, int, int]) -> None:
    """The whole picture in the middle of its area on a pale ground; nothing is cut off a face."""
    left, top, right, bottom = area
    canvas.paste(PALE, area)
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    scale = min((right - left) / picture.width, (bottom - top) / picture.height)
    size = max(1, int(picture.width * scale)), max(1, int(picture.height * scale))
    shown = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    canvas.paste(shown, (left + (right - left - size[0]) // 2, top + (bottom - top - size[1]) // 2))


def _write(pen: ImageDraw.ImageDraw, content: Content, area: tuple[int, int, int, int], unit: int) -> None:
    """Title and lines as large as they fit into the area."""
    left, top, right, bottom = area
    margin = unit // 30
    width = right - left - 2 * margin
    for size in range(unit // 16, unit // 60, -1):
        blocks = [
            (_wrapped(words, size * (1.25 if number == 0 else 1), width), size * (1.25 if number == 0 else 1), number)
            for number, words in enumerate(_lines(content))
        ]
        if sum(len(lines) * tall * 1.25 + size * 0.5 for lines, tall, _number in blocks) <= bottom - top - 2 * margin:
            break
    y = float(top + margin)
    for lines, tall, number in blocks:
        colour = RED if content.danger and number == 1 else INK
        for line in lines:
            pen.text((left + margin, y), line, fill=colour, font=_font(tall, number < 2))
            y += tall * 1.25
        y += size * 0.5


def _wrapped(words: str, size: float, width: int) -> list[str]:
    font, lines = _font(size, True), [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _line(
    pen: ImageDraw.ImageDraw,
    words: str,
    place: tuple[int, int],
    width: int,
    size: float,
    colour: tuple[int, int, int],
    anchor: str,
) -> None:
    """One line, smaller if it would not fit."""
    size = min(size, size * width / max(1.0, _font(size, True).getlength(words)))
    pen.text(place, words, fill=colour, font=_font(size, True), anchor=anchor)


def _font(size: float, is_bold: bool) -> ImageFont.FreeTypeFont:
    return _loaded(round(size), is_bold)


@cache
def _loaded(size: int, is_bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / ("DejaVuSans-Bold.ttf" if is_bold else "DejaVuSans.ttf"), size)
