"""What somebody said to the force on X."""

from datetime import UTC, datetime

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


def test_own_posts_move_the_cursor_and_are_no_messages(monkeypatch: object) -> None:
    account = Account(mention(), mention(id=str(int(ID) + 1), author="Policia_Prueba"))
    monkeypatch.setattr("appeal.tips.sources.x.XAccount", account)  # type: ignore[attr-defined]
    found = x.poll({"username": "policia_prueba"}, channel_id=2, cursor=ID, now=NOW)  # type: ignore[arg-type]
    assert [one.external_id for one in found.messages] == [ID]
    assert found.cursor == str(int(ID) + 1)
    assert int(account.asked) == int(ID) - (120_000 << 22)


def test_nothing_new_keeps_the_cursor(monkeypatch: object) -> None:
    monkeypatch.setattr("appeal.tips.sources.x.XAccount", Account())  # type: ignore[attr-defined]
    for cursor in ("", ID):
        assert x.poll({"username": ""}, channel_id=2, cursor=cursor, now=NOW).cursor == cursor  # type: ignore[arg-type]


def test_going_back_never_goes_below_the_beginning() -> None:
    assert (x.go_back(""), x.go_back("5")) == ("", "")
