"""Unknown is looked up, never guessed: what may be out is asked for, what should be gone is watched until it is.

*Not there* counts only after the publisher's settle time and only if seen twice with that distance; where a platform
cannot be asked, a person is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from appeal import db, installation, ledger, publishers
from appeal.models.release import Attempt, Channel, Copy
from appeal.publishers.base import (
    Find,
    FindsByKey,
    Found,
    KnowsAddresses,
    LookUp,
    Publisher,
    Receipt,
    Removal,
    Retracts,
)
from appeal.rules import lifecycle
from appeal.rules.content import Post
from appeal.rules.errors import AppealError, BadInput, NotFound, WrongState
from appeal.rules.lifecycle import CopyState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import channels, contents, notices, paces, page_posts, thanks
from appeal.services.link_keys import new_key
from appeal.services.results import REMOVAL_PUT_OFF

LOOK_TAKES = timedelta(seconds=30)
LOOK_AGAIN = timedelta(seconds=2)
PATIENCE = 10
STILL_THERE_AFTER = timedelta(minutes=10)
STILL_THERE = "Still there: a person has to remove it."
BY_HAND = _("Something waits for a person to post or to remove it")
AGAIN = _("It was still there and is removed again.")
SENT_AGAIN = _("It is sent again: the platform takes the same post only once.")
IS_IT_STILL_THERE = _("Is this still on the channel? The platform could not tell us.")
TO_DO_BY_HAND = {
    "publish": _("A person has to post this one: its words and pictures are under “By hand”."),
    "update": _("A person has to change this one: its new words and pictures are under “By hand”."),
    "retract": _("A person has to remove this one."),
    contents.STATEMENT: _("A person has to post this correction: its words are under “By hand”."),
}
NOT_THIS_CHANNEL = _("This is not the address of a post on this channel, or not one that holds its number.")
DID_IT_ARRIVE = _("Did this one arrive? The platform could not tell us.")


@dataclass(frozen=True)
class Question:
    """What is asked about one copy and how to understand the answer."""

    copy_id: int
    kind: str
    key: str
    address: str
    external_id: str
    target_external_id: str
    since: datetime
    post: Post
    publisher: Publisher
    settle: timedelta


def take_unknown(*, now: datetime, limit: int = 16) -> Sequence[int]:
    """Ids of unknown copies whose next look is due; each is put off, so that nobody else looks meanwhile."""
    with db.writing() as session:
        unknown = (Copy.state == CopyState.UNKNOWN.value) & (Copy.due_at <= now)
        return _put_off(session, unknown, now, limit)


def take_coming_down(*, now: datetime, limit: int = 16) -> Sequence[int]:
    """Ids of retractions that were accepted and not yet seen to be gone; put off like the unknown ones."""
    with db.writing() as session:
        removing = [row.id for row in session.query(Channel) if _removal(row) == Removal.REMOVES]
        coming = Copy.is_urgent & (Copy.state == CopyState.SENT.value) & Copy.gone_at.is_(None) & (Copy.due_at <= now)
        return _put_off(session, coming & Copy.channel_id.in_(removing), now, limit)


def look(copy_id: int, *, now: datetime) -> None:
    """Ask the platform about an unknown copy and settle what the answer settles."""
    question = asked(copy_id)
    if question is None:
        return
    answer = _ask(question)
    with db.writing() as session:
        copy = _found(session, copy_id)
        if copy.state != CopyState.UNKNOWN:
            return
        if question.kind == "retract" and _removal(copy.delivery.channel) == Removal.REMOVES:
            _settle_removal(session, copy, question, answer, now)
        else:
            _settle_outing(session, copy, question, answer, now)


def watch(copy_id: int, *, now: datetime) -> bool:
    """Look whether what was taken down is gone; True when it is. While it is still there it is removed again."""
    question = asked(copy_id)
    if question is None:
        return False
    answer = ask_removed(question)
    with db.writing() as session:
        copy = _found(session, copy_id)
        if copy.gone_at is not None:
            return True
        if answer.found == Found.NOT_THERE:
            _gone(session, copy, now)
            return True
        waited = now - (copy.sent_at or now)
        copy.due_at = now + max(LOOK_AGAIN, waited / 4)
        if waited > STILL_THERE_AFTER and not copy.reason:
            copy.reason = STILL_THERE
            tell_asked(session, copy, now)
        removes_again = answer.found == Found.THERE and _begin_again(session, copy, now)
    if removes_again:
        _remove_again(question)
    return False


def answer(
    actor: Actor, *, copy_id: int, is_there: bool, permalink: str = "", again: bool = False, now: datetime
) -> None:
    """What a person saw where the platform could not be asked; `again` plans another try where it is not there."""
    require(actor, Permission.SETTLE)
    with db.writing() as session:
        copy = _found(session, copy_id)
        if copy.delivery.kind == "retract" and _removal(copy.delivery.channel) == Removal.REMOVES:
            raise WrongState("Say instead that it was removed.")
        if copy.state != CopyState.ASKED:
            raise WrongState("Nobody is asked about this one.", detail=copy.state)
        after = CopyState.SENT if is_there else CopyState.CANCELLED
        lifecycle.check(lifecycle.COPY, CopyState(copy.state), after)
        copy.state, copy.reason = after.value, "A person looked."
        if is_there:
            copy.sent_at = copy.sent_at or copy.unknown_since or now
            copy.external_id = _number_at(copy, permalink) or copy.external_id
            copy.permalink = permalink[:300]
        session.flush()
        if again and not is_there:
            session.add(_another(copy, now))
        _wake_removal(session, copy, now)
        fields = {"is_there": str(is_there), "again": str(again)}
        ledger.record(session, at=now, actor=actor.label, action="settle copy", target=f"copy:{copy_id}", fields=fields)


def _number_at(copy: Copy, permalink: str) -> str:
    """The platform's id behind the address that a person pasted, so that the post can be taken down by itself later."""
    publisher = channels.opened(copy.delivery.channel)
    if not permalink or not isinstance(publisher, KnowsAddresses):
        return ""
    found = publisher.number_at(permalink.strip(), len(_post(publisher, copy).pictures))
    if not found:
        raise BadInput(fields={"permalink": NOT_THIS_CHANNEL})
    return found


