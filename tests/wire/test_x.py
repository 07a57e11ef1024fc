"""The account on X: what its answers mean, and what people said to the force."""

from datetime import UTC, datetime

import pytest

from appeal.exercise.app import Exercise
from appeal.exercise.public import say_on_x
from appeal.exercise.x_directs import write_to_force
from appeal.rules.errors import ChannelStopped, ContentRefused, Gone, OutcomeUnknown, PublisherError, TryLater
from appeal.wire.x import Mention, XAccount
from tests.contracts.conftest import running_world, world  # noqa: F401
from tests.contracts.platforms import WORLD
from tests.publishers.sample import jpeg
from tests.wire.conftest import Given, Told

KEYS = {
    "consumer_key": WORLD.x_consumer_key,
    "consumer_secret": WORLD.x_consumer_secret,
    "access_token": WORLD.x_token,
    "access_token_secret": WORLD.x_token_secret,
    "user_id": WORLD.x_user_id,
    "username": WORLD.x_username,
}


def account(address: str, **changes: str) -> XAccount:
    return XAccount(Given({**KEYS, "base_url": address, "read_seconds": "2", **changes}))


@pytest.mark.parametrize(
    ("status", "payload", "kind"),
    [
        (400, "invalid", ContentRefused),
        (401, "not_permitted", ChannelStopped),
        (402, "credits", ChannelStopped),
        (403, "not_permitted", ContentRefused),
        (403, "duplicate", OutcomeUnknown),
        (403, "suspended", ChannelStopped),
        (403, "no_write_permission", ChannelStopped),
        (404, "not_permitted", ChannelStopped),
        (429, "too_many", TryLater),
        (451, "not_permitted", ContentRefused),
        (302, "not_permitted", OutcomeUnknown),
        (409, "not_permitted", OutcomeUnknown),
        (500, "not_permitted", OutcomeUnknown),
        (503, "not_permitted", OutcomeUnknown),
    ],
)
def test_answer_to_a_post_has_one_meaning(told: Told, status: int, payload: str, kind: type[PublisherError]) -> None:
    told.tell_file(status, f"x/{payload}.json")
    with pytest.raises(PublisherError) as caught, account(told.address) as x:
        x.create("hello", [])
    assert type(caught.value) is kind


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'{"data": {}}', b'{"data": []}', b"\xff\xfe", b"{}"])
@pytest.mark.parametrize("status", [200, 201, 500])
def test_answer_that_nobody_understands_is_unknown(told: Told, status: int, body: bytes) -> None:
    told.tell(status, body)
    with pytest.raises(OutcomeUnknown), account(told.address) as x:
        x.create("hello", [])


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'{"data": [{}]}', b'{"data": 7}', b"\xff\xfe"])
@pytest.mark.parametrize("status", [200, 302, 500])
def test_question_that_got_no_answer_is_asked_later(told: Told, status: int, body: bytes) -> None:
    told.tell(status, body)
    with account(told.address) as x:
        for ask in (lambda: x.mentions(""), lambda: x.exists("1"), x.who, lambda: x.upload(b"picture", "alt")):
            with pytest.raises(TryLater):
                ask()


@pytest.mark.parametrize(("status", "payload"), [(400, "invalid"), (403, "not_permitted"), (404, "not_permitted")])
def test_question_that_is_refused_stops_the_channel(told: Told, status: int, payload: str) -> None:
    told.tell_file(status, f"x/{payload}.json")
    with account(told.address) as x:
        for ask in (lambda: x.mentions(""), lambda: list(x.own_posts(datetime(2026, 1, 1, tzinfo=UTC))), x.who):
            with pytest.raises(ChannelStopped):
                ask()


def test_post_that_answers_404_is_not_there(told: Told) -> None:
    told.tell_file(404, "x/not_found.json")
    with account(told.address) as x:
        assert not x.exists("1")
        with pytest.raises(Gone):
            x.delete("1")


@pytest.mark.parametrize(("status", "kind"), [(400, ContentRefused), (404, ChannelStopped), (503, TryLater)])
def test_picture_that_is_not_taken(told: Told, status: int, kind: type[PublisherError]) -> None:
    told.tell_file(status, "x/invalid.json")
    with pytest.raises(PublisherError) as caught, account(told.address) as x:
        x.upload(b"picture", "alt")
    assert type(caught.value) is kind


def test_reset_is_when_to_come_back(told: Told) -> None:
    told.tell_file(429, "x/too_many.json", x_rate_limit_reset="1", Retry_After="1")
    with pytest.raises(TryLater) as later, account(told.address) as x:
        x.create("hello", [])
    assert later.value.after_seconds == 1.0


def test_upload_is_described_and_never_unknown(told: Told) -> None:
    told.tell(200, b'{"data": {"id": "17"}}')
    with account(told.address) as x:
        assert x.upload(b"picture", "A bridge") == "17"
    assert [call.path for call in told.asked] == ["/2/media/upload", "/2/media/metadata"]
    assert told.asked[0].get_json() == {"media": "cGljdHVyZQ==", "media_category": "tweet_image"}
    assert told.asked[1].get_json() == {"id": "17", "metadata": {"alt_text": {"text": "A bridge"}}}


