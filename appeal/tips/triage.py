"""Read, claim, decide: the queue of tips from the machine's first reading to the decision of the officer who holds it.

A tip's rank is one number (see `ranking`): the smallest is read first. Pages of the queue follow (rank, id) by key.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session, selectinload

from appeal import db, imaging, installation, ledger
from appeal.models.people import User
from appeal.models.tip import Assessment, Message, MessageFile, Tip
from appeal.rules import lifecycle
from appeal.rules.errors import BadInput, Changed, NotFound, WrongState
from appeal.rules.lifecycle import TipState
from appeal.rules.permissions import SYSTEM, Actor, Permission, require
from appeal.rules.words import _, say
from appeal.services import force, officers, shifts
from appeal.tips import (
    answers,
    custody,
    machine,
    opening,
    own_reasons,
    readings,
    reasons,
    rereading,
    spam_learning,
    visible,
    waiting,
)
from appeal.tips.opening import MessageView

# The same table for the page and for the check.
DECISIONS, REASONS, REASON_CODES = reasons.DECISIONS, reasons.REASONS, reasons.REASON_CODES
# Why a tip stands where it stands, in words.
URGENCY_REASONS = machine.REASONS

HELD_BACK = _("The virus scanner found something in this file. It is kept sealed and is not handed over.")
LOCKED = _("This file is locked as suspected abuse material. Nobody sees it here.")
WHY_OPEN = _("This tip is restricted: say why you open it.")
NOT_HANDED_OVER = {custody.QUARANTINED: HELD_BACK, custody.LOCKED: LOCKED}

_WITH_WORDS = selectinload(Tip.messages).joinedload(Message.content)
_WITH_FILES = selectinload(Tip.messages).selectinload(Message.files)
_WITH_DECISIONS = selectinload(Tip.assessments)
_PLAIN = {"synchronize_session": False}


@dataclass(frozen=True)
class AssessmentView:
    """A decision that was taken before; words are opened."""

    decision: str
    reason: str
    words: str = field(repr=False)
    officer: str
    decided_at: datetime
    duplicate_of: int | None
    grade: str = ""
    points_away: bool = False
    is_unread: bool = False


@dataclass(frozen=True)
class TipView:
    """A tip as the officer reads it, everything opened except who the person is."""

    row: waiting.QueueRow
    messages: tuple[MessageView, ...]
    assessments: tuple[AssessmentView, ...]
    holder_id: int | None
    claim_until: datetime | None


def read_tips(now: datetime, limit: int = 100) -> list[int]:
    """Let the machine read tips that it has not read, or that got new words since: lane, score, reasons, language.

    Returns the ids. A tip that was done and got new words is unread again. What comes in meanwhile is read next time.
    """
    wanted = select(Tip).where(Tip.read_at.is_(None)).order_by(Tip.id).limit(limit).options(_WITH_WORDS)
    with db.reading() as session:
        tips = session.scalars(wanted, execution_options={"populate_existing": True}).all()
    desk, languages = spam_learning.followed(), force.settings()["read_languages"].split()
    read = [(tip, machine.read(tip, desk.suspects, languages)) for tip in tips]
    if read:
        with db.writing() as session:
            for tip, reading in read:
                _keep(session, tip, reading, now)
            answers.note(session, [tip for tip, _reading in read], now)
    return [tip.id for tip in tips]


def queue(
    *, after: str = "", limit: int = 25, appeal_id: int | None = None, lane: str = "", actor: Actor | None = None
) -> waiting.QueuePage:
    """The waiting tips in the order in which they should be read, those after the cursor; by key, never by number."""
    if actor is not None:
        require(actor, Permission.READ_TIPS)
    with db.reading() as session:
        found = session.execute(waiting.waiting(after, limit, appeal_id, lane)).mappings().all()
    return waiting.page(found, limit)


def claim(actor: Actor, *, tip_id: int, now: datetime, minutes: int = 0, why: str = "") -> None:
    """Take a tip to read it; raises `WrongState` with the name of whoever has it. Again by the holder: longer.

    A restricted tip is opened with a reason only.
    """
    require(actor, Permission.ASSESS)
    visible.check(actor, tip_id)
    _check_reason(tip_id, why)
    until = now + timedelta(minutes=minutes or int(force.settings()["claim_minutes"]))
    until = shifts.not_beyond(actor.id, until, now=now)
    free = Tip.state.in_(lifecycle.sources(lifecycle.TIP, TipState.CLAIMED))
    mine = and_(Tip.state == TipState.CLAIMED, or_(Tip.claimed_by_id == actor.id, Tip.claim_until <= now))
    taken = {"state": TipState.CLAIMED, "claimed_by_id": actor.id, "claim_until": until, "done_at": None}
    with db.writing() as session:
        order = update(Tip).where(Tip.id == tip_id, or_(free, mine)).values(taken).returning(Tip.id)
        if session.scalar(order, execution_options=_PLAIN) is None:
            raise WrongState(_held_words(session, tip_id))
        _record(session, actor, "claim tip", tip_id, now, words=why.strip())


def release_claim(actor: Actor, *, tip_id: int, now: datetime) -> None:
    """Give a tip back unread, or escalated if it was."""
    require(actor, Permission.ASSESS)
    with db.writing() as session:
        if not _give_back(session, tip_id, Tip.claimed_by_id == actor.id):
            raise WrongState(_("You do not hold this tip any more."))
        _record(session, actor, "give tip back", tip_id, now)


def hand_over(actor: Actor, *, tip_id: int, officer_id: int, now: datetime) -> None:
    """Give a tip that the actor holds to a colleague, whose time begins now."""
    require(actor, Permission.ASSESS)
    until = shifts.not_beyond(officer_id, now + timedelta(minutes=int(force.settings()["claim_minutes"])), now=now)
    with db.writing() as session:
        to = session.get(User, officer_id)
        taker = officers.actor_of(to) if to is not None and to.active else None
        if taker is None or not taker.may(Permission.ASSESS):
            raise BadInput(fields={"officer_id": _("Choose somebody who reads tips.")})
        visible.check(taker, tip_id)
        mine = (Tip.id == tip_id, Tip.state == TipState.CLAIMED, Tip.claimed_by_id == actor.id)
        order = update(Tip).where(*mine).values(claimed_by_id=officer_id, claim_until=until).returning(Tip.id)
        if session.scalar(order, execution_options=_PLAIN) is None:
            raise WrongState(_("You do not hold this tip any more."))
        _record(session, actor, "hand tip over", tip_id, now, fields={"to": str(officer_id)})


def expire_claims(now: datetime) -> int:
    """Give back every tip whose time is over; how many there were."""
    over = and_(Tip.state == TipState.CLAIMED, Tip.claim_until <= now)
    with db.writing() as session:
        ids = session.scalars(select(Tip.id).where(over)).all()
        for tip_id in ids:
            _give_back(session, tip_id, Tip.claim_until <= now)
            _record(session, SYSTEM, "claim is over", tip_id, now)
    return len(ids)


def view(actor: Actor, *, tip_id: int, now: datetime, with_aside: bool = False) -> TipView:
    """Open a tip; that it was read, and by whom, is in the ledger before this returns.

    `with_aside` is for whoever has said why a restricted one must be opened.
    """
    require(actor, Permission.READ_TIPS)
    visible.check(actor, tip_id, with_aside=with_aside)
    with db.reading() as session:
        tip = _tip(session, tip_id)
        row = session.execute(waiting.lines().where(Tip.id == tip_id)).mappings().one()
        names = {row[0]: row[1] for row in session.execute(select(User.id, User.name))} if tip.assessments else {}
    built = TipView(
        row=waiting.line(row),
        messages=opening.messages(tip.messages),
        assessments=tuple(_assessment(one, names) for one in tip.assessments),
        holder_id=tip.claimed_by_id,
        claim_until=tip.claim_until,
    )
    with db.writing() as session:
        readings.opened(session, actor, tip, now)
        _record(session, actor, "view tip", tip_id, now)
    return built


def read_restricted(actor: Actor, *, tip_id: int, why: str, now: datetime) -> TipView:
    """Open a restricted tip that is done; the reason is in the ledger before this returns."""
    require(actor, Permission.ASSESS)
    visible.check(actor, tip_id)
    _check_reason(tip_id, why)
    with db.writing() as session:
        _record(session, actor, "open restricted tip", tip_id, now, words=why.strip())
    return view(actor, tip_id=tip_id, now=now)


def _check_reason(tip_id: int, why: str) -> None:
    with db.reading() as session:
        is_restricted = session.scalar(select(Tip.is_restricted).where(Tip.id == tip_id))
    if is_restricted and not why.strip():
        raise BadInput(fields={"why": WHY_OPEN})


def reveal(actor: Actor, *, tip_id: int, reason: str, now: datetime) -> tuple[dict[str, str], ...]:
    """Who sent each message and how to reach them, for a reason that goes into the ledger first."""
    require(actor, Permission.ASSESS)
    visible.check(actor, tip_id)
    if not reason.strip():
        raise BadInput(fields={"reason": _("Say why you need to know who this is.")})
    with db.writing() as session:
        tip = _tip(session, tip_id)
        _record(session, actor, "reveal sender", tip_id, now, words=reason)
    found = [opening.contact_of(message) for message in tip.messages]
    return tuple(one for index, one in enumerate(found) if one and one not in found[:index])


def file(
    actor: Actor, tip_id: int, message_id: int, position: int, *, is_original: bool = True
) -> tuple[str, str, bytes]:
    """Name, media type and bytes of one file, or of the picture that was made from it for looking at.

    Raises `NotFound`, `FileDamaged` or `CannotOpen`, and `WrongState` for what is held back or locked.
    """
    require(actor, Permission.READ_TIPS)
    wanted = (
        select(MessageFile)
        .join(Message, Message.id == MessageFile.message_id)
        .where(Message.tip_id == tip_id, MessageFile.message_id == message_id, MessageFile.position == position)
    )
    with db.reading() as session:
        row = session.scalar(wanted)
    if row is None:
        raise NotFound(_("There is no such file."))
    if row.state in NOT_HANDED_OVER:
        raise WrongState(NOT_HANDED_OVER[row.state])
    name, mime = opening.name_of(row)
    cleaned = None if is_original else opening.cleaned_of(row)
    return (name, mime, opening.bytes_of(row)) if cleaned is None else (name, imaging.examine(cleaned).mime, cleaned)


def assess(
    actor: Actor,
    *,
    tip_id: int,
    decision: str,
    reason: str,
    now: datetime,
    words: str = "",
    duplicate_of: int | None = None,
    seen: int = 0,
    grade: str = "",
    points_away: bool = False,
) -> None:
    """Decide on a tip that the actor holds. `seen` is how many messages were on the page: `Changed` if there are more.

    Words are needed to escalate and to close an urgent tip without action; a duplicate needs the tip it repeats. A tip
    that points away from the person sought is closed by the second officer who closes it.
    """
    require(actor, Permission.ASSESS)
    visible.check(actor, tip_id)
    with db.writing() as session:
        tip = _tip(session, tip_id)
        _check(session, tip, decision, reason, words.strip(), duplicate_of, grade)
        tip.points_away = tip.points_away or points_away
        if seen and tip.message_count > seen:
            raise Changed(_("The person has added something. Read it before you decide."), {})
        _take_decision(session, actor, tip, decision, now)
        sealed = installation.current().keys.seal(words.encode()) if words else b""
        about: dict[str, Any] = {
            "decision": decision,
            "reason": reason,
            "duplicate_of_id": duplicate_of,
            "grade": grade,
        }
        about |= {"officer_id": actor.id, "sealed_words": sealed, "points_away": tip.points_away, "decided_at": now}
        session.add(Assessment(tip_id=tip_id, **about))
        _record(session, actor, f"assess tip: {decision}", tip_id, now, code=reason)


def _take_decision(session: Session, actor: Actor, tip: Tip, decision: str, now: datetime) -> None:
    """Move a tip that the actor holds to where the decision leads; what points away waits for a second officer."""
    is_final = rereading.is_final(session, tip, actor, decision, now)
    mine = (Tip.id == tip.id, Tip.state == TipState.CLAIMED, Tip.claimed_by_id == actor.id)
    order = update(Tip).where(*mine).values(_decided(decision, now, is_final)).returning(Tip.id)
    if session.scalar(order, execution_options=_PLAIN) is None:
        raise WrongState(_("You do not hold this tip any more. Claim it again."))


def _keep(session: Session, tip: Tip, reading: machine.Reading, now: datetime) -> None:
    """Write down what the machine read, unless more came in meanwhile; wake a tip that was done before these words."""
    readings.judged(session, tip, reading.values, now)
    same = (Tip.id == tip.id, Tip.message_count == tip.message_count)
    session.execute(update(Tip).where(*same).values(reading.values | {"read_at": now}), execution_options=_PLAIN)
    if tip.done_at is not None and reading.newest_at is not None and reading.newest_at > tip.done_at:
        awake: dict[str, Any] = {
            "state": TipState.UNREAD,
            "done_at": None,
            "reasons": [*reading.values["reasons"], machine.ADDED],
        }
        # What a legal hold only kept is a tip again: the person has said something new.
        awake |= {"set_aside_at": None, "indexed_count": 0}
        done = (*same, Tip.state == TipState.DONE, Tip.done_at == tip.done_at)
        session.execute(update(Tip).where(*done).values(awake), execution_options=_PLAIN)


def _tip(session: Session, tip_id: int) -> Tip:
    wanted = select(Tip).where(Tip.id == tip_id).options(_WITH_WORDS, _WITH_FILES, _WITH_DECISIONS)
    tip = session.scalar(wanted.execution_options(populate_existing=True))
    if tip is None:
        raise NotFound(_("There is no such tip."))
    return tip


def _give_back(session: Session, tip_id: int, is_meant: ColumnElement[bool]) -> bool:
    """Let go of a claimed tip; one that was escalated last stays escalated."""
    last = select(Assessment.decision).where(Assessment.tip_id == tip_id).order_by(Assessment.id.desc()).limit(1)
    is_escalated = session.scalar(last) == "escalate" or rereading.is_first_away(session, tip_id)
    back = TipState.ESCALATED if is_escalated else TipState.UNREAD
    lifecycle.check(lifecycle.TIP, TipState.CLAIMED, back)
    held = (Tip.id == tip_id, Tip.state == TipState.CLAIMED, is_meant)
    free = {"state": back, "claimed_by_id": None, "claim_until": None}
    found = update(Tip).where(*held).values(free).returning(Tip.id)
    return session.scalar(found, execution_options=_PLAIN) is not None


def _held_words(session: Session, tip_id: int) -> str:
    holder = select(User.name).join(Tip, Tip.claimed_by_id == User.id).where(Tip.id == tip_id)
    name = session.scalar(holder)
    if name is None:
        raise NotFound(_("There is no such tip."))
    return say("%(name)s is reading this tip.", name=name)


def _check(
    session: Session, tip: Tip, decision: str, reason: str, words: str, duplicate_of: int | None, grade: str
) -> None:
    wrong = reasons.problems(
        decision,
        reason,
        words,
        tip.lane,
        duplicate_of,
        known=own_reasons.known(),
        is_restricted=tip.is_restricted,
    )
    if not reasons.is_grade(grade):
        wrong["grade"] = _("Choose source, information and handling, or none of them.")
    if duplicate_of is not None and "duplicate_of" not in wrong:
        if duplicate_of == tip.id:
            wrong["duplicate_of"] = _("A tip cannot repeat itself.")
        elif session.get(Tip, duplicate_of) is None:
            wrong["duplicate_of"] = _("There is no tip with this number.")
    if wrong:
        raise BadInput(fields=wrong)


def _decided(decision: str, now: datetime, is_final: bool) -> dict[str, Any]:
    after = DECISIONS[decision] if is_final else TipState.ESCALATED
    lifecycle.check(lifecycle.TIP, TipState.CLAIMED, after)
    done_at = now if after == TipState.DONE else None
    return {"state": after, "claimed_by_id": None, "claim_until": None, "done_at": done_at}


def _assessment(row: Assessment, names: Mapping[int, str]) -> AssessmentView:
    words = installation.current().desk_keys.open(row.sealed_words).decode() if row.sealed_words else ""
    officer = names.get(row.officer_id, "")
    return AssessmentView(
        decision=row.decision,
        reason=row.reason,
        words=words,
        officer=officer,
        decided_at=row.decided_at,
        duplicate_of=row.duplicate_of_id,
        grade=row.grade,
        points_away=row.points_away,
        is_unread=row.is_unread,
    )


def _record(
    session: Session,
    actor: Actor,
    action: str,
    tip_id: int,
    now: datetime,
    *,
    code: str = "",
    words: str = "",
    fields: Mapping[str, str] | None = None,
) -> None:
    target = f"tip:{tip_id}"
    ledger.record(
        session, at=now, actor=actor.label, action=action, target=target, reason_code=code, words=words, fields=fields
    )
