"""Many clients in one thread: each sends its next request as soon as its last was answered, over a kept connection."""

import selectors
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

HEAD_END = b"\r\n\r\n"


@dataclass
class Seen:
    """What came back: how long each answer took (s), how many of each status, and what `keep` made of good ones."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    retry_after: int = 0
    broken: int = 0
    lasted: float = 0.0

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return self.statuses.get(200, 0) / self.lasted

    def percentile(self, share: float) -> float:
        """Milliseconds within which this share of the answers came."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


@dataclass
class _Client:
    line: socket.socket
    sent_at: float = 0.0
    left: bytes = b""
    got: bytes = b""


def post(path: str, body: bytes, host: str = "127.0.0.1") -> bytes:
    """One request with a form."""
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    return head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body


def run(
    port: int, clients: int, seconds: float, requests: Iterator[bytes], keep: Callable[[bytes], str] | None = None
) -> Seen:
    """Load the port; a connection that breaks is counted and opened again, or given up if nobody listens."""
    seen, selector = Seen(), selectors.DefaultSelector()
    began = time.perf_counter()
    for _ in range(clients):
        _begin(selector, port, requests)
    while (now := time.perf_counter()) < began + seconds and selector.get_map():
        for key, events in selector.select(0.2):
            client: _Client = key.data
            try:
                _step(selector, client, events, requests, seen, keep)
            except OSError:
                seen.broken += 1
                selector.unregister(client.line)
                client.line.close()
                _begin(selector, port, requests)
    seen.lasted = now - began
    for key in list(selector.get_map().values()):
        key.fileobj.close()  # type: ignore[union-attr]
    selector.close()
    return seen


def _begin(selector: selectors.BaseSelector, port: int, requests: Iterator[bytes]) -> None:
    try:
        line = socket.create_connection(("127.0.0.1", port), timeout=10)
    except OSError:
        return
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    line.setblocking(False)
    client = _Client(line, time.perf_counter(), next(requests))
    selector.register(line, selectors.EVENT_READ | selectors.EVENT_WRITE, client)


def _step(
    selector: selectors.BaseSelector,
    client: _Client,
    events: int,
    requests: Iterator[bytes],
    seen: Seen,
    keep: Callable[[bytes], str] | None,
) -> None:
    if events & selectors.EVENT_WRITE and client.left:
        client.left = client.left[client.line.send(client.left) :]
        if not client.left:
            selector.modify(client.line, selectors.EVENT_READ, client)
    if not events & selectors.EVENT_READ:
        return
    read = client.line.recv(262_144)
    if not read:
        raise ConnectionError("closed")
    client.got += read
    if _is_whole(client.got):
        _note(client, seen, keep)
        client.sent_at, client.left, client.got = time.perf_counter(), next(requests), b""
        selector.modify(client.line, selectors.EVENT_READ | selectors.EVENT_WRITE, client)


def _is_whole(got: bytes) -> bool:
    head, end, body = got.partition(HEAD_END)
    if not end:
        return False
    lowered = head.lower()
    start = lowered.index(b"content-length:") + 15
    return len(body) >= int(lowered[start : lowered.find(b"\r", start) if b"\r" in lowered[start:] else None])


def _note(client: _Client, seen: Seen, keep: Callable[[bytes], str] | None) -> None:
    status = int(client.got[9:12])
    seen.seconds.append(time.perf_counter() - client.sent_at)
    seen.statuses[status] = seen.statuses.get(status, 0) + 1
    seen.retry_after += b"\r\nretry-after:" in client.got.lower()
    if keep is not None and status == 200:
        seen.kept.append(keep(client.got))
