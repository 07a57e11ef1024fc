"""The library's client for Bluesky, held to one address, hard time-outs and small answers.

Loading the library takes about a second and 40 MB, so only `appeal.wire.bluesky` imports this, when it first calls.
"""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import atproto_client  # type: ignore[import-untyped]
import httpx
from atproto_client.models.dot_dict import DotDict  # type: ignore[import-untyped]
from atproto_client.request import Request  # type: ignore[import-untyped]
from requests.utils import get_environ_proxies

from appeal.wire.http import LOOPBACK, AnswerTooLarge, Limits, WrongPlace

# The only headers of an answer that are used.
Answer = tuple[dict[str, Any], Mapping[str, str]]
# A direct message travels through the account's own server to the service for messages.
CHAT = {"atproto-proxy": "did:web:api.bsky.chat#bsky_chat"}

RequestErrorBase = atproto_client.exceptions.RequestErrorBase
NetworkError = atproto_client.exceptions.NetworkError


class Client(atproto_client.Client):  # type: ignore[misc]
    """The library's client that stays where it was told to call, whatever an answer says."""

    def __init__(self, base: str, limits: Limits) -> None:
        super().__init__(base, request=_Request(base, limits))

    def ask(self, name: str, values: Mapping[str, object], headers: Mapping[str, str] | None = None) -> Answer:
        """Call a query by its name; the answer as plain data, however new its shape is."""
        return _plain(self.invoke_query(name, DotDict(dict(values)), headers=dict(headers or {})))

    def order(self, name: str, body: Mapping[str, object], headers: Mapping[str, str] | None = None) -> Answer:
        """Call a procedure by its name."""
        given, kind = DotDict(dict(body)), "application/json"
        return _plain(self.invoke_procedure(name, data=given, input_encoding=kind, headers=dict(headers or {})))

    def put_bytes(self, name: str, content: bytes, mime: str) -> Answer:
        """Call a procedure that takes a file."""
        return _plain(self.invoke_procedure(name, content=content, headers={"Content-Type": mime}))

    def close(self) -> None:
        """Let go of the connection."""
        self.request.close()

    def _update_pds_endpoint(self, pds_endpoint: str) -> None:
        # The answer to a login names another server; the channel's own address passes calls on to it.
        pass


def has_never_left(error: Exception) -> bool:
    """Whether it is certain that not a byte of the request arrived."""
    cause = error.__cause__ or error
    return isinstance(cause, (httpx.ConnectError, httpx.ConnectTimeout, WrongPlace))


class _Request(Request):  # type: ignore[misc]
    def __init__(self, base: str, limits: Limits) -> None:
        self._place = (base, limits)
        times = httpx.Timeout(limits.read_seconds, connect=limits.connect_seconds)
        plain = {"Accept-Encoding": "identity", "Connection": "close"}
        super().__init__(timeout=times, transport=_Transport(base, limits), headers=plain, trust_env=False)
        self._client.follow_redirects = False

    def _new_instance(self) -> "_Request":
        return _Request(*self._place)


class _Transport(httpx.BaseTransport):
    """Leaves the base address for nobody, keeps no connection and reads no more than an answer can hold."""

    def __init__(self, base: str, limits: Limits) -> None:
        self._base, self._limits = f"{base}/", limits
        self._inner = httpx.HTTPTransport(
            retries=0, limits=httpx.Limits(max_keepalive_connections=0), proxy=_proxy_for(base)
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not str(request.url).startswith(self._base):
            raise WrongPlace("The call would leave the channel's base address.")
        answer = self._inner.handle_request(request)
        try:
            body = self._read(answer)
        finally:
            answer.close()
        return httpx.Response(answer.status_code, headers=answer.headers, content=body, request=request)

    def close(self) -> None:
        self._inner.close()

    def _read(self, answer: httpx.Response) -> bytes:
        if answer.headers.get("content-encoding", "identity") != "identity":
            raise AnswerTooLarge("The answer is packed, which was not asked for.")
        body, began = bytearray(), time.monotonic()
        stream: Any = answer.stream
        for chunk in stream:
            body += chunk
            if len(body) > self._limits.answer_bytes or time.monotonic() - began > self._limits.whole_seconds:
                raise AnswerTooLarge("The answer was too large or took too long.")
        return bytes(body)


def _proxy_for(base: str) -> str | None:
    # A proxy of the environment has no business with calls to this machine.
    parts = urlsplit(base)
    return None if parts.hostname in LOOPBACK else get_environ_proxies(base).get(parts.scheme)


def _plain(response: Any) -> Answer:
    content = response.content
    if isinstance(content, (bytes, str)) and not content:
        content = {}
    if not isinstance(content, dict):
        raise TypeError("an answer that is no object")
    return content, response.headers
