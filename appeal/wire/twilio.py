"""The force's account at Twilio: text messages out, and the signature on what comes in, through their library."""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Self

import requests
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from appeal.rules.errors import ChannelStopped, ContentRefused, Gone, OptedOut, OutcomeUnknown, PublisherError, TryLater
from appeal.rules.words import _, say
from appeal.wire.http import (
    Named,
    Session,
    base_address,
    download,
    limits_of,
    reading_failed,
    wait_until,
    writing_failed,
)

REAL = "https://api.twilio.com"
CALLED = "Twilio"
PAGE = 100
MOST_RECEIVED, MOST_MEDIA, MOST_MEDIA_BYTES = 500, 10, 20_000_000
WAIT_SECONDS = 30.0
CLOCKS_DIFFER = timedelta(minutes=5)

# What Twilio's error codes mean for us; codes that are not here go by the HTTP status.
STOPPED = {
    20003: _("Twilio does not accept the credentials of this channel."),
    20005: _("The Twilio account is not active."),
    20404: _("Twilio does not know this account."),
    21212: _("The sender of this channel is not a number of this account."),
    21603: _("This channel has no sender."),
    21606: _("The sender of this channel is not a number of this account."),
    21659: _("The sender of this channel is not a number of this account."),
    63038: _("The Twilio account has reached its daily number of messages."),
}
LATER = {
    14107: 60.0,
    20429: WAIT_SECONDS,
    21611: 300.0,
    30001: 60.0,
    30003: 900.0,
    30005: 900.0,
    30008: 900.0,
}
REFUSED = {
    21211: _("This is not a telephone number."),
    21408: _("Texts to the country of this number are switched off at Twilio."),
    21602: _("The text is empty."),
    21604: _("This is not a telephone number."),
    21610: _("The person opted out of texts from this number."),
    21612: _("This number cannot be reached from the sender of this channel."),
    21614: _("This is not a mobile number."),
    21617: _("The text is longer than 1,600 characters."),
    30004: _("This number blocks our texts."),
    30006: _("This number is a landline or cannot be reached."),
    30007: _("The carrier filters this text."),
}
OPTED_OUT = 21610
NEVER_SENT = {"failed", "canceled"}


@dataclass(frozen=True)
class SentText:
    """One message that Twilio holds; `body` is empty when it was told to forget it."""

    sid: str
    body: str = field(repr=False)
    status: str
    created_at: datetime


@dataclass(frozen=True)
class ReceivedText:
    """One message that came in: `media` are the addresses of its files at Twilio, with their types."""

    sid: str
    sender: str = field(repr=False)
    body: str = field(repr=False)
    received_at: datetime
    media: tuple[tuple[str, str], ...] = field(default=(), repr=False)


