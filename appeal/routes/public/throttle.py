"""Wrong codes are counted for everybody together: nobody's address is needed, and guessing leads nowhere."""

from collections import deque
from datetime import datetime, timedelta
from threading import Lock

MOST_FAILURES, WITHIN = 60, timedelta(minutes=1)

_failures: deque[datetime] = deque(maxlen=MOST_FAILURES)
_lock = Lock()


def count_failure(at: datetime) -> None:
    """A code was wrong."""
    with _lock:
        _failures.append(at)


def is_closed(at: datetime) -> bool:
    """Whether too many codes were wrong lately in this process."""
    with _lock:
        return len(_failures) == MOST_FAILURES and at - _failures[0] < WITHIN


def forget() -> None:
    """Begin anew."""
    with _lock:
        _failures.clear()
