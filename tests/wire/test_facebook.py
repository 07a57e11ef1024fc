"""The page on Facebook: what its answers mean, and that its token is told to nobody."""

import hashlib
import hmac
import logging
import traceback
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from appeal.rules.errors import ChannelStopped, ContentRefused, Gone, OutcomeUnknown, PublisherError, TryLater
from appeal.wire.facebook import FacebookPage, is_signed
from tests.wire.conftest import Given, Told

TOKEN, SECRET = "page-token-secret", "app-secret"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def page(address: str, **changes: str) -> FacebookPage:
    usual = {"page_id": "100", "page_token": TOKEN, "app_secret": SECRET, "base_url": address, "read_seconds": "2"}
    return FacebookPage(Given({**usual, **changes}))


@pytest.mark.parametrize(
    ("status", "payload", "kind"),
    [
        (400, "bad_parameter", ContentRefused),
        (400, "missing", ChannelStopped),
        (400, "token", ChannelStopped),
        (401, "token", ChannelStopped),
        (403, "permission", ChannelStopped),
        (400, "blocked", ChannelStopped),
        (400, "duplicate", OutcomeUnknown),
        (400, "app_limit", TryLater),
        (403, "user_limit", TryLater),
        (400, "page_limit", TryLater),
        (400, "call_limit", TryLater),
        (400, "unknown", OutcomeUnknown),
        (500, "service", OutcomeUnknown),
        (503, "service", OutcomeUnknown),
        (451, "bad_parameter", ContentRefused),
        (200, "bad_parameter", OutcomeUnknown),
        (302, "bad_parameter", OutcomeUnknown),
    ],
)
def test_answer_to_a_post_has_one_meaning(told: Told, status: int, payload: str, kind: type[PublisherError]) -> None:
    told.tell_file(status, f"facebook/{payload}.json")
    with pytest.raises(PublisherError) as caught, page(told.address) as facebook:
        facebook.publish("hello", [])
    assert type(caught.value) is kind


NONSENSE = [b"", b"<html>", b"[]", b"null", b"{}", b'{"error": 7}', b'{"id": ""}', b"\xff\xfe", b"[" * 99_999]


@pytest.mark.parametrize("body", NONSENSE, ids=range(len(NONSENSE)))
@pytest.mark.parametrize("status", [200, 302, 400, 404, 500])
def test_answer_that_nobody_understands_is_unknown(told: Told, status: int, body: bytes) -> None:
    told.tell(status, body)
    with pytest.raises(OutcomeUnknown), page(told.address) as facebook:
        facebook.publish("hello", [])


def _questions(facebook: FacebookPage) -> list[Callable[[], object]]:
    return [
        facebook.who,
        lambda: facebook.upload(b"picture", "alt"),
        lambda: list(facebook.own_posts(LONG_AGO)),
        lambda: facebook.comments(0),
        lambda: facebook.letters(0),
    ]


@pytest.mark.parametrize("body", NONSENSE, ids=range(len(NONSENSE)))
def test_question_that_got_no_answer_is_asked_later(told: Told, body: bytes) -> None:
    told.tell(200, body)
    with page(told.address) as facebook:
        for ask in _questions(facebook):
            with pytest.raises(TryLater):
                ask()


def test_answer_of_ten_megabytes_is_not_read(told: Told) -> None:
    told.tell(200, b'{"id": "' + b"x" * 10_000_000)
    with page(told.address) as facebook:
        with pytest.raises(OutcomeUnknown):
            facebook.publish("hello", [])
        with pytest.raises(TryLater):
            facebook.who()


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ('{"100": [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 7}]}', 420.0),
        ('{"call_count": 100}', 300.0),
        ("nonsense", 300.0),
        ("[" * 9_999, 300.0),
        ('{"100": [7, {"estimated_time_to_regain_access": 9999999}]}', 86_400.0),
    ],
)
def test_wait_is_what_the_usage_header_names(told: Told, header: str, seconds: float) -> None:
    told.tell_file(400, "facebook/page_limit.json", X_Business_Use_Case_Usage=header)
    with pytest.raises(TryLater) as later, page(told.address) as facebook:
        facebook.publish("hello", [])
    assert later.value.after_seconds == seconds


