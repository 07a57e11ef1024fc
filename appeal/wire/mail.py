"""One mail to one address over SMTP with STARTTLS, step by step, so that we know how far it got."""

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from typing import TypeVar

from appeal.rules.errors import ChannelStopped, ContentRefused, OutcomeUnknown, PublisherError, TryLater
from appeal.rules.words import _
from appeal.wire.http import Named, limits_of, refuse_others

Result = TypeVar("Result")

USUAL_PORT = 587
WAIT_SECONDS = 300.0
GREETING, SIGNING_IN, SENDER, RECIPIENT, CONTENT, AFTER = "greeting", "sign-in", "sender", "recipient", "data", "end"

# What a final no (5xx) means at each step: the account, or this one mail.
STOPS = {
    GREETING: _("The mail server does not take mail from us."),
    SIGNING_IN: _("The mail server does not accept the credentials of this channel."),
    SENDER: _("The mail server does not accept the sender of this channel."),
}
REFUSES = {
    RECIPIENT: _("The mail server refuses this address."),
    CONTENT: _("The mail server refuses this mail."),
    AFTER: _("The mail server refuses this mail."),
}
# After the whole mail was handed over, only a refusal for policy, mailbox or load is a clear "not taken".
CLEARLY_NOT_TAKEN = re.compile(rb"^4\.[257]\.")

CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)


class MailServer:
    """One account on one server."""

    def __init__(self, settings: Named) -> None:
        self._host, port = settings.get("host"), settings.get("port") or str(USUAL_PORT)
        self._user, self._password = settings.get("username"), settings.get("password")
        self._sender = parseaddr(settings.get("sender"))[1]
        self._certificate = settings.get("certificate")
        self._limits = limits_of(settings)
        if not self._host or "@" not in self._sender:
            raise ChannelStopped("This channel has no mail server or no sender.")
        refuse_others(settings, self._host)
        if not port.isdigit():
            raise ChannelStopped("The port of the mail server is not a number.")
        self._port = int(port)

    @property
    def domain(self) -> str:
        """The domain of the sender, with which we introduce ourselves and name our mails."""
        return self._sender.rpartition("@")[2]

    def send(self, message: EmailMessage, recipient: str) -> None:
        """Hand one mail over. Lost after the final dot is OutcomeUnknown; anything before it is certain."""
        if not recipient.isascii() or "@" not in recipient or re.search(r"[\s<>]", recipient):
            raise ContentRefused("This is not a mail address that we can write to.")
        raw = _lines(message)
        with self._open() as server:
            _asked(SENDER, lambda: server.mail(self._sender))
            _asked(RECIPIENT, lambda: server.rcpt(recipient))
            _asked(CONTENT, lambda: server.docmd("DATA"), 354)
            _try(lambda: server.send(raw))
            _settled(server)

    def check(self) -> None:
        """Sign in and do nothing."""
        with self._open() as server:
            _asked(SIGNING_IN, server.noop)

    @contextmanager
    def _open(self) -> Iterator[smtplib.SMTP]:
        # Named by the sender's domain: working out a name of this machine would ask the network.
        seconds = self._limits.connect_seconds
        server = _try(lambda: smtplib.SMTP(self._host, self._port, self.domain, seconds), GREETING)
        try:
            self._sign_in(server)
            yield server
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
        finally:
            server.close()

    def _sign_in(self, server: smtplib.SMTP) -> None:
        if server.sock is not None:
            server.sock.settimeout(self._limits.read_seconds)
        _asked(GREETING, server.ehlo)
        _asked(GREETING, lambda: server.starttls(context=trusting(self._certificate)), 220)
        _asked(GREETING, server.ehlo)
        if self._user:
            _asked(SIGNING_IN, lambda: server.login(self._user, self._password), 235)


def trusting(certificate: str) -> ssl.SSLContext:
    """What is trusted: the usual authorities and, where one is given, a certificate as PEM."""
    context = ssl.create_default_context()
    if certificate:
        try:
            context.load_verify_locations(cadata=_pem(certificate))
        except (ssl.SSLError, ValueError):
            raise ChannelStopped(_("The certificate in the settings of this channel cannot be read.")) from None
    return context


def _asked(step: str, ask: Callable[[], tuple[int, bytes]], expected: int = 250) -> None:
    """Take one step and raise what a no at this step means."""
    code, words = _try(ask, step)
    if code != expected and not (expected == 250 and code in {251, 252}):
        raise _refusal(step, code, words)


def _try(ask: Callable[[], Result], step: str = CONTENT) -> Result:
    """Do something before the final dot: a lost connection is certainly not a mail."""
    try:
        return ask()
    except smtplib.SMTPResponseException as error:
        raise _refusal(step, error.smtp_code, b"") from None
    except smtplib.SMTPNotSupportedError:
        raise ChannelStopped("The mail server offers no STARTTLS or no sign-in.") from None
    except ssl.SSLCertVerificationError:
        raise ChannelStopped("The certificate of the mail server is not to be trusted.") from None
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise TryLater("The mail server cannot be reached.", 60.0, type(error).__name__) from None


def _settled(server: smtplib.SMTP) -> None:
    """Read the answer to the final dot."""
    try:
        code, words = server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise OutcomeUnknown("The mail server took the mail and did not confirm it.", type(error).__name__) from None
    if code != 250:
        raise _refusal(AFTER, code, words)


def _refusal(step: str, code: int, words: bytes) -> PublisherError:
    detail = f"SMTP {code} at {step}"
    if step == AFTER and not (500 <= code < 600 or CLEARLY_NOT_TAKEN.match(words)):
        return OutcomeUnknown("The mail server took the mail and answered that it has a fault.", detail)
    if not 500 <= code < 600:
        return TryLater("The mail server asks us to come back later.", WAIT_SECONDS, detail)
    if step in STOPS and code != 552:
        return ChannelStopped(STOPS[step], detail)
    return ContentRefused(REFUSES.get(step, REFUSES[CONTENT]), detail)


def _pem(given: str) -> str:
    """The certificates in lines again, which a form field of one line takes from them."""
    bodies = ["".join(body.split()) for body in CERTIFICATE.findall(given)]
    lines = ["\n".join(body[start : start + 64] for start in range(0, len(body), 64)) for body in bodies]
    return "".join(f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n" for body in lines)


def _lines(message: EmailMessage) -> bytes:
    """The mail as it goes over the wire: CRLF, dots at the start of a line doubled, the final dot."""
    raw = message.as_bytes(policy=SMTP.clone(cte_type="7bit"))
    ended = raw if raw.endswith(b"\r\n") else raw + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", ended) + b".\r\n"
