"""Mail to the force: the words of every kind of mail, its files, and which mails are none for the desk."""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from appeal.publishers.base import Settings
from appeal.tips.inbound import Inbound
from appeal.tips.sources import email, email_parts
from appeal.wire.imap import Letter
from tests.mailbox import Mailboxes, served

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OURS = "<Ab3dEf9h.appeal@force.example>"
OWN = Settings({"sender": "Press <press@force.example>", "reply_to": "answers@force.example"})


@pytest.fixture
def server() -> Iterator[Mailboxes]:
    with served() as running:
        yield running


def mail(text: str = "I saw him", **headers: str) -> EmailMessage:
    made = EmailMessage()
    usual = {"From": "Ana <Ana@people.example>", "Subject": "Your appeal", "Message-ID": "<1@people.example>"}
    for name, value in {**usual, **{name.replace("_", "-"): value for name, value in headers.items()}}.items():
        if value:
            made[name] = value
    made.set_content(text)
    return made


def parsed(raw: bytes | EmailMessage, settings: Settings = OWN, is_cut: bool = False) -> Inbound | None:
    whole = raw if isinstance(raw, bytes) else raw.as_bytes()
    return email.parse(Letter(1, whole, is_cut), settings, channel_id=2, now=NOW)


def read(raw: bytes | EmailMessage) -> Inbound:
    found = parsed(raw)
    assert found is not None
    return found


def test_mail_becomes_a_message() -> None:
    one = read(mail(In_Reply_To=OURS, References=f"<0@x> {OURS}", Date="Sun, 01 Mar 2026 11:59:00 +0000"))
    assert (one.source, one.text.strip(), one.sender, one.channel_id) == ("email", "I saw him", "ana@people.example", 2)
    assert one.facts == {
        "name": "Ana",
        "email": "Ana@people.example",
        "subject": "Your appeal",
        "posted_at": "Sun, 01 Mar 2026 11:59:00 +0000",
        "in_reply_to": OURS,
        "conversation": "<0@x>",
        "is_private": "yes",
    }
    assert "Ana" not in repr(one)


def test_conversation_of_one_person_is_one_tip() -> None:
    first = read(mail(Message_ID="<1@x>"))
    second = read(mail("More", Message_ID="<2@x>", In_Reply_To="<1@x>", References="<1@x>"))
    other = read(mail(From="bea@people.example", Message_ID="<3@x>", References="<1@x>"))
    assert first.thread == second.thread != other.thread


def test_message_id_that_is_missing_or_taken_twice_makes_two_mails_not_one() -> None:
    names = [
        read(mail("one", Message_ID="")).external_id,
        read(mail("two", Message_ID="")).external_id,
        read(mail("one")).external_id,
        read(mail("two")).external_id,
    ]
    assert len(set(names)) == 4
    again = mail("one")
    again["Received"] = "from another road; Sun, 01 Mar 2026 12:00:00 +0000"
    assert read(again).external_id == names[2]


def test_html_is_cleaned_to_words_and_links() -> None:
    made = EmailMessage()
    made["From"] = "ana@people.example"
    made.set_content(
        '<p>I saw <b>him</b> <a href="https://maps.example/?q=1">here</a></p><script>x</script>', subtype="html"
    )
    one = read(made)
    assert (one.text, one.facts["links"]) == ("I saw him here", "https://maps.example/?q=1")


def test_files_come_along_with_tidy_names() -> None:
    made = mail()
    made.add_attachment(b"\xff\xd8\xff", "image", "jpeg", filename="../../coche blanco.jpg")
    made.add_attachment(b"pdf", "application", "pdf", filename="niño\x00.pdf")
    made.add_attachment(b"text", "text", "plain", filename="note.txt")
    one = read(made)
    assert [(file.name, file.mime, file.data) for file in one.files] == [
        (".. .. coche blanco.jpg", "image/jpeg", b"\xff\xd8\xff"),
        ("niño .pdf", "application/pdf", b"pdf"),
        ("note.txt", "text/plain", b"text"),
    ]
    assert one.text.strip() == "I saw him"


def test_too_many_and_too_large_files_are_counted_and_the_words_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(email_parts, "MOST_FILE_BYTES", 50)
    made = mail()
    for size in (30, 30, 10):
        made.add_attachment(b"x" * size, "image", "jpeg", filename=f"{size}.jpg")
    one = read(made)
    assert ([len(file.data) for file in one.files], one.facts["files_left"]) == ([30, 10], "1")


def test_mail_within_a_mail_is_read_too() -> None:
    inner = mail("The man on the bridge", From="bea@people.example", Subject="Look")
    inner.add_attachment(b"inner", "image", "png", filename="inner.png")
    outer = mail("See below")
    outer.add_attachment(inner)
    one = read(outer)
    for words in ("See below", "bea@people.example", "Look", "The man on the bridge"):
        assert words in one.text
    assert [file.name for file in one.files] == ["inner.png"]
    assert one.text.count("The man on the bridge") == 1


