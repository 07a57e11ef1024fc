"""Texts from the public: signed webhook calls to the force, repeated until it answers, and its TwiML reply."""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping
from xml.etree import ElementTree

import requests

from appeal.exercise.rooms import Picture
from appeal.exercise.sms_text import segments
from appeal.exercise.twilio_media import keep_media, media_fields
from appeal.exercise.world import Text, World

STOP_WORDS = {"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"}
START_WORDS = {"START", "UNSTOP", "YES"}
STOPPED = "You have successfully been unsubscribed. You will not receive any more messages from this number."


def text_the_force(world: World, sender: str, body: str, pictures: tuple[Picture, ...] = ()) -> Text:
    """Send a text as a member of the public and return it with the statuses of the webhook calls (0: no answer)."""
    now = time.time()
    force = world.settings.twilio_number
    text = Text(now, now, now, world.twilio_id(), "inbound", sender, force, body)
    with world.lock:
        world.texts[text.sid] = text
        keep_media(world, text, pictures)
    is_stop = _note_consent(world, sender, body)
    answer = _deliver(world, text)
    if is_stop:
        _reply(world, sender, STOPPED)
    else:
        for line in _lines_of(answer):
            _reply(world, sender, line)
    return text


def report_status(world: World, text: Text, address: str) -> None:
    """Tell a status callback that a message was sent and delivered; one try each."""
    for status in ("sent", "delivered"):
        fields = _fields(world, text) | {"MessageStatus": status, "SmsStatus": status}
        _post(world, "callback", address, fields)


def signature(token: str, address: str, fields: Mapping[str, str]) -> str:
    """Return the signature of a form-encoded webhook call."""
    signed = address + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def _note_consent(world: World, sender: str, body: str) -> bool:
    """Remember STOP and START; return whether this was STOP."""
    word = body.strip().upper()
    with world.lock:
        if word in STOP_WORDS:
            world.opted_out.add(sender)
        elif word in START_WORDS:
            world.opted_out.discard(sender)
    return word in STOP_WORDS


def _deliver(world: World, text: Text) -> bytes:
    """Call the webhook until it answers 2xx or the attempts are used up; return the body of that answer."""
    address = world.settings.webhook_url
    if address is None:
        return b""
    for attempt in range(world.settings.webhook_attempts):
        time.sleep(attempt * world.settings.webhook_retry_seconds)
        fired = world.faults.fire("twilio", "webhook")
        time.sleep(fired.seconds("slow"))
        for _ in range(2 if fired.get("publish_twice") else 1):
            status, answer = _post(world, "webhook", address, _fields(world, text))
            text.webhook_statuses.append(status)
        if 200 <= status < 300 and not fired.get("drop_after"):
            return answer
    return b""


def _fields(world: World, text: Text) -> dict[str, str]:
    return {
        "AccountSid": world.settings.twilio_account_sid,
        "ApiVersion": "2010-04-01",
        "MessageSid": text.sid,
        "SmsMessageSid": text.sid,
        "SmsSid": text.sid,
        "SmsStatus": "received",
        "From": text.sender,
        "To": text.recipient,
        "Body": text.body,
        "NumSegments": str(segments(text.body)),
        **media_fields(world, text),
    }


def _post(world: World, operation: str, address: str, fields: dict[str, str]) -> tuple[int, bytes]:
    """Return status and body of one signed call; status 0 when there was no answer."""
    headers = {
        "X-Twilio-Signature": signature(world.settings.twilio_auth_token, address, fields),
        "I-Twilio-Idempotency-Token": fields["MessageSid"],
        "User-Agent": "TwilioProxy/1.1",
    }
    began_at = time.time()
    status, body = 0, b""
    with requests.Session() as session:
        session.trust_env = False
        try:
            timeout = world.settings.webhook_timeout_seconds
            answer = session.post(address, data=fields, headers=headers, timeout=timeout, allow_redirects=False)
            status, body = answer.status_code, answer.content
        except requests.RequestException:
            pass
    world.note("twilio", operation, began_at, status)
    return status, body


def _lines_of(twiml: bytes) -> list[str]:
    """Return the texts of the Message elements of a TwiML answer; an answer that is none has no texts."""
    try:
        root = ElementTree.fromstring(twiml) if twiml else None  # noqa: S314 - our own force answers
    except ElementTree.ParseError:
        return []
    found = root.iter("Message") if root is not None and root.tag == "Response" else ()
    return [text for text in ("".join(element.itertext()).strip() for element in found) if text]


def _reply(world: World, recipient: str, body: str) -> None:
    now = time.time()
    sid = world.twilio_id()
    with world.lock:
        world.texts[sid] = Text(now, now, now, sid, "outbound-reply", world.settings.twilio_number, recipient, body)
