"""The mail server, spoken to by smtplib over STARTTLS."""

import smtplib
import ssl
import time
from email.message import EmailMessage

import pytest
import requests

from appeal.exercise.app import Exercise
from tests.exercise.conftest import Control

PICTURE = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


def mail(to: str = "desk@example.org") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "press@force.example", to, "EXERCISE: ¿Lo ha visto?"
    made["Message-ID"] = "<appeal-1@force.example>"
    made.set_content("Look: http://127.0.0.1:8000/r/Ab3dEf9h")
    made.add_alternative('<p>Look</p><img src="cid:face" alt="a face">', subtype="html")
    made.get_payload()[1].add_related(PICTURE, "image", "png", cid="<face>")  # type: ignore[union-attr,index]
    return made


def test_mail_is_kept_with_its_parts(smtp: smtplib.SMTP, control: Control) -> None:
    assert smtp.send_message(mail()) == {}

    [kept] = control.state()["mails"]
    assert (kept["from"], kept["to"]) == ("press@force.example", ["desk@example.org"])
    assert (kept["message_id"], kept["subject"]) == ("<appeal-1@force.example>", "EXERCISE: ¿Lo ha visto?")
    assert kept["keys"] == ["Ab3dEf9h"]
    assert [picture["content_id"] for picture in kept["pictures"]] == ["face"]
    assert abs(kept["received_at"] - time.time()) < 5
    assert control.calls("smtp") == [("publish", 250)]


def test_certificate_can_be_fetched_and_trusted(exercise: Exercise) -> None:
    pem = requests.get(f"{exercise.address}/control/smtp-certificate", timeout=10).text

    with smtplib.SMTP("127.0.0.1", exercise.smtp_port, timeout=10) as client:
        client.starttls(context=ssl.create_default_context(cadata=pem))
        client.login("press", "press-password")
        assert client.noop()[0] == 250


def test_mail_without_tls_or_sign_in_is_refused(exercise: Exercise, control: Control) -> None:
    with smtplib.SMTP("127.0.0.1", exercise.smtp_port, timeout=10) as client, pytest.raises(smtplib.SMTPException):
        client.send_message(mail())
    with smtplib.SMTP("127.0.0.1", exercise.smtp_port, timeout=10) as client:
        client.starttls(context=ssl.create_default_context(cadata=exercise.world.smtp_certificate))
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("press", "wrong")
        with pytest.raises(smtplib.SMTPException):
            client.send_message(mail())
    assert control.state()["mails"] == []


@pytest.mark.parametrize(("address", "code"), [("please.refuse@example.org", 550), ("later@example.org", 451)])
def test_address_can_be_refused_by_its_name(smtp: smtplib.SMTP, control: Control, address: str, code: int) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        smtp.send_message(mail(address))

    assert refused.value.recipients[address][0] == code
    assert control.state()["mails"] == []
    assert control.calls("smtp") == [("recipient", code)]


@pytest.mark.parametrize(("kind", "code", "kept"), [("refuse", 550, 0), ("throttle", 451, 0), ("error_after", 451, 1)])
def test_fault_answers_the_mail_with_its_code(
    smtp: smtplib.SMTP, control: Control, kind: str, code: int, kept: int
) -> None:
    control.arm(platform="smtp", kind=kind)

    with pytest.raises(smtplib.SMTPDataError) as refused:
        smtp.send_message(mail())
    assert refused.value.smtp_code == code
    assert len(control.state()["mails"]) == kept


@pytest.mark.parametrize(("kind", "kept"), [("drop_before", 0), ("drop_after", 1)])
def test_connection_dropped_after_the_final_dot(smtp: smtplib.SMTP, control: Control, kind: str, kept: int) -> None:
    control.arm(platform="smtp", kind=kind)

    with pytest.raises((smtplib.SMTPServerDisconnected, OSError)):
        smtp.send_message(mail())
    assert len(control.state()["mails"]) == kept
    assert control.calls("smtp") == [("publish", 0)]


def test_mail_can_be_kept_twice(smtp: smtplib.SMTP, control: Control) -> None:
    control.arm(platform="smtp", kind="publish_twice")
    smtp.send_message(mail())

    assert [kept["message_id"] for kept in control.state()["mails"]] == ["<appeal-1@force.example>"] * 2


def test_slow_mail_and_latency_add_up(smtp: smtplib.SMTP, control: Control) -> None:
    control.arm(platform="smtp", kind="slow", seconds=0.2)
    control.call("POST", "/settings", {"latency_seconds": {"smtp": 0.2}})
    began = time.monotonic()
    smtp.send_message(mail())

    assert time.monotonic() - began >= 0.4
