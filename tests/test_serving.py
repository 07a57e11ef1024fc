"""The server's loop: everybody is answered, idle ones cost nothing, and whoever leaves is forgotten."""

import http.client
import os
import secrets
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
import waitress

from appeal import serving, spare
from appeal.serving import Loop
from tests.journeys.clear import found_in

LARGE = b"x" * 3_000_000


def echo(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
    body = environ["wsgi.input"].read()
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


@pytest.fixture
def served() -> Iterator[tuple[int, Loop, Callable[[], int]]]:
    """Port and loop of a server with two threads, and how many lines it has open."""
    server = waitress.create_server(echo, host="127.0.0.1", port=0, threads=2, channel_timeout=1, cleanup_interval=1)
    loop, stop = Loop(), threading.Event()
    lines = server._map

    def run() -> None:
        while not stop.is_set():
            loop.turn(lines, 0.05)

    thread = threading.Thread(target=run)
    thread.start()
    yield int(server.effective_port), loop, lambda: len(server.active_channels)
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


def asked(line: http.client.HTTPConnection, body: bytes) -> bytes:
    line.request("POST", "/", body)
    return line.getresponse().read()


def test_large_and_small_bodies_come_back_over_kept_lines(served: tuple[int, Loop, Callable[[], int]]) -> None:
    lines = [http.client.HTTPConnection("127.0.0.1", served[0], timeout=10) for _ in range(20)]
    for body in (b"small", LARGE, b"again"):
        assert [asked(line, body) for line in lines] == [body] * 20
    for line in lines:
        line.close()


def test_idle_line_is_not_asked_and_is_closed_when_its_time_is_over(
    served: tuple[int, Loop, Callable[[], int]],
) -> None:
    port, _loop, count = served
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
        assert line.recv(1000).startswith(b"HTTP/1.1 200")
        assert line.recv(1000) == b""
    assert count() == 0


def test_whoever_leaves_in_the_middle_hinders_nobody(served: tuple[int, Loop, Callable[[], int]]) -> None:
    for _ in range(30):
        with socket.create_connection(("127.0.0.1", served[0]), timeout=10) as gone:
            gone.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf")
    line = http.client.HTTPConnection("127.0.0.1", served[0], timeout=10)
    assert asked(line, b"here") == b"here"
    line.close()


def test_idle_lines_leave_the_set_of_those_that_are_asked(served: tuple[int, Loop, Callable[[], int]]) -> None:
    port, loop, _count = served
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
