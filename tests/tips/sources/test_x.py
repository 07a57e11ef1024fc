"""What somebody said to the force on X."""

from datetime import UTC, datetime, timedelta

import pytest

from appeal.publishers.base import Settings
from appeal.tips.sources import x
from appeal.wire.x import Mention

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ID = str((1_700_000_000_000 << 22) + 5)


def mention(**more: object) -> Mention:
    known = {"id": ID, "author": "Ana", "text": "there!", "created_at": NOW, "conversation": "7", "in_reply_to": "8"}
    return Mention(**(known | more))  # type: ignore[arg-type]


class Account:
    """Stands for the account: gives what it was made with and remembers from where it was asked."""

    def __init__(self, *mentions: Mention) -> None:
        self.mentions_there, self.asked = mentions, ""

    def __call__(self, _settings: object) -> "Account":
        return self

    def __enter__(self) -> "Account":
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def mentions(self, since_id: str) -> tuple[Mention, ...]:
        self.asked = since_id
        return self.mentions_there


def test_mention_becomes_a_message_that_names_what_it_answers() -> None:
    found = x.parse(mention(links=("https://a", "https://b")), channel_id=2, now=NOW)
    assert (found.source, found.external_id, found.sender, found.text) == ("x", ID, "Ana", "there!")
    assert found.facts == {
        "posted_at": NOW.isoformat(),
        "in_reply_to": "8",
        "conversation": "7",
        "links": "https://a https://b",
    }


def test_own_posts_move_the_cursor_and_are_no_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    old = NOW - timedelta(minutes=5)
    account = Account(mention(created_at=old), mention(id=str(int(ID) + 1), author="Policia_Prueba", created_at=old))
    monkeypatch.setattr("appeal.tips.sources.x.XAccount", account)
    found = x.poll(Settings({"username": "policia_prueba"}), channel_id=2, cursor="5", now=NOW)
    assert ([one.external_id for one in found.messages], account.asked) == ([ID], "5")
    assert found.cursor == str(int(ID) + 1)


def test_what_is_new_is_read_again_until_it_is_old_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    ages = {"10": 300, "20": 121, "30": 119, "40": 0}
    said = [mention(id=key, created_at=NOW - timedelta(seconds=age)) for key, age in ages.items()]
    monkeypatch.setattr("appeal.tips.sources.x.XAccount", Account(*said))
    found = x.poll(Settings({"username": ""}), channel_id=2, cursor="", now=NOW)
    assert ([one.external_id for one in found.messages], found.cursor) == (["10", "20", "30", "40"], "20")


def test_nothing_new_keeps_the_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appeal.tips.sources.x.XAccount", Account())
    for cursor in ("", ID):
        assert x.poll(Settings({"username": ""}), channel_id=2, cursor=cursor, now=NOW).cursor == cursor
