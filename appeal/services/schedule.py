"""What will happen when with one appeal: every next event, from the first minute of the draft, with its reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from appeal import db
from appeal.models.appeal import Appeal
from appeal.models.release import Channel, Copy, Delivery, Release
from appeal.models.rota import Override
from appeal.rules import hours
from appeal.rules.lifecycle import CopyState, RevisionState
from appeal.rules.words import _, say
from appeal.services import approvals, closings, desks, force, outings, overrides, releases, reminders, rota

UNAPPROVED = (RevisionState.DRAFT, RevisionState.RETURNED, RevisionState.SUBMITTED)
Row = tuple[datetime | None, str, str, Channel]
AFTER_SITE = _("right after the site")
GOES_OUT, COMES_DOWN = _("goes out"), _("is taken back")
WOULD_GO = _("goes out if it is approved now")
REMINDER, STILL = _("goes out again, if it is still sought"), _("the officer in the case is asked whether it is sought")
REVIEW, COVER_ENDS = _("the approval is reviewed"), _("the cover for this appeal ends")


@dataclass(frozen=True)
class Event:
    """Something that will happen: `at` is None where the rota never opens; `names` are the channels, if any."""

    at: datetime | None
    words: str
    names: tuple[str, ...] = ()
    why: str = ""


def why(now: datetime, *, appeal_id: int | None, language: str) -> str:
    """Why something that may go has to wait at this moment; empty when it has not."""
    duty = rota.rota(appeal_id, language=language)
    if hours.next_release(duty, now, rota.cover_minutes()) == now:
        return ""
    until = hours.open_until(duty, now)
    if until is not None:
        minutes = int((until - now).total_seconds() // 60)
        return say("because the desk closes in %(minutes)s minutes", minutes=minutes)
    with db.reading() as session:
        desk_id = desks.of_appeal(session, appeal_id, language)
    if desk_id is not None and closings.closing(desk_id, now=now) is not None:
        return _("because the desk closed early")
    return _("because nobody reads before then")


def events(appeal: Appeal, *, now: datetime) -> Sequence[Event]:
    """Everything that is planned with an appeal, in the order in which it happens; its revisions must be loaded."""
    found = [*_if_approved(appeal, now), *_planned(appeal, now)]
    if appeal.taken_down_at is None and appeal.ended_at is None:
        found += [*_reminders(appeal), *_reviews(appeal), *_covers(appeal, now)]
    return sorted(found, key=lambda one: (one.at is None, one.at or now, one.words, one.names))


def _if_approved(appeal: Appeal, now: datetime) -> Iterable[Event]:
    revision = appeal.revisions[-1]
    if revision.state not in UNAPPROVED or appeal.ended_at is not None:
        return []
    with db.reading() as session:
        chosen = approvals.chosen(session, revision)
    times = releases.outlook(chosen, appeal_id=appeal.id, now=now)
    reasons = {one.channel.id: why(now, appeal_id=appeal.id, language=one.channel.language) for one in times}
    return _together((one.at, WOULD_GO, reasons[one.channel.id], one.channel) for one in times)


def _planned(appeal: Appeal, now: datetime) -> Iterable[Event]:
    """Copies that wait, by moment, reason and kind."""
    with db.reading() as session:
        rows = session.execute(
            select(Copy.due_at, Delivery.kind, Copy.reason, Channel)
            .select_from(Copy)
            .join(Delivery, Copy.delivery_id == Delivery.id)
            .join(Release, Delivery.release_id == Release.id)
            .join(Channel, Copy.channel_id == Channel.id)
            .where(Release.appeal_id == appeal.id, Copy.state == CopyState.PENDING.value)
            .distinct()
        ).all()
        follow = select(Channel).join(Delivery, Delivery.channel_id == Channel.id)
        follow = follow.join(Release, Delivery.release_id == Release.id).join(Copy, Copy.delivery_id == Delivery.id)
        waits = (Copy.state == CopyState.HELD.value) & (Copy.reason == outings.WAITS_FOR_SITE)
        followers = session.scalars(follow.where(waits, Release.appeal_id == appeal.id)).unique().all()
    first = min((row.due_at for row in rows if row.kind != "retract"), default=now)
    found: list[Row] = [(first, GOES_OUT, AFTER_SITE, one) for one in followers]
    said = ((at, COMES_DOWN if kind == "retract" else GOES_OUT, reason, channel) for at, kind, reason, channel in rows)
    found += [(at, words, reason or _late(now, at, appeal.id, channel), channel) for at, words, reason, channel in said]
    return _together(found)


def _late(now: datetime, at: datetime, appeal_id: int, channel: Channel) -> str:
    return why(now, appeal_id=appeal_id, language=channel.language) if at > now else ""


def _together(rows: Iterable[Row]) -> Iterable[Event]:
    grouped: dict[tuple[datetime | None, str, str], list[str]] = {}
    for at, words, reason, channel in rows:
        names = grouped.setdefault((at, words, reason), [])
        if channel.name not in names:
            names.append(channel.name)
    return [Event(at, words, tuple(names), reason) for (at, words, reason), names in grouped.items()]


def _reminders(appeal: Appeal) -> Iterable[Event]:
    for row in reminders.of_appeal(appeal.id):
        at = reminders.goes_at(row)
        if row.page_id is None:
            yield Event(at - reminders.ANSWER_LASTS, STILL)
        yield Event(at, REMINDER)


def _reviews(appeal: Appeal) -> Iterable[Event]:
    with db.reading() as session:
        day = releases.review_on(session, appeal.id)
    if day is not None:
        zone = force.settings()["zone"]
        midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).replace(tzinfo=None)
        yield Event(hours.instant(zone, midnight), REVIEW)


def _covers(appeal: Appeal, now: datetime) -> Iterable[Event]:
    kept: Mapping[int, Override] = {one.override.id: one.override for one in overrides.shown(appeal.id, now=now)}
    for row in kept.values():
        if overrides.reading_since(row) is not None:
            yield Event(row.ends_at, COVER_ENDS)
