"""The account on a Mastodon server: what its answers mean, how pictures get ready, what people said."""

from datetime import UTC, datetime

import pytest

from appeal.rules.errors import ChannelStopped, ContentRefused, Gone, OutcomeUnknown, PublisherError, TryLater
from appeal.wire import mastodon
from appeal.wire.mastodon import MastodonAccount
from tests.wire.conftest import Given, Told

STATUS = "01M83JM5SN1B9YT7X2SQ3JCEH0"


def account(told: Told, **changes: str) -> MastodonAccount:
    given = {"base_url": told.address, "access_token": "token", "read_seconds": "2"}
    return MastodonAccount(Given({**given, **changes}))


def create(opened: MastodonAccount) -> None:
    opened.create("hello", [], language="es", visibility="public", key="Ab3dEf9h")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ContentRefused),
        (401, ChannelStopped),
        (403, ChannelStopped),
        (404, ChannelStopped),
        (413, ContentRefused),
        (422, ContentRefused),
        (429, TryLater),
        (451, ContentRefused),
        (302, OutcomeUnknown),
        (409, OutcomeUnknown),
        (500, OutcomeUnknown),
        (503, OutcomeUnknown),
    ],
)
def test_answer_to_a_post_has_one_meaning(told: Told, status: int, kind: type[PublisherError]) -> None:
    told.tell_file(status, "mastodon/too_long.json")
    with pytest.raises(PublisherError) as caught, account(told) as opened:
        create(opened)
    assert type(caught.value) is kind


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'{"id": ', b"\xff\xfe", b"{}", b'{"id": "1"}'])
@pytest.mark.parametrize("status", [200, 500])
def test_answer_that_nobody_understands_is_unknown(told: Told, status: int, body: bytes) -> None:
    told.tell(status, body)
    with pytest.raises(OutcomeUnknown), account(told) as opened:
        create(opened)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"7", b"null", b'{"id": 7}', b"\xff\xfe", b'[{"type": "mention", "status": {"id": 1}}]']
)
@pytest.mark.parametrize("status", [200, 302, 500])
def test_question_that_got_no_answer_is_asked_later(told: Told, status: int, body: bytes) -> None:
    told.tell(status, body)
    with account(told) as opened:
        for ask in (
            opened.who,
            opened.server,
            lambda: opened.notifications("5"),
            lambda: list(opened.own("1")),
            lambda: opened.status("1"),
            lambda: opened.thread("1"),
        ):
            with pytest.raises(TryLater):
                ask()


def test_post_carries_language_key_and_visibility(told: Told) -> None:
    told.tell_file(200, "mastodon/status.json")
    with account(told) as opened:
        made = opened.create("hello", ["3"], language="es", visibility="unlisted", key="Ab3dEf9h")
    [call] = told.asked
    assert (made.id, made.url.rsplit("/", 1)[1]) == (STATUS, STATUS)
    assert call.form.getlist("media_ids[]") == ["3"]
    assert {name: call.form[name] for name in ("status", "language", "visibility")} == {
        "status": "hello",
        "language": "es",
        "visibility": "unlisted",
    }
    assert call.headers["Idempotency-Key"] == "Ab3dEf9h"
    assert call.headers["Authorization"] == "Bearer token"


def test_reset_is_when_to_come_back(told: Told) -> None:
    for reset in ("2020-01-01T00:00:00.000000Z", "1577836800"):
        told.answers.clear()
        told.tell_file(429, "mastodon/too_long.json", X_RateLimit_Reset=reset)
        with pytest.raises(TryLater) as later, account(told) as opened:
            create(opened)
        assert later.value.after_seconds == 1.0
    told.answers.clear()
    told.tell_file(429, "mastodon/too_long.json", X_RateLimit_Reset="soon")
    with pytest.raises(TryLater) as later, account(told) as opened:
        create(opened)
    assert later.value.after_seconds == 300.0


