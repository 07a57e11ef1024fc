"""Every half hour what we hold of a source is compared with the platform's own list; what is missing is fetched.

Reading goes on from a cursor and calls can get lost. So the list is read again from where the comparison before began
to know of it, and each message of it must be here. Telegram keeps no list: it holds back what we did not take.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select

from appeal import db
from appeal.models.comparison import SourceComparison
from appeal.models.release import Channel
from appeal.rules.errors import PublisherError
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _, say
from appeal.services import channels, notices
from appeal.tips import polling
from appeal.tips.inbound import Inbound
from appeal.tips.sources import telegram

log = structlog.get_logger()

EVERY = timedelta(minutes=30)
# One that is older is worth a look.
LATE_AFTER = timedelta(hours=1, minutes=5)
MOST_ROUNDS = 40
WITHOUT_LIST = frozenset({telegram.NAME})
GAP = _("%(name)s: %(count)s messages were missing here and were fetched")


@dataclass(frozen=True)
class State:
    """How a source compares; `row` is None before the first comparison, `has_list` False where there can be none."""

    name: str
    has_list: bool
    row: SourceComparison | None
    is_late: bool


def compare_if_due(channel_id: int, *, now: datetime) -> int:
    """Compare a channel that was not compared lately, and return how many messages were missing and are here now.

    A platform that cannot be asked leaves its words; it is asked again at the next turn.
    """
    with db.reading() as session:
        channel = session.get_one(Channel, channel_id)
        row = session.get(SourceComparison, channel_id, populate_existing=True)
    if channel.publisher in WITHOUT_LIST or (row is not None and now - row.asked_at < EVERY):
        return 0
    if row is None:
        _begin(channel, now)
        return 0
    stood = channel.cursor
    try:
        listed = _listed(channel, row.cursor, now)
    except PublisherError as error:
        _failed(channel_id, error.words, now)
        return 0
    # What came in since the last reading is no gap: it is read as always first.
    polling.poll(channel_id, now=now)
    missing = polling.unknown(listed)
    count = polling.store(channel, missing, now=now)
    _keep(channel, stood, listed=len({one.external_id for one in listed}), missing=count, now=now)
    return count


def states(actor: Actor, *, now: datetime) -> Sequence[State]:
    """Every source that is asked, with its newest comparison."""
    require(actor, Permission.ADMINISTER)
    wanted = (
        select(Channel, SourceComparison)
        .outerjoin(SourceComparison, SourceComparison.channel_id == Channel.id)
        .where(Channel.id.in_(polling.channels_to_poll()))
        .order_by(Channel.id)
    )
    with db.reading() as session:
        found = session.execute(wanted, execution_options={"populate_existing": True}).all()
    return [_state(channel, row, now) for channel, row in found if polling.is_read(channel)]


def _state(channel: Channel, row: SourceComparison | None, now: datetime) -> State:
    compared_at = row.compared_at if row else None
    since = compared_at or (row.asked_at if row else channel.created_at)
    has_list = channel.publisher not in WITHOUT_LIST
    return State(channel.name, has_list, row if compared_at else None, has_list and now - since > LATE_AFTER)


def _listed(channel: Channel, cursor: str, now: datetime) -> list[Inbound]:
    """Everything that the platform lists from there on, however many pages that are."""
    settings = channels.settings_of(channel)
    found: list[Inbound] = []
    for _round in range(MOST_ROUNDS):
        result = polling.POLLED[channel.publisher](settings, channel_id=channel.id, cursor=cursor, now=now)
        found += result.messages
        if result.is_off or not result.messages or result.cursor == cursor:
            break
        cursor = result.cursor
    return found


def _begin(channel: Channel, now: datetime) -> None:
    with db.writing() as session:
        session.merge(SourceComparison(channel_id=channel.id, cursor=channel.cursor, asked_at=now))


def _failed(channel_id: int, words: str, now: datetime) -> None:
    with db.writing() as session:
        row = session.get_one(SourceComparison, channel_id)
        row.asked_at, row.problem = now, words


def _keep(channel: Channel, stood: str, *, listed: int, missing: int, now: datetime) -> None:
    """The next comparison begins where reading `stood` when this one began."""
    with db.writing() as session:
        row = session.get_one(SourceComparison, channel.id)
        row.cursor, row.asked_at, row.compared_at = stood, now, now
        row.listed, row.missing, row.problem = listed, missing, ""
        if missing:
            row.gap_at, row.gap = now, missing
            log.warning("messages were missing and were fetched", channel=channel.id, messages=missing)
            subject = say(GAP, name=channel.name, count=missing)
            notices.tell_permitted(session, Permission.ADMINISTER, kind="gap", subject=subject, path="/status", now=now)
