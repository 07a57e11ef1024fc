"""Whoever wrote to the force alone is thanked there, on every platform that has such messages."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appeal.exercise.app import Exercise
from appeal.exercise.bluesky_room import BlueskyRoom
from appeal.exercise.bluesky_room import say as say_on_bluesky
from appeal.exercise.facebook_room import FacebookRoom
from appeal.exercise.facebook_room import say as say_on_facebook
from appeal.exercise.x_directs import XDirects, write_to_force
from appeal.publishers.base import Thanks
from appeal.rules.content import Post
from appeal.rules.errors import PublisherError
from appeal.tips.sources import bluesky, facebook, x
from tests.contracts.platforms import KEY, PLATFORMS

NOW = datetime.now(UTC)
WORDS = "Received. Thank you."


def written(exercise: Exercise, name: str) -> None:
    """Let somebody write to the force alone."""
    said: dict[str, Callable[[], object]] = {
        "x": lambda: write_to_force(exercise.world, "ana", "I saw him"),
        "bluesky": lambda: say_on_bluesky(exercise.world, "ana", "I saw him", ""),
        "facebook": lambda: say_on_facebook(exercise.world, "Ana", "I saw him", ""),
    }
    said[name]()


@pytest.mark.parametrize(
    ("name", "source", "room"),
    [("x", x, XDirects), ("bluesky", bluesky, BlueskyRoom), ("facebook", facebook, FacebookRoom)],
)
def test_a_person_is_thanked_where_they_wrote_and_nobody_else_can_be(
    world: Exercise,
    tmp_path: Path,
    name: str,
    source: object,
    room: type,
) -> None:
    publisher = PLATFORMS[name](world, tmp_path).publisher(reads_messages="yes")
    assert isinstance(publisher, Thanks)
    written(world, name)
    [message] = source.poll(publisher._settings, channel_id=1, cursor="", now=NOW).messages  # type: ignore[attr-defined]
    assert message.thank_to
    publisher.thank(Post(WORDS), message.thank_to, KEY)
    assert list(world.world.room(room).told.values()) == [[WORDS]]
    with pytest.raises(PublisherError):
        publisher.thank(Post(WORDS), "4711", KEY)
