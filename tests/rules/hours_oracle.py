"""A second opinion on staffed hours that shares no code with the first: it walks through time minute by minute.

It looks at the wall clock of the zone once a UTC minute and remembers the latest time that it has ever shown, as a
person would who crosses out the minutes of a printed day. A window is staffed while that latest time lies inside it.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

MINUTE = timedelta(minutes=1)
WARM_UP_MINUTES = 26 * 60

Week = Sequence[tuple[int, time, time]]
Days = dict[date, Sequence[tuple[time, time]]]


def staffed(zone: str, week: Week, days: Days, start: datetime, minutes: int) -> list[bool]:
    """For each of the UTC minutes from `start` on: is it staffed?"""
    answers: dict[datetime, bool] = {}
    flags = []
    for latest in latest_shown(zone, start, minutes):
        if latest not in answers:
            answers[latest] = any(opens <= latest < closes for opens, closes in printed(week, days, latest.date()))
        flags.append(answers[latest])
    return flags


@lru_cache(maxsize=4)
def latest_shown(zone: str, start: datetime, minutes: int) -> tuple[datetime, ...]:
    """The latest wall time seen so far, at each UTC minute."""
    tz = ZoneInfo(zone)
    latest = datetime.min  # noqa: DTZ901
    seen = []
    at = start - WARM_UP_MINUTES * MINUTE
    for _ in range(WARM_UP_MINUTES + minutes):
        latest = max(latest, at.astimezone(tz).replace(tzinfo=None))
        seen.append(latest)
        at += MINUTE
    return tuple(seen[WARM_UP_MINUTES:])


def printed(week: Week, days: Days, today: date) -> Iterator[tuple[datetime, datetime]]:
    """The windows of today and of the day before as two naive wall times each."""
    for day in (today - timedelta(days=1), today):
        usual = [(opens, closes) for weekday, opens, closes in week if weekday == day.weekday()]
        for opens, closes in days.get(day, usual):
            first = datetime.combine(day, opens)
            last = datetime.combine(day, closes)
            yield first, last if last > first else last + timedelta(days=1)


def edges(start: datetime, flags: Sequence[bool]) -> list[tuple[datetime, datetime]]:
    """Runs of staffed minutes as half-open intervals."""
    found: list[tuple[datetime, datetime]] = []
    opened: datetime | None = None
    for number, flag in enumerate([*flags, False]):
        at = start + number * MINUTE
        if flag and opened is None:
            opened = at
        elif not flag and opened is not None:
            found.append((opened, at))
            opened = None
    return found


@lru_cache(maxsize=1)
def clock_changes(first_year: int, last_year: int) -> tuple[tuple[str, datetime], ...]:
    """(zone, instant) of every change of the wall clock, one name for zones that change alike."""
    alike: dict[tuple[tuple[datetime, timedelta], ...], str] = {}
    for zone in sorted(available_timezones()):
        if "/" in zone and not zone.startswith(("Etc/", "posix/", "right/", "SystemV/")):
            alike.setdefault(changes_of(zone, first_year, last_year), zone)
    return tuple(
        (zone, at) for history, zone in sorted(alike.items(), key=lambda item: item[1]) for at, _ in history[1:]
    )


def changes_of(zone: str, first_year: int, last_year: int) -> tuple[tuple[datetime, timedelta], ...]:
    """The offset at the start and each later change with its new offset; days are halved down to the minute."""
    tz = ZoneInfo(zone)
    at, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    offset = at.astimezone(tz).utcoffset() or timedelta()
    history = [(at, offset)]
    while at < end:
        later = at + timedelta(days=5)
        now = later.astimezone(tz).utcoffset() or timedelta()
        if now != offset:
            low, high = 0, 5 * 24 * 60
            while high - low > 1:
                middle = (low + high) // 2
                same = (at + middle * MINUTE).astimezone(tz).utcoffset() == offset
                low, high = (middle, high) if same else (low, middle)
            history.append((at + high * MINUTE, now))
            offset = now
        at = later
    return tuple(history)
