"""Text messages, spoken to by the real twilio client."""

from datetime import UTC, datetime, timedelta

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client as TwilioClient
from werkzeug import Response

from appeal.exercise.sms_text import segments
from tests.exercise.conftest import ACCOUNT, FORCE_NUMBER, Control, Force, until

TO = "+34600000001"
TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response><Message>Thank <Body>you</Body></Message></Response>'


def test_message_is_sent_fetched_and_found(twilio: TwilioClient, control: Control) -> None:
    made = twilio.messages.create(to=TO, from_=FORCE_NUMBER, body="Seen him? http://127.0.0.1:8000/r/Ab3dEf9h")
    twilio.messages.create(to="+34600000002", messaging_service_sid="MG" + "0" * 32, body="Other")
    assert (made.status, made.date_sent, made.num_segments) == ("queued", None, "1")
    assert made.sid is not None

    fetched = twilio.messages(made.sid).fetch()
    assert (fetched.status, fetched.to, fetched.from_, fetched.direction) == (
        "delivered",
        TO,
        FORCE_NUMBER,
        "outbound-api",
    )
    assert fetched.date_sent is not None
    assert fetched.account_sid == ACCOUNT
    since = datetime.now(UTC) - timedelta(minutes=5)
    assert [text.sid for text in twilio.messages.list(to=TO, date_sent_after=since)] == [made.sid]
    assert twilio.messages.list(to=TO, date_sent_after=since + timedelta(minutes=10)) == []
    assert [text["keys"] for text in control.state()["texts"]] == [["Ab3dEf9h"], []]


def test_list_is_paged(twilio: TwilioClient) -> None:
    sent = [twilio.messages.create(to=TO, from_=FORCE_NUMBER, body=f"Text {number}").sid for number in range(5)]

    assert [text.sid for text in twilio.messages.list(to=TO, page_size=2)] == sent[::-1]


def test_message_is_redacted_and_deleted(twilio: TwilioClient, control: Control) -> None:
    sid = twilio.messages.create(to=TO, from_=FORCE_NUMBER, body="Name").sid
    assert sid is not None

    assert twilio.messages(sid).update(body="").body == ""
    assert twilio.messages(sid).delete() is True
    with pytest.raises(TwilioRestException) as gone:
        twilio.messages(sid).fetch()
    assert (gone.value.status, gone.value.code) == (404, 20404)
    assert control.state()["texts"][0]["deleted_at"] is not None


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": "600123", "from_": FORCE_NUMBER, "body": "a"}, 21211),
        ({"to": "+15005550001", "from_": FORCE_NUMBER, "body": "a"}, 21211),
        ({"to": TO, "from_": "+34911111111", "body": "a"}, 21606),
        ({"to": TO, "body": "a"}, 21603),
        ({"to": TO, "from_": FORCE_NUMBER}, 21602),
        ({"to": TO, "from_": FORCE_NUMBER, "body": "a" * 1601}, 21617),
        ({"to": TO, "from_": FORCE_NUMBER, "body": "a", "media_url": ["https://example.com/a"] * 11}, 21623),
    ],
)
def test_wrong_message_is_refused_with_its_code(
    twilio: TwilioClient, control: Control, fields: dict[str, str], code: int
) -> None:
    with pytest.raises(TwilioRestException) as refused:
        twilio.messages.create(**fields)

    assert (refused.value.status, refused.value.code) == (400, code)
    assert control.state()["texts"] == []


def test_wrong_token_is_refused(twilio: TwilioClient) -> None:
    twilio.auth = (ACCOUNT, "wrong")
    twilio.password = "wrong"

    with pytest.raises(TwilioRestException) as refused:
        twilio.messages.create(to=TO, from_=FORCE_NUMBER, body="a")
    assert (refused.value.status, refused.value.code) == (401, 20003)


