"""The account on Bluesky: what its answers mean, where it calls, and what people said."""

import base64
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appeal.rules.errors import ChannelStopped, ContentRefused, OutcomeUnknown, PublisherError, TryLater
from appeal.wire import bluesky
from appeal.wire.bluesky import BlueskyAccount
from tests.wire.conftest import PAYLOADS, Given, Told

RECORD = {"$type": bluesky.POST, "text": "hello", "createdAt": "2026-11-23T00:00:00Z"}
POST = "at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3n2xk4mtnts25"


@pytest.fixture(autouse=True)
def no_sessions() -> Iterator[None]:
    bluesky._sessions.clear()
    yield
    bluesky._sessions.clear()


def token(expires: int) -> str:
    parts = ({"alg": "HS256", "typ": "at+jwt"}, {"sub": "did:plc:a", "exp": expires})
    packed = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*packed, "c2lnbmVk"])


def session(expires: int = 4_000_000_000) -> bytes:
    text = (PAYLOADS / "bluesky" / "session.json").read_text()
    return text.replace("ACCESS", token(expires)).replace("REFRESH", token(4_000_000_000)).encode()


def account(told: Told, **changes: str) -> BlueskyAccount:
    given = {"handle": "police.example", "app_password": "abcd-efgh", "base_url": told.address, "read_seconds": "2"}
    return BlueskyAccount(Given({**given, **changes}))


def after_login(told: Told, status: int, body: str | bytes, **headers: str) -> None:
    told.tell(200, session())
    told.tell(status, body, **headers)


@pytest.mark.parametrize(
    ("status", "payload", "kind"),
    [
        (400, "too_long", ContentRefused),
        (400, "taken_down", ChannelStopped),
        (401, "wrong_password", ChannelStopped),
        (403, "too_long", ContentRefused),
        (404, "too_long", ChannelStopped),
        (413, "too_long", ContentRefused),
        (429, "too_many", TryLater),
        (451, "too_long", ContentRefused),
        (302, "too_long", OutcomeUnknown),
        (409, "too_long", OutcomeUnknown),
        (500, "too_long", OutcomeUnknown),
        (502, "taken_down", OutcomeUnknown),
        (503, "too_long", OutcomeUnknown),
    ],
)
def test_answer_to_a_post_has_one_meaning(told: Told, status: int, payload: str, kind: type[PublisherError]) -> None:
    after_login(told, status, (PAYLOADS / "bluesky" / f"{payload}.json").read_bytes())
    with pytest.raises(PublisherError) as caught, account(told) as opened:
        opened.publish("3n2xk4mtnts25", RECORD, None)
    assert type(caught.value) is kind


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'{"uri": ', b"\xff\xfe", b'{"commit": 7}'])
@pytest.mark.parametrize("status", [200, 201, 500])
def test_answer_that_nobody_understands_is_unknown(told: Told, status: int, body: bytes) -> None:
    after_login(told, status, body)
    with pytest.raises(OutcomeUnknown), account(told) as opened:
        opened.publish("3n2xk4mtnts25", RECORD, None)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'{"notifications": 7}', b"\xff\xfe"])
@pytest.mark.parametrize("status", [200, 302, 500])
def test_question_that_got_no_answer_is_asked_later(told: Told, status: int, body: bytes) -> None:
    after_login(told, status, body)
    with account(told) as opened:
        for ask in (
            lambda: list(opened.replies(None)),
            lambda: opened.kept("3n2xk4mtnts25"),
            opened.who,
            lambda: opened.upload(b"picture", "image/jpeg"),
            lambda: opened.own_posts(5),
            lambda: opened.thread(POST),
            lambda: opened.directs("3a"),
        ):
            with pytest.raises(TryLater):
                ask()


def test_huge_answer_is_not_read(told: Told) -> None:
    after_login(told, 200, b'{"x": "' + b"y" * 10_000_000 + b'"}')
    with pytest.raises(TryLater), account(told) as opened:
        opened.who()


def test_packed_answer_is_not_unpacked(told: Told) -> None:
    after_login(told, 200, b"\x1f\x8b\x08", Content_Encoding="gzip")
    with pytest.raises(TryLater), account(told) as opened:
        opened.who()
    assert told.asked[1].headers["Accept-Encoding"] == "identity"


