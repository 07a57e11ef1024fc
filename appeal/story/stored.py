"""What an installation holds, read from its SQLite file without writing: copies, messages, ledger.

The words of messages are opened with the recovery identity, so that each message that was sent is looked for by what it
said, and not only counted.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyrage

from appeal.rules.errors import AppealError
from appeal.story.crowd import FORM, Said, mark

COPIES = """
SELECT c.id, ch.id AS channel_id, ch.name AS channel, ch.publisher, d.kind, c.key, c.state, c.external_id, c.permalink,
       c.due_at, c.sent_at, c.gone_at, c.target_id, r.created_at AS planned_at, r.site_up_at,
       (SELECT count(*) FROM attempts a
        WHERE a.copy_id = c.id AND (a.outcome = 'unknown' OR a.ended_at IS NULL)) AS unknowns
FROM copies c
JOIN deliveries d ON d.id = c.delivery_id
JOIN releases r ON r.id = d.release_id
JOIN channels ch ON ch.id = c.channel_id
WHERE r.appeal_id = ?
ORDER BY c.id
"""
MESSAGES = """
SELECT t.source, mc.sealed FROM messages m
JOIN tips t ON t.id = m.tip_id JOIN message_contents mc ON mc.message_id = m.id
"""
UNREAD = "SELECT count(*) FROM tips WHERE read_at IS NULL"
COUNT = "SELECT count(*) FROM messages"
STANDING = "SELECT public_id, taken_down_at, ending FROM appeals WHERE id = ?"
OUTING = ("publish", "update")


@dataclass(frozen=True)
class CopyRow:
    """One copy as the database holds it; `unknowns` counts attempts whose outcome was not known."""

    id: int
    channel_id: int
    channel: str
    publisher: str
    kind: str
    key: str
    state: str
    external_id: str
    permalink: str
    due_at: datetime | None
    sent_at: datetime | None
    gone_at: datetime | None
    target_id: int | None
    planned_at: datetime | None
    site_up_at: datetime | None
    unknowns: int

    @property
    def is_outing(self) -> bool:
        """Whether it puts something out; else it takes something down."""
        return self.kind in OUTING


@dataclass(frozen=True)
class Tally:
    """What became of the messages that were sent."""

    sent: int
    stored: int
    lost: int
    doubled: int


class Stored:
    """The database of one installation, opened for reading only for each question."""

    def __init__(self, database: Path, recovery: str) -> None:
        self._address = f"{database.as_uri()}?mode=ro"
        self._recovery = recovery

    def copies(self, appeal_id: int) -> list[CopyRow]:
        """All copies of an appeal, those that take down included."""
        return [_copy(row) for row in self._rows(COPIES, appeal_id)]

    def standing(self, appeal_id: int) -> Mapping[str, Any]:
        """public_id, taken_down_at and ending of an appeal."""
        return dict(next(iter(self._rows(STANDING, appeal_id))))

    def message_count(self) -> int:
        """How many messages there are."""
        return self._number(COUNT)

    def unread_by_machine(self) -> int:
        """How many tips wait for the machine's reading."""
        return self._number(UNREAD)

    def marks(self) -> Counter[tuple[str, str]]:
        """Way and mark of every message, opened with the recovery identity; how often each is there."""
        identity = pyrage.x25519.Identity.from_str(self._recovery)
        return Counter(_mark(row["source"], pyrage.decrypt(row["sealed"], [identity])) for row in self._rows(MESSAGES))

    def _number(self, query: str) -> int:
        return int(next(iter(self._rows(query)))[0])

    def _rows(self, query: str, *values: object) -> Iterator[sqlite3.Row]:
        with closing(sqlite3.connect(self._address, uri=True, timeout=10)) as connection:
            connection.row_factory = sqlite3.Row
            yield from connection.execute(query, values).fetchall()


def tally(said: Iterable[Said], stored: Counter[tuple[str, str]]) -> Tally:
    """Compare what was said with what is stored; what nobody confirmed may be there once or not at all."""
    sent = Counter((one.way, one.mark) for one in said if one.is_confirmed)
    perhaps = Counter((one.way, one.mark) for one in said if not one.is_confirmed)
    return Tally(
        sent=sent.total(),
        stored=stored.total(),
        lost=(sent - stored).total(),
        doubled=(stored - sent - perhaps).total(),
    )


def _mark(source: str, opened: bytes) -> tuple[str, str]:
    content = json.loads(opened)
    facts = content["facts"]
    if source == FORM:
        return source, mark(content["text"], facts.get("where", ""), facts.get("when", ""))
    return source, str(content["external_id"])


def _copy(row: sqlite3.Row) -> CopyRow:
    named = {name: row[name] for name in row.keys()}  # noqa: SIM118 a row is no mapping
    moments = {name: _moment(named[name]) for name in named if name.endswith("_at")}
    return CopyRow(**(named | moments))


def _moment(written: str | None) -> datetime | None:
    """SQLite holds moments as text without a zone, in UTC."""
    return datetime.fromisoformat(written).replace(tzinfo=UTC) if written else None


def database_of(address: str) -> Path:
    """The file of a SQLite address."""
    if not address.startswith("sqlite:///"):
        raise AppealError("The story plays on SQLite only.")
    return Path(address.removeprefix("sqlite:///"))
