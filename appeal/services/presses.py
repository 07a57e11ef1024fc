"""One press is one act: a form carries a random request id, and the same id again finds the earlier result."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

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


def _earlier(session: Session, actor: Actor, request_id: str) -> str:
    found = session.get(FormRequest, request_id, populate_existing=True)
    if found is None or found.officer_id != actor.id:
        raise NotAllowed("This form belongs to somebody else. Load the page again.")
    return found.result
