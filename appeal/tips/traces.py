"""Everything that is kept of a tip, in one place, and how all of it goes when the tip is erased.

What stays: that there was a tip (`ErasedTip`), what the ledger recorded without its words, and the keyed hash of each
message, so that a platform that still lists it does not bring it back. Uploads that were begun and never ended are
known by their form's token only; `pieces.sweep` forgets them within two days.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from appeal import db, installation
from appeal.models.alarm import Alarm, AlarmTip
from appeal.models.answer import PublicAnswer
from appeal.models.desk import BulkAct, FirstReading, NameGiven, Rereading, TipAction, TipNote, TipReader
from appeal.models.dialogue import Said
from appeal.models.erased import DoomedFile, ErasedMessage, ErasedTip
from appeal.models.guard import FileLock, FilePass
from appeal.models.lead import Lead, LeadApart, LeadCheck, LeadMember
from appeal.models.ledger import LedgerEntry, LedgerText
from appeal.models.paging import Page, PageAsk
from appeal.models.search import TipIndex
from appeal.models.share import TipShare
from appeal.models.tip import Assessment, Message, MessageContent, MessageFile, Tip
from appeal.models.translation import TipTranslation
from appeal.rules.errors import CannotOpen, FileDamaged, NotFound
from appeal.tips import alarms, blind, gathering, kept_comments, membership, opening, spool

# Tables whose rows belong to one tip and go with it; none of them refers to another one of this list.
OWN = (
    PublicAnswer,
    Assessment,
    NameGiven,
    TipNote,
    TipAction,
    Rereading,
    TipReader,
    FirstReading,
    FileLock,
    FilePass,
    TipShare,
    TipTranslation,
    AlarmTip,
    Said,
)
MOST_FILES = 500
_PLAIN: dict[str, Any] = {"synchronize_session": False}


def remove(session: Session, tip: Tip, *, cause: str, now: datetime) -> None:
    """Remove a tip; its files go when `remove_files` is called afterwards.

    Without a cause nothing says that it was there: it was a trial message of ours.
    """
    tip_id, files = tip.id, {key for message in tip.messages for file in message.files for key in _keys(file)}
    hashes = [message.intake_hash for message in tip.messages]
    if cause:
        session.add(_husk(tip, cause, now))
    for key in files:
        session.merge(DoomedFile(file=key))
    for one in hashes:
        session.merge(ErasedMessage(intake_hash=one, erased_at=now))
    session.flush()
    unfind(session, tip_id)
    kept_comments.erase(session, tip, now=now)
    _leave_leads(session, tip_id, now)
    _leave_acts(session, tip)
    _leave_alarms(session, tip_id)
    _leave_desk(session, tip_id)
    _remove_rows(session, tip_id)
    spool.forget(tip_id)
    memory = current_app.extensions.get(gathering.MEMORY)
    if memory is not None:
        memory.reports.pop(tip_id, None)


def unfind(session: Session, tip_id: int) -> None:
    """Take a tip out of the blind index and out of the names that are compared."""
    try:
        blind.remove(session, tip_id)
    except CannotOpen:
        # Without the key nobody can say which tokens it had; they lead to no tip any more.
        session.execute(delete(TipIndex).where(TipIndex.tip_id == tip_id))
    session.execute(delete(NameGiven).where(NameGiven.tip_id == tip_id))


def remove_files() -> int:
    """Remove the files of erased tips from the store and return how many; safe to repeat after a crash."""
    with db.reading() as session:
        keys = session.scalars(select(DoomedFile.file).limit(MOST_FILES)).all()
    for key in keys:
        installation.current().files.delete(key)
    if keys:
        with db.writing() as session:
            session.execute(delete(DoomedFile).where(DoomedFile.file.in_(keys)))
    return len(keys)


def _husk(tip: Tip, cause: str, now: datetime) -> ErasedTip:
    return ErasedTip(
        tip_id=tip.id,
        appeal_id=tip.appeal_id,
        source=tip.source,
        received_at=tip.received_at,
        decision=tip.assessments[-1].decision if tip.assessments else "",
        message_count=len(tip.messages),
        file_count=sum(len(message.files) for message in tip.messages),
        cause=cause,
        erased_at=now,
    )


def _keys(file: MessageFile) -> Iterator[str]:
    """Original, copy for looking at, and pieces that were not put together yet."""
    yield file.file
    if file.cleaned:
        yield file.cleaned
    try:
        yield from opening.pieces_of(file)
    except (CannotOpen, NotFound, FileDamaged):
        return


def _leave_leads(session: Session, tip_id: int, now: datetime) -> None:
    leads = session.scalars(select(LeadMember.lead_id).where(LeadMember.tip_id == tip_id).distinct()).all()
    session.execute(delete(LeadMember).where(LeadMember.tip_id == tip_id), execution_options=_PLAIN)
    echoes = update(LeadMember).where(LeadMember.lead_id.in_(leads), LeadMember.echo_of_id == tip_id)
    session.execute(echoes.values(echo_of_id=None), execution_options=_PLAIN)
    apart = (LeadApart.low_id == tip_id) | (LeadApart.high_id == tip_id)
    session.execute(delete(LeadApart).where(apart), execution_options=_PLAIN)
    for lead_id in leads:
        _settle_lead(session, lead_id, now)


def _settle_lead(session: Session, lead_id: int, now: datetime) -> None:
    """Count a lead anew; one that holds nothing any more goes with what was found out about it."""
    own = select(func.count()).select_from(LeadMember).where(LeadMember.lead_id == lead_id)
    if session.scalar(own):
        membership.count(session, lead_id, now)
        return
    checks = select(LeadCheck.id).where(LeadCheck.lead_id == lead_id)
    unchecked = update(Alarm).where(Alarm.check_id.in_(checks)).values(check_id=None)
    session.execute(unchecked, execution_options=_PLAIN)
    session.execute(delete(LeadCheck).where(LeadCheck.lead_id == lead_id), execution_options=_PLAIN)
    session.execute(delete(Lead).where(Lead.id == lead_id), execution_options=_PLAIN)
    _forget_words(session, f"lead:{lead_id}")


def _leave_acts(session: Session, tip: Tip) -> None:
    """Nothing that was decided together with others can bring it back."""
    ids = {one.bulk_id for one in tip.assessments if one.bulk_id is not None}
    for act in session.scalars(select(BulkAct).where(BulkAct.id.in_(ids))):
        act.before = [one for one in act.before if one["id"] != tip.id]
    session.flush()


def _leave_alarms(session: Session, tip_id: int) -> None:
    """An alarm stays with its counts; the places and words that it was known by go."""
    ids = select(AlarmTip.alarm_id).where(AlarmTip.tip_id == tip_id)
    session.execute(update(Alarm).where(Alarm.id.in_(ids)).values(sealed=alarms.nothing()), execution_options=_PLAIN)


def _leave_desk(session: Session, tip_id: int) -> None:
    """Pages that asked somebody to read it, and the words of the ledger; its entries stay."""
    pages = select(Page.id).where(Page.target == f"tip:{tip_id}")
    ids: Sequence[int] = session.scalars(pages).all()
    session.execute(delete(PageAsk).where(PageAsk.page_id.in_(ids)), execution_options=_PLAIN)
    session.execute(delete(Page).where(Page.id.in_(ids)), execution_options=_PLAIN)
    _forget_words(session, f"tip:{tip_id}")


def _forget_words(session: Session, target: str) -> None:
    entries = select(LedgerEntry.id).where(LedgerEntry.target == target)
    session.execute(delete(LedgerText).where(LedgerText.entry_id.in_(entries)), execution_options=_PLAIN)


def _remove_rows(session: Session, tip_id: int) -> None:
    repeats = update(Assessment).where(Assessment.duplicate_of_id == tip_id).values(duplicate_of_id=None)
    session.execute(repeats, execution_options=_PLAIN)
    for table in OWN:
        session.execute(delete(table).where(table.tip_id == tip_id), execution_options=_PLAIN)
    own = select(Message.id).where(Message.tip_id == tip_id)
    for part in (MessageFile, MessageContent):
        session.execute(delete(part).where(part.message_id.in_(own)), execution_options=_PLAIN)
    session.execute(delete(Message).where(Message.tip_id == tip_id), execution_options=_PLAIN)
    session.execute(delete(Tip).where(Tip.id == tip_id), execution_options=_PLAIN)
