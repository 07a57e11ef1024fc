"""When two reports speak of one place: names in any order and spelling, coordinates, and nothing at all."""

import pytest

from appeal.rules.alarms import Spot, is_same, merged, spot

HERE, NEXT, FAR = (41.6561, -0.8773), (41.6590, -0.8790), (41.6700, -0.8773)


def said(where: str = "", text: str = "", position: tuple[float, float] | None = None) -> Spot:
    return spot(where, text, position)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (said("Plaza de España"), said("", "lo veo ahora en la plaza de españa junto al metro")),
        (said("Plaza de España, Zaragoza"), said("junto a la fuente, Plaza España")),
        (said("Delicias station"), said("estación de Delicias")),
        (said("Sol"), said("Puerta del Sol")),
        (said("the blue kiosk"), said("blue kiosk, Zaragoza")),
        (said(position=HERE), said("Mill bridge", position=NEXT)),
        (said(), said("", "I see him now")),
    ],
)
def test_one_place_in_two_ways_is_the_same(one: Spot, other: Spot) -> None:
    assert is_same(one, other)
    assert is_same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (said("Calle Alfonso, Zaragoza"), said("Calle Mayor, Zaragoza")),
        (said("Puerta del Sol"), said("Puerta de Alcala")),
        (said(position=HERE), said(position=FAR)),
        (said("Plaza de España", position=HERE), said("Plaza de España", position=FAR)),
        (said("Mill bridge"), said("", "I see him now")),
    ],
)
def test_two_places_are_not_the_same(one: Spot, other: Spot) -> None:
    assert not is_same(one, other)


def test_an_alarm_learns_further_names_and_does_not_wander() -> None:
    both = merged(said("Plaza de España", position=HERE), said("Café Central", position=NEXT))
    assert (both.words, both.position) == ("Plaza de España", HERE)
    assert is_same(both, said("central cafe"))


def test_whatever_is_written_for_a_place_is_a_place() -> None:
    for odd in ("", "\x00", "،،،", "مدريد", "a" * 10_000, "999.99, 999.99", "<b>", "\u202eabc"):
        assert len(said(odd).words) <= 120
