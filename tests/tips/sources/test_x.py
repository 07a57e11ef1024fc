"""What somebody said to the force on X."""

from datetime import UTC, datetime, timedelta

import pytest

from appeal.exercise.app import Exercise
from appeal.exercise.public import say_on_x
from appeal.publishers.base import Settings
from appeal.rules.errors import ChannelStopped
from appeal.tips.sources import x
from appeal.wire.x import Mention
from appeal.wire.x_shapes import Direct
from tests.contracts.conftest import running_world, world  # noqa: F401
from tests.publishers.sample import jpeg

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ID = str((1_700_000_000_000 << 22) + 5)


def mention(**more: object) -> Mention:
    known = {"id": ID, "author": "Ana", "text": "there!", "created_at": NOW, "conversation": "7", "in_reply_to": "8"}
    return Mention(**(known | more))  # type: ignore[arg-type]


class Account:
    """Stands for the account: gives what it was made with and remembers from where it was asked."""

    def __init__(self, *mentions: Mention) -> None:
        self.mentions_there, self.asked = mentions, ""
        self.directs_there: list[Direct] | Exception = []
        self.known: list[str] = []

    def __call__(self, _settings: object) -> "Account":
        return self

    def __enter__(self) -> "Account":
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def directs(self, known: str) -> list[Direct]:
        self.known.append(known)
        if isinstance(self.directs_there, Exception):
            raise self.directs_there
        return self.directs_there

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


READS = Settings({"username": "policia_prueba", "user_id": "1001", "reads_messages": "yes"})


def direct(number: int, author: str = "ana") -> Direct:
    return Direct(str(number), "1001-7", "1001" if author == "policia_prueba" else "7", author, "he is here", NOW)


def test_direct_messages_come_from_the_known_one_on_and_not_too_often(monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account(mention(id="5", created_at=NOW - timedelta(minutes=9)))
    account.directs_there = [direct(8), direct(9, "policia_prueba")]
    monkeypatch.setattr("appeal.tips.sources.x.XAccount", account)
    first = x.poll(READS, channel_id=2, cursor="3", now=NOW)
    assert [(one.external_id, one.sender) for one in first.messages[1:]] == [("dm 8", "ana")]
    assert first.messages[1].facts["is_private"] == "yes"
    assert first.cursor == f"5 9 {int(NOW.timestamp())}"
    again = x.poll(READS, channel_id=2, cursor=first.cursor, now=NOW + timedelta(seconds=60))
    assert again.cursor == first.cursor
    x.poll(READS, channel_id=2, cursor=first.cursor, now=NOW + timedelta(seconds=90))
    assert account.known == ["", "9"]


def test_direct_messages_that_may_not_be_read_stop_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account(mention())
    account.directs_there = ChannelStopped("no")
    monkeypatch.setattr("appeal.tips.sources.x.XAccount", account)
    found = x.poll(READS, channel_id=2, cursor="", now=NOW)
    assert len(found.messages) == 1
    assert found.problem == "Direct messages could not be read: no"


@pytest.mark.parametrize("kept", ["", "7", "7 8 9", "x y z", "- - -"])
def test_any_cursor_can_be_read(kept: str) -> None:
    read = x.Cursor.read(kept)
    assert x.Cursor.read(read.kept()) == read


def test_pictures_come_with_the_words(world: Exercise) -> None:  # noqa: F811
    said = say_on_x(world.world, "ana", "this car", None, (jpeg(30),))
    address = f"{world.address}/pictures/x/{said.media[0].id}"
    message = x.parse(mention(pictures=(address, "http://127.0.0.1:9/other")), channel_id=2, now=NOW)
    settings = Settings({"base_url": f"{world.address}/x", "mode": "exercise"})
    whole = x.complete(settings, message)
    assert [file.data for file in whole.files] == [jpeg(30)]
    assert whole.facts["media_missing"] == "1"
