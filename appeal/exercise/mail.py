"""A mail server that keeps what it gets in memory: STARTTLS, sign-in, refusals and faults."""

import asyncio
import contextlib
import email
import email.policy
import hmac
import itertools
import logging
import os
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from appeal.exercise.faults import Fired
from appeal.exercise.world import Mail, World

MAIL_BYTES_LIMIT = 30 * 1024 * 1024
CERTIFICATE_LIVES = timedelta(days=2)

# The library warns about its own use of an old name once per sign-in.
logging.getLogger("mail.log").setLevel(logging.ERROR)

ADDRESS_REFUSALS = {
    "refuse": "550 5.1.1 The exercise does not know this address",
    "later": "451 4.2.0 The exercise asks you to come back later",
}


class MailServer:
    """The listening server; `port` is the real one also when 0 was asked for."""

    def __init__(self, world: World, host: str, port: int) -> None:
        self._world = world
        self._loop = asyncio.new_event_loop()
        self._tls, world.smtp_certificate = _tls_in_memory(host)
        listening = self._loop.create_server(self._protocol, host, port)
        self._server = self._loop.run_until_complete(listening)
        self.port: int = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, name="exercise-mail", daemon=True)

    def start(self) -> None:
        """Begin to answer, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and close every connection."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(timeout=10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _protocol(self) -> SMTP:
        return SMTP(
            _Handler(self._world),
            data_size_limit=MAIL_BYTES_LIMIT,
            enable_SMTPUTF8=True,
            hostname="exercise.invalid",
            ident="EXERCISE",
            tls_context=self._tls,
            require_starttls=True,
            auth_required=True,
            authenticator=self._authenticate,
            loop=self._loop,
        )

    def _authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _way: str, given: Any) -> AuthResult:
        settings = self._world.settings
        is_right = isinstance(given, LoginPassword) and (
            hmac.compare_digest(given.login, settings.smtp_user.encode())
            and hmac.compare_digest(given.password, settings.smtp_password.encode())
        )
        return AuthResult(success=is_right, handled=False)


class _Handler:
    """What aiosmtpd asks while one mail comes in; the method names are the library's."""

    _serial = itertools.count(1)

    def __init__(self, world: World) -> None:
        self._world = world
        self._began_at = time.time()

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._began_at = time.time()
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        fault = self._world.faults.fire("smtp", "recipient").get("refuse")
        refusals = [words for part, words in ADDRESS_REFUSALS.items() if part in address.lower()]
        if fault:
            refusals = [f"{fault.status or 550} 5.1.1 The exercise refuses this address"]
        if refusals:
            self._world.note("smtp", "recipient", self._began_at, int(refusals[0][:3]))
            return refusals[0]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self._world.latency_seconds["smtp"])
        fired = self._world.faults.fire("smtp", "publish")
        await asyncio.sleep(fired.seconds("slow"))
        answer = self._take(envelope, fired)
        self._world.note("smtp", "publish", self._began_at, int(answer[:3]) if answer else 0)
        if answer is None:
            _drop(server)
        return answer or ""

    def _take(self, envelope: Envelope, fired: Fired) -> str | None:
        """Keep the mail unless a fault forbids it; return the answer, or None when the connection is to be dropped."""
        if fault := fired.get("refuse"):
            return f"{fault.status or 550} 5.7.1 The exercise refuses this message"
        if fault := fired.get("throttle"):
            return f"{fault.status or 451} 4.7.1 Too many messages, come back in {fault.seconds:.0f} seconds"
        if fired.get("drop_before"):
            return None
        for _ in range(2 if fired.get("publish_twice") else 1):
            self._keep(envelope, fired)
        if fired.get("drop_after") or fired.get("publish_late"):
            return None
        if fault := fired.get("error_after"):
            return f"{fault.status or 451} 4.3.0 Something is broken"
        return "250 2.0.0 OK"

    def _keep(self, envelope: Envelope, fired: Fired) -> None:
        raw = envelope.original_content or b""
        message = email.message_from_bytes(raw, policy=email.policy.default)
        mail = Mail(
            *self._world.moments(fired),
            id=str(next(self._serial)),
            sender=envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            message_id=str(message["Message-ID"] or ""),
            subject=str(message["Subject"] or ""),
            headers={name: str(value) for name, value in message.items()},
            text=_body(message, "plain"),
            html=_body(message, "html"),
            pictures=tuple(_pictures(message)),
            raw=raw,
        )
        with self._world.lock:
            self._world.mails[mail.id] = mail


def _drop(server: SMTP) -> None:
    """End the connection without an answer, and the task that serves it."""
    if isinstance(server.transport, asyncio.WriteTransport):
        server.transport.abort()
    raise asyncio.CancelledError


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    if part is None:
        return ""
    with contextlib.suppress(LookupError):
        return str(part.get_content())
    return ""


def _pictures(message: EmailMessage) -> list[tuple[str, str, bytes]]:
    found = [part for part in message.walk() if part.get_content_maintype() == "image"]
    return [
        (
            str(part["Content-ID"] or "").strip("<>"),
            part.get_content_type(),
            bytes(part.get_payload(decode=True) or b""),
        )
        for part in found
    ]


def _tls_in_memory(host: str) -> tuple[ssl.SSLContext, str]:
    """Return a server context with a fresh self-signed certificate, and that certificate as PEM.

    ssl wants a file name; an anonymous file of the kernel's memory has one and never reaches a disk.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(key, host)
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    with os.fdopen(os.memfd_create("exercise-certificate"), "wb") as memory:
        memory.write(secret + pem)
        memory.flush()
        context.load_cert_chain(f"/proc/self/fd/{memory.fileno()}")
    return context, pem.decode()


def _certificate(key: ec.EllipticCurvePrivateKey, host: str) -> x509.Certificate:
    now = datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "EXERCISE mail server")])
    names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    with contextlib.suppress(ValueError):
        names += [x509.IPAddress(ip_address(host))] if host != "127.0.0.1" else []
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + CERTIFICATE_LIVES)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