def packed(*parts: tuple[int, int, bytes]) -> bytes:
    """A winmail.dat of (level, attribute, data) parts."""
    whole = struct.pack("<IH", 0x223E9F78, 1)
    for level, attribute, data in parts:
        whole += struct.pack("<BII", level, attribute, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
    return whole


def test_what_outlook_packs_is_unpacked() -> None:
    title, data, begins = (2, 0x00018010, b"car.jpg\0"), (2, 0x0006800F, b"\xff\xd8\xff"), (2, 0x00069002, b"\0" * 14)
    made = EmailMessage()
    made["From"] = "ana@people.example"
    made.set_content(
        packed((1, 0x0002800C, b"I saw the car\0"), begins, title, data),
        "application",
        "ms-tnef",
        filename="winmail.dat",
    )
    one = read(made)
    assert [(file.name, file.data) for file in one.files] == [("car.jpg", b"\xff\xd8\xff")]
    assert "I saw the car" in one.text


def test_what_cannot_be_unpacked_is_kept() -> None:
    made = mail()
    made.add_attachment(b"\x78\x9f\x3e\x22 not really", "application", "ms-tnef", filename="winmail.dat")
    assert [file.name for file in read(made).files] == ["winmail.dat"]


def test_words_that_are_too_many_are_kept_as_a_file() -> None:
    one = read(mail("word " * 20_000))
    assert len(one.text) == 50_000
    assert [file.name for file in one.files] == ["whole text.txt"]
    assert one.files[0].data.count(b"word") == 20_000


@pytest.mark.parametrize(
    "own",
    [
        {"From": "press@force.example"},
        {"From": "ANSWERS@force.example"},
        {"Sender": "press@force.example"},
        {"Message_ID": OURS},
    ],
)
def test_own_mail_is_no_tip(own: dict[str, str]) -> None:
    assert parsed(mail(**own)) is None


def test_report_of_a_mail_server_is_no_tip() -> None:
    raw = (
        b"From: MAILER-DAEMON@x\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nno such user\r\n--b--\r\n"
    )
    assert parsed(raw) is None


@pytest.mark.parametrize(
    ("mark", "is_automatic"),
    [
        ({"Auto_Submitted": "auto-replied"}, True),
        ({"Auto_Submitted": "no"}, False),
        ({"Precedence": "bulk"}, True),
        ({"X_Auto_Response_Suppress": "All"}, True),
        ({"Return_Path": "<>"}, True),
        ({}, False),
    ],
)
def test_mail_that_a_program_wrote_is_marked(mark: dict[str, str], is_automatic: bool) -> None:
    assert (read(mail(**mark)).facts.get("is_automatic") == "yes") is is_automatic


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"no headers at all",
        b"From: \xff\xfe\r\n\r\n\xff",
        b"From: =?utf-8?b?!!!?=\r\nSubject: =?x?q?=ff?=\r\n\r\nhello",
        b"Content-Type: text/plain; charset=none-such\r\n\r\nhello",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n--b\r\n",
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!!",
        b"From: a@b, c@d, <<>>\r\nDate: nonsense\r\nMessage-ID: [x\r\n\r\nhello",
        b"Content-Disposition: attachment; filename*=x''%FF%\r\nContent-Type: image/jpeg\r\n\r\nhello",
        b"Content-Type: message/rfc822\r\n\r\n" * 300 + b"deep",
    ],
)
def test_any_bytes_become_a_message(raw: bytes) -> None:
    one = read(raw)
    assert one.external_id
    assert all(len(value) <= 2_000 for value in one.facts.values())


def test_mail_that_no_program_can_read_is_kept_as_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_mail: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(email, "words_and_files", fails)
    one = read(mail())
    assert (one.text, one.facts, [file.name for file in one.files]) == ("", {"is_unreadable": "yes"}, ["message.eml"])


def test_mail_of_which_only_the_beginning_was_read_says_so() -> None:
    found = parsed(mail(), is_cut=True)
    assert found is not None
    assert found.facts["is_cut"] == "yes"


def polled(server: Mailboxes, cursor: str = "") -> email.PollResult:
    return email.poll(Settings(server.settings()), channel_id=2, cursor=cursor, now=NOW)


def test_cursor_goes_by_number_and_begins_anew_when_the_mailbox_counts_anew(server: Mailboxes) -> None:
    for number in range(3):
        server.put(mail(f"number {number}", Message_ID="").as_bytes())
    first = polled(server)
    assert ([one.text.strip() for one in first.messages], first.cursor) == (["number 0", "number 1", "number 2"], "7 3")
    assert polled(server, first.cursor).messages == ()
    server.put(mail("one more").as_bytes())
    second = polled(server, first.cursor)
    assert ([one.text.strip() for one in second.messages], second.cursor) == (["one more"], "7 4")
    server.validity = 8
    anew = polled(server, second.cursor)
    assert anew.cursor == "8 4"
    assert [one.external_id for one in anew.messages[:3]] == [one.external_id for one in first.messages]


def test_own_mail_moves_the_cursor(server: Mailboxes) -> None:
    server.put(mail(From="press@force.example").as_bytes())
    assert polled(server) == email.PollResult((), "7 1")


def test_many_mails_are_read_in_parts(server: Mailboxes) -> None:
    for number in range(60):
        server.put(mail(f"number {number}").as_bytes())
    first = polled(server)
    assert (len(first.messages), first.cursor) == (50, "7 50")
    assert len(polled(server, first.cursor).messages) == 10


def test_list_without_a_mailbox_is_not_read() -> None:
    found = email.poll(OWN, channel_id=2, cursor="x", now=NOW)
    assert (found.messages, found.cursor, found.is_off) == ((), "x", True)
