"""The address that a person pastes leads to the platform's own number of the post, and other addresses to none."""

from typing import Any

import pytest

from appeal.publishers.base import KnowsAddresses, Settings
from appeal.publishers.bluesky import Bluesky
from appeal.publishers.facebook import Facebook
from appeal.publishers.mastodon import Mastodon
from appeal.publishers.telegram import Telegram
from appeal.publishers.x import X

NAMED = {
    "channel": "@policia",
    "handle": "policia.example",
    "page_id": "100",
    "base_url": "https://social.example",
    "username": "policia",
}
PRIVATE = {**NAMED, "channel": "-1001234"}
HERE = "http://127.0.0.1:8002/#"


@pytest.mark.parametrize(
    ("kind", "permalink", "pictures", "number"),
    [
        (X, "https://x.com/policia/status/1799", 0, "1799"),
        (X, "https://mobile.twitter.com/policia/status/1799?s=20", 2, "1799"),
        (X, f"{HERE}post-12", 0, "12"),
        (X, "https://evil.example/https://x.com/policia/status/1799", 0, ""),
        (Telegram, "https://t.me/policia/123", 0, "123"),
        (Telegram, "https://t.me/s/Policia/123?single", 1, "123/photo"),
        (Telegram, "https://t.me/policia/123", 3, "123/124/125"),
        (Telegram, "https://t.me/other/123", 0, ""),
        (Telegram, f"{HERE}telegram-7", 0, "7"),
        (Mastodon, "https://social.example/@policia/11223344", 0, "11223344"),
        (Mastodon, "https://other.example/@policia/11223344", 0, ""),
        (
            Bluesky,
            "https://bsky.app/profile/policia.example/post/3kabc",
            0,
            "at://policia.example/app.bsky.feed.post/3kabc",
        ),
        (Bluesky, "https://bsky.app/profile/other.example/post/3kabc", 0, ""),
        (Facebook, "https://www.facebook.com/policia/posts/555", 0, "100_555"),
        (Facebook, "https://www.facebook.com/permalink.php?story_fbid=555&id=100", 0, "100_555"),
        (Facebook, "https://www.facebook.com/policia/posts/pfbid0abc", 0, ""),
        (Facebook, f"{HERE}facebook-100_555", 0, "100_555"),
    ],
)
def test_the_number_stands_in_the_address(kind: type[Any], permalink: str, pictures: int, number: str) -> None:
    publisher = kind(Settings(NAMED))
    assert isinstance(publisher, KnowsAddresses)
    assert publisher.number_at(permalink, pictures) == number
    assert publisher.number_at("https://news.example/1", pictures) == ""


def test_a_channel_without_a_name_is_known_by_its_number() -> None:
    assert Telegram(Settings(PRIVATE)).number_at("https://t.me/c/1234/9", 0) == "9"
    assert Telegram(Settings(PRIVATE)).number_at("https://t.me/c/4321/9", 0) == ""
