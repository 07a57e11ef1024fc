"""Alarms: who can be seen now, and who says "that is me", is taken at once by somebody who presses "I have it".

Reports of one place within ten minutes are one alarm that counts up; a place that was checked alarms nobody again
until somebody says something new. Nothing of it leaves with the page that asks an officer.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from appeal import db, installation
from appeal.models.alarm import Alarm, AlarmTip
from appeal.models.lead import Lead, LeadCheck
from appeal.models.tip import IS_UNALARMED, Message, Tip
from appeal.rules import alarms, paging, urgency
from appeal.rules.alarms import Spot
from appeal.rules.errors import CannotOpen
from appeal.services import force
from appeal.services import paging as pages
from appeal.tips import material, membership, opening, sameness, trial
from appeal.tips.ranking import ABOUT_ME, LIVE

LIMIT = 200
# What came in so long ago is nobody who can be seen now: imported, or read again. It stays first in the queue.
STALE = timedelta(hours=6)
MOST_SAID, MOST_LETTERS, MOST_SENDERS = 40, 300, 400
MOST_CHECKS, MOST_CHECKED_TIPS = 20, 20
# Findings after which another report of the same alarms nobody.
QUIETING = ("not_him", "being_checked")
KINDS = {LIVE: paging.LIVE, ABOUT_ME: paging.ABOUT_ME}

_LOADED = (selectinload(Tip.messages).joinedload(Message.content),)


@dataclass(frozen=True)
class Report:
    """What is new of one tip. `is_more`: an earlier message of it was counted; `is_now`: these words say it again."""

    tip: Tip
    spot: Spot
    senders: frozenset[str] = field(repr=False)
    said: str = field(repr=False)
    details: frozenset[str] = field(repr=False)
    is_more: bool
    is_now: bool
    at: datetime


@dataclass
class Known:
    """An alarm of the last ten minutes, opened; `senders` and `said` tell an independent report from a repetition."""

    row: Alarm
    spot: Spot
    senders: list[str] = field(repr=False)
    said: list[str] = field(repr=False)


@dataclass(frozen=True)
class Checked:
    """What somebody found at a place, and everything that was known of it."""

    check_id: int
    appeal_id: int | None
    spots: tuple[Spot, ...]
    details: frozenset[str] = field(repr=False)


def raise_due(*, now: datetime) -> int:
    """Raise an alarm for every new report, or count it where there is one; how many reports there were."""
    wanted = select(Tip).where(IS_UNALARMED, Tip.source != trial.SOURCE).order_by(Tip.received_at, Tip.id).limit(LIMIT)
    with db.reading() as session:
        tips = session.scalars(wanted.options(*_LOADED), execution_options={"populate_existing": True}).all()
    if not tips:
        return 0
    zone = force.settings()["zone"]
    reports = [_report(tip, zone) for tip in tips]
    with db.writing() as session:
        known = _recent(session, now)
        checks = _checks(session, zone, now)
        for report in reports:
            _take(session, report, known, checks, now)
    return len(reports)


def _report(tip: Tip, zone: str) -> Report:
    """The messages that no alarm knows; a tip that cannot be opened is a report without a place."""
    try:
        contents = [opening.content_of(message.content.sealed) for message in tip.messages]
    except CannotOpen:
        return Report(tip, Spot(), frozenset(), "", frozenset(), is_more=False, is_now=True, at=tip.received_at)
    new = sorted(contents, key=lambda one: str(one["received_at"]))[tip.alarmed_count :] or contents
    found = _material(tip, new, zone)
    return Report(
        tip,
        Spot() if tip.lane == ABOUT_ME else spot_of(new, found),
        found.senders,
        urgency.fold(" ".join(one["text"] for one in new))[:MOST_LETTERS],
        _details(found),
        is_more=tip.alarmed_count > 0,
        is_now=urgency.judge(found.text).lane == tip.lane,
        at=max(datetime.fromisoformat(one["received_at"]) for one in new),
    )


def _material(tip: Tip, contents: Sequence[dict[str, Any]], zone: str) -> material.Material:
    about: dict[str, Any] = {"tip_id": tip.id, "appeal_id": tip.appeal_id, "source": tip.source}
    return material.made(contents, zone=zone, language=tip.language, **about)


def spot_of(contents: Sequence[dict[str, Any]], found: material.Material) -> Spot:
    """Where messages say that the person is."""
    where = " ".join(one["facts"].get("where", "") for one in contents)
    return alarms.spot(where, "\n".join(one["text"] for one in contents), found.position)


def _details(found: material.Material) -> frozenset[str]:
    """What a report says of the person that another may not have said."""
    things = (thing for thing in found.things if alarms.is_detail(thing))
    return frozenset([*things, *found.plates, *found.names])


def _take(session: Session, report: Report, known: list[Known], checks: Sequence[Checked], now: datetime) -> None:
    tip = report.tip
    counted = {"alarmed_count": tip.message_count}
    session.execute(
        update(Tip).where(Tip.id == tip.id).values(counted), execution_options={"synchronize_session": False}
    )
    if now - report.at > STALE:
        return
    same = [one for one in known if one.row.kind == tip.lane and _may_be_one(one.row.appeal_id, tip)]
    own = _own(session, report, same) if report.is_more else None
    if own is not None and (not report.is_now or not report.spot.is_said or alarms.is_same(own.spot, report.spot)):
        _add(session, own, report, now)
    elif report.is_now or not report.is_more:
        check = _check_of(checks, report)
        fitting = next((one for one in same if _fits(one, report, check)), None)
        _add(session, fitting or _open(session, report, known, check, now), report, now)


def _own(session: Session, report: Report, known: Sequence[Known]) -> Known | None:
    ids = select(AlarmTip.alarm_id).where(AlarmTip.tip_id == report.tip.id)
    mine = set(session.scalars(ids))
    return next((one for one in known if one.row.id in mine), None)


def _may_be_one(appeal_id: int | None, tip: Tip) -> bool:
    """A text message names no appeal: it may speak of any. Who says "that is me" speaks of one appeal only."""
    is_open = tip.lane == LIVE and (appeal_id is None or tip.appeal_id is None)
    return is_open or appeal_id == tip.appeal_id


def _fits(one: Known, report: Report, check: int | None) -> bool:
    """Whether an alarm counts this report; one that woke nobody only counts what its check answers."""
    is_answered = one.row.check_id in {None, check}
    return is_answered and not one.row.is_overflow and alarms.is_same(one.spot, report.spot)


def _open(session: Session, report: Report, known: list[Known], check: int | None, now: datetime) -> Known:
    """A new alarm: somebody is asked, unless the place was checked or so many were raised already."""
    tip = report.tip
    is_full = check is None and _is_full(known, tip.lane)
    overflow = next((one for one in known if one.row.is_overflow and one.row.kind == tip.lane), None)
    if is_full and overflow is not None:
        return overflow
    row = Alarm(kind=tip.lane, appeal_id=tip.appeal_id, opened_at=now, last_at=now, sealed=b"", is_overflow=is_full)
    row.tip_count = row.independent_count = 0
    row.check_id = check
    session.add(row)
    session.flush()
    if check is None:
        target, path = f"alarm:{row.id}", f"/alarms/{row.id}"
        row.page_id = pages.page(session, kind=KINDS[tip.lane], target=target, path=path, now=now)
    made = Known(row, Spot() if is_full else report.spot, [], [])
    known.append(made)
    return made


def _is_full(known: Sequence[Known], kind: str) -> bool:
    raised = [one for one in known if one.row.kind == kind and one.row.check_id is None and not one.row.is_overflow]
    return len(raised) >= alarms.MOST_ALARMS


def _check_of(checks: Sequence[Checked], report: Report) -> int | None:
    """The check that answers a report already: the same place, and nothing said that was not known there."""
    for one in checks if report.spot.is_said and report.tip.lane == LIVE else ():
        is_there = any(alarms.is_same(spot, report.spot) for spot in one.spots if spot.is_said)
        if is_there and _may_be_one(one.appeal_id, report.tip) and report.details <= one.details:
            return one.check_id
    return None


def _add(session: Session, alarm: Known, report: Report, now: datetime) -> None:
    """Count a report, the same tip only once; keep what tells the next one apart."""
    row, tip = alarm.row, report.tip
    row.last_at = now
    if session.get(AlarmTip, (row.id, tip.id)) is None:
        is_independent = _is_independent(alarm, report)
        session.add(AlarmTip(alarm_id=row.id, tip_id=tip.id, is_independent=is_independent, joined_at=now))
        row.tip_count += 1
        row.independent_count += is_independent
    if row.appeal_id is None:
        row.appeal_id = tip.appeal_id
    if not row.is_overflow:
        alarm.spot = alarms.merged(alarm.spot, report.spot)
    alarm.senders = list(dict.fromkeys([*alarm.senders, *sorted(report.senders)]))[:MOST_SENDERS]
    alarm.said = [*alarm.said, report.said][-MOST_SAID:]
    row.sealed = _sealed(alarm.spot, alarm.senders, alarm.said)


def _is_independent(alarm: Known, report: Report) -> bool:
    if report.senders & set(alarm.senders):
        return False
    return not any(sameness.is_repeat(report.said, said) for said in alarm.said)


def _recent(session: Session, now: datetime) -> list[Known]:
    """Alarms that still count up, the newest first."""
    wanted = select(Alarm).where(Alarm.opened_at > now - alarms.WINDOW).order_by(Alarm.id.desc())
    return [_opened(row) for row in session.scalars(wanted, execution_options={"populate_existing": True})]


def _opened(row: Alarm) -> Known:
    kept = json.loads(installation.current().desk_keys.open(row.sealed))
    return Known(row, _spot_again(kept["spot"]), kept["senders"], kept["said"])


def opened_words(row: Alarm) -> str:
    """The place of an alarm in the words of whoever named it first; empty when nobody did."""
    return _opened(row).spot.words


def nothing() -> bytes:
    """What stands in the place of what an alarm was known by, once a tip of it is erased."""
    return _sealed(Spot(), [], [])


def _sealed(spot: Spot, senders: Sequence[str], said: Sequence[str]) -> bytes:
    kept = {
        "spot": {
            "words": spot.words,
            "position": spot.position,
            "named": [sorted(keys) for keys in spot.named],
            "told": [sorted(keys) for keys in spot.told],
        },
        "senders": list(senders),
        "said": list(said),
    }
    return installation.current().keys.seal(json.dumps(kept).encode())


def _spot_again(kept: dict[str, Any]) -> Spot:
    position = kept["position"]
    spot = Spot(words=kept["words"], position=(position[0], position[1]) if position else None)
    named, told = (tuple(frozenset(keys) for keys in kept[name]) for name in ("named", "told"))
    return replace(spot, named=named, told=told)


def _checks(session: Session, zone: str, now: datetime) -> Sequence[Checked]:
    """What was found at places and still holds, the newest first."""
    wanted = (
        select(LeadCheck, Lead.appeal_id)
        .join(Lead, Lead.id == LeadCheck.lead_id)
        .where(LeadCheck.until > now, LeadCheck.finding.in_(QUIETING))
        .order_by(LeadCheck.id.desc())
        .limit(MOST_CHECKS)
    )
    return [_checked(session, check, appeal_id, zone) for check, appeal_id in session.execute(wanted)]


def _checked(session: Session, check: LeadCheck, appeal_id: int | None, zone: str) -> Checked:
    ids = [member.tip_id for member in membership.members(session, check.lead_id)][:MOST_CHECKED_TIPS]
    spots: list[Spot] = []
    details: set[str] = set()
    for tip in session.scalars(select(Tip).where(Tip.id.in_(ids)).options(*_LOADED)):
        try:
            contents = [opening.content_of(message.content.sealed) for message in tip.messages]
        except CannotOpen:
            continue
        found = _material(tip, contents, zone)
        spots.append(spot_of(contents, found))
        details |= _details(found)
    return Checked(check.id, appeal_id, tuple(spots), frozenset(details))
