"""How fast a platform may be called: so many calls of one kind in any stretch of time, and how long many will take."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_SHARE = 0.25
GROWTH = 4
LARGEST_BATCH = 1_000


@dataclass(frozen=True)
class Pace:
    """At most so many calls in any so many seconds."""

    number: int
    seconds: float


def free(pace: Pace, began: Sequence[datetime], now: datetime) -> int:
    """How many more calls may begin now, after those that began at these moments."""
    since = now - timedelta(seconds=pace.seconds)
    return max(0, pace.number - sum(1 for moment in began if moment > since))


def seconds_until_free(pace: Pace, began: Sequence[datetime], now: datetime) -> float:
    """Seconds until one more call may begin; 0 when one may begin now."""
    since = now - timedelta(seconds=pace.seconds)
    recent = sorted(moment for moment in began if moment > since)
    if len(recent) < pace.number:
        return 0.0
    return (recent[len(recent) - pace.number] - since).total_seconds()


def seconds_for(pace: Pace, count: int, began: Sequence[datetime], now: datetime) -> float:
    """Seconds until the last of `count` calls may begin, when each begins as early as the platform allows."""
    moments, at = sorted(began), now
    for _number in range(count):
        at += timedelta(seconds=seconds_until_free(pace, moments, at))
        moments = [*moments[-pace.number :], at]
    return (at - now).total_seconds()


def next_batch(count: int, seconds: float) -> int:
    """How many a worker takes next: as many as will be over in a quarter of a second, by how the last ones went.

    What is taken and not settled is unknown after a crash; so a slow platform is taken one by one.
    """
    if seconds * GROWTH <= LONGEST_SHARE:
        return min(count * GROWTH, LARGEST_BATCH)
    return max(1, min(int(count * LONGEST_SHARE / seconds), LARGEST_BATCH))
