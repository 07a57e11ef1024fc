"""What a text message says, and what is answered."""

from datetime import UTC, datetime, timedelta

import pytest

from appeal.exercise.app import Exercise
from appeal.exercise.public import send_text
from appeal.exercise.rooms import Picture
from appeal.exercise.twilio_media import MediaRoom
from appeal.rules.errors import BadInput
from appeal.tips.sources import sms
from appeal.wire.twilio import TwilioAccount
from tests.contracts.conftest import running_world, world  # noqa: F401
from tests.contracts.platforms import WORLD
from tests.publishers.sample import jpeg
from tests.wire.conftest import Given

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


WORLD_SETTINGS = {
    "account_sid": WORLD.twilio_account_sid,
    "auth_token": WORLD.twilio_auth_token,
    "from_number": WORLD.twilio_number,
}


def twilio(exercise: Exercise) -> Given:
    return Given({**WORLD_SETTINGS, "base_url": f"{exercise.address}/twilio", "read_seconds": "2"})


@pytest.mark.parametrize(
    ("body", "meaning"),
    [
        ("Baja", "STOP"),
        (" ¡BAJA! ", "STOP"),
        ("stop.", "STOP"),
        ("Cancelar", "STOP"),
        ("Alta", "START"),
        ("Ayuda", "HELP"),
        ("He said stop", ""),
        ("", ""),
    ],
)
def test_words_of_consent_are_known_in_both_languages_and_only_alone(body: str, meaning: str) -> None:
    assert sms.consent({"Body": body}) == meaning


def test_stop_that_twilio_does_not_answer_is_answered_by_us() -> None:
    assert "No recibirá más mensajes nuestros." in sms.answer({"Body": "baja"}, "es")
    assert "<Message>" not in sms.answer({"Body": "STOP"}, "es")
    assert "<Message>" not in sms.answer({"Body": "baja", "OptOutType": "STOP"}, "es")
    assert "<Message>" not in sms.answer({"Body": "ayuda"}, "es")


def test_message_whose_call_was_lost_is_found_in_the_list(world: Exercise) -> None:  # noqa: F811
    now = datetime.now(UTC)
    text = send_text(world.world, "+34600000001", "By the river")
    send_text(world.world, "+34600000002", "", (Picture(jpeg(), "image/jpeg"),))

    found = sms.poll(twilio(world), channel_id=3, cursor="", now=now)

    assert [one.text for one in found.messages] == ["By the river", ""]
    assert found.messages[0].external_id == text.sid
    assert (
        found.messages[0].thread
        == sms.parse({"MessageSid": text.sid, "From": "+34600000001"}, channel_id=3, now=now).thread
    )
    again = sms.poll(twilio(world), channel_id=3, cursor=found.cursor, now=now + timedelta(seconds=30))
    later = sms.poll(twilio(world), channel_id=3, cursor=found.cursor, now=now + timedelta(seconds=61))
    assert (again.is_off, again.cursor, len(later.messages)) == (True, found.cursor, 2)


def test_picture_is_fetched_with_our_credentials_and_deleted_when_told(world: Exercise) -> None:  # noqa: F811
    send_text(world.world, "+34600000002", "look", (Picture(jpeg(), "image/jpeg"), Picture(jpeg(41), "image/jpeg")))
    [message] = sms.poll(twilio(world), channel_id=3, cursor="", now=datetime.now(UTC)).messages

    whole = sms.fetch(twilio(world), message)
    assert [file.data for file in whole.files] == [jpeg(), jpeg(41)]
    sms.forget(twilio(world), message)
    assert world.world.room(MediaRoom).files == {}
    sms.forget(twilio(world), message)
    assert sms.fetch(twilio(world), message).files == ()


def test_only_files_of_this_account_are_fetched(world: Exercise) -> None:  # noqa: F811
    with TwilioAccount(twilio(world)) as account:
        own = f"https://api.twilio.com/2010-04-01/Accounts/{WORLD.twilio_account_sid}/Messages/MM1/Media/ME1"
        kept = [account.keeps(one) for one in (own, own.replace("AC0", "AC1"), "http://169.254.169.254/", own + "x")]
    assert kept == [True, False, False, True]
