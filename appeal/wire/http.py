"""Calls over HTTP that cannot hang, swell or be led elsewhere, and that say how far they got."""

import ipaddress
import logging
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from appeal.rules.errors import ChannelStopped, ContentRefused, Gone, OutcomeUnknown, PublisherError, TryLater
from appeal.rules.words import _, say

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
CHUNK_BYTES = 65_536
LONGEST_WAIT_SECONDS = 86_400.0

# These write addresses, numbers, texts or signatures into their log when somebody turns it up.
TALKATIVE = (
    "oauthlib",
    "requests_oauthlib",
    "tweepy",
    "tweepy.client",
    "httpx",
    "httpcore",
    "twilio",
    "twilio.http_client",
    "urllib3",
)


class Named(Protocol):
    """Settings and secrets of a channel by name; empty when there is none."""

    def get(self, name: str) -> str:
        """Return one of them."""
        ...


@dataclass(frozen=True)
class Limits:
    """How long to wait for a connection, for each next byte and for the whole answer, and how large it may be."""

    connect_seconds: float = 5.0
    read_seconds: float = 15.0
    whole_seconds: float = 30.0
    answer_bytes: int = 2_000_000


class AnswerTooLarge(requests.RequestException):
    """The answer was larger, or took longer, than any that the platform would give."""


class WrongPlace(requests.RequestException):
    """The call was about to leave the channel's own base address."""


def limits_of(settings: Named) -> Limits:
    """The usual limits, unless the channel carries `connect_seconds` or `read_seconds` of its own."""
    usual = Limits()
    connect, read = settings.get("connect_seconds"), settings.get("read_seconds")
    return Limits(float(connect or usual.connect_seconds), float(read or usual.read_seconds))


def base_address(settings: Named, usual: str) -> str:
    """The channel's `base_url` without a closing slash, or the usual one.

    Clear text is allowed on this machine only, and an exercise (`mode`) speaks to nobody else.
    """
    given = settings.get("base_url") or usual
    try:
        parts = urlsplit(given)
        is_here = parts.hostname in LOOPBACK
    except ValueError:
        raise ChannelStopped("The address of this channel is none.") from None
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_here)
    if not is_safe or not parts.hostname or parts.username:
        raise ChannelStopped("The address of this channel must begin with https:// and hold no password.")
    refuse_others(settings, parts.hostname)
    return given.rstrip("/")


def refuse_others(settings: Named, host: str) -> None:
    """Raise ChannelStopped if this is an exercise and the host is not this machine."""
    if settings.get("mode") == "exercise" and host not in LOOPBACK:
        raise ChannelStopped("An exercise speaks to its own platforms only.")


