"""What people said to the force on Bluesky: in public, deep in threads, and to it alone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appeal.exercise import bluesky_room
from appeal.exercise.app import Exercise
from appeal.exercise.bluesky_room import BlueskyRoom, Reply
from appeal.exercise.faults import Fault
from appeal.exercise.rooms import Picture
from appeal.publishers.base import Settings
from appeal.rules.errors import TryLater
from appeal.tips.sources import bluesky
from appeal.tips.sources.base import MEDIA, MISSING
from appeal.wire.bluesky import record_key
from tests.contracts.conftest import running_world, world  # noqa: F401
from tests.contracts.platforms import WORLD, OnBluesky
from tests.publishers.sample import content, jpeg

KEY = "Ab3dEf9h"
NOW = datetime.now(UTC)


def settings(world: Exercise, **changes: str) -> Settings:  # noqa: F811
    values = {"base_url": f"{world.address}/bluesky", "handle": WORLD.bluesky_handle, "mode": "exercise"}
    return Settings(values | changes, {"app_password": WORLD.bluesky_password})


def polled(world: Exercise, cursor: str = "", now: datetime = NOW, **changes: str) -> bluesky.PollResult:  # noqa: F811
    return bluesky.poll(settings(world, **changes), channel_id=2, cursor=cursor, now=now)


@pytest.fixture
def post(world: Exercise) -> str:  # noqa: F811
    publisher = OnBluesky(world, Path()).publisher()
    return publisher.send(publisher.compose(content(KEY)), "", KEY).external_id


def say(world: Exercise, author: str, text: str, parent: str, *pictures: bytes) -> Reply:  # noqa: F811
    kept = tuple(Picture(one, "image/jpeg") for one in pictures)
    said = bluesky_room.say(world.world, author, text, parent, kept)
    assert isinstance(said, Reply)
    return said


def test_reply_names_the_post_that_it_answers(world: Exercise, post: str) -> None:  # noqa: F811
    first = say(world, "ana", "I saw him", record_key(KEY))
    say(world, "bea", "So did I", first.id)
    one, two = polled(world).messages
    room = world.world.room(BlueskyRoom)
    assert (one.source, one.external_id, one.text) == ("bluesky", room.uri(first), "I saw him")
    assert (one.sender, one.facts["name"]) == (room.did("ana"), "@ana.example")
    assert (one.facts["in_reply_to"], one.facts["conversation"]) == (post, post)
    assert (two.facts["in_reply_to"], two.facts["conversation"]) == (room.uri(first), post)


def test_what_was_never_notified_is_found_in_the_thread(world: Exercise, post: str) -> None:  # noqa: F811
    world.world.faults.arm(Fault("bluesky", "slow", operation="thread", seconds=0.0))
    hidden = say(world, "ana", "I saw him", record_key(KEY))
    late = polled(world, bluesky.Cursor(datetime.now(UTC) + timedelta(hours=1)).kept())
    assert [one.external_id for one in late.messages] == [world.world.room(BlueskyRoom).uri(hidden)]


def test_threads_are_read_every_ten_minutes(world: Exercise, post: str) -> None:  # noqa: F811
    say(world, "ana", "I saw him", record_key(KEY))
    cursor = ""
    for minutes in (0, 1, 9, 10, 11):
        cursor = polled(world, cursor, NOW + timedelta(minutes=minutes)).cursor
    assert sum(call.operation == "thread" for call in world.world.calls) == 2


def test_cursor_is_the_newest_that_is_old_enough_and_fits_its_column(world: Exercise, post: str) -> None:  # noqa: F811
    say(world, "ana", "one", record_key(KEY))
    fresh = polled(world, now=NOW)
    assert bluesky.Cursor.read(fresh.cursor).listed_at is None
    later = polled(world, fresh.cursor, datetime.now(UTC) + timedelta(minutes=6), reads_messages="yes")
    read = bluesky.Cursor.read(later.cursor)
    assert read.listed_at is not None
    assert len(later.cursor) <= 80
    assert bluesky.Cursor.read(read.kept()) == read


@pytest.mark.parametrize("kept", ["", "nonsense", "- - -", "x y z", "1700000000.000 3abc"])
def test_any_cursor_can_be_read(kept: str) -> None:
    assert len(bluesky.Cursor.read(kept).kept().split(" ")) == 3


def test_direct_messages_of_a_day_belong_together_and_come_once(world: Exercise) -> None:  # noqa: F811
    for text in ("He is at the station", "Platform 4"):
        bluesky_room.say(world.world, "ana", text, "")
    found = polled(world, reads_messages="yes")
    assert [one.text for one in found.messages] == ["He is at the station", "Platform 4"]
    assert len({one.thread for one in found.messages}) == 1
    assert {one.facts["is_private"] for one in found.messages} == {"yes"}
    assert polled(world, found.cursor, reads_messages="yes").messages == ()
    assert polled(world).messages == ()


def test_messages_that_may_not_be_read_stop_nothing_else(world: Exercise, post: str) -> None:  # noqa: F811
    say(world, "ana", "I saw him", record_key(KEY))
    world.world.faults.arm(Fault("bluesky", "refuse", operation="directs"))
    found = polled(world, reads_messages="yes")
    assert len(found.messages) == 1
    assert "Direct messages could not be read" in found.problem


def test_pictures_of_a_reply_come_with_it(world: Exercise, post: str) -> None:  # noqa: F811
    say(world, "ana", "This car", record_key(KEY), jpeg(30), jpeg(50))
    [message] = polled(world).messages
    whole = bluesky.complete(settings(world), message)
    assert [(one.data, one.mime) for one in whole.files] == [(jpeg(30), "image/jpeg"), (jpeg(50), "image/jpeg")]
    assert MEDIA not in whole.facts
    assert "This car" not in repr(whole)


def test_pictures_that_are_gone_leave_the_words(world: Exercise, post: str) -> None:  # noqa: F811
    said = say(world, "ana", "This car", record_key(KEY), jpeg(30))
    [message] = polled(world).messages
    said.blobs = ("bafkreinone",)
    world.world.room(BlueskyRoom).blobs["bafkreinone"] = Picture(b"", "image/jpeg")
    whole = bluesky.complete(settings(world), message)
    assert (whole.text, whole.files, whole.facts[MISSING]) == ("This car", (), "1")
    world.world.faults.arm(Fault("bluesky", "refuse", operation="shown"))
    assert bluesky.complete(settings(world), message) == message


def test_pictures_elsewhere_are_not_fetched(world: Exercise, post: str, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    say(world, "ana", "This car", record_key(KEY), jpeg(30))
    [message] = polled(world).messages
    shown = {"embed": {"media": {"images": [{"fullsize": "http://127.0.0.1:9/secret"}]}}}
    monkeypatch.setattr("appeal.wire.bluesky.BlueskyAccount.shown", lambda self, uris: [shown])
    whole = bluesky.complete(settings(world), message)
    assert (whole.files, whole.facts[MISSING]) == ((), "1")


def test_nothing_is_lost_when_the_platform_does_not_answer(world: Exercise, post: str) -> None:  # noqa: F811
    world.world.faults.arm(Fault("bluesky", "drop_before", operation="mentions"))
    with pytest.raises(TryLater):
        polled(world)
