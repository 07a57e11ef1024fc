"""With the database away, sealed messages wait on the disk, each durable before “thank you”, and are taken in later."""

import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import structlog
from sqlalchemy import Table, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from appeal import db, installation
from appeal.filestore import ASIDE, WAITING, FileQueue
from appeal.models.tip import Message
from appeal.orders import Order
from appeal.rules.errors import NotStored, Overloaded
from appeal.rules.words import _
from appeal.tips import units

log = structlog.get_logger()

NO_ROOM = _("Nothing can be stored at this moment.")
QUIET_SECONDS = 10.0
_told: dict[str, float] = {}
MESSAGES: Table = Message.metadata.tables[Message.__tablename__]


def keep(orders: Sequence[Order], *, at: datetime, name: str) -> None:
    """Put the orders of one message durably into the spool; raises `NotStored` when the disk does not take them."""
    try:
        _queue().put(f"{int(at.timestamp() * 1_000_000):020d}-{name}", units.write_down(orders))
    except OSError as error:
        _tell("the spool takes nothing", kind=type(error).__name__, number=error.errno)
        raise NotStored(NO_ROOM) from None
    _tell("the database is away: messages wait on disk")


def waiting() -> int:
    """How many messages wait on the disk of this machine."""
    return _queue().count()


def take_in(limit: int = 500) -> int:
    """Store the oldest messages in their order and return how many; stops quietly while the database is still away.

    One that breaks a constraint, by a mistake of ours, is put aside and reported instead of standing in the way.
    """
    spool, count = _queue(), 0
    for name in spool.names()[:limit]:
        try:
            orders = units.read_again(spool.get(name))
            _store_once(orders)
        except (Overloaded, DBAPIError, ValueError, KeyError) as error:
            if isinstance(error, Overloaded) or (isinstance(error, DBAPIError) and not _is_ours(error)):
                return count
            log.error("a message on disk cannot be taken in and was put aside", kind=type(error).__name__)
            spool.put_aside(name)
            continue
        spool.remove(name)
        count += 1
    return count


def forget(tip_id: int) -> int:
    """Remove what waits for a tip that is erased, also what was put aside; how many messages there were."""
    spool, count = _queue(), 0
    for ending in (WAITING, ASIDE):
        for name in spool.names(ending):
            with suppress(ValueError, KeyError, FileNotFoundError):
                if units.tip_id(units.read_again(spool.get(name, ending))) == tip_id:
                    spool.remove(name, ending)
                    count += 1
    return count


def _store_once(orders: Sequence[Order]) -> None:
    """One that is there already, because the person sent it again, is stored."""
    try:
        db.write_together(orders)
    except IntegrityError:
        wanted = select(MESSAGES.c.id).where(MESSAGES.c.intake_hash == units.intake_hash(orders))
        with db.reading() as session:
            if session.scalar(wanted) is None:
                raise


def _is_ours(error: DBAPIError) -> bool:
    return isinstance(error, IntegrityError)


def _tell(event: str, **values: object) -> None:
    """One line in ten seconds says enough: a flood of lines would fill the disk that the messages need."""
    if time.monotonic() - _told.get(event, -QUIET_SECONDS) >= QUIET_SECONDS:
        _told[event] = time.monotonic()
        log.warning(event, **values)


def _queue() -> FileQueue:
    return FileQueue(installation.current().config.spool)
