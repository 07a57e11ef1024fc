"""The outline that maps are drawn on is kept by an administrator."""

import json

import pytest
from flask import Flask

from appeal.rules.errors import BadInput, NotAllowed
from appeal.rules.geo import Outline
from appeal.services import force, outline
from tests.factories import NOON, People

LINE = json.dumps({"type": "LineString", "coordinates": [[-6, 37], [-5, 38]]}).encode()


def test_an_outline_is_kept_and_replaced(core: Flask, people: People) -> None:
    assert outline.outline() == Outline()
    kept = outline.keep(people.administrator, raw=LINE, now=NOON)
    assert outline.outline() == kept == Outline((((37.0, -6.0), (38.0, -5.0)),))
    assert outline.NAME not in force.settings()
    with pytest.raises(BadInput):
        outline.keep(people.administrator, raw=b"{}", now=NOON)
    with pytest.raises(NotAllowed):
        outline.keep(people.triager, raw=LINE, now=NOON)
    assert outline.outline() == kept
