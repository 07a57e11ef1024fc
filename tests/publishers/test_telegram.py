"""What goes out on Telegram, how it is corrected, and what happens to it after 48 hours."""

from dataclasses import replace
from pathlib import Path

import pytest

from appeal.exercise.app import Exercise
from appeal.exercise.telegram_room import TelegramRoom, say
from appeal.publishers.base import Found, Settings
from appeal.publishers.telegram import Telegram, units
from appeal.publishers.telegram_notice import NOTICE
from appeal.rules.content import Post
from appeal.rules.errors import ContentRefused, DoesNotFit, Gone
from tests.contracts.conftest import running_world, world  # noqa: F401
from tests.contracts.platforms import OnTelegram
from tests.publishers.sample import content, jpeg, picture, withdrawn

KEY = "Ab3dEf9h"
COMPOSER = Telegram(Settings({"channel": "@policia"}))
THREE = (picture("one"), picture("two", jpeg(41)), picture("three", jpeg(42)))
DAYS = 3 * 86_400


@pytest.fixture
def room(world: Exercise) -> TelegramRoom:  # noqa: F811
    return world.world.room(TelegramRoom)


@pytest.fixture
def telegram(world: Exercise) -> Telegram:  # noqa: F811
    made = OnTelegram(world, Path()).publisher()
    assert isinstance(made, Telegram)
    return made


def test_description_of_the_picture_stands_in_the_words() -> None:
    post = COMPOSER.compose(content(KEY, pictures=(picture("A dark blue rucksack"),), happened="He ran."))

    assert post.text == (
        "EXERCISE: Who was on the river bridge on Saturday?\n"
        "Do not approach. Call 112 immediately.\n"
        "He ran.\n"
        "River bridge, Calle Mayor\n"
        "Sat 21 Nov 2026, 22:15\n"
        "Tell us: 091\n"
        "tell@force.example\n"
        "http://127.0.0.1:8000/r/Ab3dEf9h\n"
        "In the picture: A dark blue rucksack"
    )


def test_length_is_counted_in_utf_16_and_only_the_story_gives_way() -> None:
    assert units("añ€👮🏽") == 7
    under = COMPOSER.compose(content(KEY, pictures=THREE, happened="👮 word " * 300))
    alone = COMPOSER.compose(content(KEY, happened="👮 word " * 900))

    assert (under.limit, alone.limit) == (1024, 4096)
    assert 1000 < under.length <= 1024
    assert 4060 < alone.length <= 4096
    for post in (under, alone):
        assert post.length == units(post.text)
        assert post.text.endswith(f"tell@force.example\n{content(KEY).link}")
    with pytest.raises(DoesNotFit, match="of 1024 characters"):
        COMPOSER.compose(content(KEY, pictures=THREE, danger="x" * 1100))


def test_album_is_one_post_and_all_of_it_is_taken_down(telegram: Telegram, room: TelegramRoom) -> None:
    receipt = telegram.send(telegram.compose(content(KEY, pictures=THREE)), "", KEY)

    assert receipt.external_id.count("/") == 2
    assert len({thing.group for thing in room.things.values()}) == 1
    assert telegram.is_out(receipt.external_id).found == Found.THERE
    telegram.retract(receipt.external_id, telegram.compose(withdrawn(KEY)))
    assert all(thing.deleted_at for thing in room.things.values())
    assert telegram.is_out(receipt.external_id).found == Found.NOT_THERE
    with pytest.raises(Gone):
        telegram.retract(receipt.external_id, telegram.compose(withdrawn(KEY)))


