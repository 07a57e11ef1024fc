"""Trial messages by mail, through a partner's endpoint and by text message: sent every hour, watched until they come.

The name of such a message says which way and hour it is of, so that nothing has to be kept to know it again.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import make_msgid

import requests
import structlog
from sqlalchemy import select

from appeal import db, installation, sealing
from appeal.models.release import Channel
from appeal.models.tip import Message
from appeal.publishers.base import Settings
from appeal.rules.errors import PublisherError
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _, say
from appeal.services import beats, channels, notices
from appeal.tips import heartbeat, traces, trial
from appeal.tips.heartbeat import EVERY, TOLD, TRIED
from appeal.tips.sources import email, partner, sms
from appeal.wire.http import Session
from appeal.wire.mail import MailServer
from appeal.wire.twilio import TwilioAccount

log = structlog.get_logger()

# A mail may be on its way so long.
LOST_AFTER = timedelta(minutes=15)
LOST = _("A trial message to %(name)s did not come back: answers may be lost there")
WEB_FORM = _("Web form")


@dataclass(frozen=True)
class Way:
    """One channel on which somebody could write to us; `send(name)` raises what the wire raises."""

    channel_id: int
    name: str
    send: Callable[[str], None]

    @property
    def key(self) -> str:
        """Under which its signs of life are kept."""
        return f"way: channel {self.channel_id}"


@dataclass(frozen=True)
class Life:
    """When a trial message last came the whole way; `is_late` when that is too long ago."""

    name: str
    came_at: datetime | None
    is_late: bool


def beat_if_due(now: datetime) -> None:
    """Take in what came, send what is due, and tell the administrators once of a way on which one was lost."""
    for way in _ways():
        _collect(way, now)
        last, tried = beats.last(way.key), beats.last(f"{TRIED} {way.key}")
        if (last is not None and now - last < EVERY) or (tried is not None and now - tried < LOST_AFTER):
            continue
        if tried is not None and (last is None or tried > last):
            heartbeat.tell_once(way.key, last, say(LOST, name=way.name), now)
        beats.beat(f"{TRIED} {way.key}", now=now)
        try:
            way.send(_name(way, now))
        except (PublisherError, requests.RequestException) as error:
            log.warning("a trial message could not be sent", channel=way.channel_id, kind=type(error).__name__)


def lives(actor: Actor, *, now: datetime) -> Sequence[Life]:
    """Every way that is tried, the form first."""
    require(actor, Permission.ADMINISTER)
    found = [(WEB_FORM, heartbeat.FORM), *((way.name, way.key) for way in _ways())]
    return [Life(name, beats.last(key), _is_late(key, now)) for name, key in found]


def _is_late(key: str, now: datetime) -> bool:
    """A way on which none has come yet is late when its silence was told."""
    at = beats.last(key)
    if at is None:
        return beats.last(f"{TOLD} {key}") is not None
    return now - at > EVERY + LOST_AFTER + LOST_AFTER


def _ways() -> Iterator[Way]:
    wanted = select(Channel).where(Channel.publisher.in_(SENDERS), Channel.is_active).order_by(Channel.id)
    with db.reading() as session:
        rows = session.scalars(wanted).all()
    for row in rows:
        settings = channels.settings_of(row)
        needed, send = SENDERS[row.publisher]
        if all(settings.get(one) for one in needed):
            yield Way(row.id, row.name, _sender(send, row.id, settings))


def _sender(send: Callable[[int, Settings, str], None], channel_id: int, settings: Settings) -> Callable[[str], None]:
    return lambda name: send(channel_id, settings, name)


def _by_mail(_channel_id: int, settings: Settings, name: str) -> None:
    """From the force's own server to the address that the mailbox reads."""
    config = installation.current().config
    server = Settings(values=notices.server(config))
    to = settings.get("reply_to") or settings.get("sender")
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = config.mail_from, to, secrets.token_hex(4)
    message["Message-ID"] = make_msgid(domain=config.mail_from.rpartition("@")[2])
    message["Auto-Submitted"], message[email.TRIAL_HEADER] = "auto-generated", trial.named(name)
    message.set_content(secrets.token_hex(8))
    MailServer(server).send(message, to)


def _by_partner(channel_id: int, settings: Settings, name: str) -> None:
    base = installation.current().config.public_url
    headers = {"Authorization": f"Bearer {settings.get('api_key')}", "Idempotency-Key": secrets.token_hex(16)}
    with Session(base) as session:
        session.post(
            f"{base}/partners/v1/{channel_id}/messages",
            json={"words": "trial"},
            headers=headers | {partner.TRIAL_HEADER: trial.named(name)},
        ).raise_for_status()


def _by_text(_channel_id: int, settings: Settings, name: str) -> None:
    """From the second number to the one that the public writes to."""
    own = replace(settings, values={**settings.values, "from_number": settings.get("trial_number")})
    with TwilioAccount(own) as account:
        account.send(settings.get("from_number"), f"{sms.TRIAL_WORD} {trial.named(name)}")


# What a channel must have to be tried, and how.
SENDERS: dict[str, tuple[Sequence[str], Callable[[int, Settings, str], None]]] = {
    email.NAME: (("imap_host",), _by_mail),
    partner.NAME: (("api_key",), _by_partner),
    sms.NAME: (("trial_number", "from_number"), _by_text),
}


def _name(way: Way, moment: datetime) -> str:
    return f"{way.key} {moment:%Y-%m-%dT%H}"


def _collect(way: Way, now: datetime) -> None:
    """Look for those of this hour and the two before; what came is opened, compared and removed."""
    key = installation.current().keys.intake_key
    for hours in range(3):
        name = _name(way, now - timedelta(hours=hours))
        hashed = sealing.keyed_hash(key, trial.SOURCE, name)
        with db.writing() as session:
            row = session.scalar(select(Message).where(Message.intake_hash == hashed))
            if row is None:
                continue
            sealed = row.content.sealed
            traces.remove(session, row.tip, cause="", now=now)
        if heartbeat.words_in(sealed) == name:
            beats.beat(way.key, now=now)
