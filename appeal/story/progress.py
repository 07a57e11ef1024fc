"""How far the story is, on standard error: a bar where somebody looks, a line per tenth where nobody does."""

import sys
import threading
import time
from typing import TextIO

WIDTH = 40
EVERY_SECONDS = 0.2


class Progress:
    """Counts steps of one piece of work; safe to step from many threads."""

    def __init__(self, words: str, total: int, stream: TextIO | None = None) -> None:
        self._words, self._total = words, max(total, 1)
        self._stream = stream or sys.stderr
        self._is_seen = self._stream.isatty()
        self._lock = threading.Lock()
        self._done = 0
        self._shown_at = 0.0
        self._began = time.monotonic()

    def step(self) -> None:
        """One more is done."""
        with self._lock:
            self._done += 1
            self._show()

    @property
    def fraction(self) -> float:
        """How much is done, from 0 to 1."""
        return self._done / self._total

    def _show(self) -> None:
        is_last = self._done == self._total
        if self._is_seen and (is_last or time.monotonic() - self._shown_at > EVERY_SECONDS):
            self._shown_at = time.monotonic()
            filled = "#" * (WIDTH * self._done // self._total)
            self._write(f"\r{self._words} [{filled:<{WIDTH}}] {self._done}/{self._total}" + ("\n" if is_last else ""))
        elif not self._is_seen and (is_last or self._done % max(self._total // 10, 1) == 0):
            self._write(f"{self._words}: {self._done}/{self._total} after {time.monotonic() - self._began:.0f} s\n")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def tell(words: str) -> None:
    """One line of the story."""
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()
