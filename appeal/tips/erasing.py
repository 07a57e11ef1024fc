"""Erasing a tip with every trace: spam without content after a second look, anything else by age alone.

Never while a legal hold stands, and never what points away from the person sought.
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, delete, exists, func, not_, or_, select
from sqlalchemy.orm import Session, selectinload

from appeal import db, ledger
from appeal.models.appeal import Appeal
from appeal.models.erased import ErasedMessage
from appeal.models.tip import Assessment, Message, MessageFile, Tip
from appeal.rules.errors import BadInput, WrongState
from appeal.rules.lifecycle import TipState
from appeal.rules.permissions import SYSTEM, Actor, Permission, require
from appeal.rules.words import _
from appeal.services import force, retention
from appeal.tips import aside, custody, traces, visible
from appeal.tips.ranking import TO_READ

log = structlog.get_logger()

SPAM, AGE = "spam", "age"
LIMIT = 100
# How long a platform may still list what was erased here.
REMEMBERED = timedelta(days=400)
# What the machine may have found in a tip that is empty of content.
HARMLESS = frozenset({"looks_like_spam", "looks_like_mockery", "parked"})
# A file that is still being taken in, or that is locked for the unit that works on such material.
UNSETTLED = (custody.NEW, custody.LOCKED)
SAY_WHY = _("Say why.")
NOT_SPAM = _("Only spam is erased early, and only after a second officer has found the same.")
HAS_CONTENT = _("This has more in it than advertising: it is kept.")

_WHOLE = (selectinload(Tip.messages).selectinload(Message.files), selectinload(Tip.assessments))


def erase(actor: Actor, *, tip_id: int, why: str, now: datetime) -> bool:
    """Erase a tip that two officers called spam; while its appeal is held, restrict it instead.

    Its files go with the next tick, when this is committed. True when it was erased. Raises `BadInput` without a
    reason and `WrongState` for everything that must be kept.
    """
    require(actor, Permission.ASSESS)
    visible.check(actor, tip_id)
    if not why.strip():
        raise BadInput(fields={"why": SAY_WHY})
    with db.writing() as session:
        tip = _whole(session, tip_id)
        _check(session, tip)
        if retention.is_held(session, tip.appeal_id):
            aside.put(session, actor, tip, why=why, now=now)
            return False
        _erase(session, tip, actor, cause=SPAM, why=why, now=now)
    return True


def erase_due(*, now: datetime, limit: int = LIMIT) -> int:
    """Erase the tips that are older than the force keeps them, each in a transaction of its own; how many."""
    traces.remove_files()
    days = int(force.settings()["keep_tips_days"])
    if not days:
        return 0
    count = 0
    with db.reading() as session:
        ids = session.scalars(_due(now - timedelta(days=days)).limit(limit)).all()
    for tip_id in ids:
        with db.writing() as session:
            # Somebody may have opened it again, or set a hold, meanwhile.
            if session.scalar(_due(now - timedelta(days=days)).where(Tip.id == tip_id)) is not None:
                _erase(session, _whole(session, tip_id), SYSTEM, cause=AGE, why="", now=now)
                count += 1
    traces.remove_files()
    with db.writing() as session:
        session.execute(delete(ErasedMessage).where(ErasedMessage.erased_at < now - REMEMBERED))
    return count


def due_within(days: int, *, now: datetime, most: int) -> int:
    """How many tips will be erased by age within so many days, counted no further than `most`."""
    kept = int(force.settings()["keep_tips_days"])
    if not kept:
        return 0
    some = _due(now + timedelta(days=days - kept)).limit(most).subquery()
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(some)) or 0


def _due(before: datetime) -> Select[int]:
    """Done before that moment, of an appeal that was over before it or of none, and nothing that forbids it."""
    over = exists(
        select(Appeal.id).where(
            Appeal.id == Tip.appeal_id, func.coalesce(Appeal.taken_down_at, Appeal.ended_at) < before
        )
    )
    away = exists(select(Assessment.id).where(Assessment.tip_id == Tip.id, Assessment.points_away))
    own = (Message.id == MessageFile.message_id, Message.tip_id == Tip.id)
    unfinished = exists(select(MessageFile.message_id).where(*own, MessageFile.state.in_(UNSETTLED)))
    return (
        select(Tip.id)
        .where(Tip.state == TipState.DONE, Tip.done_at < before, or_(Tip.appeal_id.is_(None), over))
        .where(not_(Tip.points_away), ~away, ~unfinished, ~retention.hold_on(Tip.appeal_id))
        .order_by(Tip.done_at, Tip.id)
    )


def _erase(session: Session, tip: Tip, actor: Actor, *, cause: str, why: str, now: datetime) -> None:
    target, fields = f"tip:{tip.id}", {"messages": str(len(tip.messages)), "source": tip.source}
    traces.remove(session, tip, cause=cause, now=now)
    ledger.record(
        session,
        at=now,
        actor=actor.label,
        action="erase tip",
        target=target,
        fields=fields,
        reason_code=cause,
        words=why,
    )


def _whole(session: Session, tip_id: int) -> Tip:
    wanted = select(Tip).where(Tip.id == tip_id).options(*_WHOLE)
    return session.scalars(wanted, execution_options={"populate_existing": True}).one()


def _check(session: Session, tip: Tip) -> None:
    seen_by = {one.officer_id for one in tip.assessments if one.decision == SPAM}
    newest = tip.assessments[-1].decision if tip.assessments else ""
    if tip.state != TipState.DONE or newest != SPAM or len(seen_by) < 2:
        raise WrongState(NOT_SPAM)
    has_files = session.scalar(select(MessageFile.message_id).join(Message).where(Message.tip_id == tip.id).limit(1))
    is_harmless = tip.lane == TO_READ and set(tip.reasons) <= HARMLESS and not tip.points_away
    if has_files is not None or not is_harmless:
        raise WrongState(HAS_CONTENT)
