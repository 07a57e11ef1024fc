"""Store a message once, whatever repeats: all is prepared outside the transaction, then committed as one unit."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Executable, Table, case, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from appeal import db, installation, sealing
from appeal.models.appeal import Appeal
from appeal.models.release import ChannelAddress
from appeal.models.tip import Message, MessageContent, MessageFile, Tip
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
APPEALS = cast(Table, Appeal.__table__)
CONTENTS, FILES = cast(Table, MessageContent.__table__), cast(Table, MessageFile.__table__)


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
    message_id = _number(intake_hash)
    code = sealing.tip_code(token) if token else ""
    # The exact moment is sealed: a clear one, together with the proxy's or a carrier's record, could name a person.
    minute = inbound.received_at.replace(second=0, microsecond=0)
    statements = [
        _tip(inbound, tip_id, minute, token, code),
        insert(MESSAGES).values(
            id=message_id,
            tip_id=tip_id,
            intake_hash=intake_hash,
            received_at=minute,
            channel_id=inbound.channel_id,
        ),
        insert(CONTENTS).values(message_id=message_id, sealed=held.keys.seal(_content(inbound, code))),
        *(_file(message_id, position, file) for position, file in enumerate(inbound.files)),
        *also,
    ]
    try:
        db.write_together(statements)
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


def _tip(inbound: Inbound, tip_id: int, minute: datetime, token: str, code: str) -> Executable:
    """Insert the tip, or count one more message of it and have the machine read it again."""
    lane = LIVE if inbound.is_live else ABOUT_ME if inbound.is_about_me else TO_READ
    dialect = postgresql if db.db.engine.dialect.name == "postgresql" else sqlite
    fresh = dialect.insert(TIPS).values(
        id=tip_id,
        **_appeal(inbound.appeal),
        source=inbound.source,
        token_hash=sealing.token_hash(token) if token else None,
        code_hash=sealing.code_hash(code) if code else None,
        received_at=minute,
        state=TipState.UNREAD.value,
        lane=lane,
        score=0,
        rank=rank(lane, 0, minute),
        reasons=[],
        language=inbound.language,
        is_live=inbound.is_live,
        is_about_me=inbound.is_about_me,
        file_count=len(inbound.files),
        message_count=1,
    )
    return _with_one_more(fresh)


def _with_one_more(fresh: sqlite.Insert | postgresql.Insert) -> Executable:
    new = fresh.excluded
    is_earlier = new.rank < TIPS.c.rank
    changes = {
        "message_count": TIPS.c.message_count + 1,
        "file_count": TIPS.c.file_count + new.file_count,
        "is_live": or_(TIPS.c.is_live, new.is_live),
        "is_about_me": or_(TIPS.c.is_about_me, new.is_about_me),
        "lane": case((is_earlier, new.lane), else_=TIPS.c.lane),
        "rank": case((is_earlier, new.rank), else_=TIPS.c.rank),
        "read_at": None,
    }
    return fresh.on_conflict_do_update(index_elements=[TIPS.c.id], set_=changes)


def _appeal(public_id: str) -> dict[str, Any]:
    """Which appeal a tip belongs to and whether that was over already, found inside the same statement."""
    if not public_id:
        return {"appeal_id": None, "is_late": False}
    one = APPEALS.c.public_id == public_id
    is_over: ColumnElement[bool] = or_(APPEALS.c.taken_down_at.is_not(None), APPEALS.c.ended_at.is_not(None))
    late = select(APPEALS.c.id).where(one, is_over).exists()
    return {"appeal_id": select(APPEALS.c.id).where(one).scalar_subquery(), "is_late": late}


def _content(inbound: Inbound, code: str) -> bytes:
    """The canonical JSON that is sealed. A form's token is not in it: whoever has the token has the code."""
    body = {
        "text": inbound.text,
        "sender": inbound.sender,
        "facts": dict(inbound.facts),
        "received_at": inbound.received_at.isoformat(),
        "external_id": inbound.external_id if inbound.sender else "",
        "thread": inbound.thread if inbound.sender else "",
        "language": inbound.language,
        "answer_to": sealing.code_recipient(code) if code else "",
    }
    written = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return written.encode("utf-8", "surrogatepass")


def _file(message_id: int, position: int, file: InboundFile) -> Executable:
    """Keep the sealed file durably before anything in the database points to it."""
    held = installation.current()
    name = json.dumps({"name": file.name, "mime": file.mime}).encode()
    return insert(FILES).values(
        message_id=message_id,
        position=position,
        file=held.files.put(held.keys.seal(file.data)),
        size=len(file.data),
        sealed_name=held.keys.seal(name),
    )


def _known(intake_hash: str, code: str) -> Received | None:
    """What this message became when it came first; None if another constraint was broken, by a mistake of ours."""
    columns = (MESSAGES.c.tip_id, MESSAGES.c.id, MESSAGES.c.received_at)
    with db.reading() as session:
        row = session.execute(select(*columns).where(MESSAGES.c.intake_hash == intake_hash)).first()
    return row and Received(row.tip_id, row.id, code, False, row.received_at)
