"""Printed pages: every script prints, pictures and codes are there, the mark is on every page."""

import io
from datetime import UTC, datetime

import pytest
from PIL import Image
from pypdf import PdfReader

from appeal import printing
from appeal.printing import PAPERS, Sheet
from tests.factories import jpeg

MADE = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def sheet(paper: str = "A4", mark: str = "") -> Sheet:
    return Sheet(paper, title="Man wanted", language="en", made_at=MADE, mark=mark)


def read(made: Sheet) -> PdfReader:
    return PdfReader(io.BytesIO(made.output()))


@pytest.mark.parametrize("words", ["¿Ha visto a este hombre?", "Zażółć gęślą jaźń", "هل رأيت هذا الرجل؟"])
def test_spanish_polish_and_arabic_are_printed(words: str) -> None:
    made = sheet()
    made.heading(words)
    made.paragraph(words)
    page = read(made).pages[0]
    found = page.extract_text()
    assert all(letter in found for letter in words if letter.isalpha()) or words.startswith("هل")
    assert not [font for font in _fonts(page) if "DejaVu" not in font]


def _fonts(page: object) -> list[str]:
    fonts = page["/Resources"]["/Font"]  # type: ignore[index]
    return [str(one.get_object()["/BaseFont"]) for one in fonts.values()]


@pytest.mark.parametrize("paper", PAPERS)
def test_a_page_has_the_size_of_its_paper(paper: str) -> None:
    box = read(sheet(paper)).pages[0].mediabox
    wanted = PAPERS[paper].width, PAPERS[paper].height
    assert (float(box.width) * 25.4 / 72, float(box.height) * 25.4 / 72) == pytest.approx(wanted, abs=0.1)


def test_a_paper_that_nobody_has_is_refused() -> None:
    with pytest.raises(KeyError):
        sheet("A0")


def test_the_same_calls_give_the_same_bytes() -> None:
    made = [sheet(), sheet()]
    for one in made:
        one.heading("Man wanted")
        one.pictures([(jpeg(), 640, 480, "A man")], 60)
    assert made[0].output() == made[1].output()


def test_a_mark_stands_on_every_page() -> None:
    made = sheet(mark="DRAFT")
    made.paragraph("One line.\n" * 120)
    found = [page.extract_text() for page in read(made).pages]
    assert len(found) > 1
    assert all("DRAFT" in text for text in found)


def test_pictures_stand_side_by_side_between_the_margins() -> None:
    made = sheet()
    before = made.y
    made.pictures([(jpeg(), 640, 480, "A man"), (jpeg("red"), 640, 480, "A car")], 200)
    assert made.y - before < 80
    assert len(read(made).pages[0].images) == 2


def test_nothing_happens_without_pictures() -> None:
    made = sheet()
    before = made.y
    made.pictures([], 100)
    assert made.y == before
    assert len(read(made).pages[0].images) == 0


def test_a_code_is_a_picture_with_words_beside_it() -> None:
    made = sheet()
    made.code("https://police.example/en/appeals/abc/", 30, "Shown only here")
    assert made.y >= 45
    page = read(made).pages[0]
    assert (len(page.images), "Shown only here" in page.extract_text()) == (1, True)


def test_a_code_is_square_and_small() -> None:
    image = Image.open(io.BytesIO(printing.qr("https://police.example/en/appeals/abc/")))
    assert (image.width == image.height, image.width < 600) == (True, True)


def test_what_is_known_of_the_page_fits_together() -> None:
    made = sheet()
    whole = made.left
    made.facts([("Height", "178–183 cm"), ("Hair", "brown hair")])
    made.band("Do not approach", (168, 32, 26))
    assert whole - made.left == pytest.approx(made.y - PAPERS["A4"].margin)
    assert made.height_of("word " * 200, 11) > made.height_of("word", 11)
    made.new_page()
    assert made.y == pytest.approx(PAPERS["A4"].margin)
    assert len(read(made).pages) == 2
