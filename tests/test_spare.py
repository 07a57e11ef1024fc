"""Two processes behind one door: when one is killed the other serves, and nobody is refused meanwhile."""

import os
import signal
import socket
import sys
from collections.abc import Iterator

import pytest

from appeal import spare
from appeal.config import ROOT

# Says to everybody who comes which process it is.
CHILD = """
import os, socket, sys
from appeal import spare
door = socket.socket(fileno=int(sys.argv[1]))
spare.wait_for_turn()
while True:
    line, _ = door.accept()
    line.sendall(str(os.getpid()).encode())
    line.close()
"""


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[spare.Pair, int]]:
    monkeypatch.setattr(spare, "SPARE_AFTER_SECONDS", 0.0)
    door = spare.open_door("127.0.0.1", 0)
    made = spare.Pair([sys.executable, "-c", CHILD], door, cwd=ROOT)
    port = door.getsockname()[1]
    assert made.waiting is None
    assert made.keep() == []
    yield made, port
    made.stop(5)


def answered_by(port: int) -> int:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        return int(line.recv(20))


def test_only_the_one_whose_turn_it_is_serves(pair: tuple[spare.Pair, int]) -> None:
    made, port = pair
    assert {answered_by(port) for _ in range(5)} == {made.serving.pid}
    assert made.keep() == []


def test_the_other_takes_over_and_gets_a_successor(pair: tuple[spare.Pair, int]) -> None:
    made, port = pair
    first, second = made.serving, made.waiting
    assert second
    first.kill()
    first.wait()
    # Whoever comes now waits at the door.
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        assert made.keep() == [-signal.SIGKILL]
        assert int(line.recv(20)) == second.pid
    assert made.serving is second
    assert made.waiting
    assert made.waiting.pid not in {first.pid, second.pid}


def test_one_that_dies_before_there_is_another_is_started_again(
    pair: tuple[spare.Pair, int],
) -> None:
    made, port = pair
    for one in (made.serving, made.waiting):
        assert one
        one.kill()
        one.wait()
    assert made.keep() == [-signal.SIGKILL] * 2
    assert answered_by(port) == made.serving.pid


def test_one_that_dies_waiting_is_replaced_and_the_other_serves_on(pair: tuple[spare.Pair, int]) -> None:
    made, port = pair
    serving, waiting = made.serving, made.waiting
    assert waiting
    waiting.kill()
    waiting.wait()
    assert made.keep() == [-signal.SIGKILL]
    assert (answered_by(port), made.waiting is not waiting) == (serving.pid, True)


def test_whoever_waits_ends_when_the_one_that_watches_is_gone(pair: tuple[spare.Pair, int]) -> None:
    made, _port = pair
    assert made.waiting
    assert made.waiting.stdin
    made.waiting.stdin.close()
    assert made.waiting.wait(20) == 3


def test_a_taken_port_is_an_error() -> None:
    with spare.open_door("127.0.0.1", 0) as door, pytest.raises(OSError, match=os.strerror(98)):
        spare.open_door("127.0.0.1", door.getsockname()[1])
