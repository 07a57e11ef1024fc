"""Whatever a platform answers, nothing breaks, nothing is taken for success, and no credential is told."""

import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from appeal.publishers.base import FindsByKey, Hides, Publisher, Retracts, Settings, Shows
from appeal.rules.content import Post
from appeal.rules.errors import ChannelStopped, ContentRefused, OutcomeUnknown, PublisherError, TryLater
from tests.contracts.platforms import KEY, PLATFORMS
from tests.wire.conftest import Told

NOON = datetime.now(UTC) - timedelta(minutes=5)
WITH_ADDRESS = ("x", "sms", "bluesky", "mastodon", "telegram", "facebook")
CLEAR = (OutcomeUnknown, TryLater, ChannelStopped, ContentRefused)
PRIVATE = "http://169.254.169.254/latest/meta-data/"

ANSWERS: Mapping[str, tuple[int, bytes, Mapping[str, str]]] = {
    "a page": (200, b"<!doctype html><html><title>Sorry</title><p>Come back later.</p></html>", {}),
    "a broken page": (502, b"<html>Bad gateway", {}),
    "half an answer": (200, b'{"data": {"id": "12', {}),
    "nothing": (200, b"", {}),
    "null": (200, b"null", {}),
    "a list": (200, b"[1, [2], {}]", {}),
    "a word": (200, b'"ok"', {}),
    "numbers for words": (200, b'{"data": 7, "id": [], "sid": {}, "ok": "yes", "result": 3, "errors": 1}', {}),
    "no text at all": (200, b"\xff\xfe\x00\x80" * 64, {}),
    "a way to a private address": (302, b"", {"Location": PRIVATE}),
    "ten megabytes": (200, b'{"data": "' + b"x" * 10_000_000 + b'"}', {}),
}


def opened(platform: Any, address: str) -> Publisher:
    """The publisher of a channel whose platform is the one that gives bad answers."""
    values = {**platform.values, "base_url": address, "language": "en"}
    made: Publisher = platform.kind(Settings(values, platform.secrets))
    return made


def calls(publisher: Publisher, address: str) -> Mapping[str, Callable[[], object]]:
    """Everything that the engine may ask of it."""
    post = Post(f"Seen this man? https://a.example/r/{KEY}", title="Seen?", language="en")
    found: dict[str, Callable[[], object]] = {"send": lambda: publisher.send(post, address, KEY)}
    if isinstance(publisher, FindsByKey):
        found["find"] = lambda: publisher.find(KEY, address, post, NOON)
    if isinstance(publisher, Retracts):
        found["retract"] = lambda: publisher.retract("1001", post)
        found["is out"] = lambda: publisher.is_out("1001")
    if isinstance(publisher, Shows):
        found["shown"] = lambda: publisher.shown(
            "at://did:plc:a/app.bsky.feed.post/1" if publisher.name == "bluesky" else "1001"
        )
    if isinstance(publisher, Hides):
        number = "at://did:plc:a/app.bsky.feed.post/1" if publisher.name == "bluesky" else "1001"
        found |= {"hide": lambda: publisher.hide(number), "show again": lambda: publisher.show_again(number)}
    return found


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("name", WITH_ADDRESS)
def test_a_bad_answer_is_understood_as_what_it_is(
    name: str, answer: str, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    status, body, headers = ANSWERS[answer]
    told.tell(status, body, **headers)
    platform: Any = PLATFORMS[name]
    publisher = opened(platform, told.address)
    assert isinstance(publisher.check().is_well, bool)
    said = publisher.check().words
    for act, call in calls(publisher, platform.address).items():
        try:
            call()
        except PublisherError as error:
            said += "".join(traceback.format_exception(error)) + error.words + error.detail
            is_clear = act != "send" or isinstance(error, CLEAR)
        else:
            is_clear = act != "send"
        assert is_clear, f"{act} took a bad answer for a good one"
    secrets = [*platform.secrets.values()]
    assert [one for one in secrets if one in said + caplog.text] == []
    assert all(call.host in told.address for call in told.asked)
