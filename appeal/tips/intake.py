"""Store a message once, whatever repeats: all is prepared outside the transaction, then committed as one unit."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from sqlalchemy import Executable, Table, select, update
from sqlalchemy.exc import IntegrityError

from appeal import db, installation, sealing
from appeal.models.release import ChannelAddress
from appeal.models.tip import Message, Tip
from appeal.orders import Order, Row
from appeal.rules.errors import BadInput, NotFound
from appeal.rules.lifecycle import TipState
from appeal.services import channels
from appeal.tips.inbound import Inbound, InboundFile
from appeal.tips.ranking import ABOUT_ME, LIVE, TO_READ, rank

MOST_TEXT = 50_000
MOST_FACT = 2_000
MOST_FILES = 10
MOST_FILE_BYTES = 25 * 1024 * 1024

TIPS, MESSAGES = cast(Table, Tip.__table__), cast(Table, Message.__table__)

# Written out once: building these from parts for every message costs more than sealing and storing it. Which appeal a
# tip belongs to, and whether that was over already, is found in the same statement; a further message of the same tip
# counts, may only lift it in the queue, and has the machine read it again.
ADD_TIP = Row(
    """tips (id, appeal_id, is_late, source, code_hash, received_at, state, lane, score, rank,
        reasons, language, is_live, is_about_me, file_count, message_count)""",
    f"""(:id, (SELECT id FROM appeals WHERE public_id = :appeal),
        EXISTS (SELECT 1 FROM appeals
            WHERE public_id = :appeal AND (taken_down_at IS NOT NULL OR ended_at IS NOT NULL)),
        :source, :code_hash, :received_at, '{TipState.UNREAD}', :lane, 0, :rank,
        '[]', :language, :is_live, :is_about_me, :file_count, 1)""",  # noqa: S608 constants only
    """ON CONFLICT (id) DO UPDATE SET message_count = tips.message_count + 1, read_at = NULL,
        file_count = tips.file_count + excluded.file_count,
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
    "message_files (message_id, position, file, size, sealed_name)", "(:id, :position, :file, :size, :sealed_name)"
)


@dataclass(frozen=True)
class Received:
    """What was stored; `code` is empty unless the message came with a form's token, `is_new` False for a repetition."""

    tip_id: int
    message_id: int
    code: str = field(repr=False)
    is_new: bool
    received_at: datetime


def receive(inbound: Inbound, *, token: str = "", also: Sequence[Executable] = ()) -> Received:
    """Seal and store one message durably; the same external id or token again finds what it found before.

    `also` is committed with it. Raises `BadInput` for what is too large, `Overloaded` when too much comes in at once.
    """
    keys = installation.current().keys
    if token:
        return _store(inbound, sealing.tip_id(token), token=token, also=also)
    thread = sealing.keyed_hash(keys.intake_key, "tip", inbound.source, inbound.thread or inbound.external_id)
    return _store(inbound, _number(thread), also=also)


def add(inbound: Inbound, *, code: str) -> Received:
    """Add a message to the tip that this code belongs to; `NotFound` if there is none."""
    return _store(inbound, find(code).tip_id)


def find(code: str) -> "Standing":
    """How the tip with this code stands; `NotFound` for a mistyped or unknown code."""
    written = sealing.normalise_code(code)
    columns = (TIPS.c.id, TIPS.c.state, TIPS.c.received_at, TIPS.c.message_count)
    with db.reading() as session:
        row = (
            written and session.execute(select(*columns).where(TIPS.c.code_hash == sealing.code_hash(written))).first()
        )
        if not row:
            raise NotFound("We do not know this code. Check every letter.")
        moments = select(MESSAGES.c.received_at).where(MESSAGES.c.tip_id == row.id).order_by(MESSAGES.c.received_at)
        return Standing(row.id, row.state, tuple(session.scalars(moments)))


@dataclass(frozen=True)
class Standing:
    """What a person who comes back may know: whether it was read, and when each message came."""

    tip_id: int
    state: str
    received: tuple[datetime, ...]

    @property
    def words(self) -> str:
        """One of received, being read, read; never what was decided."""
        return {TipState.UNREAD: "received", TipState.DONE: "read"}.get(TipState(self.state), "being read")


def consent(channel_id: int, sender: str, *, is_stop: bool, now: datetime) -> Executable:
    """The statement that keeps that this address wants no more messages, or wants them again."""
    addresses = cast(Table, ChannelAddress.__table__)
    return (
        update(addresses)
        .where(addresses.c.channel_id == channel_id, addresses.c.address_hash == channels.address_hash(sender))
        .values(opted_out_at=now if is_stop else None)
    )