def removed_by_hand(actor: Actor, *, copy_id: int, now: datetime) -> None:
    """A named person removed it and says so."""
    require(actor, Permission.SETTLE)
    with db.writing() as session:
        copy = _found(session, copy_id)
        is_put_off = copy.state == CopyState.PENDING and copy.reason == REMOVAL_PUT_OFF
        by_hand = {CopyState.ASKED, CopyState.SENT, CopyState.FAILED}
        if copy.delivery.kind != "retract" or not (copy.state in by_hand or is_put_off):
            raise BadInput("This is not waiting to be removed by hand.")
        if copy.state == CopyState.ASKED:
            copy.state, copy.sent_at = CopyState.SENT.value, copy.sent_at or now
        elif is_put_off:
            copy.state = CopyState.CANCELLED.value
        copy.gone_at, copy.gone_by_id, copy.reason = now, actor.id, "Removed by hand."
        ledger.record(session, at=now, actor=actor.label, action="removed by hand", target=f"copy:{copy_id}")


def _put_off(session: Session, which: ColumnElement[bool], now: datetime, limit: int) -> Sequence[int]:
    ids = session.scalars(select(Copy.id).where(which).order_by(Copy.due_at).limit(limit)).all()
    if not ids:
        return []
    session.execute(update(Copy).where(Copy.id.in_(ids)).values(due_at=now + LOOK_TAKES))
    return ids


