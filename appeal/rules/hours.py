"""Staffed hours: weekly windows, days that replace them, and cover; all as instants in UTC.

One rule turns a wall time into an instant: *the first instant at which the wall clock of the zone shows that time or
a later one*. So a time that the spring change skips is the end of the gap, a time that the autumn change shows twice
is its first showing, and windows that meet on the wall meet on the time line: no minute is negative, missing or double.
A window is half-open, belongs to the date on which it opens, and does not exist if all its wall times are skipped.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import chain
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from appeal.rules.words import _, say

Interval = tuple[datetime, datetime]

DAY = timedelta(days=1)
WEEK_MINUTES = 7 * 24 * 60
HORIZONS = (timedelta(days=8), timedelta(days=40), timedelta(days=400))
WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)
QUIET_STARTS, QUIET_ENDS = time(22), time(8)


@dataclass(frozen=True)
class Window:
    """Staffed every week from `opens` on `weekday` (0 is Monday) until `closes`, which is tomorrow's if not later.

    Equal times mean 24 hours.
    """

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True)
class ExceptionDay:
    """What is staffed from this local date on instead of the week's windows, as (opens, closes); empty is closed."""

    on: date
    windows: tuple[tuple[time, time], ...] = ()


@dataclass(frozen=True)
class Cover:
    """Two aware instants between which somebody reads, whatever the rota says."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Rota:
    """The hours of one desk; `zone` is a name such as Europe/Madrid.

    Between the instants of a closure nobody reads although a window is open; covers count all the same.
    """

    zone: str
    windows: tuple[Window, ...] = ()
    exceptions: tuple[ExceptionDay, ...] = ()
    covers: tuple[Cover, ...] = ()
    closures: tuple[Cover, ...] = ()


def intervals(rota: Rota, start: datetime, end: datetime) -> list[Interval]:
    """All staffed time in [start, end), merged and in order, in UTC."""
    start, end = _utc(start), _utc(end)
    clipped = ((max(opens, start), min(closes, end)) for opens, closes in _raw(rota, start, end))
    return _merge(interval for interval in clipped if interval[0] < interval[1])


def is_open(rota: Rota, at: datetime) -> bool:
    """Whether somebody is reading at this instant."""
    at = _utc(at)
    return any(opens <= at < closes for opens, closes in _raw(rota, at, at + timedelta(microseconds=1)))


def open_until(rota: Rota, at: datetime) -> datetime | None:
    """When the staffed time around `at` ends; None if it is not staffed or if no end is near (400 days)."""
    if not is_open(rota, at):
        return None
    at = _utc(at)
    for horizon in HORIZONS:
        _, closes = intervals(rota, at, at + horizon)[0]
        if closes < at + horizon:
            return closes
    return None


def next_open(rota: Rota, at: datetime) -> datetime | None:
    """The first staffed instant that is not before `at`; None if there is none in 400 days."""
    return next_release(rota, at, 0)


def next_release(rota: Rota, at: datetime, cover_minutes: int) -> datetime | None:
    """The first instant, not before `at`, with `cover_minutes` of unbroken staffed time left; None as above."""
    at, cover = _utc(at), timedelta(minutes=cover_minutes)
    for horizon in HORIZONS:
        for opens, closes in intervals(rota, at, at + horizon):
            if closes - opens >= cover:
                return opens
    return None


def in_quiet_time(zone: str, at: datetime, starts: time = QUIET_STARTS, ends: time = QUIET_ENDS) -> bool:
    """Whether the wall clock shows a time at which no telephone should ring; equal times mean never."""
    wall = _utc(at).astimezone(ZoneInfo(zone)).time()
    if starts <= ends:
        return starts <= wall < ends
    return wall >= starts or wall < ends


def quiet_time_ends(zone: str, at: datetime, starts: time = QUIET_STARTS, ends: time = QUIET_ENDS) -> datetime:
    """The first instant, not before `at`, outside the quiet time, in UTC."""
    at = _utc(at)
    if not in_quiet_time(zone, at, starts, ends):
        return at
    local = at.astimezone(ZoneInfo(zone))
    day = local.date() if local.time() < ends else local.date() + DAY
    wall = datetime.combine(day, ends)
    first = instant(zone, wall)
    # In the repeated hour of autumn the first showing is already over and the second one is meant.
    return first if first > at else wall.replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC)


def instant(zone: str, wall: datetime) -> datetime:
    """The first instant, in UTC, at which the zone's wall clock shows this naive time or a later one."""
    tz = ZoneInfo(zone)
    late = wall.replace(tzinfo=tz, fold=0).astimezone(UTC)
    if _shown(tz, late) == wall:
        return late
    early = wall.replace(tzinfo=tz, fold=1).astimezone(UTC)
    return _gap_end(tz, wall, early, late)


def local(zone: str, at: datetime) -> datetime:
    """What the zone's wall clock shows at this instant, as a naive time."""
    return _shown(ZoneInfo(zone), _utc(at))


def check(rota: Rota) -> list[str]:
    """Everything that is wrong with the rota, in sentences; empty if it can be used."""
    problems: list[str] = []
    if not is_zone(rota.zone):
        problems.append(say("There is no time zone called “%(zone)s”.", zone=rota.zone))
    if not rota.windows:
        problems.append(_("The rota has no window at all, so nothing would ever go out."))
    problems += [
        f"Weekday {window.weekday} does not exist; 0 is Monday and 6 is Sunday."
        for window in rota.windows
        if window.weekday not in range(7)
    ]
    problems += _overlaps([window for window in rota.windows if window.weekday in range(7)])
    return problems + _exception_problems(rota) + _cover_problems(rota)


