"""One press is one act: a form carries a random request id, and the same id again finds the earlier result."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from appeal import db
from appeal.models.force import FormRequest
from appeal.rules.errors import BadInput, NotAllowed
from appeal.rules.permissions import Actor

MAX_LENGTH = 64


def once(session: Session, actor: Actor, request_id: str, now: datetime) -> str | None:
    """None the first time: go on, and call `finish` in the same transaction. Else the earlier result, perhaps ""."""
    if not 0 < len(request_id) <= MAX_LENGTH:
        raise BadInput("This form was incomplete. Load the page again.")
    try:
        with session.begin_nested():
            session.add(FormRequest(request_id=request_id, officer_id=actor.id, received_at=now))
    except IntegrityError:
        return _earlier(session, actor, request_id)
    return None


def finish(session: Session, request_id: str, result: str) -> None:
    """Keep what the act led to (an address, an id; up to 300 characters), for whoever presses again."""
    found = session.get(FormRequest, request_id)
    if found is None:
        raise LookupError("finish() without once() in the same transaction")
    found.result = result


def act(actor: Actor, *, request_id: str, now: datetime, work: Callable[[], str]) -> str:
    """Do `work` once for this request and return what it returned, now or earlier; if it raises, nothing happened."""
    with db.writing() as session:
        earlier = once(session, actor, request_id, now)
        if earlier is not None:
            return earlier
        result = work()
        finish(session, request_id, result)
        return result


def is_first(actor: Actor, *, request_id: str, now: datetime) -> bool:
    """Whether this request was never seen before; for slow work that must not hold a transaction."""
    with db.writing() as session:
        return once(session, actor, request_id, now) is None


def _earlier(session: Session, actor: Actor, request_id: str) -> str:
    found = session.get(FormRequest, request_id, populate_existing=True)
    if found is None or found.officer_id != actor.id:
        raise NotAllowed("This form belongs to somebody else. Load the page again.")
    return found.result
