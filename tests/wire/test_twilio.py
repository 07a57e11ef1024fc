"""The account at Twilio: what its answers mean, what was sent to a number, and the signature on what comes in."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from appeal.exercise.app import Exercise
from appeal.exercise.texting import signature
from appeal.rules.errors import ChannelStopped, ContentRefused, OptedOut, OutcomeUnknown, PublisherError, TryLater
from appeal.wire.twilio import TwilioAccount, is_signed
from tests.contracts.conftest import running_world, world  # noqa: F401
from tests.contracts.platforms import WORLD
from tests.wire.conftest import Given, Told

NUMBER = "+447700900123"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def account(address: str, **changes: str) -> TwilioAccount:
    settings = {
        "account_sid": WORLD.twilio_account_sid,
        "auth_token": WORLD.twilio_auth_token,
        "from_number": WORLD.twilio_number,
        "base_url": address,
        "read_seconds": "2",
    }
    return TwilioAccount(Given({**settings, **changes}))


def error(code: int, status: int) -> str:
    return json.dumps({"code": code, "message": "No.", "more_info": "", "status": status})


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, 20003, ChannelStopped),
        (404, 20404, ChannelStopped),
        (400, 21606, ChannelStopped),
        (403, 99999, ChannelStopped),
        (429, 20429, TryLater),
        (429, 63038, TryLater),
        (400, 30001, TryLater),
        (400, 30003, TryLater),
        (400, 21211, ContentRefused),
        (400, 21408, ContentRefused),
        (400, 21610, OptedOut),
        (400, 21614, ContentRefused),
        (400, 21617, ContentRefused),
        (400, 99999, ContentRefused),
        (451, 30001, ContentRefused),
        (408, 20429, OutcomeUnknown),
        (409, 99999, OutcomeUnknown),
        (302, 0, OutcomeUnknown),
        (500, 20500, OutcomeUnknown),
        (503, 20429, OutcomeUnknown),
    ],
)
def test_answer_to_a_text_has_one_meaning(told: Told, status: int, code: int, kind: type[PublisherError]) -> None:
    told.tell(status, error(code, status))
    with pytest.raises(PublisherError) as caught, account(told.address) as twilio:
        twilio.send(NUMBER, "hello")
    assert type(caught.value) is kind


def test_person_who_opted_out_is_named_so(told: Told) -> None:
    told.tell_file(400, "twilio/opted_out.json")
    with pytest.raises(ContentRefused, match="opted out"), account(told.address) as twilio:
        twilio.send(NUMBER, "hello")


def test_retry_after_is_when_to_come_back(told: Told) -> None:
    told.tell(429, error(20429, 429), Retry_After="7")
    with pytest.raises(TryLater) as later, account(told.address) as twilio:
        twilio.send(NUMBER, "hello")
    assert later.value.after_seconds == 7.0


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b"{}", b'{"sid": null}', b"\xff\xfe"])
@pytest.mark.parametrize("status", [200, 201, 500])
def test_answer_that_nobody_understands_is_unknown(told: Told, status: int, body: bytes) -> None:
    told.tell(status, body)
    with pytest.raises(OutcomeUnknown), account(told.address) as twilio:
        twilio.send(NUMBER, "hello")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b"{}", b'{"messages": 7}', b"\xff\xfe"])
@pytest.mark.parametrize("status", [200, 302, 500])
def test_question_that_got_no_answer_is_asked_later(told: Told, status: int, body: bytes) -> None:
    told.tell(status, body)
    with account(told.address) as twilio:
        with pytest.raises(TryLater):
            twilio.check()
        with pytest.raises(TryLater):
            list(twilio.texts_to(NUMBER, LONG_AGO))


def test_text_is_sent_as_one_form(told: Told) -> None:
    told.tell_file(201, "twilio/created.json")
    with account(told.address) as twilio:
        assert twilio.send(NUMBER, "hello") == "SM0123456789abcdef0123456789abcdef"
    [call] = told.asked
    assert call.path == f"/2010-04-01/Accounts/{WORLD.twilio_account_sid}/Messages.json"
    assert call.form.to_dict() == {"To": NUMBER, "From": WORLD.twilio_number, "Body": "hello"}
    assert call.authorization is not None
    assert call.authorization.password == WORLD.twilio_auth_token


def test_messaging_service_and_retention_are_passed_on(told: Told) -> None:
    told.tell_file(201, "twilio/created.json")
    with account(told.address, messaging_service_sid="MG1", content_retention="discard") as twilio:
        assert twilio.forgets
        twilio.send(NUMBER, "hello")
    expected = {"To": NUMBER, "MessagingServiceSid": "MG1", "Body": "hello", "ContentRetention": "discard"}
    assert told.asked[0].form.to_dict() == expected


def test_texts_to_a_number_are_those_and_no_others(world: Exercise) -> None:  # noqa: F811
    with account(f"{world.address}/twilio") as twilio:
        sids = [twilio.send(NUMBER, f"text {n}") for n in range(3)]
        twilio.send("+447700900999", "to somebody else")
        found = list(twilio.texts_to(NUMBER, datetime.now(UTC)))
        later = list(twilio.texts_to(NUMBER, datetime.now(UTC) + timedelta(minutes=10)))

    assert sorted(sent.sid for sent in found) == sorted(sids)
    assert later == []
    assert "text 1" not in repr(found)


@pytest.mark.parametrize("missing", ["account_sid", "auth_token"])
def test_account_needs_all_credentials(missing: str) -> None:
    with pytest.raises(ChannelStopped):
        account("https://api.twilio.com", **{missing: ""})


def test_text_needs_a_sender() -> None:
    with pytest.raises(ChannelStopped), account("http://127.0.0.1:9", from_number="") as twilio:
        twilio.send(NUMBER, "hello")


def test_signature_belongs_to_token_address_and_fields() -> None:
    address, fields = "https://public.example/webhooks/sms/3", {"From": NUMBER, "Body": "I saw him"}
    signed = signature("token", address, fields)

    assert is_signed("token", address, fields, signed)
    assert not is_signed("other", address, fields, signed)
    assert not is_signed("token", address.replace("https", "http"), fields, signed)
    assert not is_signed("token", address, {**fields, "Body": "I saw her"}, signed)
    assert not is_signed("token", address, fields, "")
