"""Pictures to share: their shapes, their words, their description."""

import io
from typing import Any

import pytest
from PIL import Image

from appeal.cards import SHAPES, alt, card
from appeal.rules.content import Content
from tests.publishers.sample import content, picture


def said(**changes: Any) -> Content:
    return content(**{"kind": "wanted", "title": "Man wanted", "pictures": (picture(),), **changes})


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


@pytest.mark.parametrize("shape", SHAPES)
def test_a_card_has_its_shape_and_shows_the_picture(shape: str) -> None:
    made = opened(card(said(), shape))
    assert made.size == (SHAPES[shape].width, SHAPES[shape].height)
    colours = {colour for _count, colour in made.getcolors(maxcolors=2**24) or ()}
    assert any(blue > 100 and red < 30 and green < 30 for red, green, blue in colours)


def test_words_fill_the_card_where_there_is_no_picture() -> None:
    assert opened(card(said(pictures=()), "square")).size == (1080, 1080)


def test_the_longest_title_and_danger_line_stay_on_the_card() -> None:
    made = card(said(title="Wanted " * 17, danger="Do not approach. " * 12), "card")
    assert len(made) < 1_000_000


def test_the_same_appeal_gives_the_same_file() -> None:
    assert card(said(), "square") == card(said(), "square")


def test_a_shape_that_is_not_made_is_refused() -> None:
    with pytest.raises(KeyError):
        card(said(), "round")


def test_everything_that_stands_on_a_card_is_in_its_description() -> None:
    assert alt(said()) == (
        "EXERCISE – Wanted. Man wanted. Do not approach. Call 112 immediately. Tell us: 091. tell@force.example. "
        "A dark blue rucksack on a bridge. Valid only at http://127.0.0.1:8000/en/appeals/k7w2m9q4/."
    )
    assert alt(said(is_exercise=False, language="es")).startswith("Persona buscada. ")
