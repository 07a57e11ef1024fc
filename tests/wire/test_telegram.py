"""The bot on Telegram: what its answers mean, and that its token is told to nobody."""

import logging
import traceback
from collections.abc import Callable

import pytest

from appeal.rules.errors import ChannelStopped, ContentRefused, Gone, OutcomeUnknown, PublisherError, TryLater
from appeal.wire.telegram import TelegramBot, TooOld, Unchanged
from tests.wire.conftest import Given, Told

TOKEN = "1001:a-secret"


def bot(address: str, **changes: str) -> TelegramBot:
    usual = {"bot_token": TOKEN, "channel": "@policia", "base_url": address, "read_seconds": "2"}
    return TelegramBot(Given({**usual, **changes}))


@pytest.mark.parametrize(
    ("status", "payload", "kind"),
    [
        (400, "refused", ContentRefused),
        (400, "no_chat", ChannelStopped),
        (400, "not_found", Gone),
        (400, "too_old", TooOld),
        (400, "not_modified", Unchanged),
        (401, "unauthorized", ChannelStopped),
        (403, "kicked", ChannelStopped),
        (429, "too_many", TryLater),
        (302, "refused", OutcomeUnknown),
        (418, "refused", OutcomeUnknown),
        (500, "refused", OutcomeUnknown),
        (502, "refused", OutcomeUnknown),
    ],
)
def test_answer_to_a_post_has_one_meaning(told: Told, status: int, payload: str, kind: type[PublisherError]) -> None:
    told.tell_file(status, f"telegram/{payload}.json")
    with pytest.raises(PublisherError) as caught, bot(told.address) as telegram:
        telegram.send("hello", [])
    assert type(caught.value) is kind


NONSENSE = [b"", b"<html>", b"[]", b"null", b'{"ok": true}', b'{"ok": true, "result": []}', b"\xff\xfe", b"[" * 99_999]


@pytest.mark.parametrize("body", NONSENSE, ids=range(len(NONSENSE)))
@pytest.mark.parametrize("status", [200, 302, 404, 500])
def test_answer_that_nobody_understands_is_unknown(told: Told, status: int, body: bytes) -> None:
    told.tell(status, body)
    with pytest.raises(OutcomeUnknown), bot(told.address) as telegram:
        telegram.send("hello", [])


@pytest.mark.parametrize("body", NONSENSE, ids=range(len(NONSENSE)))
def test_question_that_got_no_answer_is_asked_later(told: Told, body: bytes) -> None:
    told.tell(200, body)
    with bot(told.address) as telegram:
        for ask in (telegram.who, telegram.look_at_channel, lambda: telegram.updates("x") and None):
            if body == NONSENSE[5] and ask not in {telegram.who, telegram.look_at_channel}:
                continue
            with pytest.raises(TryLater):
                ask()


def test_answer_of_ten_megabytes_is_not_read(told: Told) -> None:
    told.tell(200, b'{"ok": true, "result": "' + b"x" * 10_000_000)
    with bot(told.address) as telegram:
        with pytest.raises(OutcomeUnknown):
            telegram.send("hello", [])
        with pytest.raises(TryLater):
            telegram.who()


def test_redirect_is_not_followed(told: Told) -> None:
    told.tell(302, b"", Location="http://127.0.0.1:9/elsewhere")
    with bot(told.address) as telegram, pytest.raises(OutcomeUnknown):
        telegram.send("hello", [])
    assert len(told.asked) == 1


def test_seconds_to_wait_are_obeyed(told: Told) -> None:
    told.tell_file(429, "telegram/too_many.json")
    with pytest.raises(TryLater) as later, bot(told.address) as telegram:
        telegram.send("hello", [])
    assert later.value.after_seconds == 41.0


def test_one_picture_and_several_are_one_call_each(told: Told) -> None:
    told.tell(200, b'{"ok": true, "result": {"message_id": 7}}')
    told.tell(200, b'{"ok": true, "result": [{"message_id": 8}, {"message_id": 9}]}')
    with bot(told.address) as telegram:
        assert telegram.send("words", [b"one"]) == ["7"]
        assert telegram.send("words", [b"one", b"two"]) == ["8", "9"]
    single, album = told.asked
    assert (single.path, album.path) == (f"/bot{TOKEN}/sendPhoto", f"/bot{TOKEN}/sendMediaGroup")
    assert (single.form["chat_id"], single.form["caption"]) == ("@policia", "words")
    assert [album.files[name].read() for name in ("picture0", "picture1")] == [b"one", b"two"]
    assert "parse_mode" not in single.form


def test_existence_is_learned_from_a_change_that_changes_nothing(told: Told) -> None:
    told.tell_file(400, "telegram/not_modified.json")
    told.tell_file(400, "telegram/not_found.json")
    with bot(told.address) as telegram:
        assert telegram.exists("7")
        assert not telegram.exists("7")
    assert told.asked[0].path.endswith("/editMessageReplyMarkup")


@pytest.mark.parametrize("token", ["", "1001", "1001:", "1001:a/b", "1001:a\nb", "x:secret"])
def test_token_that_is_none_calls_nobody(told: Told, token: str) -> None:
    with pytest.raises(ChannelStopped):
        bot(told.address, bot_token=token)
    assert told.asked == []


def _calls(telegram: TelegramBot) -> list[Callable[[], object]]:
    return [lambda: telegram.send("hello", []), telegram.who, lambda: telegram.delete("1"), lambda: telegram.file("x")]


@pytest.mark.parametrize("status", [302, 401, 404, 500])
def test_token_is_in_no_error_and_no_log(told: Told, status: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told.tell(status, f'{{"ok": false, "description": "bot{TOKEN}"}}', Location=f"/bot{TOKEN}/")
    written = ""
    with bot(told.address) as telegram:
        for call in _calls(telegram):
            with pytest.raises(PublisherError) as caught:
                call()
            written += "".join(traceback.format_exception(caught.value)) + caught.value.words + caught.value.detail
    with bot("http://127.0.0.1:9") as telegram:
        for call in _calls(telegram):
            with pytest.raises(TryLater) as later:
                call()
            written += "".join(traceback.format_exception(later.value)) + later.value.detail
    assert "a-secret" not in written + caplog.text
