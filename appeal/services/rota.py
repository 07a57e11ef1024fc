"""Who is on duty to read: the rota as rules read it, with cover and early closings, and the same in words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo

from babel.dates import format_datetime, format_skeleton, format_time, get_day_names
from sqlalchemy.orm import Session

from appeal import db, ledger
from appeal.models.release import Copy
from appeal.models.rota import DeskClosing, ExceptionDay, RotaWindow
from appeal.pages import translate
from appeal.rules import hours
from appeal.rules.errors import BadInput, NotFound
from appeal.rules.lifecycle import CopyState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _, joined, say
from appeal.services import desks, force, overrides

WEEK = tuple(hours.Window(day, time(8), time(1)) for day in range(7))
LONGEST_REASON = 120


def rota(appeal_id: int | None = None, *, desk_id: int | None = None, language: str = "") -> hours.Rota:
    """The staffed hours of a desk, with the cover of one appeal when it is named.

    Without a desk it is the one that was chosen for the appeal, else the one that reads the language, without a
    language the default desk.
    """
    with db.reading() as session:
        desk_id = desk_id or desks.of_appeal(session, appeal_id, language)
        kept = session.query(RotaWindow).filter_by(desk_id=desk_id).order_by(RotaWindow.id)
        windows = tuple(hours.Window(row.weekday, row.opens, row.closes) for row in kept)
        exceptions = tuple(_exception(row) for row in session.query(ExceptionDay).filter_by(desk_id=desk_id))
        covers = tuple(overrides.covers(session, appeal_id)) if appeal_id else ()
        closures = tuple(_closures(session, desk_id))
        zone = desks.zone(session, desk_id)
    return hours.Rota(zone=zone, windows=windows, exceptions=exceptions, covers=covers, closures=closures)


def is_open(now: datetime, *, desk_id: int | None = None) -> bool:
    """Whether somebody is on duty to read."""
    return hours.is_open(rota(desk_id=desk_id), now)


@cache
def zone_data() -> str:
    """Which edition of the zone data this process uses; empty if the system does not say."""
    found = next((path for folder in TZPATH if (path := Path(folder) / "tzdata.zi").is_file()), None)
    return found.read_text(encoding="utf-8").partition("\n")[0] if found else ""


def cover_minutes() -> int:
    """How many staffed minutes must be left for something to go out."""
    return int(force.settings()["cover_minutes"])


def next_release(
    now: datetime, appeal_id: int | None = None, *, desk_id: int | None = None, language: str = ""
) -> datetime | None:
    """The first moment from now on at which something may go out; None when the rota never opens."""
    return hours.next_release(rota(appeal_id, desk_id=desk_id, language=language), now, cover_minutes())


def set_default_windows() -> None:
    """Every day 08:00 to 01:00 at the default desk, where nothing was set yet."""
    with db.writing() as session:
        if session.query(RotaWindow).first() is None:
            _keep_windows(session, desks.make_default(session), WEEK)


def set_windows(actor: Actor, *, windows: list[hours.Window], now: datetime, desk_id: int | None = None) -> None:
    """Replace the weekly windows of a desk; what does not add up is refused with all reasons."""
    require(actor, Permission.ADMINISTER)
    with db.writing() as session:
        desk_id = desk_id or desks.make_default(session)
        problems = hours.check(hours.Rota(zone=desks.zone(session, desk_id), windows=tuple(windows), exceptions=()))
        if problems:
            raise BadInput(joined(problems))
        session.query(RotaWindow).filter_by(desk_id=desk_id).delete()
        _keep_windows(session, desk_id, windows)
        fields = {"windows": " ".join(f"{one.weekday} {one.opens}-{one.closes}" for one in windows)}
        fields |= {"desk": str(desk_id)}
        ledger.record(session, at=now, actor=actor.label, action="set rota", target="rota", fields=fields)


def exceptions(desk_id: int | None = None) -> Sequence[ExceptionDay]:
    """All exception days of a desk as they are kept, by date."""
    with db.reading() as session:
        own = session.query(ExceptionDay).filter_by(desk_id=desk_id or desks.default_id(session))
        return own.order_by(ExceptionDay.on).all()


def set_exception(
    actor: Actor,
    *,
    on: date,
    windows: Sequence[tuple[time, time]],
    reason: str,
    now: datetime,
    desk_id: int | None = None,
    is_sure: bool = False,
) -> None:
    """Replace the weekly windows of one date; no windows mean that the desk is closed. An earlier entry is replaced.

    Closing a day on which something is due is refused until the officer is sure.
    """
    require(actor, Permission.ADMINISTER)
    known = rota(desk_id=desk_id)
    zone, day = known.zone, hours.ExceptionDay(on, tuple(windows))
    problems = hours.check(hours.Rota(zone=zone, windows=known.windows, exceptions=(day,)))
    wrong = {"on": _("This day is over.")} if on < now.astimezone(ZoneInfo(zone)).date() else {}
    wrong |= {"reason": _("120 characters at most.")} if len(reason) > LONGEST_REASON else {}
    waits = 0 if windows or is_sure or wrong else _due_on(zone, on)
    wrong |= {"is_sure": say("%(count)s copies are due on this day. They would wait.", count=waits)} if waits else {}
    if wrong or problems:
        raise BadInput(joined(problems), fields=wrong)
    kept = [[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in windows]
    with db.writing() as session:
        desk_id = desk_id or desks.make_default(session)
        session.merge(ExceptionDay(desk_id=desk_id, on=on, windows=kept, reason=reason))
        fields = {"windows": " ".join("-".join(pair) for pair in kept) or "closed", "reason": reason}
        ledger.record(session, at=now, actor=actor.label, action="set exception day", target=f"day:{on}", fields=fields)


def remove_exception(actor: Actor, *, on: date, now: datetime, desk_id: int | None = None) -> None:
    """Let the weekly windows count again on this date."""
    require(actor, Permission.ADMINISTER)
    with db.writing() as session:
        row = session.get(ExceptionDay, (desk_id or desks.make_default(session), on))
        if row is None:
            raise NotFound("There is no exception on this day.")
        session.delete(row)
        ledger.record(session, at=now, actor=actor.label, action="remove exception day", target=f"day:{on}")


def reads_now(language: str, now: datetime) -> bool:
    """Whether somebody reads at this moment, at the desk of this language or as cover for an appeal."""
    return hours.is_open(_with_everybody_who_reads(rota(language=language)), now)


def reading_words(language: str, now: datetime, *, desk_id: int | None = None) -> str:
    """When somebody reads, said from now: "until 01:00" or "again from Tuesday 08:00".

    At the desk that is named, else at the one that reads the language.
    """
    duty = _with_everybody_who_reads(rota(language=language, desk_id=desk_id))
    if hours.is_open(duty, now):
        until = hours.open_until(duty, now)
        if until is None:
            return translate(language, "Your message is read now, at any hour.")
        return translate(
            language, "Somebody is here to read your message until %(time)s.", time=_clock(until, duty.zone, language)
        )
    opens = hours.next_open(duty, now)
    if opens is None:
        return translate(language, "Nobody is on duty at present. If it cannot wait, call.")
    return translate(
        language, "Nobody reads now. Your message is read from %(moment)s.", moment=_moment(opens, duty.zone, language)
    )


def hours_words(language: str) -> str:
    """The weekly hours in words, for pages that stand for days."""
    duty = rota(language=language)
    spans = {(one.opens, one.closes) for one in duty.windows}
    if len(spans) == 1 and len(duty.windows) == 7:
        opens, closes = next(iter(spans))
        return translate(
            language,
            "Messages are read every day from %(opens)s to %(closes)s (%(zone)s).",
            opens=format_time(opens, "HH:mm", locale=language),
            closes=format_time(closes, "HH:mm", locale=language),
            zone=duty.zone,
        )
    names = get_day_names("abbreviated", locale=language)
    days = "; ".join(
        f"{names[one.weekday]} {one.opens:%H:%M}–{one.closes:%H:%M}" for one in sorted(duty.windows, key=_order)
    )
    return translate(language, "Messages are read %(days)s (%(zone)s).", days=days, zone=duty.zone)


def _with_everybody_who_reads(duty: hours.Rota) -> hours.Rota:
    """The form names no appeal, so whoever reads for one appeal is somebody who reads."""
    with db.reading() as session:
        return replace(duty, covers=tuple(overrides.readers(session)))


def _closures(session: Session, desk_id: int | None) -> Iterator[hours.Cover]:
    for row in session.query(DeskClosing).filter_by(desk_id=desk_id):
        ends_at = min(row.until_at, row.reopened_at or row.until_at)
        if ends_at > row.closed_at:
            yield hours.Cover(row.closed_at, ends_at)


def _due_on(zone: str, on: date) -> int:
    """How many copies would go out on this local date."""
    start, end = (hours.instant(zone, datetime.combine(one, time())) for one in (on, on + timedelta(days=1)))
    due = (Copy.state == CopyState.PENDING.value) & (Copy.due_at >= start) & (Copy.due_at < end)
    with db.reading() as session:
        return session.query(Copy).filter(due, Copy.is_urgent.is_(False)).count()


def _keep_windows(session: Session, desk_id: int, windows: Iterable[hours.Window]) -> None:
    session.add_all(
        RotaWindow(desk_id=desk_id, weekday=one.weekday, opens=one.opens, closes=one.closes) for one in windows
    )


def _exception(row: ExceptionDay) -> hours.ExceptionDay:
    on: date = row.on
    return hours.ExceptionDay(
        on, tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in row.windows)
    )


def _order(window: hours.Window) -> tuple[int, time]:
    return window.weekday, window.opens


def _clock(at: datetime, zone: str, language: str) -> str:
    return str(format_datetime(at, "HH:mm", tzinfo=ZoneInfo(zone), locale=language))


def _moment(at: datetime, zone: str, language: str) -> str:
    day = format_skeleton("MMMMEEEEd", at, tzinfo=ZoneInfo(zone), locale=language)
    return f"{day}, {_clock(at, zone, language)} ({zone})"
