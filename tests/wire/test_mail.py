"""Mail, step by step: how far it got decides what a failure means."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from email.message import EmailMessage

import pytest

from appeal.exercise.app import Exercise
from appeal.exercise.faults import Fault
from appeal.rules.errors import ChannelStopped, ContentRefused, OutcomeUnknown, PublisherError, TryLater
from appeal.wire.mail import MailServer
from tests.contracts.conftest import running_world, world  # noqa: F401
from tests.contracts.platforms import WORLD
from tests.wire.conftest import Given


def mail(body: str = "Look.\n.\n..two\nend") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "press@force.example", "desk@press.example", "¿Lo ha visto?"
    made.set_content(body)
    return made


def server(exercise: Exercise, **changes: str) -> MailServer:
    settings = {
        "host": "127.0.0.1",
        "port": str(exercise.smtp_port),
        "sender": "Press office <press@force.example>",
        "username": WORLD.smtp_user,
        "password": WORLD.smtp_password,
        "certificate": exercise.world.smtp_certificate,
        "read_seconds": "2",
    }
    return MailServer(Given({**settings, **changes}))


def test_mail_arrives_dots_and_all(world: Exercise) -> None:  # noqa: F811
    server(world).send(mail(), "desk@press.example")

    [kept] = world.world.snapshot()[2]
    assert kept.text.replace("\r\n", "\n") == "Look.\n.\n..two\nend\n"
    assert (kept.sender, kept.recipients, kept.subject) == (
        "press@force.example",
        ("desk@press.example",),
        "¿Lo ha visto?",
    )
    assert kept.raw.isascii()


@pytest.mark.parametrize("joint", ["", " ", "\r\n"])
def test_certificate_survives_a_form_field(world: Exercise, joint: str) -> None:  # noqa: F811
    given = joint.join(world.world.smtp_certificate.split("\n"))
    server(world, certificate=given).check()


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("please.refuse@press.example", ContentRefused),
        ("later@press.example", TryLater),
        ("josé@press.example", ContentRefused),
        ("no address", ContentRefused),
        ("two@a.example> <b@b.example", ContentRefused),
        ("", ContentRefused),
    ],
)
def test_address_is_taken_or_refused(world: Exercise, address: str, kind: type[PublisherError]) -> None:  # noqa: F811
    with pytest.raises(PublisherError) as caught:
        server(world).send(mail(), address)
    assert type(caught.value) is kind
    assert world.world.snapshot()[2] == []


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"certificate": ""}, ChannelStopped),
        ({"certificate": "no certificate"}, ChannelStopped),
        ({"password": "wrong"}, ChannelStopped),
        ({"username": "", "password": ""}, ChannelStopped),
        ({"host": "127.0.0.2"}, TryLater),
        ({"port": "9"}, TryLater),
    ],
)
def test_server_that_is_not_to_be_used_is_not_used(
    world: Exercise,  # noqa: F811
    changes: dict[str, str],
    kind: type[PublisherError],
) -> None:
    with pytest.raises(PublisherError) as caught:
        server(world, **changes).send(mail(), "desk@press.example")
    assert type(caught.value) is kind
    assert world.world.snapshot()[2] == []


@pytest.mark.parametrize(
    "changes", [{"host": ""}, {"sender": "nobody"}, {"port": "smtp"}, {"host": "mail.example", "mode": "exercise"}]
)
def test_settings_must_name_server_and_sender(world: Exercise, changes: dict[str, str]) -> None:  # noqa: F811
    with pytest.raises(ChannelStopped):
        server(world, **changes)


Script = Callable[[str], bytes | None]


@pytest.fixture
def scripted() -> Iterator[Callable[[Script], int]]:
    """Starts a server that answers each line as the script says and hangs up at None; returns its port."""
    threads, sockets = [], []

    def start(script: Script) -> int:
        listening = socket.create_server(("127.0.0.1", 0))
        sockets.append(listening)
        thread = threading.Thread(target=_serve, args=(listening, script))
        threads.append(thread)
        thread.start()
        return int(listening.getsockname()[1])

    yield start
    for listening in sockets:
        listening.close()
    for thread in threads:
        thread.join(timeout=5)


def _serve(listening: socket.socket, script: Script) -> None:
    connection, _ = listening.accept()
    with suppress(OSError), connection, connection.makefile("rb") as lines:
        answer = script("connect")
        while answer is not None:
            connection.sendall(answer)
            line = lines.readline()
            answer = script(line.decode(errors="replace").split(" ")[0].strip().lower()) if line else None


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ({"connect": b"554 no service\r\n"}, ChannelStopped),
        ({"connect": b"421 later\r\n"}, TryLater),
        ({"connect": b"hello\r\n"}, TryLater),
        ({}, TryLater),
        ({"connect": b"220 hi\r\n"}, TryLater),
        ({"connect": b"220 hi\r\n", "ehlo": b"250 no tls here\r\n"}, ChannelStopped),
        ({"connect": b"220 hi\r\n", "ehlo": b"250-a\r\n250 STARTTLS\r\n", "starttls": b"454 not now\r\n"}, TryLater),
        ({"connect": b"220 hi\r\n", "ehlo": b"250-a\r\n250 STARTTLS\r\n", "starttls": b"220 go\r\nx"}, TryLater),
    ],
)
def test_nothing_before_the_mail_itself_is_unknown(
    scripted: Callable[[Script], int], answers: dict[str, bytes], kind: type[PublisherError]
) -> None:
    port = scripted(answers.get)
    settings = Given(host="127.0.0.1", port=str(port), sender="press@force.example", read_seconds="1")
    with pytest.raises(PublisherError) as caught:
        MailServer(settings).send(mail(), "desk@press.example")
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("kind", "status", "meaning"),
    [
        ("refuse", None, ContentRefused),
        ("refuse", 421, OutcomeUnknown),
        ("throttle", None, TryLater),
        ("throttle", 552, ContentRefused),
        ("error_after", None, OutcomeUnknown),
        ("error_after", 554, ContentRefused),
        ("drop_before", None, OutcomeUnknown),
        ("drop_after", None, OutcomeUnknown),
    ],
)
def test_answer_to_the_final_dot_has_one_meaning(
    world: Exercise,  # noqa: F811
    kind: str,
    status: int | None,
    meaning: type[PublisherError],
) -> None:
    world.world.faults.arm(Fault("smtp", kind, status=status))
    with pytest.raises(PublisherError) as caught:
        server(world).send(mail(), "desk@press.example")
    assert type(caught.value) is meaning
