"""Outlines from GeoJSON, frames of degrees, and what falls where in them."""

import json
import math

import pytest

from appeal.rules import geo, terms
from appeal.rules.errors import BadInput
from appeal.rules.geo import Frame

SEVILLA = (37.39, -5.98)
CIRCLE = [[-6 + math.cos(at / 500) * 0.5, 37 + math.sin(at / 500) * 0.5] for at in range(3142)]


def features(*geometries: dict[str, object], name: str = "") -> bytes:
    made = [{"type": "Feature", "geometry": one, "properties": {"name": name}} for one in geometries]
    return json.dumps({"type": "FeatureCollection", "features": made}).encode()


def test_an_outline_keeps_its_shape_with_few_points() -> None:
    area = {"type": "Polygon", "coordinates": [CIRCLE]}
    point = {"type": "Point", "coordinates": [-5.98, 37.39]}
    found = geo.outline_of(features(area, point, name="Sevilla"))
    (line,) = found.lines
    assert 20 < len(line) <= geo.MOST_POINTS
    assert all(abs(math.hypot(at[0] - 37, at[1] + 6) - 0.5) < 0.01 for at in line)
    assert found.names == (("Sevilla", SEVILLA),)
    assert geo.kept(geo.written(found)) == found
    assert geo.kept("") == geo.Outline()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no json",
        b"[]",
        b'{"type": "Feature"}',
        features({"type": "LineString", "coordinates": [[0, 0], ["a", 1]]}),
        features({"type": "LineString", "coordinates": [[400_000, 4_000_000], [400_001, 4_000_000]]}),
        features({"type": "Nothing", "coordinates": []}),
        features(),
    ],
)
def test_what_is_no_outline_is_refused_with_a_sentence(raw: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        geo.outline_of(raw)
    assert refused.value.fields["outline"]


def test_a_frame_shows_every_place_and_moves() -> None:
    places = [SEVILLA, (37.5, -5.8), (37.2, -6.1)]
    frame = geo.around(places)
    assert frame is not None
    assert all(frame.holds(one) for one in places)
    x, y = frame.at(SEVILLA)
    assert 0 < x < geo.WIDTH
    assert 0 < y < frame.height
    assert frame.at((frame.north, frame.west)) == (0, 0)
    nearer, east = frame.moved("in"), frame.moved("east")
    assert nearer.north - nearer.south == pytest.approx((frame.north - frame.south) / 2)
    assert east.west > frame.west
    assert frame.moved("nowhere").south == pytest.approx(frame.south)
    assert geo.around([]) is None
    one = geo.around([SEVILLA])
    assert one is not None
    assert one.holds(SEVILLA)


def test_frames_stay_on_the_ground() -> None:
    far = geo.framed((89.0, 179.9), 500.0, 500.0)
    assert (far.west, far.east) == (-180.0, 180.0)
    assert far.north <= geo.MOST_LATITUDE
    assert geo.framed(SEVILLA, 0.0, 0.0).east > geo.framed(SEVILLA, 0.0, 0.0).west


def test_the_graticule_has_round_degrees() -> None:
    meridians, parallels = geo.graticule(Frame(37.0, -6.2, 37.6, -5.6))
    assert [value for value, _x in meridians] == [-6.2, -6.1, -6.0, -5.9, -5.8, -5.7, -5.6]
    assert parallels[0] == (37.0, Frame(37.0, -6.2, 37.6, -5.6).height)


def test_lines_that_cross_the_frame_are_drawn_and_others_are_not() -> None:
    frame = Frame(37.0, -6.2, 37.6, -5.6)
    crossing, far = ((37.3, -20.0), (37.3, 10.0)), ((50.0, 0.0), (50.0, 1.0))
    assert len(geo.paths(geo.Outline((crossing, far)), frame)) == 1


def test_density_counts_by_square() -> None:
    frame = Frame(37.0, -6.2, 37.6, -5.6)
    found = geo.squares(frame, [SEVILLA, SEVILLA, (37.1, -6.1), (0.0, 0.0)])
    assert sorted(count for *_at, count in found) == [1, 2]


def test_cells_in_a_box_hold_each_place_of_it() -> None:
    cells = terms.cells_in(37.3, -6.1, 37.5, -5.9, terms.COARSE, 400)
    assert terms.cell(*SEVILLA, terms.COARSE) in cells
    assert len(cells) == len(set(cells))
    assert terms.cells_in(-80, -180, 80, 180, terms.COARSE, 400) == []
