"""What one message becomes in the database, as orders that can also be written down and carried out later."""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, bindparam, text

from appeal.db import UtcDateTime
from appeal.orders import Order, Row

# Written out once: building these from parts for every message costs more than sealing and storing it. Which appeal a
# tip belongs to, and whether that was over already, is found in the same statement; a further message of the same tip
# counts, may only lift it in the queue, and has the machine read it again.
ADD_TIP = Row(
    """tips (id, appeal_id, is_late, source, code_hash, received_at, state, lane, score, rank,
        reasons, language, is_live, is_about_me, is_parked, file_count, message_count)""",
    """(:id, (SELECT id FROM appeals WHERE public_id = :appeal),
        EXISTS (SELECT 1 FROM appeals
            WHERE public_id = :appeal AND (taken_down_at IS NOT NULL OR ended_at IS NOT NULL)),
        :source, :code_hash, :received_at, :state, :lane, 0, :rank,
        '[]', :language, :is_live, :is_about_me, :is_parked, :file_count, 1)""",
    """ON CONFLICT (id) DO UPDATE SET message_count = tips.message_count + 1, read_at = NULL,
        file_count = tips.file_count + excluded.file_count,
        is_parked = tips.is_parked AND excluded.is_parked,
        is_live = tips.is_live OR excluded.is_live, is_about_me = tips.is_about_me OR excluded.is_about_me,
        lane = CASE WHEN excluded.rank < tips.rank THEN excluded.lane ELSE tips.lane END,
        rank = CASE WHEN excluded.rank < tips.rank THEN excluded.rank ELSE tips.rank END""",
)
ADD_MESSAGE = Row(
    "messages (id, tip_id, intake_hash, received_at, channel_id)",
    "(:id, :tip_id, :intake_hash, :received_at, :channel_id)",
)
ADD_CONTENT = Row("message_contents (message_id, sealed)", "(:id, :sealed)")
ADD_FILE = Row(
    "message_files (message_id, position, file, size, sealed_name, state)",
    "(:id, :position, :file, :size, :sealed_name, 'new')",
)
# That an address of a list wants no more messages, or wants them again.
SET_CONSENT = text(
    """
    UPDATE channel_addresses SET opted_out_at = :opted_out_at
    WHERE channel_id = :channel_id AND address_hash = :address_hash
    """
).bindparams(bindparam("opted_out_at", type_=UtcDateTime()))

NAMED: Mapping[str, Row | Executable] = {
    "tip": ADD_TIP,
    "message": ADD_MESSAGE,
    "content": ADD_CONTENT,
    "file": ADD_FILE,
    "consent": SET_CONSENT,
}
NAMES = {id(statement): name for name, statement in NAMED.items()}
BYTES, MOMENT = "bytes", "moment"


def write_down(orders: Sequence[Order]) -> bytes:
    """The orders as JSON; KeyError for a statement that is not one of `NAMED`."""
    said = [
        [NAMES[id(statement)], {name: _plain(value) for name, value in values.items()}] for statement, values in orders
    ]
    return json.dumps(said, separators=(",", ":")).encode()


def read_again(written: bytes) -> list[Order]:
    """What was written down; ValueError or KeyError for what is nothing of the kind."""
    return [
        (NAMED[kind], {name: _value(value) for name, value in values.items()}) for kind, values in json.loads(written)
    ]


def intake_hash(orders: Sequence[Order]) -> str:
    """By which the message is known whatever repeats."""
    return str(next(values["intake_hash"] for statement, values in orders if statement is ADD_MESSAGE))


def tip_id(orders: Sequence[Order]) -> int:
    """The tip that the message belongs to."""
    return int(next(values["tip_id"] for statement, values in orders if statement is ADD_MESSAGE))


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return {BYTES: base64.b64encode(value).decode()}
    return {MOMENT: value.isoformat()} if isinstance(value, datetime) else value


def _value(plain: Any) -> Any:
    if not isinstance(plain, dict):
        return plain
    return base64.b64decode(plain[BYTES]) if BYTES in plain else datetime.fromisoformat(plain[MOMENT])