def asked(copy_id: int) -> Question | None:
    """What a platform is asked about a copy; None when there is nothing to ask."""
    held = installation.current()
    with db.reading() as session:
        copy = session.get(Copy, copy_id)
        if copy is None or copy.state not in {CopyState.UNKNOWN, CopyState.SENT}:
            return None
        delivery, channel = copy.delivery, copy.delivery.channel
        target = session.get(Copy, copy.target_id) if copy.target_id else None
        publisher = channels.opened(channel)
        post = _post(publisher, copy)
    return Question(
        copy_id=copy_id,
        kind=delivery.kind,
        key=copy.key,
        address=held.desk_keys.open(copy.sealed_address).decode() if copy.sealed_address else "",
        external_id=copy.external_id,
        target_external_id=target.external_id if target else "",
        since=copy.sending_since or copy.unknown_since or delivery.created_at,
        post=post,
        publisher=publisher,
        settle=timedelta(seconds=publisher.capabilities.settle_seconds * held.config.settle_scale),
    )


def _post(publisher: Publisher, copy: Copy) -> Post:
    if copy.delivery.ask:
        return page_posts.post(copy.delivery.ask)
    if copy.delivery.kind == thanks.THANKS:
        return thanks.post(copy.delivery.channel, now=copy.delivery.created_at)
    return publisher.compose(contents.for_copy(copy))


def _ask(question: Question) -> LookUp:
    publisher = question.publisher
    if question.kind == thanks.THANKS:
        return LookUp(Found.CANNOT_TELL)
    if question.kind == "retract" and publisher.capabilities.removal == Removal.REMOVES:
        return ask_removed(question)
    if not isinstance(publisher, FindsByKey) or publisher.capabilities.find == Find.NONE:
        return LookUp(Found.CANNOT_TELL)
    try:
        return publisher.find(question.key, question.address, question.post, question.since)
    except AppealError:
        return LookUp(Found.CANNOT_TELL)


def ask_removed(question: Question) -> LookUp:
    """Whether what was taken down can still be seen; never raises for what a platform answers."""
    if not question.target_external_id or not isinstance(question.publisher, Retracts):
        return LookUp(Found.CANNOT_TELL)
    try:
        return question.publisher.is_out(question.target_external_id)
    except AppealError:
        return LookUp(Found.CANNOT_TELL)


def _begin_again(session: Session, copy: Copy, now: datetime) -> bool:
    """Note one more try to remove, if the platform's own limit lets it begin; it counts like any other."""
    if paces.left(session, copy.delivery.channel, is_urgent=True, now=now) < 1:
        return False
    copy.sending_since = now
    session.add(Attempt(copy_id=copy.id, began_at=now, ended_at=now, outcome=CopyState.SENT.value, words=AGAIN))
    return True


def _remove_again(question: Question) -> None:
    if isinstance(question.publisher, Retracts):
        try:
            question.publisher.retract(question.target_external_id, question.post)
        except AppealError:
            return  # the next look says whether it is gone


def _settle_outing(session: Session, copy: Copy, question: Question, answer: LookUp, now: datetime) -> None:
    unknown_since = copy.unknown_since or now
    if answer.found == Found.THERE:
        _sent(copy, answer.receipt or Receipt(""), now)
    elif question.publisher.capabilities.is_repeatable and question.kind != thanks.THANKS:
        copy.state, copy.due_at, copy.reason = CopyState.PENDING.value, now, SENT_AGAIN
        copy.unknown_since = copy.absent_since = None
    elif answer.found == Found.CANNOT_TELL:
        _wait_or_ask(session, copy, question, now)
    elif now < unknown_since + question.settle:
        copy.due_at = min(unknown_since + question.settle, now + max(LOOK_AGAIN, question.settle / 5))
    elif copy.absent_since is None:
        copy.absent_since, copy.due_at = now, now + question.settle
    elif now < copy.absent_since + question.settle:
        copy.due_at = copy.absent_since + question.settle
    elif question.publisher.capabilities.find == Find.SURE:
        copy.state, copy.due_at, copy.reason = CopyState.PENDING.value, now, "It was looked for twice and is not there."
        copy.unknown_since = copy.absent_since = None
    else:
        _put_question(session, copy, now)


