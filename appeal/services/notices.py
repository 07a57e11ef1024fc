"""Mail to officers: kept in the transaction that causes it, sent afterwards, without names or pictures."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from appeal import db, installation
from appeal.models.notice import Notice
from appeal.rules.errors import PublisherError
from appeal.rules.permissions import Permission
from appeal.services import officers

MOST_TRIES = 20
LONGEST_WAIT = timedelta(hours=1)
SENDING_TAKES = timedelta(minutes=2)


def tell(session: Session, *, officer_ids: Sequence[int], kind: str, subject: str, path: str, now: datetime) -> None:
    """Queue one mail to each officer; the body is the subject and the address of the desk page."""
    desk = installation.current().config.desk_url
    body = f"{subject}\n\n{desk}{path}\n"
    for officer_id in dict.fromkeys(officer_ids):
        session.add(Notice(officer_id=officer_id, kind=kind, subject=subject, body=body, created_at=now, due_at=now))


def tell_permitted(
    session: Session, permission: Permission, *, kind: str, subject: str, path: str, now: datetime
) -> None:
    """Queue one mail to every officer who may do this."""
    ids = [officer.id for officer in officers.with_permission(session, permission)]
    tell(session, officer_ids=ids, kind=kind, subject=subject, path=path, now=now)


def send_due(send: Callable[[str, str, str], None], *, now: datetime, limit: int = 20) -> int:
    """Send what waits through `send(address, subject, body)` and return how many left; what fails is tried again."""
    sent = 0
    for notice_id, address, subject, body in _taken(now, limit):
        try:
            send(address, subject, body)
        except PublisherError:  # the next one must still go; this one has its next try already
            continue
        with db.writing() as session:
            notice = session.get(Notice, notice_id)
            if notice is not None:
                notice.sent_at = now
        sent += 1
    return sent


def waiting() -> int:
    """How many mails to officers have been tried and not yet left."""
    with db.reading() as session:
        return session.query(Notice).filter(Notice.sent_at.is_(None), Notice.tries > 1).count()


def _taken(now: datetime, limit: int) -> list[tuple[int, str, str, str]]:
    """Take what is due and put its next try off, so that a crash while sending only delays it."""
    with db.writing() as session:
        due = session.query(Notice).filter(Notice.sent_at.is_(None), Notice.due_at <= now, Notice.tries < MOST_TRIES)
        rows = due.order_by(Notice.due_at).limit(limit).all()
        for row in rows:
            row.tries += 1
            row.due_at = now + min(SENDING_TAKES * 2 ** (row.tries - 1), LONGEST_WAIT)
        return [(row.id, row.officer.email, row.subject, row.body) for row in rows]
