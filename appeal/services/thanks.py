"""The thank-you that goes out by itself while nobody reads: once for a person and day, through the delivery engine.

It names no person and no appeal. It never says twice the same to one person on one day, because the database takes
only one; it is cancelled where somebody reads by the time it could go.
"""

from datetime import datetime, timedelta
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from appeal import db, installation, publishers
from appeal.models.release import Attempt, Channel, Copy, Delivery
from appeal.models.thanks import Thanks
from appeal.pages import translate
from appeal.rules.content import Post
from appeal.rules.words import _
from appeal.sealing import keyed_hash
from appeal.services import channels, force, rota
from appeal.services.link_keys import new_key

THANKS = "thanks"
RECEIVED = _("Received. Thank you.")
SUBJECT = _("Received")
TOO_LATE = "Somebody reads by now."
# What is older is no answer any more, and whom it went to is nobody's business for longer.
LATE_AFTER, KEPT_FOR = timedelta(hours=2), timedelta(days=2)


def plan(channel_id: int, address: str, *, now: datetime) -> bool:
    """Let this person be thanked once today; False where that was done, the channel cannot, or somebody reads.

    `address` is what the source gave: the place to answer to, and perhaps what is answered there.
    """
    keys = installation.current().keys
    with db.reading() as session:
        channel = session.get_one(Channel, channel_id)
    if not address or not _can(channel) or rota.reads_now(channel.language, now):
        return False
    hashed = keyed_hash(keys.intake_key, "thanks", str(channel_id), address.partition(" ")[0])
    today = now.astimezone(ZoneInfo(force.settings()["zone"])).date()
    with db.writing() as session:
        same = (Thanks.channel_id == channel_id) & (Thanks.person_hash == hashed) & (Thanks.on == today)
        session.get_one(Channel, channel_id, with_for_update=True)
        if session.scalar(select(Thanks.id).where(same)) is not None:
            return False
        row = Thanks(channel_id=channel_id, person_hash=hashed, on=today, made_at=now)
        session.add(row)
        session.flush()
        delivery = Delivery(thanks_id=row.id, channel_id=channel_id, kind=THANKS, created_at=now)
        session.add(delivery)
        session.flush()
        sealed = keys.seal(address.encode())
        about = {"sealed_address": sealed, "address_hash": hashed, "due_at": now}
        session.add(Copy(delivery_id=delivery.id, channel_id=channel_id, key=new_key(), **about))
    return True


def words(language: str, *, now: datetime) -> str:
    """When somebody reads and what to do in danger; empty while somebody reads."""
    if rota.reads_now(language, now):
        return ""
    danger = translate(
        language, "If somebody is in danger, call %(number)s.", number=force.settings()["emergency_number"]
    )
    return f"{rota.reading_words(language, now)} {danger}"


def post(channel: Channel, *, now: datetime) -> Post:
    """What is said to somebody who wrote on this channel, at this moment."""
    language = channel.language
    said = f"{translate(language, RECEIVED)} {words(language, now=now)}".strip()
    if installation.current().config.is_exercise:
        said = f"{translate(language, 'EXERCISE')}: {said}"
    date = {"Date": format_datetime(now)}
    return Post(said, translate(language, SUBJECT), "", language, files=date, length=len(said), limit=len(said))


def is_wanted(copy: Copy, now: datetime) -> bool:
    """Whether it still tells something: nobody reads yet, and the message was not written hours ago."""
    made = copy.delivery.created_at
    return now - made <= LATE_AFTER and not rota.reads_now(copy.delivery.channel.language, now)


def forget(*, now: datetime) -> int:
    """Forget who was thanked, two days later; returns how many."""
    with db.writing() as session:
        return _forget(session, now - KEPT_FOR)


def _can(channel: Channel) -> bool:
    is_for_all = channel.is_active and not channel.stopped_reason and channel.purpose == channels.APPEALS
    return is_for_all and not publishers.get(channel.publisher).capabilities.no_thanks


def _forget(session: Session, before: datetime) -> int:
    old = session.scalars(select(Thanks.id).where(Thanks.made_at < before).limit(1_000)).all()
    if not old:
        return 0
    deliveries = select(Delivery.id).where(Delivery.thanks_id.in_(old))
    copies = select(Copy.id).where(Copy.delivery_id.in_(deliveries))
    unsaid = {"synchronize_session": False}
    session.execute(delete(Attempt).where(Attempt.copy_id.in_(copies)), execution_options=unsaid)
    session.execute(delete(Copy).where(Copy.delivery_id.in_(deliveries)), execution_options=unsaid)
    session.execute(delete(Delivery).where(Delivery.thanks_id.in_(old)), execution_options=unsaid)
    session.execute(delete(Thanks).where(Thanks.id.in_(old)), execution_options=unsaid)
    return len(old)
