"""A mailbox over IMAP: read from a place on, changing nothing in it, with hard time-outs and size limits."""

import imaplib
import re
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

from appeal.rules.errors import ChannelStopped, PublisherError, TryLater
from appeal.rules.words import _, say
from appeal.wire.http import LOOPBACK, Named, limits_of, refuse_others
from appeal.wire.mail import trusting

USUAL_PORT = 993
# A larger mail is read as far as its first million bytes, in which its words are.
WHOLE_BYTES, BEGINNING_BYTES = 30_000_000, 1_000_000
MOST_AT_ONCE = 50
WHOLE_SECONDS = 120.0
TLS, STARTTLS, NONE = "tls", "starttls", "none"

CALLED = _("The mailbox")
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")

Result = TypeVar("Result")


@dataclass(frozen=True)
class Letter:
    """One mail as it lies in the mailbox; `is_cut` when only its beginning was read."""

    uid: int
    raw: bytes = field(repr=False)
    is_cut: bool = False


class Mailbox:
    """One folder of one account. Raises TryLater or ChannelStopped."""

    def __init__(self, settings: Named) -> None:
        self._host, port = settings.get("imap_host"), settings.get("imap_port") or str(USUAL_PORT)
        self._user = settings.get("imap_username") or settings.get("username")
        self._password = settings.get("imap_password") or settings.get("password")
        self._folder = settings.get("imap_folder") or "INBOX"
        self._security = settings.get("imap_security") or TLS
        if not self._host or not self._user or not self._password or not port.isdigit():
            raise ChannelStopped(_("This channel has no complete credentials for its mailbox."))
        refuse_others(settings, self._host)
        if self._security == NONE and self._host not in LOOPBACK:
            raise ChannelStopped(_("A mailbox is read over a secured connection only."))
        self._port, self._limits = int(port), limits_of(settings)
        self._trust = trusting(settings.get("certificate"))
        self._imap: Any = None
        self.validity = 0

    def __enter__(self) -> Self:
        self._imap = _asked(self._opened)
        with self._closing_on_error():
            self._sign_in()
            self._select()
        return self

    def __exit__(self, *_error: object) -> None:
        with suppress(Exception):
            self._imap.logout()
        with suppress(Exception):
            self._imap.shutdown()

    def after(self, uid: int) -> list[int]:
        """The numbers of all mails that came after this one, in order, whether somebody read them or not."""
        listed = self._ask("SEARCH", None, f"UID {uid + 1}:*")
        numbers = {int(one) for line in listed if line for one in line.split()}
        # A range that begins beyond the last mail means the last mail.
        return sorted(number for number in numbers if number > uid)

    def letters(self, uids: list[int]) -> Iterator[Letter]:
        """The mails with these numbers; one that is gone meanwhile is left out. Nothing is marked as read."""
        for uid in uids[:MOST_AT_ONCE]:
            size = self._size(uid)
            if size is None:
                continue
            is_cut = size > WHOLE_BYTES
            part = f"BODY.PEEK[]<0.{BEGINNING_BYTES}>" if is_cut else "BODY.PEEK[]"
            found = [one[1] for one in self._ask("FETCH", str(uid), f"({part})") if isinstance(one, tuple)]
            if found:
                yield Letter(uid, bytes(found[0]), is_cut)

    def _size(self, uid: int) -> int | None:
        for line in self._ask("FETCH", str(uid), "(UID RFC822.SIZE)"):
            head = line[0] if isinstance(line, tuple) else line
            if head and (size := SIZE.search(head)):
                return int(size[1])
        return None

    def _opened(self) -> imaplib.IMAP4:
        seconds = max(self._limits.connect_seconds, self._limits.read_seconds)
        if self._security == TLS:
            return _SecuredLimited(self._host, self._port, ssl_context=self._trust, timeout=seconds)
        opened = _Limited(self._host, self._port, timeout=seconds)
        if self._security == STARTTLS:
            opened.starttls(ssl_context=self._trust)
        return opened

    def _sign_in(self) -> None:
        def sign_in() -> None:
            if "AUTH=PLAIN" in self._imap.capabilities:
                self._imap.authenticate("PLAIN", lambda _said: f"\0{self._user}\0{self._password}".encode())
            else:
                self._imap.login(self._user, self._password)

        _asked(sign_in, _("The mailbox does not accept the credentials of this channel."))

    def _select(self) -> None:
        folder = self._folder.replace("\\", "\\\\").replace('"', '\\"')
        status, _count = _asked(lambda: self._imap.select(f'"{folder}"', readonly=True))
        if status != "OK":
            raise ChannelStopped(_("There is no such folder in the mailbox."))
        _name, said = _asked(lambda: self._imap.response("UIDVALIDITY"))
        self.validity = int(said[0]) if said and said[0] else 0

    def _ask(self, command: str, *words: str | None) -> list[Any]:
        status, listed = _asked(lambda: self._imap.uid(command, *words))
        if status != "OK":
            raise TryLater(say("%(platform)s did not answer.", platform=CALLED), 60.0, command)
        return list(listed)

    @contextmanager
    def _closing_on_error(self) -> Iterator[None]:
        try:
            yield
        except PublisherError:
            self.__exit__()
            raise


class _Bounded:
    """Reads no more than a mail can hold and no longer than a reading may take."""

    _ends = 0.0

    def read(self, size: int) -> bytes:
        """Read so many bytes; a server that announces more than any mail has is left."""
        if size > WHOLE_BYTES + BEGINNING_BYTES:
            raise imaplib.IMAP4.abort("the answer is too large")
        self._check()
        return bytes(super().read(size))  # type: ignore[misc]

    def readline(self) -> bytes:
        """Read one line."""
        self._check()
        return bytes(super().readline())  # type: ignore[misc]

    def _check(self) -> None:
        self._ends = self._ends or time.monotonic() + WHOLE_SECONDS
        if time.monotonic() > self._ends:
            raise imaplib.IMAP4.abort("the answer takes too long")


class _Limited(_Bounded, imaplib.IMAP4):
    pass


class _SecuredLimited(_Bounded, imaplib.IMAP4_SSL):
    pass


def _asked(call: Callable[[], Result], refused: str = "") -> Result:
    """Do it; `refused` is what a clear no means, else a no is asked again later."""
    try:
        return call()
    except PublisherError:
        raise
    except imaplib.IMAP4.abort as error:
        raise _later(error) from None
    except imaplib.IMAP4.error as error:
        if refused:
            raise ChannelStopped(refused) from None
        raise _later(error) from None
    except ssl.SSLCertVerificationError:
        raise ChannelStopped(_("The mailbox shows a certificate that is not trusted.")) from None
    except Exception as error:  # a server that answers as none does must not stop the caller
        raise _later(error) from None


def _later(error: Exception) -> TryLater:
    return TryLater(say("%(platform)s did not answer.", platform=CALLED), 60.0, type(error).__name__)
