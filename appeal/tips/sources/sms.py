"""Text messages through Twilio: the signature of its call, the message in it, and the answer that betrays nobody."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from appeal.pages import translate
from appeal.rules.errors import BadInput
from appeal.rules.words import _
from appeal.tips.inbound import Inbound
from appeal.wire import twilio

NAME = "sms"
SIGNATURE_HEADER = "X-Twilio-Signature"
MOST_MEDIA = 10

# To these Twilio itself answers, and the first ones it obeys; ours would be a second answer.
STOP_WORDS = frozenset({"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL", "BAJA", "ALTO"})
START_WORDS = frozenset({"START", "UNSTOP", "YES"})
HELP_WORDS = frozenset({"HELP", "INFO", "AYUDA"})
STOP, START, HELP = "STOP", "START", "HELP"

RECEIVED = _("Received. Thank you.")


def verify(auth_token: str, address: str, fields: Mapping[str, str], signature: str) -> bool:
    """Whether Twilio signed this call to our public address; compared in constant time. No token, no trust."""
    return bool(auth_token and signature) and twilio.is_signed(auth_token, address, fields, signature)


def parse(fields: Mapping[str, str], *, channel_id: int, now: datetime) -> Inbound:
    """The message. Texts of one number on one day (UTC) belong together. `BadInput` if it has no id or sender."""
    sid, sender = fields.get("MessageSid", ""), fields.get("From", "")
    if not sid or not sender:
        raise BadInput("This is no message.", detail="MessageSid or From is missing")
    return Inbound(
        source=NAME,
        external_id=sid,
        received_at=now,
        text=fields.get("Body", ""),
        thread=f"{sender} {now.astimezone(UTC):%Y-%m-%d}",
        channel_id=channel_id,
        sender=sender,
        facts=_facts(fields),
    )


def consent(fields: Mapping[str, str]) -> str:
    """STOP, START or HELP when the message is nothing but that, else empty."""
    told = fields.get("OptOutType", "").upper()
    if told in {STOP, START, HELP}:
        return told
    word = fields.get("Body", "").strip().upper()
    for meaning, words in ((STOP, STOP_WORDS), (START, START_WORDS), (HELP, HELP_WORDS)):
        if word in words:
            return meaning
    return ""


def answer(fields: Mapping[str, str], language: str) -> str:
    """What Twilio sends back, as TwiML: a neutral thank-you, and nothing where Twilio answers by itself."""
    if consent(fields):
        return '<?xml version="1.0" encoding="UTF-8"?><Response/>'
    words = escape(translate(language, RECEIVED))
    return f'<?xml version="1.0" encoding="UTF-8"?><Response><Message>{words}</Message></Response>'


def _facts(fields: Mapping[str, str]) -> dict[str, str]:
    """Where pictures wait at Twilio (JSON list of address and type), and a position where one was sent."""
    number = fields.get("NumMedia", "0")
    count = min(int(number), MOST_MEDIA) if number.isdigit() else 0
    media = [[fields.get(f"MediaUrl{n}", ""), fields.get(f"MediaContentType{n}", "")] for n in range(count)]
    facts = {"media": json.dumps(media)} if media else {}
    if fields.get("Latitude") and fields.get("Longitude"):
        facts["position"] = f"{fields['Latitude']} {fields['Longitude']}"
    return facts