def test_public_text_reaches_the_force_signed(control: Control, force: Force) -> None:
    force.answers.append(Response(TWIML, mimetype="text/xml"))
    status, text = control.call("POST", "/sms", {"from": TO, "body": "Lo vi en la estación, ñandú"})

    [call] = force.calls
    signature = call.headers["X-Twilio-Signature"]
    assert RequestValidator("auth-token").validate(call.url, call.form, signature)
    assert not RequestValidator("other").validate(call.url, call.form, signature)
    assert (call.form["From"], call.form["To"], call.form["Body"]) == (TO, FORCE_NUMBER, "Lo vi en la estación, ñandú")
    assert (call.form["MessageSid"], call.form["NumMedia"]) == (text["sid"], "0")
    assert (status, text["webhook_statuses"]) == (201, [200])
    inbound, reply = control.state()["texts"]
    assert (inbound["direction"], reply["direction"]) == ("inbound", "outbound-reply")
    assert (reply["to"], reply["body"]) == (TO, "Thank you")


def test_status_callback_is_told_and_signed(
    twilio: TwilioClient, control: Control, force_server: tuple[Force, str], force: Force
) -> None:
    twilio.messages.create(to=TO, from_=FORCE_NUMBER, body="a", status_callback=force_server[1])

    assert until(lambda: sorted(control.calls("twilio")) == [("callback", 200), ("callback", 200), ("publish", 201)])
    assert [call.form["MessageStatus"] for call in force.calls] == ["sent", "delivered"]
    call = force.calls[1]
    assert RequestValidator("auth-token").validate(call.url, call.form, call.headers["X-Twilio-Signature"])


def test_webhook_is_called_again_until_it_answers(control: Control, force: Force) -> None:
    force.answers += [Response("busy", 503), Response("busy", 500)]
    _status, text = control.call("POST", "/sms", {"from": TO, "body": "Hello"})

    assert text["webhook_statuses"] == [503, 500, 200]
    assert len({call.form["MessageSid"] for call in force.calls}) == 1
    assert len({call.headers["I-Twilio-Idempotency-Token"] for call in force.calls}) == 1
    assert [operation for operation, _status in control.calls("twilio")] == ["webhook"] * 3


def test_webhook_gives_up_after_its_attempts(control: Control, force: Force) -> None:
    force.answers += [Response("no", 403) for _ in range(9)]

    assert control.call("POST", "/sms", {"from": TO, "body": "Hello"})[1]["webhook_statuses"] == [403] * 5


def test_same_text_can_be_delivered_twice(control: Control, force: Force) -> None:
    control.arm(platform="twilio", kind="publish_twice", operation="webhook")
    control.call("POST", "/sms", {"from": TO, "body": "Hello"})

    assert len(force.calls) == 2
    assert len({call.form["MessageSid"] for call in force.calls}) == 1


def test_stop_blocks_further_texts_until_start(twilio: TwilioClient, control: Control, force: Force) -> None:
    control.call("POST", "/sms", {"from": TO, "body": " stop "})
    with pytest.raises(TwilioRestException) as refused:
        twilio.messages.create(to=TO, from_=FORCE_NUMBER, body="a")
    assert refused.value.code == 21610
    assert control.state()["opted_out"] == [TO]
    assert force.calls[0].form["Body"] == " stop "

    control.call("POST", "/sms", {"from": TO, "body": "START"})
    assert twilio.messages.create(to=TO, from_=FORCE_NUMBER, body="a").sid


def test_text_from_a_wrong_number_is_refused_with_words(control: Control, force: Force) -> None:
    status, answer = control.call("POST", "/sms", {"from": "12", "body": "Hello"})

    assert (status, force.calls) == (400, [])
    assert answer["error"].startswith("A number looks like")


def test_segments_follow_the_alphabet() -> None:
    assert [segments(body) for body in ("a" * 160, "a" * 161, "á" * 70, "á" * 71, "€" * 80, "€" * 81, "😀" * 35)] == [
        1,
        2,
        1,
        2,
        1,
        2,
        1,
    ]
