"""One thread that does the work of many callers together, so that they share the cost of one commit."""

import os
import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from appeal.rules.errors import DatabaseAway, Overloaded

MOST_WAITING, MOST_TOGETHER = 512, 128
# A commit that takes longer is stuck: who comes then is refused at once, who waits gives up a little later.
STUCK_SECONDS, LONGEST_WAIT_SECONDS = 3.0, 5.0
RETRY_AFTER_SECONDS = 2
BUSY = "Too much is coming in at this moment."
Unit = TypeVar("Unit")


class _Waiting(Generic[Unit]):
    """One unit and the one who waits for it. A plain lock does what a future would, at a third of the cost."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.error: Exception | None = None
        self._is_taken, self._done = threading.Lock(), threading.Lock()
        self._done.acquire()

    def take(self) -> bool:
        """Whoever asks first gets True: the writer to write it, or the one who waits to give it up."""
        return self._is_taken.acquire(blocking=False)

    def settle(self, error: Exception | None) -> None:
        """Tell the one who waits."""
        self.error = error
        self._done.release()

    def is_done(self, timeout: float = -1) -> bool:
        """Wait until it is settled, for ever or so many seconds."""
        return self._done.acquire(timeout=timeout)


class Writer(Generic[Unit]):
    """Runs `commit(units)`, which returns an error or None for each unit; every caller learns only of its own."""

    def __init__(self, commit: Callable[[Sequence[Unit]], Sequence[Exception | None]]) -> None:
        self._commit = commit
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._is_stopped = False
        self._committing_since: float | None = None
        self._waiting: queue.SimpleQueue[_Waiting[Unit] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
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

        Raises `Overloaded` when too many wait and `DatabaseAway` when the database does not go on; the unit then never
        happens.
        """
        waiting = _Waiting(unit)
        with self._lock:
            if self._is_stuck():
                raise _away()
            if self._is_stopped or self._waiting.qsize() >= MOST_WAITING:
                raise Overloaded(BUSY, after=RETRY_AFTER_SECONDS)
            self._waiting.put(waiting)
        if not waiting.is_done(LONGEST_WAIT_SECONDS):
            if waiting.take():
                raise _away()
            waiting.is_done()
        if waiting.error is not None:
            raise waiting.error

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

    def _next(self) -> tuple[list[_Waiting[Unit]], bool]:
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

    def _settle(self, waiting: Sequence[_Waiting[Unit]]) -> None:
        batch = [one for one in waiting if one.take()]
        self._committing_since = time.monotonic()
        try:
            errors = self._commit([one.unit for one in batch]) if batch else []
        except Exception as problem:
            errors = [problem] * len(batch)
        self._committing_since = None
        for one, error in zip(batch, errors, strict=True):
            one.settle(error)


def _away() -> DatabaseAway:
    return DatabaseAway(BUSY, after=RETRY_AFTER_SECONDS)