def test_calls_stay_at_the_address_of_the_channel(told: Told) -> None:
    told.tell(200, session())
    told.tell_file(200, "bluesky/written.json")
    with account(told) as opened:
        assert opened.publish("3n2xk4mtnts25", RECORD, None) == POST
    assert [call.path for call in told.asked] == [
        "/xrpc/com.atproto.server.createSession",
        "/xrpc/com.atproto.repo.putRecord",
    ]
    body = told.asked[1].get_json()
    assert (body["rkey"], body["record"]) == ("3n2xk4mtnts25", RECORD)


def test_redirect_is_not_followed(told: Told) -> None:
    after_login(told, 307, b"", Location="http://127.0.0.1:9/")
    with pytest.raises(OutcomeUnknown), account(told) as opened:
        opened.publish("3n2xk4mtnts25", RECORD, None)
    assert len(told.asked) == 2


def test_reset_is_when_to_come_back(told: Told) -> None:
    body = (PAYLOADS / "bluesky" / "too_many.json").read_bytes()
    after_login(told, 429, body, RateLimit_Reset=str(int(time.time()) + 60))
    with pytest.raises(TryLater) as later, account(told) as opened:
        opened.publish("3n2xk4mtnts25", RECORD, None)
    assert 50 <= later.value.after_seconds <= 61


def test_record_that_is_not_there_comes_with_the_moment(told: Told) -> None:
    body = (PAYLOADS / "bluesky" / "no_record.json").read_bytes()
    after_login(told, 400, body)
    with account(told) as opened:
        found, moment = opened.kept("3n2xk4mtnts25")
    assert found is None
    assert moment is not None
    assert abs(moment.timestamp() - time.time()) < 10


def test_expired_session_is_renewed_by_its_own_token(told: Told) -> None:
    told.tell(200, session(expires=1_000))
    told.tell(200, session())
    told.tell(200, b'{"did": "did:plc:a", "handle": "police.example"}')
    with account(told) as opened:
        opened.who()
    assert [call.path.rsplit(".", 1)[1] for call in told.asked] == ["createSession", "refreshSession", "getSession"]
    assert told.asked[1].get_data() == b""


def test_password_is_asked_again_when_no_token_helps(told: Told) -> None:
    told.tell(200, session(expires=1_000))
    told.tell_file(400, "bluesky/expired.json")
    told.tell(200, session())
    told.tell(200, b'{"did": "did:plc:a", "handle": "police.example"}')
    with account(told) as opened:
        assert opened.who() == ("did:plc:a", "police.example")
    assert [call.path.rsplit(".", 1)[1] for call in told.asked][2] == "createSession"


def test_replies_are_read_whole_and_strange_records_stop_nothing(told: Told) -> None:
    told.tell(200, session())
    told.tell_file(200, "bluesky/notifications.json")
    told.tell(200, b'{"notifications": [], "priority": false}')
    with account(told) as opened:
        first, second = opened.replies(datetime(2026, 11, 23, 0, 0, 30, tzinfo=UTC))
    assert (first.author, first.handle, first.text) == (
        "did:plc:bbbbbbbbbbbbbbbbbbbbbbbb",
        "ana.example",
        "I saw it: maps.example",
    )
    assert (first.links, first.pictures, first.conversation) == (("https://maps.example/?q=1",), 1, POST)
    assert first.in_reply_to == "at://did:plc:cccccccccccccccccccccccc/app.bsky.feed.post/3n2xk4aaaaa25"
    assert first.listed_at == datetime(2026, 11, 23, 0, 1, tzinfo=UTC)
    assert (second.handle, second.pictures, second.conversation) == (second.author, 0, second.uri)
    assert "ana.example" not in repr(first)
    assert told.asked[1].args.getlist("reasons") == ["reply", "mention", "quote"]


def test_account_needs_all_credentials(tmp_path: Path) -> None:
    with pytest.raises(ChannelStopped):
        BlueskyAccount(Given({"handle": "police.example"}))
    with pytest.raises(ChannelStopped):
        BlueskyAccount(Given({"handle": "a", "app_password": "b", "base_url": "http://10.0.0.1"}))