def test_picture_is_described_and_waited_for(told: Told) -> None:
    told.tell_file(202, "mastodon/media_waits.json")
    told.tell_file(206, "mastodon/media_waits.json")
    told.tell_file(200, "mastodon/media.json")
    with account(told) as opened:
        assert opened.upload(b"picture", "image/jpeg", "A car") == "3"
    assert [call.path for call in told.asked] == ["/api/v2/media", "/api/v1/media/3", "/api/v1/media/3"]
    assert told.asked[0].form["description"] == "A car"
    assert told.asked[0].files["file"].read() == b"picture"


def test_picture_that_never_gets_ready_is_tried_later(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mastodon, "LOOKS_SECONDS", (0.0, 0.0))
    told.tell_file(202, "mastodon/media_waits.json")
    with pytest.raises(TryLater), account(told) as opened:
        opened.upload(b"picture", "image/jpeg", "")


@pytest.mark.parametrize(("status", "kind"), [(422, ContentRefused), (401, ChannelStopped), (503, TryLater)])
def test_picture_that_is_not_taken(told: Told, status: int, kind: type[PublisherError]) -> None:
    told.tell_file(status, "mastodon/too_long.json")
    with pytest.raises(PublisherError) as caught, account(told) as opened:
        opened.upload(b"picture", "image/jpeg", "")
    assert type(caught.value) is kind


def test_deleting_takes_the_pictures_along(told: Told) -> None:
    told.tell_file(200, "mastodon/status.json")
    with account(told) as opened:
        opened.delete(STATUS)
    asked = told.asked[0]
    assert (asked.method, asked.path) == ("DELETE", f"/api/v1/statuses/{STATUS}")
    assert {**asked.args, **asked.form}["delete_media"] in {"1", "true", "True"}


def test_what_is_not_there_is_gone(told: Told) -> None:
    told.tell_file(404, "mastodon/invalid_token.json")
    with account(told) as opened:
        assert opened.status("1") is None
        assert opened.thread("1") == []
        for order in (lambda: opened.delete("1"), lambda: opened.change("1", "x", [])):
            with pytest.raises(Gone):
                order()


def test_server_says_what_it_takes_whatever_its_version(told: Told) -> None:
    told.tell_file(200, "mastodon/instance.json")
    with account(told) as opened:
        assert opened.server() == mastodon.Server(400, 4, 0, 16_777_216)


def test_filtered_strangers_are_read_and_html_becomes_words(told: Told) -> None:
    told.tell_file(200, "mastodon/notifications.json")
    with account(told) as opened:
        [one] = opened.notifications("5")
    status = one.status
    assert (one.id, status.author, status.is_direct) == ("77", "citizen@elsewhere.example", True)
    assert status.text == "@police I saw & know it\nsee https://maps.example"
    assert status.links == ("https://maps.example/?q=1&r=2",)
    assert status.files == (("https://files.example/9.jpg", ""),)
    assert status.created_at == datetime(2026, 11, 23, 6, 48, 48, 703000, UTC)
    assert "citizen" not in repr(one)
    first, second = told.asked
    assert first.args.getlist("types[]") == ["mention", "quote"]
    assert (first.args["include_filtered"], first.args["min_id"], second.args["min_id"]) == ("true", "5", "77")


def test_calls_stay_at_the_address_of_the_channel(told: Told) -> None:
    told.tell(307, b"", Location="http://127.0.0.1:9/")
    with pytest.raises(OutcomeUnknown), account(told) as opened:
        create(opened)
    assert len(told.asked) == 1


def test_huge_answer_is_not_read(told: Told) -> None:
    told.tell(200, b'{"x": "' + b"y" * 10_000_000 + b'"}')
    with pytest.raises(TryLater), account(told) as opened:
        opened.who()


@pytest.mark.parametrize("changes", [{"access_token": ""}, {"base_url": ""}, {"base_url": "http://10.0.0.1"}])
def test_account_needs_address_and_token(told: Told, changes: dict[str, str]) -> None:
    with pytest.raises(ChannelStopped):
        account(told, **changes)


def test_token_is_never_taken_for_a_file(told: Told) -> None:
    with pytest.raises(ChannelStopped):
        account(told, access_token="/etc/hostname")