class TwilioAccount:
    """One account. Questions raise TryLater or ChannelStopped; orders also raise the other publisher errors."""

    def __init__(self, settings: Named) -> None:
        sid, token = settings.get("account_sid"), settings.get("auth_token")
        self._sender, self._service = settings.get("from_number"), settings.get("messaging_service_sid")
        self._retention = settings.get("content_retention")
        if not sid or not token:
            raise ChannelStopped("This channel has no complete credentials for Twilio.")
        self._settings, self._sid, self._auth = settings, sid, (sid, token)
        self._base = base = base_address(settings, REAL)
        self._http = _QuietClient(Session(base, REAL, limits_of(settings)))
        self._client = Client(sid, token, http_client=self._http, environment={"": ""})
        self._messages = self._client.messages

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.close()

    @property
    def forgets(self) -> bool:
        """Whether Twilio is told not to keep the words; then nothing can be looked up by them."""
        return self._retention == "discard"

    def send(self, to: str, body: str) -> str:
        """Send one text message and return its sid."""
        if not self._sender and not self._service:
            raise ChannelStopped("This channel has no sender.")
        sender = {"messaging_service_sid": self._service} if self._service else {"from_": self._sender}
        kept = {"content_retention": "discard"} if self.forgets else {}
        message = self._ordered(lambda: self._messages.create(to=to, body=body, **sender, **kept))
        if not message.sid:
            raise OutcomeUnknown("Twilio took the text and named no message.")
        return str(message.sid)

    def texts_to(self, number: str, since: datetime) -> Iterator[SentText]:
        """Yield what was sent to a number since that moment, newest first.

        Not narrowed by Twilio's date filter: that one goes by the moment of sending, which a queued message lacks.
        """
        earliest = since - CLOCKS_DIFFER
        texts = self._messages.stream
        for message in self._asked(lambda: list(texts(to=number, page_size=PAGE, limit=PAGE))):
            created_at = message.date_created or message.date_sent
            if created_at is not None and created_at < earliest:
                return
            if message.direction != "inbound" and message.status not in NEVER_SENT:
                yield SentText(str(message.sid), str(message.body or ""), str(message.status), created_at or since)

    def received(self, since: datetime) -> list[ReceivedText]:
        """What came in since that moment, oldest first, with the files that Twilio still keeps."""
        own = {"to": self._sender} if self._sender else {}
        rows = self._asked(lambda: self._messages.list(date_sent_after=since, limit=MOST_RECEIVED, **own))
        inbound = [row for row in rows if row.direction == "inbound" and row.sid and row.from_]
        return [self._text(row, since) for row in reversed(inbound)]

    def media(self, address: str) -> tuple[bytes, str]:
        """One file and its type; Twilio sends us on to where it lies, once and without our credentials."""
        limits = replace(limits_of(self._settings), answer_bytes=MOST_MEDIA_BYTES)
        try:
            with Session(self._base, REAL, limits) as session:
                answer = session.get(address, auth=self._auth)
        except requests.RequestException as error:
            raise reading_failed(error, CALLED) from None
        if answer.status_code in {301, 302, 303, 307, 308}:
            return download(self._settings, answer.headers.get("Location", ""))
        if answer.status_code != 200:
            kind = TryLater if answer.status_code >= 429 else Gone
            raise kind(_("Twilio does not give this file."), detail=f"HTTP {answer.status_code}")
        return answer.content, answer.headers.get("Content-Type", "").partition(";")[0].strip()

    def keeps(self, address: str) -> bool:
        """Whether an address is one under which this account's files lie at Twilio."""
        return self._http.session.placed(address).startswith(f"{self._base}/2010-04-01/Accounts/{self._sid}/Messages/")

    def forget_media(self, sid: str) -> None:
        """Delete all files of one message at Twilio; what is gone already is no mistake."""
        for one in self._asked(lambda: self._messages(sid).media.list(limit=MOST_MEDIA)):
            self._asked(one.delete)

    def _text(self, row: Any, since: datetime) -> ReceivedText:
        found = self._asked(lambda: row.media.list(limit=MOST_MEDIA)) if str(row.num_media or "0") != "0" else []
        addresses = tuple(
            (f"{REAL}{str(one.uri).removesuffix('.json')}", str(one.content_type or "")) for one in found if one.uri
        )
        at = row.date_sent or row.date_created or since
        return ReceivedText(str(row.sid), str(row.from_), str(row.body or ""), at, addresses)

    def check(self) -> None:
        """Ask for one message, whichever: it proves address and credentials."""
        self._asked(lambda: self._messages.list(limit=1, page_size=1))

    def balance(self) -> tuple[Decimal, str]:
        """How much credit is left and in which currency; an account that is billed afterwards may owe."""
        found = self._asked(self._client.balance.fetch)
        return self._asked(lambda: (Decimal(str(found.balance)), str(found.currency or "")))  # type: ignore[no-any-return]

    def _asked(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except PublisherError:
            raise
        except TwilioException as error:
            found = self._answered(error)
            kept = isinstance(found, (TryLater, ChannelStopped))
            raise (found if kept else TryLater("Twilio has a fault of its own.", 60.0, found.detail)) from None
        except Exception as error:  # an answer in a shape that Twilio never had must not stop the caller
            raise reading_failed(error, CALLED) from None

    def _ordered(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except PublisherError:
            raise
        except TwilioException as error:
            raise self._answered(error) from None
        except Exception as error:  # anything unforeseen after the request may have left is unknown
            raise writing_failed(error, CALLED) from None

    def _answered(self, error: TwilioException) -> PublisherError:
        """Turn a refusal into the error it stands for; a page that failed tells its answer in its arguments."""
        page = error.args[1] if len(error.args) > 1 else None
        status = int(getattr(error, "status", 0) or getattr(page, "status_code", 0))
        code = int(getattr(error, "code", 0) or 0)
        detail = f"HTTP {status}, code {code}"
        if status < 400 or status == 408 or status >= 500:
            return OutcomeUnknown("Twilio gave an answer that does not say whether it sent the text.", detail)
        if status == 451:
            return ContentRefused("Twilio withholds this text for legal reasons.", detail)
        if code in LATER or status == 429:
            usual = LATER.get(code, WAIT_SECONDS)
            return TryLater(
                "Twilio asks us to wait.", wait_until(self._http.headers, "", usual), detail, is_for_all=True
            )
        if code in STOPPED or status in {401, 402, 403, 404}:
            return ChannelStopped(STOPPED.get(code, "Twilio does not let this channel send."), detail)
        if code in REFUSED or status in {400, 413, 422}:
            kind = OptedOut if code == OPTED_OUT else ContentRefused
            return kind(REFUSED.get(code) or say("Twilio refuses this text (code %(code)s).", code=code), detail)
        return OutcomeUnknown("Twilio gave an answer that does not say whether it sent the text.", detail)


def is_signed(auth_token: str, address: str, fields: Mapping[str, str], signature: str) -> bool:
    """Whether a call to our webhook carries Twilio's signature; `address` is the public one, query included."""
    return bool(RequestValidator(auth_token).validate(address, fields, signature))


class _QuietClient(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's own client over our session; its log would hold the numbers."""

    def __init__(self, session: Session) -> None:
        super().__init__(pool_connections=False, logger=logging.Logger("quiet", logging.CRITICAL))
        self.session = session
        self.headers: Mapping[str, str] = {}

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        """Call the address under the channel's own base."""
        answer = super().request(method, self.session.placed(url), *args, **kwargs)
        self.headers = answer.headers or {}
        return answer

    def close(self) -> None:
        """Let go of everything that is open."""
        self.session.close()
