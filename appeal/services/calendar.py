"""The calendar: day by day what is staffed, who is on, and what goes out or is asked; and the same as a feed."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from sqlalchemy import func, select

from appeal import db, installation
from appeal.models.people import User
from appeal.models.release import Channel, Copy, Delivery, Release
from appeal.models.rota import Reminder, Shift
from appeal.pages import translate
from appeal.rules import hours
from appeal.rules.errors import NotFound
from appeal.rules.lifecycle import CopyState
from appeal.rules.words import _
from appeal.services import desks, force, reminders, rota, shifts

MOST_DAYS = 31
FEED_DAYS = 28
SIGNATURE_LENGTH = 32
ON, GOES_OUT, REMINDER = _("on duty"), _("a release"), _("a reminder, if still sought")


@dataclass(frozen=True)
class Entry:
    """Something on one day: `ends_at` is None for a moment; `appeal_id` leads to an appeal's page."""

    at: datetime
    words: str
    ends_at: datetime | None = None
    name: str = ""
    appeal_id: int | None = None
    count: int = 0


@dataclass(frozen=True)
class Day:
    """One local date: when somebody reads, and everything else in order of time; `reason` where other hours hold."""

    on: date
    staffed: Sequence[tuple[datetime, datetime]]
    is_exception: bool = False
    reason: str = ""
    entries: Sequence[Entry] = field(default_factory=tuple)


def days(desk_id: int, *, start: date, count: int) -> list[Day]:
    """So many days of a desk, as its own wall clock counts them."""
    duty = rota.rota(desk_id=desk_id)
    replaced = {one.on: one.reason for one in rota.exceptions(desk_id)}
    spans = [_span(duty.zone, start + timedelta(days=number)) for number in range(min(count, MOST_DAYS))]
    entries = _entries(desk_id, spans[0][0], spans[-1][1])
    return [
        Day(
            on=start + timedelta(days=number),
            staffed=hours.intervals(duty, *span),
            is_exception=start + timedelta(days=number) in replaced,
            reason=replaced.get(start + timedelta(days=number), ""),
            entries=[one for one in entries if span[0] <= one.at < span[1]],
        )
        for number, span in enumerate(spans)
    ]


def token(officer: User) -> str:
    """What the address of an officer's own feed carries; a new password makes it worthless."""
    return f"{officer.id}-{_signature(officer)}"


def feed(given: str, *, now: datetime) -> bytes:
    """Shifts, releases and reminders of the next weeks as iCalendar, without a name of anybody who is sought."""
    officer = _officer(given)
    calendar: Any = Calendar()
    calendar.add("prodid", "-//appeal//rota//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", force.settings()["force_name"])
    for desk in desks.every():
        for one in _entries(desk.id, now - timedelta(days=1), now + timedelta(days=FEED_DAYS)):
            calendar.add_component(_event(one, desk.name, officer.language, now))
    return bytes(calendar.to_ical())


def _event(entry: Entry, desk: str, language: str, now: datetime) -> Any:
    event: Any = Event()
    said = translate(language, entry.words)
    event.add("summary", f"{entry.name}: {said} ({desk})" if entry.name else said)
    event.add("dtstart", entry.at.astimezone(UTC))
    event.add("dtend", (entry.ends_at or entry.at + timedelta(minutes=15)).astimezone(UTC))
    event.add("dtstamp", now.astimezone(UTC))
    about = f"{desk} {entry.at.isoformat()} {entry.words} {entry.name} {entry.appeal_id}"
    event.add("uid", f"{hashlib.sha256(about.encode()).hexdigest()[:32]}@appeal")
    return event


def _entries(desk_id: int, start: datetime, end: datetime) -> list[Entry]:
    found = [*_shifts(desk_id, start, end), *_releases(desk_id, start, end), *_reminders(start, end)]
    return sorted(found, key=lambda one: (one.at, one.words, one.name))


def _shifts(desk_id: int, start: datetime, end: datetime) -> Iterable[Entry]:
    rows: Sequence[Shift] = shifts.between(desk_id, start=start, end=end)
    return [Entry(max(one.starts_at, start), ON, one.ends_at, one.officer.name) for one in rows]


def _releases(desk_id: int, start: datetime, end: datetime) -> Iterable[Entry]:
    """What waits to go out, by moment, appeal and channel, where this desk reads the channel's language."""
    with db.reading() as session:
        rows = session.execute(
            select(Copy.due_at, Release.appeal_id, Channel.name, Channel.language, func.count())
            .select_from(Copy)
            .join(Delivery, Copy.delivery_id == Delivery.id)
            .join(Release, Delivery.release_id == Release.id)
            .join(Channel, Copy.channel_id == Channel.id)
            .where(Copy.state == CopyState.PENDING.value, Copy.due_at >= start, Copy.due_at < end)
            .where(Delivery.kind != "retract")
            .group_by(Copy.due_at, Release.appeal_id, Channel.id)
        ).all()
        mine = {code for code in {row.language for row in rows} if desks.reading(session, code) == desk_id}
    return [Entry(row[0], GOES_OUT, None, row[2], row[1], row[4]) for row in rows if row.language in mine]


def _reminders(start: datetime, end: datetime) -> Iterable[Entry]:
    with db.reading() as session:
        rows = session.scalars(select(Reminder).where(Reminder.ended_at.is_(None)).order_by(Reminder.id)).all()
    moments = ((reminders.goes_at(row), row.appeal_id) for row in rows)
    return [Entry(at, REMINDER, appeal_id=appeal_id) for at, appeal_id in moments if start <= at < end]


def _span(zone: str, day: date) -> tuple[datetime, datetime]:
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).replace(tzinfo=None)
    return hours.instant(zone, midnight), hours.instant(zone, midnight + timedelta(days=1))


def _officer(given: str) -> User:
    number = given.partition("-")[0]
    with db.reading() as session:
        is_number = number.isascii() and number.isdecimal() and len(number) < 10
        found = session.get(User, int(number)) if is_number else None
    if found is None or not found.active or not hmac.compare_digest(token(found).encode(), given.encode()):
        raise NotFound(_("This address of a calendar does not work any more. Copy it again from the desk."))
    return found


def _signature(officer: User) -> str:
    key = hmac.digest(installation.current().desk_keys.session_key, b"calendars", hashlib.sha256)
    signed = hmac.digest(key, f"{officer.id} {officer.fs_uniquifier}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(signed).decode()[:SIGNATURE_LENGTH]