def _settle_removal(session: Session, copy: Copy, question: Question, answer: LookUp, now: datetime) -> None:
    """Removing again is harmless, so it is simply tried again while the thing is there."""
    if answer.found == Found.NOT_THERE:
        _sent(copy, Receipt(question.target_external_id), now)
        _gone(session, copy, now)
    elif answer.found == Found.THERE:
        copy.state, copy.due_at = CopyState.PENDING.value, now
    else:
        _wait_or_ask(session, copy, question, now)


def _wait_or_ask(session: Session, copy: Copy, question: Question, now: datetime) -> None:
    can_be_asked = question.publisher.capabilities.find != Find.NONE
    if question.kind == "retract" and _removal(copy.delivery.channel) == Removal.REMOVES:
        can_be_asked = bool(question.target_external_id) and not question.publisher.capabilities.by_hand
    patience = question.settle * PATIENCE
    if can_be_asked and now < (copy.unknown_since or now) + patience:
        copy.due_at = now + max(LOOK_AGAIN, question.settle / 5)
    else:
        _put_question(session, copy, now)


def _put_question(session: Session, copy: Copy, now: datetime) -> None:
    copy.state = CopyState.ASKED.value
    copy.reason = _asked_words(copy)
    tell_asked(session, copy, now)


def _asked_words(copy: Copy) -> str:
    """What a person is asked; where nothing is sent by itself, what they are to do."""
    if channels.capabilities(copy.delivery.channel).by_hand:
        return TO_DO_BY_HAND[copy.delivery.kind]
    return IS_IT_STILL_THERE if copy.delivery.kind == "retract" else DID_IT_ARRIVE


def _sent(copy: Copy, receipt: Receipt, now: datetime) -> None:
    copy.state, copy.sent_at, copy.due_at = CopyState.SENT.value, now, now
    copy.external_id, copy.permalink = receipt.external_id, receipt.permalink
    copy.unknown_since = copy.absent_since = None
    copy.reason = "Found by looking."


def _gone(session: Session, copy: Copy, now: datetime) -> None:
    copy.gone_at = now
    ledger.record(session, at=now, actor="system", action="seen gone", target=f"copy:{copy.target_id}")


def _wake_removal(session: Session, copy: Copy, now: datetime) -> None:
    """What takes this copy down waited for the answer."""
    waiting = (Copy.target_id == copy.id) & (Copy.state == CopyState.PENDING.value) & Copy.is_urgent
    session.execute(update(Copy).where(waiting).values(due_at=now))


def _another(copy: Copy, now: datetime) -> Copy:
    return Copy(
        delivery_id=copy.delivery_id,
        channel_id=copy.channel_id,
        target_id=copy.target_id,
        key=new_key(),
        sealed_address=copy.sealed_address,
        address_hash=copy.address_hash,
        is_urgent=copy.is_urgent,
        due_at=now,
    )


def tell_asked(session: Session, copy: Copy, now: datetime) -> None:
    """Ask the approvers to look.

    Of a page nobody is asked: whoever waits for it sees that it may not have arrived, and the next one is paged.
    Nor of a thank-you: it is not worth an officer's time, and never said twice.
    """
    if copy.delivery.release_id is None:
        return
    appeal = copy.delivery.release.appeal
    by_hand = channels.capabilities(copy.delivery.channel).by_hand
    notices.tell_permitted(
        session,
        Permission.APPROVE,
        kind="asked",
        subject=BY_HAND if by_hand else "A platform could not tell whether something is out: please look",
        path="/by-hand" if by_hand else f"/appeals/{appeal.id}/deliveries",
        now=now,
    )


def _removal(channel: Channel) -> Removal:
    found: Removal = publishers.get(channel.publisher).capabilities.removal
    return found


def _found(session: Session, copy_id: int) -> Copy:
    copy = session.get(Copy, copy_id, populate_existing=True, with_for_update={"of": Copy})
    if copy is None:
        raise NotFound("There is no such copy.")
    return copy
