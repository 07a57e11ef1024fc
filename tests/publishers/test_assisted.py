"""A place in which a person posts: composed like any other, and never sent by itself."""

from datetime import UTC, datetime

import pytest

from appeal.publishers.assisted import Assisted
from appeal.publishers.base import Found, Settings
from appeal.rules.errors import DoesNotFit, OutcomeUnknown
from tests.publishers.sample import content, picture, withdrawn

PLACE = Assisted(Settings({"text_limit": "300"}))


def test_words_and_pictures_are_composed_for_the_place() -> None:
    post = PLACE.compose(content(pictures=(picture(),)))

    assert (post.limit, len(post.pictures)) == (300, 1)
    assert post.length == len(post.text) <= 300
    assert post.text.startswith("EXERCISE: Policía de Prueba: Who was on the river bridge")
    assert "Do not approach. Call 112 immediately." in post.text
    assert "This appeal is no longer shown." in PLACE.compose(withdrawn()).text
    with pytest.raises(DoesNotFit, match="of 300 characters"):
        PLACE.compose(content(danger="x" * 400))


@pytest.mark.parametrize(("typed", "limit"), [("", 2000), ("0", 2000), ("nonsense", 2000), ("99999", 20_000)])
def test_limit_is_a_number_or_the_usual_one(typed: str, limit: int) -> None:
    place = Assisted(Settings({"text_limit": typed}))
    assert place.compose(content()).limit == limit
    assert place.check().is_well == (typed != "nonsense")


def test_nothing_is_sent_changed_removed_or_known() -> None:
    post = PLACE.compose(content())
    for act in (
        lambda: PLACE.send(post, "", "Ab3dEf9h"),
        lambda: PLACE.update("", post, "", "Ab3dEf9h"),
        lambda: PLACE.retract("", post),
    ):
        with pytest.raises(OutcomeUnknown, match="A person has to"):
            act()
    assert PLACE.is_out("").found == Found.CANNOT_TELL
    assert PLACE.find("Ab3dEf9h", "", post, datetime.now(UTC)).found == Found.CANNOT_TELL
