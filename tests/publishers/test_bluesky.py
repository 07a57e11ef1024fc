"""What goes out on Bluesky: counted by characters and bytes, linked by bytes, once under a key of our own."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appeal.exercise import bluesky_room
from appeal.exercise.app import Exercise
from appeal.exercise.bluesky_room import BlueskyRoom
from appeal.exercise.rooms import NotPossible
from appeal.publishers.base import Found, LookUp, Receipt, Settings
from appeal.publishers.bluesky import Bluesky, facets
from appeal.rules.errors import ChannelStopped, DoesNotFit, Gone, TryLater
from appeal.wire import bluesky
from tests.contracts.conftest import running_world, world  # noqa: F401
from tests.contracts.platforms import WORLD, OnBluesky
from tests.publishers.sample import STORY, content, jpeg, picture, withdrawn

KEY, OTHER = "Ab3dEf9h", "Zz9yXx8w"
COMPOSER = Bluesky(Settings({}))


def opened(world: Exercise, **settings: str) -> Bluesky:  # noqa: F811
    made = OnBluesky(world, Path()).publisher(**settings)
    assert isinstance(made, Bluesky)
    return made


def sent(publisher: Bluesky, key: str = KEY, **changes: object) -> Receipt:
    return publisher.send(publisher.compose(content(key, **changes)), "", key)


def posts(world: Exercise) -> list[bluesky_room.Post]:  # noqa: F811
    found = world.world.room(BlueskyRoom).things.values()
    return [post for post in found if isinstance(post, bluesky_room.Post) and post.deleted_at is None]


def calls(world: Exercise, operation: str) -> int:  # noqa: F811
    return sum(call.operation == operation for call in world.world.calls)


def test_post_is_what_the_approver_reads() -> None:
    post = COMPOSER.compose(content(KEY, happened="A man ran to the river."))
    assert post.text.splitlines() == [
        "EXERCISE: Who was on the river bridge on Saturday?",
        "Do not approach. Call 112 immediately.",
        "A man ran to the river.",
        "River bridge, Calle Mayor",
        "Sat 21 Nov 2026, 22:15",
        "Tell us: 091",
        "tell@force.example",
        "http://127.0.0.1:8000/r/Ab3dEf9h",
    ]
    assert (post.length, post.limit, post.language) == (len(post.text), 300, "en")


def test_only_the_story_gives_way() -> None:
    post = COMPOSER.compose(content(KEY))
    assert 270 < post.length <= 300
    story = post.text.splitlines()[2]
    assert story.endswith("…")
    assert STORY.startswith(story.rstrip("…"))
    for kept in (content().title, content().danger, *content().contacts, content(KEY).link):
        assert kept in post.text


def test_what_a_reader_sees_as_one_character_counts_as_one() -> None:
    family, plain = "👨‍👩‍👧‍👦" * 20, COMPOSER.compose(content(KEY, happened="x" * 20))
    assert COMPOSER.compose(content(KEY, happened=family)).length == plain.length


def test_bytes_are_limited_too() -> None:
    flags = "🏴󠁧󠁢󠁳󠁣󠁴󠁿" * 110
    bare = {"danger": "", "contacts": ("091",), "where": "", "when": ""}
    post = COMPOSER.compose(content(KEY, happened=flags, **bare))
    assert post.length < 200
    assert 2_900 < len(post.text.encode()) <= 3_000
    with pytest.raises(DoesNotFit) as refused:
        COMPOSER.compose(content(KEY, title=flags))
    assert "of 3000 bytes" in refused.value.reasons[0]


def test_too_large_a_picture_and_too_long_a_description_are_named() -> None:
    wrong = content(KEY, pictures=(picture("y" * 2001), picture(data=b"x" * 1_000_001)))
    with pytest.raises(DoesNotFit) as refused:
        COMPOSER.compose(wrong)
    assert len(refused.value.reasons) == 2


def test_links_are_counted_in_bytes() -> None:
    words = "¿Lo vio? “Sí” https://police.example/r/1, or www.police.org. tell@police.example"
    found = [(one["index"], one["features"][0]["uri"]) for one in facets(words)]
    parts = [words.encode()[place["byteStart"] : place["byteEnd"]].decode() for place, _uri in found]
    assert parts == ["https://police.example/r/1", "www.police.org"]
    assert [uri for _place, uri in found] == ["https://police.example/r/1", "https://www.police.org"]


def test_record_keys_are_those_of_the_network_stable_and_not_of_the_future() -> None:
    keys = [bluesky.record_key(key) for key in (KEY, OTHER, "--------", KEY)]
    assert all(re.fullmatch(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}", key) for key in keys)
    assert keys[0] == keys[3]
    assert len(set(keys)) == 3
    for key in keys:
        number = sum(bluesky.LETTERS.index(letter) << 5 * place for place, letter in enumerate(reversed(key)))
        assert datetime(2022, 1, 1, tzinfo=UTC) <= datetime.fromtimestamp((number >> 10) / 1e6, UTC)
        assert datetime.fromtimestamp((number >> 10) / 1e6, UTC) < datetime(2026, 7, 1, tzinfo=UTC)


def test_record_says_language_moment_links_and_describes_pictures(world: Exercise) -> None:  # noqa: F811
    pictures = (picture("One", jpeg(30)), picture("", jpeg(50)))
    receipt = sent(opened(world), language="es", pictures=pictures)
    [post] = posts(world)

    record = post.value
    assert record["langs"] == ["es"]
    assert abs(datetime.fromisoformat(str(record["createdAt"])).timestamp() - post.received_at) < 5
    assert [(one.alt, one.content) for one in post.pictures] == [("One", jpeg(30)), ("", jpeg(50))]
    images = record["embed"]["images"]  # type: ignore[index]
    assert images[0]["aspectRatio"] == {"width": 40, "height": 40}
    assert "facets" in record
    assert receipt.external_id.endswith(f"/{bluesky.record_key(KEY)}")
    assert receipt.permalink == f"{world.address}/#bluesky-{bluesky.record_key(KEY)}"


def test_real_permalink_leads_to_the_application() -> None:
    receipt = COMPOSER._receipt("at://did:plc:abc/app.bsky.feed.post/3n2xk4mtnts25")
    assert receipt.permalink == "https://bsky.app/profile/did:plc:abc/post/3n2xk4mtnts25"


def test_sending_again_writes_nothing_a_second_time(world: Exercise) -> None:  # noqa: F811
    publisher = opened(world)
    assert sent(publisher) == sent(publisher)
    assert len(posts(world)) == 1
    assert calls(world, "publish") == 1


def test_one_session_serves_many_calls(world: Exercise) -> None:  # noqa: F811
    bluesky._sessions.clear()
    for key in (KEY, OTHER, "Aa1bBc2d"):
        sent(opened(world), key)
    assert calls(world, "login") == 1


def test_session_that_is_not_taken_any_more_is_replaced(world: Exercise) -> None:  # noqa: F811
    sent(opened(world))
    [account] = [name for name in bluesky._sessions if name.startswith(f"{world.address}/bluesky ")]
    handle, did, access, refresh, place = bluesky._sessions[account].split(":::")
    bluesky._sessions[account] = ":::".join((handle, did, access[:-4] + "AAAA", refresh, place))
    sent(opened(world), OTHER)
    assert len(posts(world)) == 2


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "error_after", "slow", "throttle"])
@pytest.mark.parametrize("operation", ["upload", "lookup"])
def test_nothing_is_unknown_before_the_post_is_written(world: Exercise, operation: str, kind: str) -> None:  # noqa: F811
    platform = OnBluesky(world, Path())
    platform.arm(kind, operation=operation, seconds=0.8)
    with pytest.raises(TryLater):
        sent(opened(world), pictures=(picture(),))
    assert platform.seen() == []


def test_correction_answers_the_earlier_post(world: Exercise) -> None:  # noqa: F811
    publisher = opened(world)
    first = sent(publisher)
    correction = publisher.compose(content(OTHER, action="update"))
    correction.files["In-Reply-To"] = first.external_id  # type: ignore[index]
    publisher.send(correction, "", OTHER)

    reply = posts(world)[1].value["reply"]
    assert [reply[name]["uri"] for name in ("root", "parent")] == [first.external_id] * 2  # type: ignore[index]


def test_correction_of_what_is_gone_stands_by_itself(world: Exercise) -> None:  # noqa: F811
    publisher = opened(world)
    first = sent(publisher)
    publisher.retract(first.external_id, publisher.compose(withdrawn(KEY)))
    correction = publisher.compose(content(OTHER, action="update"))
    correction.files["In-Reply-To"] = first.external_id  # type: ignore[index]
    publisher.send(correction, "", OTHER)
    assert ["reply" in post.value for post in posts(world)] == [False]


@pytest.mark.parametrize(
    ("who", "rules"),
    [
        ("nobody", []),
        ("mentioned", [{"$type": "app.bsky.feed.threadgate#mentionRule"}]),
        ("followed", [{"$type": "app.bsky.feed.threadgate#followingRule"}]),
    ],
)
def test_who_may_answer_is_said_with_the_post_and_goes_with_it(
    world: Exercise,  # noqa: F811
    who: str,
    rules: list[object],
) -> None:
    publisher = opened(world, may_answer=who)
    receipt = sent(publisher)
    room, key = world.world.room(BlueskyRoom), bluesky.record_key(KEY)
    assert (room.gates[key]["allow"], room.gates[key]["post"]) == (rules, receipt.external_id)
    with pytest.raises(NotPossible):
        bluesky_room.say(world.world, "ana", "I saw it", key)
    assert sent(publisher) == receipt
    publisher.retract(receipt.external_id, publisher.compose(withdrawn(KEY)))
    assert room.gates == {}


def test_answer_is_hidden_under_our_post(world: Exercise) -> None:  # noqa: F811
    publisher = opened(world)
    sent(publisher)
    room, key = world.world.room(BlueskyRoom), bluesky.record_key(KEY)
    answers = [bluesky_room.say(world.world, name, "It was him", key) for name in ("ana", "bea")]
    for answer in [*answers, answers[0]]:
        assert isinstance(answer, bluesky_room.Reply)
        publisher.hide(room.uri(answer))

    assert [answer.is_hidden for answer in answers] == [True, True]
    hidden = room.gates[key]["hiddenReplies"]
    assert len(hidden) == 2  # type: ignore[arg-type]
    assert "allow" not in room.gates[key]


def test_what_is_not_under_our_posts_cannot_be_hidden(world: Exercise) -> None:  # noqa: F811
    said = bluesky_room.mention(world.world, "ana", "Look")
    assert isinstance(said, bluesky_room.Reply)
    with pytest.raises(Gone):
        opened(world).hide(world.world.room(BlueskyRoom).uri(said))


def test_post_that_the_application_still_shows_is_not_gone(world: Exercise, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    publisher = opened(world)
    receipt = sent(publisher)
    publisher.retract(receipt.external_id, publisher.compose(withdrawn(KEY)))
    monkeypatch.setattr(bluesky.BlueskyAccount, "is_shown", lambda self, uri: True)
    assert publisher.is_out(receipt.external_id) == LookUp(Found.THERE, receipt)


def test_app_password_of_another_account_is_noticed(world: Exercise) -> None:  # noqa: F811
    did = bluesky_room.force(world.world)
    assert opened(world, handle=f"@{WORLD.bluesky_handle}").check().is_well
    assert opened(world, handle=did).check().is_well
    with pytest.raises(ChannelStopped):
        sent(opened(world, handle="other.example"))
