"""A delivery never goes out twice."""

from tests.factories import *  # noqa


def test_everything_goes_out_once(force, platforms):
    launched(force.people)
    tick()
    assert states() == ["sent"] * 7