def is_zone(name: str) -> bool:
    """Whether the zone data knows this name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def is_time(words: str) -> bool:
    """Whether this is a time of day as a setting keeps it, such as 08:00."""
    try:
        return len(words) == 5 and time.fromisoformat(words).tzinfo is None
    except ValueError:
        return False


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("an aware datetime is needed")
    return at.astimezone(UTC)


def _raw(rota: Rota, start: datetime, end: datetime) -> Iterator[Interval]:
    """Windows and covers that touch [start, end), neither clipped nor merged."""
    covers = ((_utc(cover.starts_at), _utc(cover.ends_at)) for cover in rota.covers)
    windows = (left for window in _dated(rota, start, end) for left in _left(window, rota.closures))
    for opens, closes in chain(covers, windows):
        if opens < closes and opens < end and closes > start:
            yield opens, closes


def _left(window: Interval, closures: Iterable[Cover]) -> list[Interval]:
    """What of a window no closure takes away; parts may be empty."""
    left = [window]
    for closed in closures:
        begins, ends = _utc(closed.starts_at), _utc(closed.ends_at)
        parts = [((opens, min(closes, begins)), (max(opens, ends), closes)) for opens, closes in left]
        left = [part for pair in parts for part in pair if part[0] < part[1]]
    return left


def _dated(rota: Rota, start: datetime, end: datetime) -> Iterator[Interval]:
    zone = ZoneInfo(rota.zone)
    # Two days before: a window of yesterday may still be open, and a zone may once have skipped a whole day.
    day = start.astimezone(zone).date() - 2 * DAY
    last = end.astimezone(zone).date()
    replaced = {exception.on: exception.windows for exception in rota.exceptions}
    while day <= last:
        for opens, closes in replaced.get(day, _weekly(rota, day)):
            yield _span(rota.zone, day, opens, closes)
        day += DAY


def _weekly(rota: Rota, day: date) -> tuple[tuple[time, time], ...]:
    return tuple((window.opens, window.closes) for window in rota.windows if window.weekday == day.weekday())


@lru_cache(maxsize=8192)
def _span(zone: str, day: date, opens: time, closes: time) -> Interval:
    until = day if closes > opens else day + DAY
    return instant(zone, datetime.combine(day, opens)), instant(zone, datetime.combine(until, closes))


def _merge(found: Iterable[Interval]) -> list[Interval]:
    merged: list[Interval] = []
    for opens, closes in sorted(found):
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(closes, merged[-1][1]))
        else:
            merged.append((opens, closes))
    return merged


def _shown(tz: ZoneInfo, at: datetime) -> datetime:
    return at.astimezone(tz).replace(tzinfo=None, fold=0)


def _gap_end(tz: ZoneInfo, wall: datetime, early: datetime, late: datetime) -> datetime:
    """The change itself, found by halving: before it the clock shows less than `wall`, from it on more."""
    low, high = 0, int((late - early).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if _shown(tz, early + timedelta(seconds=middle)) >= wall:
            high = middle
        else:
            low = middle
    return early + timedelta(seconds=high)


def _overlaps(windows: list[Window]) -> list[str]:
    problems: list[str] = []
    for index, one in enumerate(windows):
        for other in windows[index + 1 :]:
            # Sunday's window may reach into Monday, so the distance is taken round the week, both ways.
            apart = (_week_minute(other) - _week_minute(one)) % WEEK_MINUTES
            back = (WEEK_MINUTES - apart) % WEEK_MINUTES
            if apart < _minutes(one.opens, one.closes) or back < _minutes(other.opens, other.closes):
                problems.append(say("%(one)s and %(other)s overlap.", one=_words(one), other=_words(other)))
    return problems


def _exception_problems(rota: Rota) -> list[str]:
    dates = [exception.on for exception in rota.exceptions]
    twice = sorted({day for day in dates if dates.count(day) > 1})
    problems: list[str] = [say("%(day)s is an exception day twice.", day=f"{day}") for day in twice]
    for exception in rota.exceptions:
        if _overlaps([Window(0, *pair) for pair in exception.windows]):
            problems.append(say("The windows of the exception day %(day)s overlap.", day=f"{exception.on}"))
    return problems


def _cover_problems(rota: Rota) -> list[str]:
    problems = []
    for cover in rota.covers:
        if cover.starts_at.tzinfo is None or cover.ends_at.tzinfo is None:
            problems.append(_("A cover has a time without a zone."))
        elif _utc(cover.ends_at) <= _utc(cover.starts_at):
            problems.append(_("A cover ends before it starts."))
    return problems


def _week_minute(window: Window) -> int:
    return window.weekday * 24 * 60 + window.opens.hour * 60 + window.opens.minute


def _minutes(opens: time, closes: time) -> int:
    minutes = (closes.hour - opens.hour) * 60 + closes.minute - opens.minute
    return minutes if minutes > 0 else minutes + 24 * 60


def _words(window: Window) -> str:
    times = f"{window.opens:%H:%M}–{window.closes:%H:%M}"
    return say("%(day)s %(times)s", day=WEEKDAYS[window.weekday], times=times)
