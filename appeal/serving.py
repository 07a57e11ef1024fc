"""One waitress server, with a loop of its own that costs what happens, not how many people are connected.

Waitress asks every connection again before each wait, with one hundred people as with two thousand; among 1,500 that
only keep a line open this took more time than all the messages. Here the kernel remembers what each waits for, and
only those are asked again to whom something happened or who are being answered.
"""

import select
import selectors
import socket
import time
from collections.abc import Iterable, MutableMapping
from typing import Any

import structlog
from waitress import wasyncore
from waitress.server import TcpWSGIServer

from appeal.spare import BACKLOG

log = structlog.get_logger()

MEGABYTE = 1024 * 1024
MOST_BODY = 32 * MEGABYTE
RECV_BYTES = 64 * 1024
# So much of unfinished and waiting bodies is held in memory; then large ones wait at the network, all but one.
MOST_HELD, LARGE = 256 * MEGABYTE, MEGABYTE
# How often everybody is asked again, which closes lines that nobody has used for long.
ROUND_SECONDS = 1.0
FLAGS = {selectors.EVENT_READ: select.POLLIN, selectors.EVENT_WRITE: select.POLLOUT}

# What waitress calls a dispatcher: a connection, the socket that listens, or the pipe by which threads wake the loop.
Line = Any
Lines = MutableMapping[int, Line]


def serve(app: Any, *, door: socket.socket, threads: int) -> None:
    """Serve whoever comes to this listening socket until `SystemExit` is raised in this thread."""
    server = made(app, door=door, threads=threads)
    server.asyncore = Loop()
    try:
        server.run()
    except SystemExit:
        log.info("stopping", port=server.effective_port)
    finally:
        server.close()


def made(app: Any, *, door: socket.socket, threads: int) -> Any:
    """The server; what it receives stays in its memory until it is sealed, in no file that anybody could open."""
    host, port = door.getsockname()[:2]
    # Given `sockets`, waitress would still look its default address up, which an exercise refuses.
    return TcpWSGIServer(
        app,
        _sock=door,
        bind_socket=False,
        host=host,
        port=port,
        threads=threads,
        ident=None,
        connection_limit=4000,
        channel_timeout=20,
        cleanup_interval=5,
        backlog=BACKLOG,
        recv_bytes=RECV_BYTES,
        max_request_body_size=MOST_BODY,
        inbuf_overflow=MOST_BODY + 1,
        clear_untrusted_proxy_headers=True,
    )


class Loop:
    """Stands where waitress expects its own module of that name."""

    def __init__(self) -> None:
        """Nobody is known yet."""
        self._selector = selectors.DefaultSelector()
        self._known: dict[int, Line] = {}
        self._busy: set[int] = set()
        self._paused: set[int] = set()
        self._round_at = 0.0

    def loop(self, *, timeout: float, map: Lines, use_poll: bool = True) -> None:
        """Wait and serve as long as there is anything to serve."""
        del use_poll
        while map:
            self.turn(map, timeout)

    def turn(self, lines: Lines, timeout: float) -> None:
        """Ask those who may want something else than before, wait once, and serve whom something happened to."""
        for fd in self._to_ask(lines):
            self._ask(fd, lines[fd])
        for key, events in self._selector.select(timeout):
            line = lines.get(key.fd)
            if line is not key.data:
                # Closed meanwhile; its number may be somebody else's already.
                self._forget(key.fd)
                continue
            self._busy.add(key.fd)
            wasyncore.readwrite(line, sum(flag for event, flag in FLAGS.items() if events & event))
            if lines.get(key.fd) is not line:
                self._forget(key.fd)

    def _to_ask(self, lines: Lines) -> Iterable[int]:
        if time.monotonic() >= self._round_at:
            self._round_at = time.monotonic() + ROUND_SECONDS
            for fd in self._known.keys() - lines.keys():
                self._forget(fd)
            self._paused = _too_much(lines)
            newest = max((getattr(line, "last_activity", 0.0) for line in lines.values()), default=0.0)
            for fd in self._paused:
                # Not idle: we let it wait.
                lines[fd].last_activity = newest
            return list(lines)
        self._busy &= lines.keys()
        return [*self._busy, *(lines.keys() - self._known.keys() - self._busy)]

    def _ask(self, fd: int, line: Line) -> None:
        if self._known.get(fd) is not line:
            self._forget(fd)
        wanted = selectors.EVENT_READ if line.readable() and fd not in self._paused else 0
        if line.writable() and not line.accepting:
            wanted |= selectors.EVENT_WRITE
        self._want(fd, line, wanted)
        # The thread that answers changes what its connection wants; the listening socket and the pipe do so always.
        if wanted == selectors.EVENT_READ and not getattr(line, "requests", True):
            self._busy.discard(fd)
        else:
            self._busy.add(fd)

    def _want(self, fd: int, line: Line, wanted: int) -> None:
        before = self._selector.get_map().get(fd)
        self._known[fd] = line
        if before is None:
            if wanted:
                self._selector.register(fd, wanted, line)
        elif not wanted:
            self._selector.unregister(fd)
        elif before.events != wanted:
            self._selector.modify(fd, wanted, line)

    def _forget(self, fd: int) -> None:
        self._known.pop(fd, None)
        self._busy.discard(fd)
        if fd in self._selector.get_map():
            self._selector.unregister(fd)


def _too_much(lines: Lines) -> set[int]:
    """Whose large bodies have to wait; the one that is furthest goes on, so that all come to their end."""
    held = {fd: _held(line) for fd, line in lines.items()}
    large = [fd for fd, size in held.items() if size > LARGE]
    if sum(held.values()) <= MOST_HELD or not large:
        return set()
    return set(large) - {max(large, key=held.__getitem__)}


def _held(line: Line) -> int:
    """How many bytes of bodies a connection holds; none for what is no connection."""
    requests = [getattr(line, "request", None), *getattr(line, "requests", ())]
    return sum(len(one.body_rcv) for one in requests if one is not None and one.body_rcv is not None)
