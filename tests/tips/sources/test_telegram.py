"""What people say on Telegram: by asking and by its calls, and how the two keep in step."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from appeal.exercise.app import Exercise
from appeal.exercise.rooms import Picture
from appeal.exercise.telegram_room import TelegramRoom, say
from appeal.rules.errors import BadInput, ChannelStopped, TryLater
from appeal.tips.inbound import Inbound
from appeal.tips.sources import telegram
from appeal.wire.telegram import TelegramBot
from tests.contracts.conftest import running_world, world  # noqa: F401
from tests.contracts.platforms import WORLD
from tests.publishers.sample import jpeg
from tests.wire.conftest import PAYLOADS, Given

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OURS = "http://127.0.0.1:9"
SECRET = "a-secret-for-the-webhook"
OWN = Given(channel="@policia_prueba")


def given(exercise: Exercise, **changes: str) -> Given:
    usual = {
        "channel": WORLD.telegram_channel,
        "bot_token": WORLD.telegram_token,
        "base_url": f"{exercise.address}/telegram",
        "public_url": OURS,
        "webhook_secret": SECRET,
    }
    return Given({**usual, **changes})


def test_updates_become_messages_and_own_posts_do_not() -> None:
    updates = json.loads((PAYLOADS / "telegram/updates.json").read_text())["result"]
    found = [telegram.parse(one, OWN, channel_id=3, now=NOW) for one in updates]

    assert [one and (one.external_id, one.text) for one in found] == [
        ("3/501/11", "By the river"),
        None,
        ("3/-1001000000002/500018", "I did"),
        ("3/501/11/1795342600", "By the bridge"),
        None,
    ]
    first, _own, comment, edited, _start = found
    assert isinstance(first, Inbound)
    assert isinstance(comment, Inbound)
    assert isinstance(edited, Inbound)
    assert first.sender == "Ana Lee @ana_lee"
    assert json.loads(first.facts["media"]) == [["large", "image/jpeg"]]
    assert comment.facts["in_reply_to"] == "17"
    assert edited.facts["position"] == "37.98 -1.13"
    assert (first.thread == edited.thread, first.thread == comment.thread) == (True, False)


@pytest.mark.parametrize("update", [{}, {"update_id": "1"}, {"message": {}}])
def test_what_is_no_update_is_refused(update: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        telegram.parse(update, OWN, channel_id=3, now=NOW)


def test_secret_is_compared_whole_and_a_short_one_trusts_nobody() -> None:
    assert telegram.verify(SECRET, SECRET)
    assert not telegram.verify(SECRET, SECRET[:-1])
    assert not telegram.verify("", "")
    assert not telegram.verify("short", "short")


def test_bot_answers_in_private_only_and_betrays_nothing() -> None:
    private = {"update_id": 1, "message": {"chat": {"id": 5, "type": "private"}, "from": {"id": 5}, "text": "hello"}}
    group = {"update_id": 1, "message": {"chat": {"id": 6, "type": "supergroup"}, "text": "hello"}}

    assert json.loads(telegram.answer(private, "es"))["text"] == "Recibido. Gracias."
    assert json.loads(telegram.answer(private, "en"))["chat_id"] == 5
    assert telegram.answer(group, "en") == ""


def test_cursor_lets_telegram_forget_only_what_was_kept(world: Exercise) -> None:  # noqa: F811
    room = world.world.room(TelegramRoom)
    say(world.world, "ana", "one", "")
    first = telegram.poll(given(world), channel_id=3, cursor="", now=NOW)
    again = telegram.poll(given(world), channel_id=3, cursor="", now=NOW)
    assert [one.text for one in first.messages] == [one.text for one in again.messages] == ["one"]

    say(world.world, "ana", "two", "")
    second = telegram.poll(given(world), channel_id=3, cursor=first.cursor, now=NOW)
    assert [one.text for one in second.messages] == ["two"]
    assert len(room.waiting) == 1
    nothing = telegram.poll(given(world), channel_id=3, cursor=second.cursor, now=NOW)
    assert (nothing.messages, nothing.cursor) == ((), second.cursor)


def test_cursor_that_is_a_week_old_names_no_number(world: Exercise) -> None:  # noqa: F811
    say(world.world, "ana", "after a quiet week the numbers began anew", "")
    found = telegram.poll(given(world), channel_id=3, cursor="999999999999 2026-11-22", now=NOW + timedelta(days=8))
    assert len(found.messages) == 1


def test_webhook_is_set_once_and_what_it_could_not_take_is_named(world: Exercise) -> None:  # noqa: F811
    room = world.world.room(TelegramRoom)
    by_call = given(world, receive="webhook")
    assert telegram.poll(by_call, channel_id=3, cursor="7", now=NOW).cursor == "7"
    assert (room.webhook, room.secret) == (f"{OURS}/webhooks/telegram/3", SECRET)

    say(world.world, "ana", "our web server is away", "")
    assert len(room.waiting) == 1
    with pytest.raises(TryLater):
        telegram.poll(by_call, channel_id=3, cursor="7", now=NOW)
    with pytest.raises(ChannelStopped):
        telegram.poll(given(world, receive="webhook", webhook_secret="short"), channel_id=3, cursor="", now=NOW)


def test_asking_again_takes_our_webhook_away_and_loses_nothing(world: Exercise) -> None:  # noqa: F811
    telegram.poll(given(world, receive="webhook"), channel_id=3, cursor="", now=NOW)
    say(world.world, "ana", "waits", "")

    found = telegram.poll(given(world), channel_id=3, cursor="", now=NOW)
    assert [one.text for one in found.messages] == ["waits"]
    assert world.world.room(TelegramRoom).webhook == ""


def test_webhook_of_somebody_else_stays(world: Exercise) -> None:  # noqa: F811
    room = world.world.room(TelegramRoom)
    room.webhook = "http://127.0.0.1:9/other"
    with TelegramBot(given(world)) as bot:
        bot.call_us("http://127.0.0.1:8/another", SECRET)
    with pytest.raises(ChannelStopped):
        telegram.poll(given(world), channel_id=3, cursor="", now=NOW)
    assert room.webhook == "http://127.0.0.1:8/another"


def test_files_are_fetched_and_one_that_is_gone_stays_named(world: Exercise) -> None:  # noqa: F811
    sent = Picture(jpeg(), "image/jpeg")
    say(world.world, "ana", "a picture", "", (sent,))
    [message] = telegram.poll(given(world), channel_id=3, cursor="", now=NOW).messages
    lost = replace(message, facts={**message.facts, "media": json.dumps([["no-such-file", "image/png"]])})

    whole, part = telegram.fetch(given(world), message), telegram.fetch(given(world), lost)

    assert [file.data for file in whole.files] == [jpeg()]
    assert "media" not in whole.facts
    assert (part.files, json.loads(part.facts["media"])) == ((), [["no-such-file", "image/png"]])
