"""Many tips written straight into the tables, on SQLite and PostgreSQL, so that a million takes a minute or two.

A few hundred texts are sealed and indexed once and stand in for all: what differs from tip to tip is what the queue
sorts by. Nothing of what is measured looks at the same bytes twice because of that, except the page cache.
"""

import json
import random
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from appeal.installation import current
from appeal.tips import blind, material
from appeal.tips.ranking import LANES, rank

TEMPLATES, RARE, RARE_WORD, COMMON_WORD = 400, 20, "quokka", "furgoneta"
DAYS = 30
SAID = (
    "hombre mujer coche azul rojo verde puerta mercado estación parada tren barba gafas mochila chaqueta perro tarde",
    "mañana alto joven caminaba entró salió compró café plaza iglesia the man was near old bridge with black coat and",
    "glasses walked towards river carrying bag young tall beard hospital corner street school bus stopped asked me",
)
WORDS = " ".join(SAID).split()
BATCH = 20_000
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Template:
    """One text as it is kept: when it came in, its sealed content and its tokens; of the sealed ones only the first."""

    received_at: datetime
    language: str
    content: bytes
    sealed_tokens: bytes
    tokens: tuple[str, ...]


def fill(
    url: str, count: int, appeal_id: int | None, now: datetime, *, texts: Sequence[Template] = (), seed: int = 1
) -> None:
    """Put so many read and indexed tips into the database at this address, most of them waiting, and analyse it."""
    chance = random.Random(seed)
    texts = texts or [_template(chance, appeal_id, now, number) for number in range(TEMPLATES)]
    rare = _template(chance, appeal_id, now, 0, RARE_WORD)
    places = set(chance.sample(range(count), min(RARE, count)))
    with _Writer(url) as writer:
        for start in range(0, count, BATCH):
            numbers = range(start, min(start + BATCH, count))
            chosen = [(number, rare if number in places else chance.choice(texts)) for number in numbers]
            writer.add(_rows(chance, chosen, appeal_id))
        writer.finish()


def template(text: str, facts: Mapping[str, str], sender: str, at: datetime, appeal_id: int | None) -> Template:
    """A text sealed and read once."""
    content = {"text": text, "facts": facts, "sender": sender, "received_at": at.isoformat()}
    about = {"tip_id": 0, "appeal_id": appeal_id, "source": "webform", "language": "es"}
    found = material.made([content], zone="Europe/Madrid", **about)  # type: ignore[arg-type]
    tokens, held = tuple(sorted(material.tokens(found))), current()
    sealed = held.keys.seal(json.dumps(content).encode())
    return Template(at, "es", sealed, held.keys.seal(tokens[0].encode()), tokens)


def _template(chance: random.Random, appeal_id: int | None, now: datetime, number: int, word: str = "") -> Template:
    """Half of them name a place near Sevilla; one in five speaks of a van."""
    at = now - timedelta(minutes=chance.randrange(DAYS * 24 * 60))
    said = chance.sample(WORDS, 7) + ([COMMON_WORD] if number % 5 == 0 else []) + ([word] if word else [])
    place = f"{chance.gauss(37.39, 0.05):.5f}, {chance.gauss(-5.98, 0.06):.5f}"
    facts = {"position": place} if number % 2 == 0 else {}
    return template(" ".join(said), facts, f"+34600{chance.randrange(10**6):06}", at, appeal_id)


def _rows(
    chance: random.Random, chosen: Sequence[tuple[int, Template]], appeal_id: int | None
) -> Iterator[tuple[str, list[Row]]]:
    # As in life, tips that come in together lie side by side.
    made = [(number, (number + 1 << 40) + chance.getrandbits(40), text) for number, text in chosen]
    yield "tips", [_tip(chance, tip_id, text, appeal_id) for _number, tip_id, text in made]
    yield (
        "messages",
        [
            {"id": tip_id, "tip_id": tip_id, "intake_hash": f"{tip_id:064x}", "received_at": text.received_at}
            for _number, tip_id, text in made
        ],
    )
    yield "message_contents", [{"message_id": tip_id, "sealed": text.content} for _number, tip_id, text in made]
    key_id = blind.key_id()
    yield (
        "tip_indexes",
        [
            {
                "number": number + 1,
                "tip_id": tip_id,
                "key_id": key_id,
                "sealed_tokens": text.sealed_tokens,
                "indexed_at": text.received_at,
            }
            for number, tip_id, text in made
        ],
    )
    yield "tip_tokens", [{"number": number + 1, "tokens": text.tokens} for number, _tip_id, text in made]


def _tip(chance: random.Random, tip_id: int, text: Template, appeal_id: int | None) -> Row:
    lane = chance.choices(LANES, (1, 1, 4, 14))[0]
    score, is_done = chance.randrange(101), chance.random() < 0.2
    return {
        "id": tip_id,
        "appeal_id": appeal_id,
        "source": chance.choice(("webform", "sms", "x")),
        "received_at": text.received_at,
        "state": "done" if is_done else "unread",
        "lane": lane,
        "score": score,
        "rank": rank(lane, score, text.received_at),
        "reasons": json.dumps(["gives_place", "gives_time"]),
        "language": chance.choice(("es", "es", "en", "und")),
        "is_late": False,
        "is_live": False,
        "is_about_me": False,
        "is_parked": False,
        "file_count": int(chance.random() < 0.1),
        "message_count": 1,
        "indexed_count": 1,
        "read_at": text.received_at,
        "done_at": text.received_at + timedelta(hours=1) if is_done else None,
        "is_closed_unread": False,
        "points_away": False,
        "is_restricted": False,
    }


class _Writer:
    """Rows into a database by its own fastest way: many values for one statement, or COPY."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._is_sqlite = self._url.get_backend_name() == "sqlite"
        self._line: Any = None

    def __enter__(self) -> "_Writer":
        if self._is_sqlite:
            self._line = sqlite3.connect(str(self._url.database))
            for pragma in ("synchronous=OFF", "cache_size=-600000", "wal_autocheckpoint=50000", "temp_store=MEMORY"):
                self._line.execute(f"PRAGMA {pragma}")
        else:
            about = f"host={self._url.host} port={self._url.port} user={self._url.username}"
            self._line = psycopg.connect(f"{about} dbname={self._url.database}")
        return self

    def __exit__(self, *about: object) -> None:
        self._line.close()

    def add(self, tables: Iterable[tuple[str, list[Row]]]) -> None:
        """Write rows of each table."""
        for table, rows in tables:
            (self._many if self._is_sqlite else self._copy)(table, rows)
        self._line.commit()

    def finish(self) -> None:
        """Let the database learn how its tables look."""
        if self._is_sqlite:
            self._line.execute("ANALYZE")
            self._line.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            self._line.autocommit = True
            self._line.execute("VACUUM ANALYZE")
        self._line.commit()

    def _many(self, table: str, rows: list[Row]) -> None:
        names = list(rows[0])
        columns = ", ".join("rowid" if table == "tip_tokens" and name == "number" else name for name in names)
        order = f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(names))})"
        self._line.executemany(order, ([_sqlite(row[name]) for name in names] for row in rows))

    def _copy(self, table: str, rows: list[Row]) -> None:
        names = list(rows[0])
        with (
            self._line.cursor() as cursor,
            cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row([_postgres(row[name]) for name in names])


def _sqlite(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return " ".join(value) if isinstance(value, tuple) else value


def _postgres(value: Any) -> Any:
    return [int(one, 16) for one in value] if isinstance(value, tuple) else value
