"""The public side twice: one process serves, another one waits fully loaded, so that a crash costs nobody seconds.

Both hold the socket that listens, which belongs to the process that watches them. While one dies and the other takes
over, whoever comes waits in the kernel's queue; nobody is refused. Whoever waits begins when a letter comes on its
standard input, and ends when that closes.
"""

import os
import socket
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

BACKLOG = 1024
GO = b"g"
# The one that serves is loaded first, alone.
SPARE_AFTER_SECONDS = 5.0


def open_door(host: str, port: int) -> socket.socket:
    """The listening socket, to be handed to those who serve; OSError when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG)


def wait_for_turn() -> None:
    """In the process that waits: return when it is to serve, end it when the one that watches is gone."""
    if not os.read(0, 1):
        os._exit(3)


class Pair:
    """Two processes of one command, which is given the number of the door as its last argument."""

    def __init__(self, command: Sequence[str], door: socket.socket, **own: Any) -> None:
        """Start the one that serves; the other one follows at a look after `SPARE_AFTER_SECONDS`.

        `own` says as whom they run.
        """
        self._command, self._door, self._own = command, door, own
        self._spare_at = time.monotonic() + SPARE_AFTER_SECONDS
        self.serving = self._start()
        self.waiting: subprocess.Popen[bytes] | None = None
        self._let_serve()

    def keep(self) -> list[int]:
        """Let the other one serve when one has died, and start what is missing; the codes with which they ended."""
        ended = []
        if self.waiting is not None and self.waiting.poll() is not None:
            ended.append(_closed(self.waiting))
            self.waiting = None
        if self.serving.poll() is not None:
            ended.append(_closed(self.serving))
            self.serving, self.waiting = self.waiting or self._start(), None
            self._let_serve()
        if self.waiting is None and time.monotonic() >= self._spare_at:
            self.waiting = self._start()
        return ended

    def stop(self, seconds: float) -> None:
        """Close the door and end both; whoever is still there after so many seconds is killed."""
        self._door.close()
        both = [one for one in (self.serving, self.waiting) if one is not None]
        for one in both:
            one.terminate()
        for one in both:
            try:
                one.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()
            _closed(one)

    def _start(self) -> subprocess.Popen[bytes]:
        number = self._door.fileno()
        return subprocess.Popen(  # noqa: S603 our own module
            [*self._command, str(number)],
            stdin=subprocess.PIPE,
            pass_fds=[number],
            start_new_session=True,
            **self._own,
        )

    def _let_serve(self) -> None:
        """One that is dead too is found at the next look."""
        with suppress(OSError):
            os.write(_input(self.serving), GO)


def _input(process: subprocess.Popen[bytes]) -> int:
    if process.stdin is None:
        raise RuntimeError("the process was started without an input")
    return process.stdin.fileno()


def _closed(process: subprocess.Popen[bytes]) -> int:
    """The code with which it ended, its input closed."""
    if process.stdin:
        process.stdin.close()
    return int(process.returncode)
