"""One thread that does the work of many callers together, so that they share the cost of one commit."""

import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

from appeal.rules.errors import Overloaded

MOST_WAITING, MOST_TOGETHER = 512, 128
# A commit that takes longer is stuck: who comes then is refused at once, who waits gives up a little later.
STUCK_SECONDS, LONGEST_WAIT_SECONDS = 3.0, 5.0
RETRY_AFTER_SECONDS = 2
# Every statement lets go of the interpreter, and by default waits up to 5 ms among busy threads to get it back: that
# would be nearly all of a commit's time.
SWITCH_SECONDS = 0.0003

Unit = TypeVar("Unit")


class Writer(Generic[Unit]):
    """Runs `commit(units)`, which returns an error or None for each unit; every caller learns only of its own."""

    def __init__(self, commit: Callable[[Sequence[Unit]], Sequence[Exception | None]]) -> None:
        self._commit = commit
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._is_stopped = False
        self._committing_since: float | None = None
        self._waiting: queue.Queue[tuple[Unit, Future[None]] | None] = queue.Queue(MOST_WAITING)
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        sys.setswitchinterval(min(SWITCH_SECONDS, sys.getswitchinterval()))
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs in this process; a fork leaves it behind."""
        return self._pid == os.getpid() and self._thread.is_alive()

    @property
    def waiting(self) -> int:
        """How many units wait for the next commit."""
        return self._waiting.qsize()

    def write(self, unit: Unit) -> None:
        """Wait until the unit is committed; raises what was wrong with it.

        Raises `Overloaded`, and then the unit never happens, when too many wait or the database does not go on.
        """
        done: Future[None] = Future()
        with self._lock:
            if self._is_stopped or self._waiting.full() or self._is_stuck():
                raise _overloaded()
            self._waiting.put_nowait((unit, done))
        try:
            done.result(LONGEST_WAIT_SECONDS)
        except TimeoutError:
            if done.cancel():
                raise _overloaded() from None
            done.result()

    def stop(self) -> None:
        """Write what is waiting and end."""
        with self._lock:
            self._is_stopped = True
        if self.is_alive:
            self._waiting.put(None)
            self._thread.join()

    def _work(self) -> None:
        is_last = False
        while not is_last:
            batch, is_last = self._next()
            if batch:
                self._settle(batch)

    def _next(self) -> tuple[list[tuple[Unit, Future[None]]], bool]:
        """Wait for one, take everything else that is there already, and say whether the end was among it."""
        one, batch = self._waiting.get(), []
        while one is not None:
            batch.append(one)
            if len(batch) == MOST_TOGETHER or self._waiting.empty():
                return batch, False
            one = self._waiting.get()
        return batch, True

    def _is_stuck(self) -> bool:
        since = self._committing_since
        return since is not None and time.monotonic() - since > STUCK_SECONDS

    def _settle(self, waiting: Sequence[tuple[Unit, Future[None]]]) -> None:
        batch = [one for one in waiting if one[1].set_running_or_notify_cancel()]
        self._committing_since = time.monotonic()
        try:
            errors = self._commit([unit for unit, _ in batch]) if batch else []
        except Exception as error:
            errors = [error] * len(batch)
        self._committing_since = None
        for (_, done), problem in zip(batch, errors, strict=True):
            if problem is None:
                done.set_result(None)
            else:
                done.set_exception(problem)


def _overloaded() -> Overloaded:
    return Overloaded("Too much is coming in at this moment.", after=RETRY_AFTER_SECONDS)