def test_what_may_not_be_seen_any_more_is_not_called_gone(told: Told) -> None:
    told.tell_file(400, "facebook/missing.json")
    told.tell_file(400, "facebook/token.json")
    with page(told.address) as facebook, pytest.raises(ChannelStopped):
        facebook.exists("100_5")


def test_what_is_missing_while_the_page_answers_is_gone(told: Told) -> None:
    told.tell_file(400, "facebook/missing.json")
    told.tell(200, b'{"id": "100", "name": "Police"}')
    with page(told.address) as facebook:
        assert not facebook.exists("100_5")
    told.answers = []
    told.tell_file(400, "facebook/missing.json")
    with page(told.address) as facebook, pytest.raises(Gone):
        facebook.delete("100_5")


def test_token_of_another_page_stops_the_channel(told: Told) -> None:
    told.tell(200, b'{"id": "101", "name": "Another"}')
    with page(told.address) as facebook, pytest.raises(ChannelStopped, match="another page"):
        facebook.who()


def test_token_travels_in_the_header_and_its_proof_beside_it(told: Told) -> None:
    told.tell(200, b'{"id": "7"}')
    with page(told.address) as facebook:
        facebook.upload(b"\xff\xd8\xff", "A bridge")
        facebook.publish("words", ["7", "8"])
    uploaded, posted = told.asked
    proof = hmac.new(SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
    for call in told.asked:
        assert call.headers["Authorization"] == f"Bearer {TOKEN}"
        assert call.form["appsecret_proof"] == proof
        assert TOKEN not in call.url
    assert (uploaded.path, posted.path) == ("/v26.0/100/photos", "/v26.0/100/feed")
    assert (uploaded.form["published"], uploaded.form["alt_text_custom"]) == ("false", "A bridge")
    assert posted.form["attached_media"] == '[{"media_fbid": "7"}, {"media_fbid": "8"}]'


def test_next_page_is_asked_by_its_cursor_and_never_by_its_address(told: Told) -> None:
    row = '{"id": "100_1", "message": "m", "created_time": "2026-11-22T10:00:00+0000"}'
    paging = '"paging": {"cursors": {"after": "abc"}, "next": "https://elsewhere.example/?access_token=x"}'
    told.tell(200, f'{{"data": [{row}], {paging}}}')
    told.tell(200, f'{{"data": [{row}]}}')
    with page(told.address) as facebook:
        assert len(list(facebook.own_posts(LONG_AGO))) == 2
    assert [call.args.get("after") for call in told.asked] == [None, "abc"]


def test_pictures_are_fetched_from_facebook_only_and_without_the_token(told: Told) -> None:
    told.tell(200, b"picture")
    with page(told.address) as facebook:
        assert facebook.media(f"{told.address}/x.jpg")[0] == b"picture"
        gives = [
            facebook.gives(one)
            for one in (
                "https://scontent.xx.fbcdn.net/v/1.jpg",
                f"{told.address}/x.jpg",
                "http://scontent.xx.fbcdn.net/v/1.jpg",
                "https://fbcdn.net.evil.example/1.jpg",
                "https://a@scontent.xx.fbcdn.net/1.jpg",
                "http://169.254.169.254/latest",
                "https://[::1",
            )
        ]
    assert gives == [True, True, False, False, False, False, False]
    assert "Authorization" not in told.asked[0].headers


def test_signature_is_over_the_raw_bytes() -> None:
    body = '{"message": "é"}'.encode()
    good = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert is_signed(SECRET, body, good)
    assert not is_signed(SECRET, b'{"message": "\\u00e9"}', good)
    assert not is_signed("", body, "sha256=" + hmac.new(b"", body, hashlib.sha256).hexdigest())
    assert not is_signed(SECRET, body, "sha256=é")


@pytest.mark.parametrize("status", [302, 400, 404, 500])
def test_secrets_are_in_no_error_and_no_log(told: Told, status: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told.tell(status, f'{{"error": {{"message": "{TOKEN} {SECRET}", "code": 190}}}}', Location=f"/{TOKEN}")
    written = ""
    for address in (told.address, "http://127.0.0.1:9"):
        with page(address) as facebook:
            for call in (lambda: facebook.publish("hello", []), facebook.who, lambda: facebook.delete("1")):
                with pytest.raises(PublisherError) as caught:
                    call()
                error = caught.value
                written += "".join(traceback.format_exception(error)) + error.words + error.detail
    assert [one for one in (TOKEN, SECRET) if one in written + caplog.text] == []
