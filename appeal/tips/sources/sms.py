"""Text messages through Twilio: the signature of its call, the message in it, and the answer that betrays nobody."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

from appeal.pages import translate
from appeal.rules.errors import BadInput
from appeal.rules.words import _
from appeal.tips.inbound import Inbound
from appeal.tips.sources.base import TRIAL, PollResult, fetched, waiting
from appeal.wire import twilio
from appeal.wire.http import Named
from appeal.wire.twilio import ReceivedText, TwilioAccount

NAME = "sms"
# With this begins a text message by which we try the way ourselves.
TRIAL_WORD = "appeal-trial"
SIGNATURE_HEADER = "X-Twilio-Signature"
MOST_MEDIA = 10

# To these Twilio itself answers, and the first ones it obeys; ours would be a second answer.
STOP_WORDS = frozenset(
    {"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL", "BAJA", "ALTO", "PARAR", "CANCELAR"}
)
START_WORDS = frozenset({"START", "UNSTOP", "YES", "ALTA"})
HELP_WORDS = frozenset({"HELP", "INFO", "AYUDA"})
STOP, START, HELP = "STOP", "START", "HELP"

# Ours to obey: Twilio does so by itself only with a table of its own, and then it says so in the call.
OBEYED_BY_TWILIO = frozenset({"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"})
MARKS = " \t\r\n.,;:!?¡¿\"'«»“”‘’()"
LOOKS_EVERY, LISTED_AFTER, FIRST_LOOKS_BACK = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

SILENCE = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
STOPPED = _("You get no more messages from us.")
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


def poll(settings: Named, *, channel_id: int, cursor: str, now: datetime) -> PollResult:
    """What Twilio's own list holds: a call of its that we never took is found, and files that still lie there.

    Raises TryLater or ChannelStopped. Asked once a minute; the calls bring everything else at once.
    """
    last = datetime.fromisoformat(cursor) if cursor else now - FIRST_LOOKS_BACK
    if cursor and now - last < LOOKS_EVERY:
        return PollResult((), cursor, is_off=True)
    with TwilioAccount(settings) as account:
        found = account.received(last - LISTED_AFTER)
    messages = [replace(parse(_listed(one), channel_id=channel_id, now=now), received_at=now) for one in found]
    return PollResult(tuple(messages), now.isoformat())


def fetch(settings: Named, message: Inbound) -> Inbound:
    """The message with its files; what Twilio does not give stays named in the facts."""
    with TwilioAccount(settings) as account:
        return fetched(message, account.media, account.keeps)


def forget(settings: Named, message: Inbound) -> None:
    """Let Twilio delete the files of a message: it keeps them until it is told to."""
    with TwilioAccount(settings) as account:
        account.forget_media(message.external_id)


def consent(fields: Mapping[str, str]) -> str:
    """STOP, START or HELP when the message is nothing but that, else empty."""
    told = fields.get("OptOutType", "").upper()
    if told in {STOP, START, HELP}:
        return told
    word = fields.get("Body", "").strip(MARKS).upper()
    for meaning, words in ((STOP, STOP_WORDS), (START, START_WORDS), (HELP, HELP_WORDS)):
        if word in words:
            return meaning
    return ""


def answer(fields: Mapping[str, str], language: str, more: str = "") -> str:
    """What Twilio sends back, as TwiML: a neutral thank-you and perhaps more.

    Nothing where Twilio answers by itself, and nothing to our own number.
    """
    said, word = consent(fields), fields.get("Body", "").strip(MARKS).upper()
    is_answered = said and (fields.get("OptOutType") or word in OBEYED_BY_TWILIO or said != STOP)
    is_own = "From" in fields and fields["From"] == fields.get("To")
    if is_answered or is_own:
        return SILENCE
    thanks = translate(language, STOPPED if said else RECEIVED)
    words = escape(thanks if said or not more else f"{thanks} {more}")
    return f'<?xml version="1.0" encoding="UTF-8"?><Response><Message>{words}</Message></Response>'


def _facts(fields: Mapping[str, str]) -> dict[str, str]:
    """Where pictures wait at Twilio (JSON list of address and type), and a position where one was sent."""
    number = fields.get("NumMedia", "0")
    count = min(int(number), MOST_MEDIA) if number.isdigit() else 0
    facts = waiting((fields.get(f"MediaUrl{n}", ""), fields.get(f"MediaContentType{n}", "")) for n in range(count))
    word, _space, claim = fields.get("Body", "").partition(" ")
    if word == TRIAL_WORD:
        facts[TRIAL] = claim
    if fields.get("Latitude") and fields.get("Longitude"):
        facts["position"] = f"{fields['Latitude']} {fields['Longitude']}"
    return facts


def _listed(one: ReceivedText) -> dict[str, str]:
    """A message of Twilio's list in the words of its calls, so that both become the same."""
    fields = {"MessageSid": one.sid, "From": one.sender, "Body": one.body, "NumMedia": str(len(one.media))}
    for number, (address, kind) in enumerate(one.media):
        fields |= {f"MediaUrl{number}": address, f"MediaContentType{number}": kind}
    return fields
