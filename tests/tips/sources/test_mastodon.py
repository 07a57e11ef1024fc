"""What people said to the force on Mastodon: named, in threads, and to it alone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appeal.exercise import mastodon_room
from appeal.exercise.app import Exercise
from appeal.exercise.faults import Fault
from appeal.exercise.rooms import Picture
from appeal.publishers.base import Settings
from appeal.rules.errors import TryLater
from appeal.tips.sources import mastodon
from appeal.tips.sources.base import MISSING, PollResult
from tests.contracts.conftest import running_world, world  # noqa: F401
from tests.contracts.platforms import WORLD, OnMastodon
from tests.publishers.sample import content, jpeg

KEY = "Ab3dEf9h"
NOW = datetime.now(UTC)


def settings(world: Exercise) -> Settings:  # noqa: F811
    values = {"base_url": f"{world.address}/mastodon", "mode": "exercise"}
    return Settings(values, {"access_token": WORLD.mastodon_token})


def polled(world: Exercise, cursor: str = "", now: datetime | None = None) -> PollResult:  # noqa: F811
    return mastodon.poll(settings(world), channel_id=2, cursor=cursor, now=now or datetime.now(UTC))


@pytest.fixture
def post(world: Exercise) -> str:  # noqa: F811
    publisher = OnMastodon(world, Path()).publisher()
    return publisher.send(publisher.compose(content(KEY)), "", KEY).external_id


def test_answer_names_the_post_that_it_answers(world: Exercise, post: str) -> None:  # noqa: F811
    said = mastodon_room.say(world.world, "ana", "I saw him at https://maps.example/?q=1", post)
    [one] = polled(world).messages
    assert (one.source, one.external_id, one.sender) == ("mastodon", f"2/{said.id}", "ana")
    assert one.text == "@force I saw him at https://maps.example/?q=1"
    assert (one.facts["in_reply_to"], one.facts["links"]) == (post, "https://maps.example/?q=1")
    assert "is_private" not in one.facts


def test_answer_that_does_not_name_the_force_is_found_in_the_thread(world: Exercise, post: str) -> None:  # noqa: F811
    mastodon_room.write(world.world, "ana", "I saw him", root=post, under=post, names_force=False)
    first = polled(world, now=NOW)
    assert [one.text for one in first.messages] == ["I saw him"]
    assert polled(world, first.cursor, NOW + timedelta(minutes=9)).messages == ()
    assert len(polled(world, first.cursor, NOW + timedelta(minutes=10)).messages) == 1


def test_direct_posts_of_a_day_belong_together(world: Exercise) -> None:  # noqa: F811
    for text in ("He is at the station", "Platform 4"):
        mastodon_room.say(world.world, "ana", text, "")
    messages = polled(world).messages
    assert {one.facts["is_private"] for one in messages} == {"yes"}
    assert len({one.thread for one in messages}) == 1


def test_cursor_is_the_newest_that_is_old_enough(world: Exercise) -> None:  # noqa: F811
    for number in range(5):
        mastodon_room.write(world.world, "ana", f"number {number}")
    fresh = polled(world)
    assert mastodon.Cursor.read(fresh.cursor).notified == ""
    later = polled(world, fresh.cursor, datetime.now(UTC) + timedelta(minutes=3))
    assert len(later.messages) == 5
    mastodon_room.write(world.world, "bea", "one more")
    assert [one.sender for one in polled(world, later.cursor).messages] == ["bea"]
    assert len(later.cursor) <= 80


def test_every_page_is_read_from_the_beginning_and_from_a_cursor(world: Exercise) -> None:  # noqa: F811
    for number in range(185):
        mastodon_room.write(world.world, "ana", f"number {number}")
    first = polled(world)
    assert [one.text for one in first.messages] == [f"@force number {number}" for number in range(185)]
    some = mastodon.Cursor(mastodon_room_notification(world, 3)).kept()
    assert len(polled(world, some).messages) == 181


def mastodon_room_notification(world: Exercise, place: int) -> str:  # noqa: F811
    return world.world.room(mastodon_room.MastodonRoom).replies()[place].notification


@pytest.mark.parametrize("kept", ["", "nonsense", "- -", "7 x", "7"])
def test_any_cursor_can_be_read(kept: str) -> None:
    assert len(mastodon.Cursor.read(kept).kept().split(" ")) == 2


def test_pictures_come_with_the_words(world: Exercise, post: str) -> None:  # noqa: F811
    kept = tuple(Picture(one, "image/jpeg") for one in (jpeg(30), jpeg(50)))
    mastodon_room.say(world.world, "ana", "This car", post, kept)
    [message] = polled(world).messages
    whole = mastodon.complete(settings(world), message)
    assert [(one.name, one.data) for one in whole.files] == [("1.jpg", jpeg(30)), ("2.jpg", jpeg(50))]


def test_pictures_that_are_gone_leave_the_words(world: Exercise, post: str) -> None:  # noqa: F811
    mastodon_room.say(world.world, "ana", "This car", post, (Picture(jpeg(30), "image/jpeg"),))
    [message] = polled(world).messages
    world.world.room(mastodon_room.MastodonRoom).media.clear()
    whole = mastodon.complete(settings(world), message)
    assert (whole.files, whole.facts[MISSING]) == ((), "1")


def test_nothing_is_lost_when_the_server_does_not_answer(world: Exercise) -> None:  # noqa: F811
    world.world.faults.arm(Fault("mastodon", "drop_before", operation="mentions"))
    with pytest.raises(TryLater):
        polled(world)
