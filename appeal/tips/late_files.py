"""Files that lie at a platform after their message was stored: fetched, sealed beside it, then deleted there."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import structlog
from sqlalchemy import Table, func, select, text

from appeal import db, installation, sealing
from appeal.models.tip import Message, MessageFile
from appeal.orders import Order
from appeal.publishers.base import Settings
from appeal.rules.errors import PublisherError
from appeal.tips import intake, units
from appeal.tips.inbound import Inbound, InboundFile
from appeal.tips.sources.base import MEDIA, MISSING

log = structlog.get_logger()

MESSAGES = cast(Table, Message.__table__)
COUNT_FILES = text("UPDATE tips SET file_count = file_count + :count, read_at = NULL WHERE id = :tip_id")


@dataclass(frozen=True)
class Keeper:
    """How a platform gives the files of a message, and how it is told to forget them."""

    fetch: Callable[[Settings, Inbound], Inbound]
    forget: Callable[[Settings, Inbound], None]


def bring(settings: Settings, messages: Sequence[Inbound], keeper: Keeper) -> int:
    """Bring the files of stored messages that have none yet; how many. What was not given is asked for next time.

    Deleted at the platform only when every file of the message is durable here.
    """
    brought = 0
    for message in messages:
        wanted = len(json.loads(message.facts.get(MEDIA, "[]")))
        if not wanted:
            continue
        try:
            brought += _bring_one(settings, message, wanted, keeper)
        except PublisherError as error:
            log.warning("files wait at the platform", source=message.source, kind=type(error).__name__)
    return brought


def _bring_one(settings: Settings, message: Inbound, wanted: int, keeper: Keeper) -> int:
    row = _stored(message)
    if row is None:
        return 0
    message_id, tip_id, there = row
    if there:
        if there >= wanted:
            keeper.forget(settings, message)
        return 0
    whole = keeper.fetch(settings, message)
    if MISSING in whole.facts or not intake.has_room(sum(len(file.data) for file in whole.files)):
        return 0
    orders = [_order(message_id, position, file) for position, file in enumerate(whole.files)]
    db.write_together([*orders, (COUNT_FILES, {"count": len(orders), "tip_id": tip_id})])
    keeper.forget(settings, message)
    return len(orders)


def _stored(message: Inbound) -> tuple[int, int, int] | None:
    """The message's number, its tip's, and how many files it has; None when it is not stored."""
    hashed = sealing.keyed_hash(installation.current().keys.intake_key, message.source, message.external_id)
    files = select(func.count()).where(MessageFile.message_id == MESSAGES.c.id).scalar_subquery()
    with db.reading() as session:
        row = session.execute(
            select(MESSAGES.c.id, MESSAGES.c.tip_id, files).where(MESSAGES.c.intake_hash == hashed)
        ).first()
    return (row[0], row[1], row[2]) if row else None


def _order(message_id: int, position: int, file: InboundFile) -> Order:
    """Keep the sealed file durably before anything in the database points to it."""
    held = installation.current()
    name = json.dumps({"name": file.name, "mime": file.mime}).encode()
    values = {"id": message_id, "position": position, "file": held.files.put(held.keys.seal(file.data))}
    return units.ADD_FILE, values | {"size": len(file.data), "sealed_name": held.keys.seal(name)}
