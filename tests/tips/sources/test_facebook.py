"""What people say on Facebook: by asking and by its signed calls."""

import json
from datetime import UTC, datetime, timedelta

from appeal.exercise.app import Exercise
from appeal.exercise.facebook_room import FacebookRoom, say
from appeal.exercise.rooms import Picture
from appeal.tips.sources import facebook
from appeal.wire.facebook import FacebookPage
from tests.contracts.conftest import running_world, world  # noqa: F401
from tests.contracts.platforms import WORLD
from tests.publishers.sample import jpeg
from tests.wire.conftest import PAYLOADS, Given

OWN = Given(page_id="100200300")


def given(exercise: Exercise) -> Given:
    return Given(
        page_id=WORLD.facebook_page,
        page_token=WORLD.facebook_page_token,
        app_secret=WORLD.facebook_app_secret,
        base_url=f"{exercise.address}/facebook",
    )


def test_call_is_read_whole_and_what_is_ours_is_left_out() -> None:
    body = json.loads((PAYLOADS / "facebook/events.json").read_text())
    found = facebook.parse(body, OWN, channel_id=3, now=datetime(2026, 11, 22, 12, 0, tzinfo=UTC))

    assert [(one.external_id, one.text, one.sender) for one in found] == [
        ("990_1", "At the bridge é", "Ana Lee"),
        ("990_1/1795342450", "At the river", "Ana Lee"),
        ("m_abc", "I know him", "72"),
    ]
    assert found[0].facts["in_reply_to"] == "100200300_990"
    assert json.loads(found[0].facts["media"]) == [["https://scontent.xx.fbcdn.net/v/1.jpg", ""]]
    assert found[0].thread == found[1].thread
    assert found[2].facts["posted_at"] == "2026-11-22T10:14:40+00:00"


def test_asking_finds_comments_and_letters_with_pictures_once(world: Exercise) -> None:  # noqa: F811
    now = datetime.now(UTC)
    with FacebookPage(given(world)) as page:
        post = page.publish("Who saw him?", [])
    say(world.world, "ana", "a comment", post)
    say(world.world, "bea", "a letter", "", (Picture(jpeg(), "image/jpeg"),))

    first = facebook.poll(given(world), channel_id=3, cursor="", now=now)
    later = facebook.poll(given(world), channel_id=3, cursor=str(int(now.timestamp()) + 60), now=now)

    assert [(one.text, one.facts.get("in_reply_to", "")) for one in first.messages] == [
        ("a comment", post),
        ("a letter", ""),
    ]
    assert later.messages == ()
    assert int(first.cursor) == int((now - timedelta(seconds=120)).timestamp())


def test_comment_of_the_page_itself_is_not_a_tip(world: Exercise) -> None:  # noqa: F811
    with FacebookPage(given(world)) as page:
        post = page.publish("Who saw him?", [])
    say(world.world, "ana", "mine", post)
    own = Given({**given(world), "page_id": WORLD.facebook_page})
    [message] = facebook.poll(own, channel_id=3, cursor="", now=datetime.now(UTC)).messages
    assert message.sender == "ana"
    assert world.world.room(FacebookRoom).statuses == []