def _store(inbound: Inbound, tip_id: int, *, token: str = "", also: Sequence[Executable] = ()) -> Received:
    _check(inbound)
    held = installation.current()
    intake_hash = sealing.keyed_hash(held.keys.intake_key, inbound.source, inbound.external_id)
    message_id = sealing.beside(tip_id, intake_hash)
    code = sealing.tip_code(token) if token else ""
    # The exact moment is sealed: a clear one, together with the proxy's or a carrier's record, could name a person.
    minute = inbound.received_at.replace(second=0, microsecond=0)
    message = {"id": message_id, "tip_id": tip_id, "intake_hash": intake_hash, "received_at": minute}
    orders: list[Order] = [
        _tip(inbound, tip_id, minute, sealing.tip_code_hash(token) if token else None),
        (ADD_MESSAGE, message | {"channel_id": inbound.channel_id}),
        (ADD_CONTENT, {"id": message_id, "sealed": held.keys.seal(_content(inbound))}),
        *(_file(message_id, position, file) for position, file in enumerate(inbound.files)),
        *((statement, {}) for statement in also),
    ]
    try:
        db.write_together(orders)
    except IntegrityError:
        known = _known(intake_hash, code)
        if known is None:
            raise
        return known
    return Received(tip_id, message_id, code, True, minute)


def _check(inbound: Inbound) -> None:
    wrong = {name: "This is too long: 2,000 characters at most." for name in inbound.facts if _is_long(inbound, name)}
    if len(inbound.text) > MOST_TEXT:
        wrong["words"] = "This is too long: 50,000 characters at most. Send it in two parts."
    if len(inbound.files) > MOST_FILES:
        wrong["files"] = "These are too many files: 10 at most. Send the others afterwards."
    elif sum(len(file.data) for file in inbound.files) > MOST_FILE_BYTES:
        wrong["files"] = "These files are too large: 25 MB together at most. Send them one by one."
    if wrong:
        raise BadInput(fields=wrong)


def _is_long(inbound: Inbound, name: str) -> bool:
    return len(inbound.facts[name]) > MOST_FACT


def _number(hexadecimal: str) -> int:
    """A positive number of 63 bits."""
    return int(hexadecimal[:16], 16) >> 1 or 1


def _tip(inbound: Inbound, tip_id: int, minute: datetime, code_hash: str | None) -> Order:
    lane = LIVE if inbound.is_live else ABOUT_ME if inbound.is_about_me else TO_READ
    values = {
        "id": tip_id,
        "appeal": inbound.appeal,
        "source": inbound.source,
        "code_hash": code_hash,
        "received_at": minute,
        "lane": lane,
        "rank": rank(lane, 0, minute),
        "language": inbound.language,
        "is_live": inbound.is_live,
        "is_about_me": inbound.is_about_me,
        "file_count": len(inbound.files),
    }
    return ADD_TIP, values


def _content(inbound: Inbound) -> bytes:
    """The canonical JSON that is sealed. A form's token is not in it: whoever has the token has the code."""
    body = {
        "text": inbound.text,
        "sender": inbound.sender,
        "facts": dict(inbound.facts),
        "received_at": inbound.received_at.isoformat(),
        "external_id": inbound.external_id if inbound.sender else "",
        "thread": inbound.thread if inbound.sender else "",
        "language": inbound.language,
    }
    written = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return written.encode("utf-8", "surrogatepass")


def _file(message_id: int, position: int, file: InboundFile) -> Order:
    """Keep the sealed file durably before anything in the database points to it."""
    held = installation.current()
    name = json.dumps({"name": file.name, "mime": file.mime}).encode()
    stored = held.files.put(held.keys.seal(file.data))
    values = {"id": message_id, "position": position, "file": stored, "size": len(file.data)}
    return ADD_FILE, values | {"sealed_name": held.keys.seal(name)}


def _known(intake_hash: str, code: str) -> Received | None:
    """What this message became when it came first; None if another constraint was broken, by a mistake of ours."""
    columns = (MESSAGES.c.tip_id, MESSAGES.c.id, MESSAGES.c.received_at)
    with db.reading() as session:
        row = session.execute(select(*columns).where(MESSAGES.c.intake_hash == intake_hash)).first()
    return row and Received(row.tip_id, row.id, code, False, row.received_at)
