"""A mailbox: what is read of it, and what its refusals mean."""

from collections.abc import Iterator

import pytest

from appeal.rules.errors import ChannelStopped, TryLater
from appeal.wire import imap
from appeal.wire.imap import Letter, Mailbox
from tests.mailbox import Mailboxes, served
from tests.wire.conftest import Given


@pytest.fixture
def server() -> Iterator[Mailboxes]:
    with served() as running:
        yield running


def opened(server: Mailboxes, **changes: str) -> Mailbox:
    return Mailbox(Given(server.settings(**changes)))


def test_everything_after_a_number_is_read_and_nothing_is_marked(server: Mailboxes) -> None:
    for uid in (3, 5, 9):
        server.put(b"mail %d" % uid, uid)
    with opened(server) as mailbox:
        assert mailbox.validity == 7
        assert [mailbox.after(uid) for uid in (0, 3, 8, 9, 100)] == [[3, 5, 9], [5, 9], [9], [], []]
        assert list(mailbox.letters([3, 4, 9])) == [Letter(3, b"mail 3"), Letter(9, b"mail 9")]
    assert not [command for command in server.commands if "STORE" in command or command.startswith("SELECT")]
    assert all("PEEK" in command for command in server.commands if "BODY" in command)


def test_empty_mailbox_has_nothing(server: Mailboxes) -> None:
    with opened(server) as mailbox:
        assert mailbox.after(0) == []


def test_mail_that_is_too_large_is_read_to_its_beginning(server: Mailboxes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "WHOLE_BYTES", 100)
    monkeypatch.setattr(imap, "BEGINNING_BYTES", 10)
    server.put(b"x" * 101)
    with opened(server) as mailbox:
        assert list(mailbox.letters([1])) == [Letter(1, b"x" * 10, is_cut=True)]


def test_password_may_have_any_letter_and_both_ways_to_sign_in_work(server: Mailboxes) -> None:
    with opened(server):
        pass
    server.plain = False
    with opened(server, imap_password="plain-password"):
        pass


def test_wrong_password_and_wrong_folder_stop_the_channel(server: Mailboxes) -> None:
    for wrong in ({"imap_password": "other"}, {"imap_folder": "Elsewhere"}):
        with pytest.raises(ChannelStopped), opened(server, **wrong):
            pass


@pytest.mark.parametrize("fault", ["drop", "garbage", "huge", "slow", "no"])
def test_server_that_misbehaves_is_asked_later(server: Mailboxes, fault: str) -> None:
    server.put(b"mail")
    with opened(server) as mailbox:
        server.fault = fault
        with pytest.raises(TryLater):
            mailbox.after(0)


def test_server_that_takes_too_long_is_left(server: Mailboxes, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(server) as mailbox:
        monkeypatch.setattr(imap._Bounded, "_ends", -1.0)
        mailbox._imap._ends = -1.0
        with pytest.raises(TryLater):
            mailbox.after(0)


def test_nobody_listens() -> None:
    with pytest.raises(TryLater), Mailbox(Given(Mailboxes.settings(_Nowhere()))):  # type: ignore[arg-type]
        pass


class _Nowhere:
    port = 9


@pytest.mark.parametrize(
    "wrong",
    [
        {"imap_host": ""},
        {"imap_password": ""},
        {"imap_port": "many"},
        {"imap_host": "mail.force.example"},
        {"imap_host": "mail.force.example", "mode": "exercise", "imap_security": "tls"},
    ],
)
def test_mailbox_needs_address_credentials_and_a_secured_connection(wrong: dict[str, str]) -> None:
    with pytest.raises(ChannelStopped):
        Mailbox(Given(Mailboxes.settings(_Nowhere(), **wrong)))  # type: ignore[arg-type]


def test_plain_connection_where_tls_is_expected_is_asked_later(server: Mailboxes) -> None:
    with pytest.raises(TryLater), opened(server, imap_security="tls"):
        pass
