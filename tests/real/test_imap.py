"""The mail source against Dovecot."""

import imaplib
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from appeal.publishers.base import Settings
from appeal.rules.errors import ChannelStopped, TryLater
from appeal.tips.sources import email
from appeal.tips.sources.base import PollResult
from appeal.wire.mail import trusting
from tests.publishers.sample import jpeg
from tests.real.mail_servers import PASSWORD, USER, Dovecot

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def mail(text: str, **headers: str) -> bytes:
    made = EmailMessage()
    made["From"], made["Subject"] = "Ana Niño <ana@people.example>", "Él está aquí"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    made.add_attachment(jpeg(), "image", "jpeg", filename="año.jpg")
    return made.as_bytes()


def polled(dovecot: Dovecot, cursor: str = "", **changes: str) -> PollResult:
    return email.poll(Settings(dovecot.settings(**changes)), channel_id=2, cursor=cursor, now=NOW)


def client(dovecot: Dovecot) -> imaplib.IMAP4_SSL:
    opened = imaplib.IMAP4_SSL("127.0.0.1", dovecot.tls, ssl_context=trusting(dovecot.certificate))
    opened.login(USER, PASSWORD)
    return opened


def test_mail_is_read_once_with_its_picture_whoever_else_read_it(dovecot: Dovecot) -> None:
    dovecot.deliver(mail("I saw him at the station"))
    with client(dovecot) as other:
        other.select("INBOX")
        other.store("1:*", "+FLAGS", "\\Seen")
    first = polled(dovecot)
    one = first.messages[-1]
    assert (one.text.strip(), one.sender, one.facts["subject"]) == (
        "I saw him at the station",
        "ana@people.example",
        "Él está aquí",
    )
    assert [(file.name, file.data) for file in one.files] == [("año.jpg", jpeg())]
    assert polled(dovecot, first.cursor).messages == ()
    dovecot.deliver(mail("One more"))
    second = polled(dovecot, first.cursor)
    assert [found.text.strip() for found in second.messages] == ["One more"]


def test_nothing_is_marked_as_read(dovecot: Dovecot) -> None:
    dovecot.deliver(mail("unread"))
    polled(dovecot)
    with client(dovecot) as other:
        other.select("INBOX", readonly=True)
        _status, unseen = other.search(None, "UNSEEN")
    assert unseen[0].split()


def test_mailbox_that_counts_anew_is_read_from_its_beginning(dovecot: Dovecot) -> None:
    with client(dovecot) as other:
        other.create("Answers")
        other.append("Answers", "", imaplib.Time2Internaldate(0), mail("in a folder"))
        first = polled(dovecot, imap_folder="Answers")
        other.delete("Answers")
        other.create("Answers")
        other.append("Answers", "", imaplib.Time2Internaldate(0), mail("in a folder"))
    second = polled(dovecot, first.cursor, imap_folder="Answers")
    assert second.cursor.split()[0] != first.cursor.split()[0]
    assert [one.external_id for one in second.messages] == [one.external_id for one in first.messages]


def test_starttls_works_too(dovecot: Dovecot) -> None:
    found = polled(dovecot, imap_security="starttls", imap_port=str(dovecot.starttls))
    assert found.cursor


def test_refusals_have_their_meaning(dovecot: Dovecot) -> None:
    with pytest.raises(ChannelStopped):
        polled(dovecot, imap_password="wrong")
    with pytest.raises(ChannelStopped):
        polled(dovecot, imap_folder="None such")
    with pytest.raises(ChannelStopped):
        polled(dovecot, certificate="")
    with pytest.raises(TryLater):
        polled(dovecot, imap_port=str(dovecot.lmtp))
