"""Printed pages: text in any script that the font has, pictures and QR codes in, a PDF out; no disk but the font.

The PDF library takes a second to load, so it is loaded when the first page is printed. The same calls with the same
`made_at` give the same bytes.
"""

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from appeal.pages import STATIC

if TYPE_CHECKING:
    from fpdf import FPDF

FAMILY = "DejaVu"
FONTS = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"}
FONT_FOLDER = "vendor/dejavu-fonts-2.37.3"
BLACK, WHITE = (11, 12, 12), (255, 255, 255)
MARK_GREY, MARK_OPACITY = (110, 110, 110), 0.28
LINE = 1.3
MM_PER_POINT = 25.4 / 72
STRIP_SIZES = (14, 12, 11, 10, 9, 8, 7, 6, 5)
RIGHT_TO_LEFT = ("HEBREW", "ARABIC")


@dataclass(frozen=True)
class Paper:
    """A size of paper upright, sides and margin in millimetres; `scale` makes texts fit it (1 is A4)."""

    width: float
    height: float
    margin: float
    scale: float


PAPERS: dict[str, Paper] = {
    "A4": Paper(210, 297, 15, 1.0),
    "A5": Paper(148, 210, 10, 0.72),
    "Letter": Paper(215.9, 279.4, 15, 0.98),
}


class Sheet:
    """One document that is filled from the top down; `y` is where the next thing goes, in millimetres.

    `mark` stands large and pale across every page (DRAFT, EXERCISE); `shrink` makes all texts smaller. KeyError for a
    paper that is not in `PAPERS`.
    """

    def __init__(
        self, paper: str, *, title: str, language: str, made_at: datetime, mark: str = "", shrink: float = 1.0
    ) -> None:
        known = PAPERS[paper]
        self.paper = replace(known, scale=known.scale * shrink)
        self._pdf = _document(self.paper, mark)
        self._pdf.set_title(title)
        self._pdf.set_lang(language)
        self._pdf.set_creator("appeal")
        self._pdf.set_producer("appeal")
        self._pdf.set_creation_date(made_at)
        self._pdf.add_page()

    @property
    def y(self) -> float:
        """Where the next thing goes, from the top of the page."""
        return float(self._pdf.get_y())

    @property
    def left(self) -> float:
        """How much height is left on this page above the margin."""
        return self.paper.height - self.paper.margin - self.y

    @property
    def width(self) -> float:
        """The width between the margins."""
        return self.paper.width - 2 * self.paper.margin

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return len(self._pdf.pages)

    def heading(self, words: str, size: float = 20) -> None:
        """Bold words over the whole width."""
        self._write(words, size, "B")
        self.gap(size * 0.12)

    def paragraph(self, words: str, size: float = 11, *, is_bold: bool = False) -> None:
        """Words over the whole width; lines break where the text breaks them or where they are full."""
        self._write(words, size, "B" if is_bold else "")
        self.gap(size * 0.12)

    def facts(self, pairs: Sequence[tuple[str, str]], size: float = 10) -> None:
        """Label in bold and value below it, pair after pair."""
        for label, value in pairs:
            self._write(label, size, "B")
            self._write(value, size, "")
            self.gap(size * 0.1)

    def band(self, words: str, colour: tuple[int, int, int], size: float = 16) -> None:
        """White bold words centred on a band of colour over the whole width."""
        self._pdf.set_fill_color(*colour)
        self._pdf.set_text_color(*WHITE)
        self._write(words, size, "B", align="C", is_filled=True)
        self._pdf.set_text_color(*BLACK)
        self.gap(size * 0.15)

    def pictures(self, shown: Sequence[tuple[bytes, int, int, str]], height: float) -> None:
        """Pictures side by side, centred, at most `height` high: bytes, width and height in pixels, alt text."""
        if not shown:
            return
        gap = 4.0
        ratios = [width / tall for _data, width, tall, _alt in shown]
        height = min(height, (self.width - gap * (len(shown) - 1)) / sum(ratios))
        x = (self.paper.width - height * sum(ratios) - gap * (len(shown) - 1)) / 2
        top = self.y
        for (data, _width, _tall, alt), ratio in zip(shown, ratios, strict=True):
            self._pdf.image(io.BytesIO(data), x=x, y=top, w=height * ratio, h=height, alt_text=alt)
            x += height * ratio + gap
        self._pdf.set_y(top + height)
        self.gap(3)

    def code(self, address: str, side: float, words: str, size: float = 10) -> None:
        """A QR code of an address at the left, `side` wide, and words beside it."""
        top = self.y
        self._pdf.image(io.BytesIO(qr(address)), x=self.paper.margin, y=top, w=side, h=side, alt_text=address)
        beside = self.paper.margin + side + 4
        self._pdf.set_left_margin(beside)
        self._pdf.set_xy(beside, top + 1)
        self._write(words, size, "")
        below = max(self.y, top + side)
        self._pdf.set_left_margin(self.paper.margin)
        self._pdf.set_xy(self.paper.margin, below)

    def keep_free(self, height: float) -> None:
        """Leave so much of the lower edge of every page to what is put there in the end."""
        self._pdf.set_auto_page_break(auto=True, margin=self.paper.margin + height)

    def strips(self, words: str, number: int, height: float) -> None:
        """So many strips to cut and tear off at the lower edge of this page, each with the same words along it."""
        self._pdf.set_auto_page_break(auto=False)
        each, top = self.width / number, self.paper.height - height
        sizes = (size for size in STRIP_SIZES if self._stands_in(words, size, height - 5, each - 2))
        self._font(size := next(sizes, STRIP_SIZES[-1]), "")
        line = size * self.paper.scale * LINE * MM_PER_POINT
        self._pdf.set_dash_pattern(dash=2, gap=1.5)
        self._pdf.line(0, top, self.paper.width, top)
        for place in range(number + 1):
            x = self.paper.margin + place * each
            self._pdf.line(x, top, x, self.paper.height)
            if place < number:
                with self._pdf.rotation(90, x, self.paper.height):
                    self._pdf.set_xy(x + 3, self.paper.height + 1)
                    self._pdf.multi_cell(height - 5, line, words, align="R" if _runs_left(words) else "L")
        self._pdf.set_dash_pattern()

    def gap(self, points: float) -> None:
        """Leave some height empty."""
        self._pdf.set_y(self.y + points * self.paper.scale * MM_PER_POINT * 2)

    def move_to(self, y: float) -> None:
        """Go on at this height of the page, in millimetres from the top."""
        self._pdf.set_y(y)

    def new_page(self) -> None:
        """Go on at the top of another page."""
        self._pdf.add_page()

    def height_of(self, words: str, size: float, *, is_bold: bool = False, width: float = 0) -> float:
        """How high these words would stand, over the whole width unless told otherwise, in millimetres."""
        self._font(size, "B" if is_bold else "")
        height = size * self.paper.scale * LINE * MM_PER_POINT
        found = self._pdf.multi_cell(width or self.width, height, words, dry_run=True, output=_returns().HEIGHT)
        return float(str(found))

    def output(self) -> bytes:
        """The finished PDF; nothing can be added after this, and the fonts' files are closed."""
        made = bytes(self._pdf.output())
        self.close()
        return made

    def close(self) -> None:
        """Let go of the fonts' files; nothing can be added or printed after this."""
        for font in self._pdf.fonts.values():
            font.close()  # type: ignore[union-attr]  # all fonts are ours, none is a core font

    def _write(self, words: str, size: float, style: str, *, align: str = "", is_filled: bool = False) -> None:
        self._font(size, style)
        height = size * self.paper.scale * LINE * MM_PER_POINT
        align = align or ("R" if _runs_left(words) else "L")
        self._pdf.multi_cell(0, height, words, align=align, fill=is_filled, new_x="LMARGIN", new_y="NEXT")

    def _stands_in(self, words: str, size: float, width: float, height: float) -> bool:
        """Whether words of this size fit without breaking one of them, such as an address."""
        is_low = self.height_of(words, size, width=width) <= height
        return is_low and all(self._pdf.get_string_width(one) < width - 2 * self._pdf.c_margin for one in words.split())

    def _font(self, size: float, style: str) -> None:
        self._pdf.set_font(FAMILY, style, size * self.paper.scale)


