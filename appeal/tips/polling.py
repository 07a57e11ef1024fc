"""Collects answers from platforms that have to be asked, and keeps the place up to which they were stored."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from appeal import db, installation, sealing
from appeal.models.erased import ErasedMessage
from appeal.models.release import Channel
from appeal.models.tip import Message
from appeal.orders import Order
from appeal.publishers.base import Settings
from appeal.rules.errors import PublisherError
from appeal.services import channels
from appeal.tips import answered, intake, late_files, outside_hours, trial
from appeal.tips.inbound import Inbound
from appeal.tips.sources import (
    bluesky,
    email,
    facebook,
    mastodon,
    sms,
    telegram,
    x,
)
from appeal.tips.sources.base import PollResult

POLLED: dict[str, Callable[..., PollResult]] = {
    x.NAME: x.poll,
    bluesky.NAME: bluesky.poll,
    email.NAME: email.poll,
    mastodon.NAME: mastodon.poll,
    telegram.NAME: telegram.poll,
    facebook.NAME: facebook.poll,
    sms.NAME: sms.poll,
}
# Sources whose messages come with files that have to be fetched, each once, when the message is new.
FETCHED: Mapping[str, Callable[[Settings, Inbound], Inbound]] = {
    x.NAME: x.complete,
    bluesky.NAME: bluesky.complete,
    mastodon.NAME: mastodon.complete,
    telegram.NAME: telegram.fetch,
    facebook.NAME: facebook.fetch,
    sms.NAME: sms.fetch,
}
# Platforms that keep files until they are told to delete them, and that call us before we can fetch any.
KEEPERS: Mapping[str, late_files.Keeper] = {
    sms.NAME: late_files.Keeper(sms.fetch, sms.forget),
}


def channels_to_poll() -> list[int]:
    """The ids of all channels whose answers have to be fetched."""
    asked = Channel.publisher.in_(POLLED) & (Channel.purpose == channels.APPEALS)
    wanted = select(Channel.id).where(asked, Channel.is_active).order_by(Channel.id)
    with db.reading() as session:
        return list(session.scalars(wanted))


def poll(channel_id: int, *, now: datetime) -> int:
    """Store what is new on this channel and return how much; the cursor moves only after everything is stored.

    A platform that cannot be asked leaves its words on the channel and is asked again next time.
    """
    with db.reading() as session:
        channel = session.get_one(Channel, channel_id)
    try:
        settings = channels.settings_of(channel)
        found = POLLED[channel.publisher](settings, channel_id=channel_id, cursor=channel.cursor, now=now)
    except PublisherError as error:
        _note(channel_id, now=now, problem=error.words)
        return 0
    if found.is_off:
        return 0
    count = store(channel, unknown(found.messages), now=now)
    if channel.publisher in KEEPERS:
        late_files.bring(settings, found.messages, KEEPERS[channel.publisher])
    _note(channel_id, now=now, cursor=found.cursor, problem=found.problem)
    return count


def store(channel: Channel, messages: Sequence[Inbound], *, now: datetime) -> int:
    """Store these messages of a channel with their files, each with the appeal that it answers; how many were new."""
    settings, complete = channels.settings_of(channel), FETCHED.get(channel.publisher, _as_it_is)
    told = answered.of_appeals(channel.id, messages)
    return sum([_stored(complete(settings, one), now).is_new for one in told])


def channels_read() -> list[int]:
    """The ids of those on which answers are really read."""
    wanted = select(Channel).where(Channel.id.in_(channels_to_poll())).order_by(Channel.id)
    with db.reading() as session:
        rows = session.scalars(wanted).all()
    return [row.id for row in rows if is_read(row)]


def is_read(channel: Channel) -> bool:
    """Whether answers are read on this channel; a list by mail without a mailbox only sends."""
    return channel.publisher != email.NAME or bool(channels.settings_of(channel).get("imap_host"))


def _stored(message: Inbound, now: datetime) -> intake.Received:
    received = intake.receive(message, also=_consent(message, now))
    outside_hours.thank(message, received, now=now)
    return received


def _consent(message: Inbound, now: datetime) -> Sequence[Order]:
    """A text that only says STOP or START is obeyed, also when its call never reached us."""
    said = sms.consent({"Body": message.text}) if message.source == sms.NAME else ""
    if said not in {sms.STOP, sms.START} or message.channel_id is None:
        return ()
    return (intake.consent(message.channel_id, message.sender, is_stop=said == sms.STOP, now=now),)


def _as_it_is(_settings: Settings, message: Inbound) -> Inbound:
    return message


def unknown(messages: Sequence[Inbound]) -> list[Inbound]:
    """Those that are not stored yet; the overlap of two readings would otherwise be sealed again each time.

    What was erased does not come back because the platform still lists it. Trial messages of ours are known as such.
    """
    messages = [trial.marked(one) for one in messages]
    key = installation.current().keys.intake_key
    hashes = {sealing.keyed_hash(key, one.source, one.external_id): one for one in messages}
    known: set[str] = set()
    with db.reading() as session:
        for part in _parts(list(hashes), 500):
            for stored in (Message.intake_hash, ErasedMessage.intake_hash):
                known |= set(session.scalars(select(stored).where(stored.in_(part))))
    return [one for hashed, one in hashes.items() if hashed not in known]


def _note(channel_id: int, *, now: datetime, cursor: str = "", problem: str = "") -> None:
    with db.writing() as session:
        channel = session.get_one(Channel, channel_id)
        channel.cursor = cursor or channel.cursor
        channel.polled_at, channel.poll_problem = now, problem[:300]


def _parts(whole: Sequence[str], size: int) -> list[Sequence[str]]:
    return [whole[start : start + size] for start in range(0, len(whole), size)]
