"""What goes out on a Facebook page, how it is corrected, and that its photos go with it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from appeal.exercise.app import Exercise
from appeal.exercise.facebook_room import FacebookRoom, say
from appeal.publishers.base import Found, Hides, Settings
from appeal.publishers.facebook import Facebook
from appeal.rules.errors import DoesNotFit, Gone
from tests.contracts.conftest import running_world, world  # noqa: F401
from tests.contracts.platforms import OnFacebook
from tests.publishers.sample import content, jpeg, picture, withdrawn

KEY = "Ab3dEf9h"
COMPOSER = Facebook(Settings({}))
TWO = (picture("one"), picture("two", jpeg(41)))


@pytest.fixture
def room(world: Exercise) -> FacebookRoom:  # noqa: F811
    return world.world.room(FacebookRoom)


@pytest.fixture
def facebook(world: Exercise) -> Facebook:  # noqa: F811
    made = OnFacebook(world, Path()).publisher()
    assert isinstance(made, Facebook)
    return made


def test_post_is_what_the_approver_reads() -> None:
    post = COMPOSER.compose(content(KEY, happened="He ran."))
    assert post.text == (
        "EXERCISE: Who was on the river bridge on Saturday?\n"
        "Do not approach. Call 112 immediately.\n"
        "He ran.\n"
        "River bridge, Calle Mayor\n"
        "Sat 21 Nov 2026, 22:15\n"
        "Tell us: 091\n"
        "tell@force.example\n"
        "http://127.0.0.1:8000/r/Ab3dEf9h\n"
        "We read every answer until 01:00."
    )
    with pytest.raises(DoesNotFit, match="of 5000 characters"):
        COMPOSER.compose(content(KEY, danger="x" * 6000))


def test_photos_carry_their_descriptions_and_go_with_the_post(facebook: Facebook, room: FacebookRoom) -> None:
    receipt = facebook.send(facebook.compose(content(KEY, pictures=TWO)), "", KEY)

    [thing] = room.things.values()
    assert [one.alt for one in thing.pictures] == ["one", "two"]
    assert receipt.external_id == "/".join([thing.id, *room.photos])
    facebook.retract(receipt.external_id, facebook.compose(withdrawn(KEY)))
    assert room.photos == {}
    assert facebook.is_out(receipt.external_id).found == Found.NOT_THERE


def test_photo_that_outlives_its_post_is_still_out(facebook: Facebook, room: FacebookRoom) -> None:
    receipt = facebook.send(facebook.compose(content(KEY, pictures=TWO)), "", KEY)
    next(iter(room.things.values())).deleted_at = 1.0

    assert facebook.is_out(receipt.external_id).found == Found.THERE
    facebook.retract(receipt.external_id, facebook.compose(withdrawn(KEY)))
    with pytest.raises(Gone):
        facebook.retract(receipt.external_id, facebook.compose(withdrawn(KEY)))


def test_correction_replaces_words_and_photos_and_the_new_ones_come_down_too(
    facebook: Facebook, room: FacebookRoom
) -> None:
    receipt = facebook.send(facebook.compose(content(KEY, pictures=TWO)), "", KEY)
    old = set(room.photos)
    post = facebook.compose(
        content("Zz9yXx8w", action="update", pictures=(picture("three", jpeg(50)),), title="Sunday")
    )

    after = facebook.update(receipt.external_id, post, "", "Zz9yXx8w")

    [thing] = room.things.values()
    assert thing.text.startswith("EXERCISE: Correction: Sunday")
    assert [one.alt for one in thing.pictures] == ["three"]
    assert not old & set(room.photos)
    assert after.external_id.split("/")[0] == thing.id
    facebook.retract(receipt.external_id, facebook.compose(withdrawn(KEY)))
    assert room.photos == {}


def test_comment_is_hidden_and_one_that_is_gone_is_gone(
    world: Exercise,  # noqa: F811
    facebook: Facebook,
    room: FacebookRoom,
) -> None:
    assert isinstance(facebook, Hides)
    receipt = facebook.send(facebook.compose(content(KEY)), "", KEY)
    comment = say(world.world, "ana", "It was my neighbour", receipt.external_id)

    facebook.hide(comment.id)
    facebook.hide(comment.id)
    assert room.answers[comment.id].is_hidden
    with pytest.raises(Gone):
        facebook.hide("990_77")


def test_permalink_leads_to_the_post() -> None:
    assert Facebook(Settings({}))._receipt("1_2/34").permalink == "https://www.facebook.com/1_2"


def test_the_end_of_the_token_is_told_where_facebook_says_it(facebook: Facebook, room: FacebookRoom) -> None:
    assert facebook.check().expires_at is None
    room.token_ends_at = 1_798_761_600
    assert facebook.check().expires_at == datetime(2027, 1, 1, tzinfo=UTC)
    room.token_ends_at = 10**15
    assert (facebook.check().is_well, facebook.check().expires_at) == (True, None)
