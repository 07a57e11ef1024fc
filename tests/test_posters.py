"""The poster: one sheet with picture, words, code and where it is valid, in every language and on every paper."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from appeal.posters import STRIPS, poster
from appeal.printing import PAPERS
from appeal.rules.content import Content, Subject
from tests.publishers.sample import content, picture

pytestmark = pytest.mark.slow


def read(said: Content, paper: str = "A4", **more: Any) -> PdfReader:
    return PdfReader(io.BytesIO(poster(said, paper, **more)))


def words(found: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in found.pages).split())


def wanted(**changes: Any) -> Content:
    subjects = (Subject("Marcos Ejemplo", (("age", "35–40"), ("hair", "brown hair"))),)
    return content(
        **{"kind": "wanted", "title": "Man wanted", "subjects": subjects, "pictures": (picture(),), **changes}
    )


@pytest.mark.parametrize("paper", PAPERS)
def test_everything_stands_on_one_sheet(paper: str) -> None:
    found = read(wanted(), paper)
    said = words(found)
    assert len(found.pages) == 1
    assert len(found.pages[0].images) == 2
    for part in (
        "WANTED",
        "Man wanted",
        "Marcos Ejemplo",
        "Age: 35–40",
        "Do not approach.",
        "Tell us: 091",
        "2026/4711",
    ):
        assert part in said
    assert "Valid only if it is shown at this address: http://127.0.0.1:8000/en/appeals/k7w2m9q4/" in said
    assert "Version 1, issued Sun 22 Nov 2026, 10:30 Europe/Madrid" in said


def test_a_spanish_poster_speaks_spanish() -> None:
    said = words(read(wanted(language="es", title="Se busca")))
    assert "Válido solo si se muestra en esta dirección:" in said
    assert "Edad: 35–40" in said


def test_long_words_get_smaller_before_they_run_on() -> None:
    long = wanted(
        happened="He ran over the bridge. " * 60, contacts=tuple(f"Call {number}" for number in range(100, 104))
    )
    assert len(read(long).pages) == 1
    assert len(read(wanted(happened="He ran over the bridge. " * 600)).pages) > 1


@pytest.mark.parametrize(
    ("is_exercise", "is_draft", "mark"), [(True, False, "EXERCISE"), (True, True, "DRAFT"), (False, True, "DRAFT")]
)
def test_a_draft_and_an_exercise_say_so_across_the_sheet(is_exercise: bool, is_draft: bool, mark: str) -> None:
    draft = "0123456789abcdef9999" if is_draft else ""
    said = read(wanted(is_exercise=is_exercise, title="T"), draft_sha256=draft).pages[0].extract_text()
    assert ("0123456789abcdef" in said) == is_draft
    assert mark in said.splitlines()


def test_a_real_poster_carries_no_mark() -> None:
    said = words(read(wanted(is_exercise=False)))
    assert "EXERCISE" not in said
    assert "DRAFT" not in said


@pytest.mark.parametrize("paper", PAPERS)
def test_strips_to_tear_off_say_the_address_and_whom_to_tell(paper: str) -> None:
    found = read(wanted(), paper, with_strips=True)
    said = found.pages[0].extract_text()
    assert len(found.pages) == 1
    assert said.count("\nappeals/k7w2m9q4/\n") == STRIPS
    assert said.count("Tell us: 091") == 1 + STRIPS
    assert said.count("EXERCISE – Man wanted") == 1 + STRIPS
    assert "Valid only if it is shown at this address" in said


def test_the_same_appeal_gives_the_same_file() -> None:
    assert poster(wanted(), "A5") == poster(wanted(), "A5")


def test_pictures_have_their_descriptions() -> None:
    found = read(wanted())
    assert any("rucksack" in one for one in told(found.trailer["/Root"]["/StructTreeRoot"]))


def told(node: Any) -> list[str]:
    """The descriptions of all parts of a tagged document."""
    held = node.get_object()
    if not isinstance(held, dict):
        return []
    below = held.get("/K", [])
    kids = below.get_object() if hasattr(below, "get_object") else below
    own = [str(held["/Alt"])] if "/Alt" in held else []
    return own + [words for one in (kids if isinstance(kids, list) else [kids]) for words in told(one)]
