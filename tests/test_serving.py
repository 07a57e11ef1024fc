"""The server's loop: everybody is answered, idle ones cost nothing, and whoever leaves is forgotten."""

import http.client
import os
import secrets
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from appeal import serving, spare
from appeal.serving import Loop
from tests.journeys.clear import found_in

LARGE = b"x" * 3_000_000
Served = tuple[int, Loop, Any]


def echo(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
    body = environ["wsgi.input"].read()
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


@pytest.fixture
def served() -> Iterator[Served]:
    """Port, loop and server, with two threads."""
    server = serving.made(echo, door=spare.open_door("127.0.0.1", 0), threads=2)
    loop, stop = Loop(), threading.Event()
    lines = server._map

    def run() -> None:
        while not stop.is_set():
            loop.turn(lines, 0.05)

    thread = threading.Thread(target=run)
    thread.start()
    yield int(server.effective_port), loop, server
    stop.set()
    thread.join()
    for channel in list(server.active_channels.values()):
        channel.handle_close()
    server.task_dispatcher.shutdown()
    server.close()


def test_half_of_an_upload_stands_in_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in a file nor in one that is held open and has no name any more."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    door, lines = spare.open_door("127.0.0.1", 0), Loop()
    server = serving.made(echo, door=door, threads=1)
    word, half = "canary" + secrets.token_hex(8), LARGE + b"\0" * 17_000_000
    with socket.create_connection(door.getsockname(), timeout=10) as line:
        line.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 30000000\r\n\r\n")
        sender = threading.Thread(target=line.sendall, args=(word.encode() + half,))
        sender.start()
        while sender.is_alive() or any(one.request is None for one in server.active_channels.values()):
            lines.turn(server._map, 0.05)
        assert [one.request is not None for one in server.active_channels.values()] == [True]
        assert found_in(tmp_path, [os.getpid()], [word]) == []
    for channel in list(server.active_channels.values()):
        channel.handle_close()
    server.task_dispatcher.shutdown()
    server.close()


def test_large_bodies_wait_while_too_much_is_held_and_small_ones_do_not(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "MOST_HELD", 4_000_000)
    monkeypatch.setattr(serving, "ROUND_SECONDS", 0.1)
    port, loop, _server = served
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n"
    with ExitStack() as stack:
        lines = [stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10)) for _ in range(3)]
        for line, sent in zip(lines, (2_000_000, 1_900_000, 1_800_000), strict=True):
            line.sendall(head + LARGE[:sent])
        until = time.monotonic() + 10
        while len(loop._paused) < 2 and time.monotonic() < until:
            time.sleep(0.02)
        assert len(loop._paused) == 2
        small = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        assert asked(small, b"small") == b"small"
        small.close()
        for line, sent in zip(lines, (2_000_000, 1_900_000, 1_800_000), strict=True):
            line.sendall(LARGE[sent:])
            assert line.makefile("rb").readline() == b"HTTP/1.1 200 OK\r\n"
    assert serving._held(object()) == 0


def asked(line: http.client.HTTPConnection, body: bytes) -> bytes:
    line.request("POST", "/", body)
    return line.getresponse().read()


def test_large_and_small_bodies_come_back_over_kept_lines(served: Served) -> None:
    lines = [http.client.HTTPConnection("127.0.0.1", served[0], timeout=10) for _ in range(20)]
    for body in (b"small", LARGE, b"again"):
        assert [asked(line, body) for line in lines] == [body] * 20
    for line in lines:
        line.close()


def test_idle_line_is_not_asked_and_is_closed_when_its_time_is_over(
    served: Served,
) -> None:
    port, _loop, server = served
    server.adj.channel_timeout, server.adj.cleanup_interval, server.next_channel_cleanup = 1, 1, 0
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
        assert line.recv(1000).startswith(b"HTTP/1.1 200")
        assert line.recv(1000) == b""
    assert len(server.active_channels) == 0


def test_whoever_leaves_in_the_middle_hinders_nobody(served: Served) -> None:
    for _ in range(30):
        with socket.create_connection(("127.0.0.1", served[0]), timeout=10) as gone:
            gone.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf")
    line = http.client.HTTPConnection("127.0.0.1", served[0], timeout=10)
    assert asked(line, b"here") == b"here"
    line.close()


def test_idle_lines_leave_the_set_of_those_that_are_asked(served: Served) -> None:
    port, loop, _server = served
    lines = [http.client.HTTPConnection("127.0.0.1", port, timeout=10) for _ in range(10)]
    for line in lines:
        asked(line, b"x")
    asked(lines[0], b"x")
    # The socket that listens, the pipe, and whoever was answered last.
    assert len(loop._busy) <= 4
    for line in lines:
        line.close()


def test_server_ends_when_it_is_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    def leave(_self: Loop, **_more: object) -> None:
        raise SystemExit(0)

    monkeypatch.setattr(Loop, "loop", leave)
    serving.serve(echo, door=spare.open_door("127.0.0.1", 0), threads=1)
