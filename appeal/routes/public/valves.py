"""Valves against floods: what comes too fast is set back in the queue. Nothing is refused, nothing is lost.

Everything is counted in memory only. An address is counted under a keyed hash whose key is new every hour, and never
when it is our own machine's: behind a proxy everybody has that one.
"""

import hashlib
import hmac
import secrets
from collections import deque
from datetime import UTC, datetime, timedelta
from threading import Lock

MOST_KEYS = 20_000
KEY_FOR = timedelta(hours=1)
LOOPBACK = frozenset({"", "127.0.0.1", "::1"})


class Valve:
    """More than `most` of one key within `within` is a flood; the oldest keys are forgotten when there are too many."""

    def __init__(self, most: int, within: timedelta) -> None:
        self._most, self._within = most, within
        self._seen: dict[str, deque[datetime]] = {}

    def is_flood(self, key: str, at: datetime) -> bool:
        """Count one more, and say whether it is too many."""
        seen = self._seen.pop(key, None) or deque(maxlen=self._most)
        is_too_fast = len(seen) == self._most and at - seen[0] < self._within
        seen.append(at)
        self._seen[key] = seen
        if len(self._seen) > MOST_KEYS:
            del self._seen[next(iter(self._seen))]
        return is_too_fast

    def forget(self) -> None:
        """Begin anew."""
        self._seen.clear()


class _Addresses:
    """Hashes addresses with a key that nobody writes down and that lives for an hour."""

    def __init__(self) -> None:
        self._key, self._since = b"", datetime.min.replace(tzinfo=UTC)

    def hashed(self, address: str, at: datetime) -> str:
        """The hash of this hour."""
        if at - self._since >= KEY_FOR:
            self._key, self._since = secrets.token_bytes(32), at
        return hmac.new(self._key, address.encode(), hashlib.sha256).hexdigest()


EVERYBODY = Valve(900, timedelta(minutes=1))
APPEAL = Valve(300, timedelta(minutes=1))
TOKEN = Valve(20, timedelta(minutes=10))
ADDRESS = Valve(20, timedelta(minutes=10))

_addresses = _Addresses()
_lock = Lock()


def is_flood(*, token: str, appeal: str, address: str, at: datetime) -> bool:
    """Count one message with every valve, and say whether it is part of a flood."""
    with _lock:
        found = [EVERYBODY.is_flood("", at), APPEAL.is_flood(appeal, at), TOKEN.is_flood(token, at)]
        if address not in LOOPBACK:
            found.append(ADDRESS.is_flood(_addresses.hashed(address, at), at))
    return any(found)


def forget() -> None:
    """Begin anew."""
    with _lock:
        for valve in (EVERYBODY, APPEAL, TOKEN, ADDRESS):
            valve.forget()
