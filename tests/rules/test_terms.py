"""Terms: words of several languages, cells with neighbours, links, text bands."""

from datetime import UTC, datetime
from itertools import groupby

import pytest

from appeal.rules import terms


def test_words_are_folded_and_single_letters_left_out() -> None:
    assert terms.words("Vi a José en la ESTACIÓN a las 7") == ["vi", "jose", "en", "la", "estacion", "las", "7"]


def test_words_without_spaces_are_looked_for_in_pairs() -> None:
    assert terms.words("東京駅") == ["東", "京", "駅", "東京", "京駅"]


def test_starts_go_from_three_letters_to_eight() -> None:
    assert terms.starts("ab") == []
    assert terms.starts("cart") == ["car", "cart"]
    assert terms.starts("estaciones")[-1] == "estacion"


def test_a_place_over_the_border_of_a_cell_is_in_a_neighbour() -> None:
    here, there = (40.4049, -3.6901), (40.4051, -3.6899)
    for step in (terms.COARSE, terms.FINE):
        assert terms.cell(*there, step) in terms.cells_around(*here, step)
        assert len(set(terms.cells_around(*here, step))) == 9
    assert terms.cell(51.5, -0.1, terms.COARSE) not in terms.cells_around(*here, terms.COARSE)


def test_cells_measure_about_the_same_everywhere_and_go_round_the_earth() -> None:
    for latitude in (0.0, 40.0, 70.0):
        cells = [terms.cell(latitude, 10.0 + step / 1000, terms.COARSE) for step in range(300)]
        widths = [len(list(group)) for _, group in groupby(cells)][1:-1]
        assert all(4_500 < terms.metres((latitude, 10.0), (latitude, 10.0 + width / 1000)) < 5_600 for width in widths)
    assert terms.cell(10.0, -179.999, terms.COARSE) in terms.cells_around(10.0, 179.999, terms.COARSE)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("at 40.4168, -3.7038 now", (40.4168, -3.7038)),
        ("https://maps.example/?q=37.3891,-5.9845", (37.3891, -5.9845)),
        ("99.99, 10.00", None),
        ("it cost 12.50 and 3.20", None),
        ("", None),
    ],
)
def test_position_is_the_first_pair_that_can_be_one(text: str, found: tuple[float, float] | None) -> None:
    assert terms.position(text) == found


def test_links_to_one_thing_are_one() -> None:
    text = "see https://www.twitter.com/a/status/1?s=20 and http://x.com/a/status/1/ or https://m.video.example/w?v=Ab1&t=3"
    assert terms.links(text) == ["x.com/a/status/1", "video.example/w?v=ab1"]


def test_near_duplicates_share_a_band_and_others_do_not() -> None:
    text = "i saw the man from the poster getting into a white van outside the market this morning at about ten"
    changed = text.replace("about ten", "around ten oclock")
    other = "my neighbour says that somebody who looks like him bought cigarettes in the shop last week"
    own = set(terms.bands(text.split()))
    assert own & set(terms.bands(changed.split()))
    assert not own & set(terms.bands(other.split()))
    assert terms.bands(["two", "words"]) == []


def test_pictures_that_differ_little_share_a_band() -> None:
    assert set(terms.picture_bands("0123456789abcdef")) & set(terms.picture_bands("0123456789abcde0"))


def test_hour_and_metres() -> None:
    assert terms.hour(datetime(1970, 1, 2, 1, 59, tzinfo=UTC)) == 25
    assert 500_000 < terms.metres((40.4168, -3.7038), (41.3874, 2.1686)) < 510_000
