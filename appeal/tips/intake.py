"""Store a message once, whatever repeats: all is prepared outside the transaction, then committed as one unit."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from appeal import db, installation, sealing
from appeal.models.tip import Message, Tip
from appeal.orders import Order
from appeal.rules.errors import BadInput, DatabaseAway, NotFound
from appeal.rules.lifecycle import TipState
from appeal.rules.words import _
from appeal.services import channels
from appeal.tips import spool
from appeal.tips.inbound import Inbound, InboundFile, KeptFile
from appeal.tips.ranking import ABOUT_ME, LIVE, TO_READ, rank
from appeal.tips.units import ADD_CONTENT, ADD_FILE, ADD_MESSAGE, ADD_TIP, SET_CONSENT

MOST_TEXT = 50_000
MOST_FACT = 2_000
MOST_FILES = 10
NO_ROOM = _("There is no room for files at this moment. Everything else was stored. Send the files later.")
# The fact that names files for which there was no room.
NOT_KEPT = "files_not_kept"
MOST_FILE_BYTES = 25 * 1024 * 1024

TIPS, MESSAGES = cast(Table, Tip.__table__), cast(Table, Message.__table__)


@dataclass(frozen=True)
class Received:
    """What was stored; `code` is empty unless the message came with a form's token, `is_new` False for a repetition."""

    tip_id: int
    message_id: int
    code: str = field(repr=False)
    is_new: bool
    received_at: datetime


def receive(inbound: Inbound, *, token: str = "", also: Sequence[Order] = ()) -> Received:
    """Seal and store one message durably; the same external id or token again finds what it found before.

    `also` is committed with it. With the database away it waits in the spool. Raises `BadInput` for what is too large,
    `Overloaded` when too much comes in at once, and `NotStored` when not even the spool takes it.
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


def is_stored(token: str) -> bool:
    """Whether the words of this token are kept, in the database or in the spool while it is away."""
    tip_id = sealing.tip_id(token)
    try:
        with db.reading() as session:
            if session.scalar(select(TIPS.c.id).where(TIPS.c.id == tip_id)) is not None:
                return True
    except DBAPIError:
        return True
    return spool.waiting() > 0


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


def consent(channel_id: int, sender: str, *, is_stop: bool, now: datetime) -> Order:
    """The order that keeps that this address wants no more messages, or wants them again."""
    hashed = channels.address_hash(sender)
    values = {"channel_id": channel_id, "address_hash": hashed, "opted_out_at": now if is_stop else None}
    return SET_CONSENT, values


def has_room(size: int) -> bool:
    """Whether files of so many bytes may be kept: near the end of the disk, words have it for themselves."""
    held = installation.current()
    return held.files.has_room(size, held.config.disk_reserve_percent)


def _without_files(inbound: Inbound) -> Inbound:
    """The message with the names of what could not be kept, when there is no room for files."""
    if not inbound.files or has_room(sum(len(file.data) for file in inbound.files)):
        return inbound
    left_out = ", ".join(file.name or file.mime for file in inbound.files)[:MOST_FACT]
    return replace(inbound, files=(), facts={**inbound.facts, NOT_KEPT: left_out})


def _store(inbound: Inbound, tip_id: int, *, token: str = "", also: Sequence[Order] = ()) -> Received:
    _check(inbound)
    inbound = _without_files(inbound)
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
        (ADD_CONTENT, {"id": message_id, "sealed": held.keys.seal(_content(inbound, token))}),
        *(_file(message_id, position, file) for position, file in enumerate(inbound.files)),
        *(_kept(message_id, position, file) for position, file in enumerate(inbound.kept, len(inbound.files))),
        *also,
    ]
    try:
        db.write_together(orders)
    except IntegrityError:
        known = _known(intake_hash, code)
        if known is None:
            raise
        return known
    except (DBAPIError, DatabaseAway):
        spool.keep(orders, at=inbound.received_at, name=f"{message_id:016x}")
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
        "state": TipState.DONE if inbound.is_trial else TipState.UNREAD,
        "lane": lane,
        "rank": rank(lane, 0, minute, is_parked=inbound.is_parked),
        "language": inbound.language,
        "is_live": inbound.is_live,
        "is_about_me": inbound.is_about_me,
        "is_parked": inbound.is_parked,
        "file_count": len(inbound.files) + len(inbound.kept),
    }
    return ADD_TIP, values


def _content(inbound: Inbound, token: str) -> bytes:
    """The canonical JSON that is sealed. A form's token is not in it: whoever has the token has the code.

    The seed leads to the key that answers of the desk are sealed to, and to nothing else.
    """
    body = {
        "text": inbound.text,
        "sender": inbound.sender,
        "facts": dict(inbound.facts),
        "received_at": inbound.received_at.isoformat(),
        "external_id": inbound.external_id if inbound.sender else "",
        "thread": inbound.thread if inbound.sender else "",
        "language": inbound.language,
    }
    if token:
        body["answer_seed"] = sealing.answer_seed(token)
    written = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return written.encode("utf-8", "surrogatepass")


def _file(message_id: int, position: int, file: InboundFile) -> Order:
    """Keep the sealed file durably before anything in the database points to it."""
    held = installation.current()
    name = json.dumps({"name": file.name, "mime": file.mime}).encode()
    stored = held.files.put(held.keys.seal(file.data))
    values = {"id": message_id, "position": position, "file": stored, "size": len(file.data)}
    return ADD_FILE, values | {"sealed_name": held.keys.seal(name)}


def _kept(message_id: int, position: int, file: KeptFile) -> Order:
    """A file that lies in pieces already: only the desk can put it together, and learns its kind then."""
    sealed = installation.current().keys.seal(json.dumps({"name": file.name, "mime": "", "pieces": True}).encode())
    values = {"id": message_id, "position": position, "file": file.file, "size": file.size, "sealed_name": sealed}
    return ADD_FILE, values


def _known(intake_hash: str, code: str) -> Received | None:
    """What this message became when it came first; None if another constraint was broken, by a mistake of ours."""
    columns = (MESSAGES.c.tip_id, MESSAGES.c.id, MESSAGES.c.received_at)
    with db.reading() as session:
        row = session.execute(select(*columns).where(MESSAGES.c.intake_hash == intake_hash)).first()
    return row and Received(row.tip_id, row.id, code, False, row.received_at)