class Session(requests.Session):
    """Speaks to one base address, follows no redirect and keeps no connection.

    A fresh connection for every call makes "could not connect" a certain answer: nothing was sent. `stands_for` is the
    address that a client library has built in; calls to it go to `base`, before anything is signed.
    """

    def __init__(self, base: str, stands_for: str = "", limits: Limits | None = None) -> None:
        super().__init__()
        _hush()
        self._base, self._stands_for = base, stands_for or base
        # A proxy of the environment has no business with calls to this machine.
        self.trust_env = urlsplit(base).hostname not in LOOPBACK
        self.headers["Connection"] = "close"
        self.mount("https://", LimitedAdapter(limits or Limits()))
        self.mount("http://", LimitedAdapter(limits or Limits()))

    def placed(self, address: str) -> str:
        """The address under the channel's base that this address stands for."""
        rest = address.removeprefix(self._stands_for)
        return self._base + rest if rest != address else address

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        """Call the address under the channel's own base; a redirect is an answer like any other."""
        kwargs["allow_redirects"] = False
        return super().request(method, self.placed(str(url)), *args, **kwargs)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Refuse whatever would leave the base address, then call."""
        if not str(request.url).startswith(f"{self._base}/"):
            raise WrongPlace("The call would leave the channel's base address.")
        kwargs["allow_redirects"] = False
        return super().send(request, **kwargs)


def download(settings: Named, address: str, most_bytes: int = 20_000_000) -> tuple[bytes, str]:
    """The file at this address and its media type; raises ContentRefused, Gone or TryLater.

    Only https:// to public machines is asked, in an exercise only this machine, and a redirect is not followed.
    """
    parts = urlsplit(address)
    refuse_others(settings, parts.hostname or "")
    is_here = parts.scheme == "http" and parts.hostname in LOOPBACK and settings.get("base_url").startswith("http://")
    if not is_here and (parts.scheme != "https" or not _is_public(parts.hostname or "")):
        raise ContentRefused(_("This file is kept where we do not fetch anything."))
    base = f"{parts.scheme}://{parts.netloc}"
    limits = replace(limits_of(settings), answer_bytes=most_bytes)
    try:
        with Session(base, limits=limits) as session:
            answer = session.get(address)
    except requests.RequestException as error:
        raise reading_failed(error, parts.hostname or "") from None
    if answer.status_code != 200:
        kind = TryLater if answer.status_code >= 429 else Gone
        raise kind(_("The file could not be fetched."), detail=f"HTTP {answer.status_code}")
    return answer.content, answer.headers.get("Content-Type", "").partition(";")[0].strip()


def reading_failed(error: Exception, platform: str) -> PublisherError:
    """What a failed question means: ask again later."""
    return TryLater(say("%(platform)s did not answer.", platform=platform), 30.0, detail=_kind(error))


def writing_failed(error: Exception, platform: str) -> PublisherError:
    """What a failed order means: certainly not sent, or unknown."""
    if has_never_left(error):
        return TryLater(say("%(platform)s cannot be reached.", platform=platform), 30.0, detail=_kind(error))
    words = say("%(platform)s took the message and gave no answer that we understand.", platform=platform)
    return OutcomeUnknown(words, detail=_kind(error))


def has_never_left(error: Exception) -> bool:
    """Whether it is certain that not a byte of the request arrived."""
    if isinstance(error, (requests.ConnectTimeout, WrongPlace)):
        return True
    cause = error.args[0] if isinstance(error, requests.ConnectionError) and error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    if isinstance(reason, (NewConnectionError, ConnectTimeoutError)):
        return True
    return any(isinstance(part, ssl.SSLCertVerificationError) for part in getattr(reason, "args", ()))


def wait_until(headers: Mapping[str, str], reset: str, usual_seconds: float) -> float:
    """Seconds until the Unix second in the header `reset`, by the platform's own clock, or what Retry-After says."""
    moment, date, after = (headers.get(name, "") for name in (reset, "Date", "Retry-After"))
    if moment.isdigit() and date:
        try:
            wait = int(moment) - parsedate_to_datetime(date).timestamp()
        except ValueError:
            wait = usual_seconds
    else:
        wait = float(after) if after.isdigit() else usual_seconds
    return min(max(wait, 1.0), LONGEST_WAIT_SECONDS)


def _is_public(host: str) -> bool:
    """Whether every address of this name is one of the internet at large."""
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)}
        return bool(found) and all(ipaddress.ip_address(one.partition("%")[0]).is_global for one in found)
    except (OSError, ValueError):
        return False


class LimitedAdapter(HTTPAdapter):
    """Puts time-outs where a library gives none and reads no more than an answer can hold."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(max_retries=0)
        self._limits = limits

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        limits = self._limits
        kwargs |= {"timeout": (limits.connect_seconds, limits.read_seconds), "stream": True}
        answer = super().send(request, *args, **kwargs)
        body, began = bytearray(), time.monotonic()
        for chunk in answer.iter_content(CHUNK_BYTES):
            body += chunk
            if len(body) > limits.answer_bytes or time.monotonic() - began > limits.whole_seconds:
                answer.close()
                raise AnswerTooLarge("The answer was too large or took too long.")
        # The place in which requests itself keeps a body that was read.
        answer._content, answer._content_consumed = bytes(body), True  # type: ignore[attr-defined]
        return answer


def _kind(error: Exception) -> str:
    # Never the words of the error: they hold addresses, and those hold numbers and account names.
    names = [type(error).__name__]
    cause = error.args[0] if error.args else None
    while isinstance(cause, Exception) and len(names) < 4:
        names.append(type(cause).__name__)
        reason = getattr(cause, "reason", None)
        cause = reason if isinstance(reason, Exception) else None
    return " < ".join(names)


def _hush() -> None:
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL)