def test_correction_changes_words_and_pictures_where_they_stand(telegram: Telegram, room: TelegramRoom) -> None:
    receipt = telegram.send(telegram.compose(content(KEY, pictures=THREE)), "", KEY)
    other = (*THREE[:2], picture("another", jpeg(50)))
    post = telegram.compose(content(KEY, action="update", pictures=other, title="It was Sunday"))

    for _again in range(2):
        assert telegram.update(receipt.external_id, post, "", KEY) == receipt
    first, _second, third = room.things.values()
    assert first.text.startswith("EXERCISE: Correction: It was Sunday")
    assert third.pictures[0].content == jpeg(50)
    with pytest.raises(ContentRefused):
        telegram.update(receipt.external_id, replace(post, pictures=other[:1]), "", KEY)


def test_text_may_get_a_picture_and_keeps_it(telegram: Telegram, room: TelegramRoom) -> None:
    receipt = telegram.send(telegram.compose(content(KEY)), "", KEY)
    after = telegram.update(receipt.external_id, telegram.compose(content(KEY, pictures=THREE[:1])), "", KEY)

    assert after.external_id == f"{receipt.external_id}/photo"
    with pytest.raises(ContentRefused):
        telegram.update(after.external_id, telegram.compose(content(KEY)), "", KEY)
    [thing] = room.things.values()
    thing.published_at -= DAYS
    with pytest.raises(ContentRefused):
        telegram.retract(receipt.external_id, telegram.compose(withdrawn(KEY)))
    assert thing.pictures[0].content == NOTICE


def test_change_without_an_answer_is_made_once_more(world: Exercise, telegram: Telegram, room: TelegramRoom) -> None:  # noqa: F811
    receipt = telegram.send(telegram.compose(content(KEY)), "", KEY)
    OnTelegram(world, Path()).arm("drop_after", operation="update")

    post = telegram.compose(content(KEY, action="update", title="It was Sunday"))
    assert telegram.update(receipt.external_id, post, "", KEY) == receipt
    assert "It was Sunday" in next(iter(room.things.values())).text


@pytest.mark.parametrize("pictures", [(), THREE[:1], THREE])
def test_after_48_hours_a_notice_takes_the_place_and_a_person_is_asked(
    telegram: Telegram, room: TelegramRoom, pictures: tuple[object, ...]
) -> None:
    receipt = telegram.send(telegram.compose(content(KEY, pictures=pictures)), "", KEY)
    for thing in room.things.values():
        thing.published_at -= DAYS

    for _again in range(2):
        with pytest.raises(ContentRefused, match="A person has to delete the post: http"):
            telegram.retract(receipt.external_id, telegram.compose(withdrawn(KEY)))
    texts = [thing.text for thing in room.things.values()]
    assert "bridge" not in "".join(texts)
    assert "This appeal is no longer shown." in texts[0]
    assert {picture.content for thing in room.things.values() for picture in thing.pictures} <= {NOTICE}
    assert telegram.is_out(receipt.external_id).found == Found.THERE


def test_permalink_of_channels_with_and_without_a_name(telegram: Telegram) -> None:
    named, numbered = (Telegram(Settings({"channel": one})) for one in ("@policia", "-1001234567890"))
    assert named._receipt("17/18").permalink == "https://t.me/policia/17"
    assert numbered._receipt("17/photo").permalink == "https://t.me/c/1234567890/17"
    assert telegram._receipt("17").permalink.endswith("/#telegram-17")


def test_check_names_the_rights_that_are_missing(
    telegram: Telegram, room: TelegramRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert telegram.check().is_well
    monkeypatch.setattr(room, "member", lambda _world: {"status": "administrator", "can_post_messages": True})
    health = telegram.check()
    assert (health.is_well, health.words.endswith("the right to: edit posts, delete posts.")) == (False, True)


def test_a_person_is_thanked_in_their_own_chat(telegram: Telegram, room: TelegramRoom, world: Exercise) -> None:  # noqa: F811
    say(world.world, "Ana", "I saw him", "")
    [chat] = room.private
    receipt = telegram.thank(Post("Received. Thank you."), chat, KEY)

    assert room.private[chat] == ["Received. Thank you."]
    assert receipt.external_id
    assert room.things == {}