def test_post_that_is_not_there_is_not_there(told: Told) -> None:
    told.tell_file(200, "x/not_found.json")
    with account(told.address) as x:
        assert not x.exists("1991234567890123499")
        with pytest.raises(Gone):
            x.delete("1991234567890123499")


def test_unconfirmed_deletion_is_unknown(told: Told) -> None:
    told.tell(200, b'{"data": {"deleted": false}}')
    with account(told.address) as x, pytest.raises(OutcomeUnknown):
        x.delete("1")


def test_mentions_are_read_whole(told: Told) -> None:
    told.tell_file(200, "x/mentions.json")
    with account(told.address) as x:
        found = x.mentions("1991234567890123450")

    assert found == (
        Mention(
            "1991234567890123460",
            "bea",
            "@policia_prueba <near> the bridge",
            datetime(2026, 11, 22, 10, 14, tzinfo=UTC),
            "1991234567890123460",
        ),
        Mention(
            "1991234567890123470",
            "ana_lee",
            "@policia_prueba I saw the car at https://maps.example/?q=37.99,-1.13",
            datetime(2026, 11, 22, 10, 15, 30, tzinfo=UTC),
            "1991234567890123400",
            "1991234567890123400",
            ("https://maps.example/?q=37.99,-1.13",),
        ),
    )
    assert told.asked[0].args["since_id"] == "1991234567890123450"
    assert "ana_lee" not in repr(found)


def test_mentions_follow_every_page_and_the_cursor(world: Exercise) -> None:  # noqa: F811
    with account(f"{world.address}/x") as x:
        appeal = x.create("Who saw it?", [x.upload(jpeg(), "A car")])
        said = [say_on_x(world.world, "ana", f"@policia_prueba reply {n}", appeal).id for n in range(25)]
        first = x.mentions("", limit=10)
        later = say_on_x(world.world, "bea", "@policia_prueba one more", None).id
        second = x.mentions(first[-1].id)

    assert [mention.id for mention in first] == said
    assert {mention.in_reply_to for mention in first} == {appeal}
    assert [mention.id for mention in second] == [later]


def test_mentions_beyond_what_x_lists_come_from_the_search(world: Exercise) -> None:  # noqa: F811
    said = [say_on_x(world.world, "ana", f"@policia_prueba number {n}", None).id for n in range(905)]
    with account(f"{world.address}/x") as x:
        assert [mention.id for mention in x.mentions("")] == said


def test_own_posts_end_where_the_attempt_began(told: Told) -> None:
    told.tell_file(200, "x/mentions.json")
    with account(told.address) as x:
        since = datetime(2026, 11, 22, 10, 20, tzinfo=UTC)
        assert [post.id for post in x.own_posts(since)] == ["1991234567890123470"]
    assert told.asked[0].args["start_time"] == "2026-11-22T10:15:00Z"


def test_account_needs_all_credentials() -> None:
    with pytest.raises(ChannelStopped):
        account("https://api.x.com", access_token="")


def test_answer_is_hidden_in_our_conversation_only(world: Exercise) -> None:  # noqa: F811
    with account(f"{world.address}/x") as x:
        appeal = x.create("Who saw it?", [])
        ours = say_on_x(world.world, "ana", "It was him", appeal)
        other = say_on_x(world.world, "bea", "@policia_prueba look", None)
        x.hide(ours.id)
        assert ours.is_hidden
        with pytest.raises(ContentRefused):
            x.hide(other.id)
        with pytest.raises(Gone):
            x.hide("1")


def test_who_may_answer_is_said_in_the_words_of_x(told: Told) -> None:
    told.tell(201, b'{"data": {"id": "5", "text": "x"}}')
    with account(told.address) as x:
        x.create("hello", [], "mentionedUsers")
        x.create("hello", [])
    assert [call.get_json().get("reply_settings") for call in told.asked] == ["mentionedUsers", None]


def test_direct_messages_are_read_back_to_the_known_one(world: Exercise) -> None:  # noqa: F811
    letters = [write_to_force(world.world, "ana", f"number {number}") for number in range(250)]
    with account(f"{world.address}/x") as x:
        assert [one.text for one in x.directs("")] == [letter.text for letter in letters]
        some = x.directs(letters[100].id)
    assert [one.id for one in some] == [letter.id for letter in letters[101:]]
    assert (some[0].author, some[0].conversation.startswith(WORLD.x_user_id)) == ("ana", True)
    assert "ana" not in repr(some[0])


def test_pictures_of_a_mention_have_their_addresses(world: Exercise) -> None:  # noqa: F811
    said = say_on_x(world.world, "ana", "look", None, (jpeg(30), jpeg(50)))
    with account(f"{world.address}/x") as x:
        [mention] = x.mentions("")
    assert mention.pictures == tuple(f"{world.address}/pictures/x/{media.id}" for media in said.media)
