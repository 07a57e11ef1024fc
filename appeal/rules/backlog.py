"""How long a pile lasts at the pace of the last hours: how many came, how many were read, when it is read."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# Further than this nobody believes a forecast.
FURTHEST = timedelta(days=14)


@dataclass(frozen=True)
class Forecast:
    """Tips an hour that come and that are read; `clear_at` is None when the pile grows or lasts too long to tell."""

    coming: float
    reading: float
    clear_at: datetime | None

    @property
    def grows(self) -> float:
        """How many more there are every hour; negative when it shrinks."""
        return self.coming - self.reading


def forecast(waiting: int, came: int, read: int, over: timedelta, now: datetime) -> Forecast:
    """From how many wait now, and how many came and were read over the time that ended now."""
    hours = over / timedelta(hours=1)
    coming, reading = came / hours, read / hours
    if waiting == 0:
        return Forecast(coming, reading, now)
    if reading <= coming:
        return Forecast(coming, reading, None)
    lasts = timedelta(hours=min(waiting / (reading - coming), FURTHEST / timedelta(hours=1) + 1))
    return Forecast(coming, reading, now + lasts if lasts <= FURTHEST else None)
