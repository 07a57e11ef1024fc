"""Mail to officers: kept in the transaction that causes it, sent afterwards, without names or pictures."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import make_msgid
from urllib.parse import unquote, urlsplit

from sqlalchemy.orm import Session

from appeal import db, installation
from appeal.config import Config
from appeal.models.notice import Notice
from appeal.models.people import User
from appeal.pages import translate
from appeal.publishers.base import Settings
from appeal.rules.errors import PublisherError
from appeal.rules.exercise import MAIL
from appeal.rules.permissions import Permission
from appeal.services import officers
from appeal.wire.certificate import certificate_at
from appeal.wire.mail import MailServer

MOST_TRIES = 20
LONGEST_WAIT = timedelta(hours=1)
SENDING_TAKES = timedelta(minutes=2)


def tell(session: Session, *, officer_ids: Sequence[int], kind: str, subject: str, path: str, now: datetime) -> None:
    """Queue one mail to each officer in their language; the body is the subject and the address of the desk page."""
    desk = installation.current().config.desk_url
    for officer in session.query(User).filter(User.id.in_(officer_ids)).order_by(User.id):
        words = translate(officer.language, subject)
        body = f"{words}\n\n{desk}{path}\n"
        session.add(Notice(officer_id=officer.id, kind=kind, subject=words, body=body, created_at=now, due_at=now))


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


def mailer(config: Config) -> Callable[[str, str, str], None]:
    """How mail to officers leaves: through the force's own server, in an exercise through the exercise platform."""
    settings = Settings(values=server(config))

    def send(address: str, subject: str, body: str) -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = config.mail_from, address, subject
        message["Message-ID"] = make_msgid(domain=config.mail_from.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(body)
        MailServer(settings).send(message, address)

    return send


def are_due(*, now: datetime) -> bool:
    """Whether any mail to officers waits to be sent now."""
    with db.reading() as session:
        due = session.query(Notice.id).filter(Notice.sent_at.is_(None), Notice.due_at <= now, Notice.tries < MOST_TRIES)
        return due.first() is not None


def waiting() -> int:
    """How many mails to officers have been tried and not yet left."""
    with db.reading() as session:
        return session.query(Notice).filter(Notice.sent_at.is_(None), Notice.tries > 1).count()


def server(config: Config) -> Mapping[str, str]:
    """The force's own mail server, in an exercise the exercise platform, as a publisher's settings."""
    if config.is_exercise:
        own = {"host": "127.0.0.1", "port": str(config.exercise_smtp_port), "mode": config.mode, **MAIL}
        return {**own, "certificate": certificate_at(config.exercise_url)}
    parts = urlsplit(config.mail_url)
    return {
        "host": parts.hostname or "",
        "port": str(parts.port or 587),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "sender": config.mail_from,
    }


def _taken(now: datetime, limit: int) -> list[tuple[int, str, str, str]]:
    """Take what is due and put its next try off, so that a crash while sending only delays it."""
    with db.writing() as session:
        due = session.query(Notice).filter(Notice.sent_at.is_(None), Notice.due_at <= now, Notice.tries < MOST_TRIES)
        rows = due.order_by(Notice.due_at).limit(limit).all()
        for row in rows:
            row.tries += 1
            row.due_at = now + min(SENDING_TAKES * 2 ** (row.tries - 1), LONGEST_WAIT)
        return [(row.id, row.officer.email, row.subject, row.body) for row in rows]
