"""What a text message says, and what is answered."""

from datetime import UTC, datetime

import pytest

from appeal.rules.errors import BadInput
from appeal.tips.sources import sms

NOW = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
FIELDS = {"MessageSid": "SM1", "From": "+34600", "Body": " hello \n", "NumMedia": "0"}


def test_message_is_taken_as_it_is() -> None:
    found = sms.parse(FIELDS, channel_id=3, now=NOW)
    assert (found.source, found.external_id, found.text, found.sender) == ("sms", "SM1", " hello \n", "+34600")
    assert (found.thread, found.channel_id, found.received_at, found.facts) == ("+34600 2026-03-01", 3, NOW, {})


def test_pictures_and_position_are_facts() -> None:
    more = {"NumMedia": "2", "MediaUrl0": "https://a/0", "MediaContentType0": "image/jpeg", "MediaUrl1": "https://a/1"}
    found = sms.parse(FIELDS | more | {"Latitude": "40.4", "Longitude": "-3.7"}, channel_id=3, now=NOW)
    assert found.facts == {
        "media": '[["https://a/0", "image/jpeg"], ["https://a/1", ""]]',
        "position": "40.4 -3.7",
    }


@pytest.mark.parametrize("number", ["x", "-1", "", "99999999999"])
def test_strange_number_of_pictures_stops_nothing(number: str) -> None:
    facts = sms.parse(FIELDS | {"NumMedia": number}, channel_id=3, now=NOW).facts
    assert list(facts) == (["media"] if number == "99999999999" else [])


@pytest.mark.parametrize("gone", ["MessageSid", "From"])
def test_what_has_no_id_or_sender_is_no_message(gone: str) -> None:
    with pytest.raises(BadInput):
        sms.parse({name: value for name, value in FIELDS.items() if name != gone}, channel_id=3, now=NOW)


@pytest.mark.parametrize(
    ("body", "meaning"),
    [
        ("STOP", "STOP"),
        (" baja ", "STOP"),
        ("End", "STOP"),
        ("yes", "START"),
        ("AYUDA", "HELP"),
        ("stop him", ""),
        ("", ""),
    ],
)
def test_single_words_that_are_orders_are_known(body: str, meaning: str) -> None:
    assert sms.consent({"Body": body}) == meaning


def test_answer_betrays_nothing_and_is_silent_for_orders() -> None:
    assert sms.answer({"Body": "I saw him"}, "en").endswith("<Message>Received. Thank you.</Message></Response>")
    for word in ("STOP", "START", "HELP"):
        assert sms.answer({"Body": word}, "en").endswith("<Response/>")


def test_nobody_is_trusted_without_a_token_or_signature() -> None:
    assert not sms.verify("", "https://a", FIELDS, "x")
    assert not sms.verify("token", "https://a", FIELDS, "")