def qr(address: str) -> bytes:
    """A QR code as PNG that is still read when a corner of the paper is torn."""
    import segno  # noqa: PLC0415 only printed pages need it

    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="png", scale=8, border=2)
    return out.getvalue()


def _document(paper: Paper, mark: str) -> "FPDF":
    """An empty document with our fonts, whose pages carry the mark."""
    made: FPDF = _marked_class()(unit="mm", format=(paper.width, paper.height))
    made.mark = mark  # type: ignore[attr-defined]  # the class below reads it
    for style, name in FONTS.items():
        made.add_font(FAMILY, style, STATIC / FONT_FOLDER / name)
    made.set_text_shaping(use_shaping_engine=True)
    made.set_margins(paper.margin, paper.margin)
    made.set_auto_page_break(auto=True, margin=paper.margin)
    made.set_text_color(*BLACK)
    return made


@cache
def _marked_class() -> type[Any]:
    """The library's document that draws the mark over everything else of a page."""
    from fpdf import FPDF  # noqa: PLC0415 it takes a second to load

    class Marked(FPDF):
        mark = ""

        def footer(self) -> None:
            if not self.mark:
                return
            self.set_font(FAMILY, "B", 60 if len(self.mark) > 8 else 80)
            self.set_text_color(*MARK_GREY)
            middle = self.w / 2, self.h / 2
            with self.local_context(fill_opacity=MARK_OPACITY), self.rotation(55, *middle):
                self.text(middle[0] - self.get_string_width(self.mark) / 2, middle[1], self.mark)
            self.set_text_color(*BLACK)

    return Marked


def _returns() -> Any:
    from fpdf.enums import MethodReturnValue  # noqa: PLC0415

    return MethodReturnValue


def _runs_left(words: str) -> bool:
    """Whether the first letter belongs to a script that is written from right to left."""
    names = (unicodedata.name(char, "") for char in words if char.isalpha())
    return next(names, "").startswith(RIGHT_TO_LEFT)
