"""How channels do: asked again and again, kept, and told to the administrators once for each thing that is wrong."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import or_
from sqlalchemy.orm import Session

from appeal import db
from appeal.models.release import Channel, ChannelCheck
from appeal.publishers.base import Health
from appeal.rules.paging import CHANNEL
from appeal.rules.permissions import Permission
from appeal.rules.words import _, say
from appeal.services import channels, notices, paging

CHECK_EVERY = timedelta(minutes=10)
CHECK_STOPPED_EVERY = timedelta(seconds=60)
SOON = timedelta(days=14)

# What is wrong, the worst first; words and colour for each. The empty one: nothing is.
STANDINGS: Mapping[str, tuple[str, str]] = {
    "stopped": (_("stopped"), "red"),
    "ill": (_("does not work"), "red"),
    "expired": (_("credentials have ended"), "red"),
    "expires": (_("credentials end soon"), "orange"),
    "warning": (_("works, with a warning"), "yellow"),
    "off": (_("switched off"), "grey"),
    "unknown": (_("not asked yet"), "grey"),
    "": (_("works"), "green"),
}
# For these somebody is asked to look at once.
PAGED = ("ill", "expired")
ALARMS = {
    "ill": _("%(name)s does not work and needs you"),
    "expired": _("The credentials of %(name)s have ended: nothing goes out there"),
    "expires": _("The credentials of %(name)s end soon: renew them"),
    "warning": _("%(name)s warns that it will soon stop: credit or quota is low"),
}


def due(*, now: datetime, limit: int = 4) -> list[Channel]:
    """Active channels that were not asked lately, the stopped ones sooner."""
    with db.reading() as session:
        rows = session.query(Channel).outerjoin(ChannelCheck, ChannelCheck.channel_id == Channel.id)
        is_late = ChannelCheck.checked_at <= now - CHECK_EVERY
        is_stopped = (Channel.stopped_reason != "") & (ChannelCheck.checked_at <= now - CHECK_STOPPED_EVERY)
        late = or_(ChannelCheck.channel_id.is_(None), is_late, is_stopped)
        found = rows.filter(Channel.is_active, late).order_by(ChannelCheck.checked_at, Channel.id).limit(limit)
        return found.all()


def note(channel_id: int, health: Health, *, now: datetime) -> str:
    """Keep how a channel did; a stopped one that is well goes on. Returns what is wrong, which is told once."""
    with db.writing() as session:
        channel = session.get_one(Channel, channel_id, populate_existing=True)
        row = session.get(ChannelCheck, channel_id, populate_existing=True)
        if row is None:
            row = ChannelCheck(channel_id=channel_id, checked_at=now, is_well=True, words="", warning="", told="")
            session.add(row)
        row.checked_at, row.is_well, row.expires_at = now, health.is_well, health.expires_at
        row.words, row.warning = health.words, health.warning
        row.ill_since = None if health.is_well else row.ill_since or now
        if channel.stopped_reason and health.is_well:
            channels.recovered(channel_id, now=now)
        found = _wrong(row, now)
        if found != row.told:
            row.told = found
            _alarm(session, channel, found, now)
            _page(session, channel, found, now)
        return found


def standing(channel: Channel, row: ChannelCheck | None, now: datetime) -> str:
    """The one code of `STANDINGS` that says how a channel does."""
    if not channel.is_active:
        return "off"
    if channel.stopped_reason:
        return "stopped"
    return "unknown" if row is None else _wrong(row, now)


def kept() -> dict[int, ChannelCheck]:
    """What was last heard of each channel."""
    with db.reading() as session:
        rows = session.query(ChannelCheck).populate_existing().all()
        return {one.channel_id: one for one in rows}


def _wrong(row: ChannelCheck, now: datetime) -> str:
    if not row.is_well:
        return "ill"
    if row.expires_at is not None and row.expires_at <= now + SOON:
        return "expired" if row.expires_at <= now else "expires"
    return "warning" if row.warning else ""


def _page(session: Session, channel: Channel, found: str, now: datetime) -> None:
    """Nothing goes out there any more: administrators are paged, by text message too where they gave a number.

    A channel over which officers are paged is told of by mail only: paging could need it.
    """
    target = f"channel:{channel.id}"
    if found in PAGED and channel.purpose == channels.APPEALS:
        paging.page(session, kind=CHANNEL, target=target, path="/channels", now=now)
    elif found not in PAGED:
        paging.end(session, kind=CHANNEL, target=target, now=now)


def _alarm(session: Session, channel: Channel, found: str, now: datetime) -> None:
    """A channel that has stopped was told of already."""
    if found in ALARMS and not channel.stopped_reason:
        subject = say(ALARMS[found], name=channel.name)
        notices.tell_permitted(
            session, Permission.ADMINISTER, kind="channel health", subject=subject, path="/channels", now=now
        )
