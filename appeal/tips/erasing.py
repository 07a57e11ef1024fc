"""Erasing what a tip says: only spam without content, after a second look, and never while a legal hold stands."""

import json
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, selectinload

from appeal import db, installation, ledger
from appeal.models.desk import NameGiven, TipNote
from appeal.models.tip import Assessment, Message, MessageFile, Tip
from appeal.rules.errors import BadInput, WrongState
from appeal.rules.lifecycle import TipState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import retention
from appeal.tips import blind, visible
from appeal.tips.ranking import TO_READ

SPAM = "spam"
# What the machine may have found in a tip that is empty of content.
HARMLESS = frozenset({"looks_like_spam", "looks_like_mockery", "parked"})
SAY_WHY = _("Say why.")
NOT_SPAM = _("Only spam is erased early, and only after a second officer has found the same.")
HAS_CONTENT = _("This has more in it than advertising: it is kept.")


def erase(actor: Actor, *, tip_id: int, why: str, now: datetime) -> bool:
    """Erase the words of a tip that two officers called spam; while its appeal is held, restrict it instead.

    True when it was erased. Raises `BadInput` without a reason and `WrongState` for everything that must be kept.
    """
    require(actor, Permission.ASSESS)
    visible.check(actor, tip_id)
    if not why.strip():
        raise BadInput(fields={"why": SAY_WHY})
    with db.reading() as session:
        is_held = retention.is_held(session, session.get_one(Tip, tip_id).appeal_id)
    if is_held:
        visible.restrict(actor, tip_id=tip_id, reader_ids=[actor.id], why=why, now=now)
        return False
    with db.writing() as session:
        wanted = select(Tip).where(Tip.id == tip_id).options(selectinload(Tip.messages), selectinload(Tip.assessments))
        tip = session.scalars(wanted, execution_options={"populate_existing": True}).one()
        _check(session, tip)
        count = len(tip.messages)
        _empty(session, tip)
        fields = {"messages": str(count), "source": tip.source}
        ledger.record(
            session, at=now, actor=actor.label, action="erase tip", target=f"tip:{tip_id}", fields=fields, words=why
        )
    return True


def _check(session: Session, tip: Tip) -> None:
    if retention.is_held(session, tip.appeal_id):
        raise WrongState(_("A legal hold stands."))
    seen_by = {one.officer_id for one in tip.assessments if one.decision == SPAM}
    newest = tip.assessments[-1].decision if tip.assessments else ""
    if tip.state != TipState.DONE or newest != SPAM or len(seen_by) < 2:
        raise WrongState(NOT_SPAM)
    has_files = session.scalar(select(MessageFile.message_id).join(Message).where(Message.tip_id == tip.id).limit(1))
    if has_files is not None or tip.lane != TO_READ or not set(tip.reasons) <= HARMLESS:
        raise WrongState(HAS_CONTENT)


def _empty(session: Session, tip: Tip) -> None:
    """Put sealed nothing in the place of what was said, and forget every trace of it in the index."""
    nothing = {"text": "", "sender": "", "facts": {}, "external_id": "", "thread": "", "language": ""}
    for message in tip.messages:
        whole = nothing | {"received_at": message.received_at.isoformat()}
        message.content.sealed = installation.current().keys.seal(json.dumps(whole).encode())
    blind.remove(session, tip.id)
    session.execute(delete(NameGiven).where(NameGiven.tip_id == tip.id))
    session.execute(delete(TipNote).where(TipNote.tip_id == tip.id))
    session.execute(update(Assessment).where(Assessment.tip_id == tip.id).values(sealed_words=b""))
    tip.language, tip.indexed_count = "", tip.message_count
