"""The blind index: terms become keyed hashes, the database finds rows by them and learns nothing else.

A question is a list of groups; a tip fits when it has at least one token of every group. Answers are bounded and come
newest first; whoever asks opens them and judges exactly.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Select, TextClause, cast, column, delete, insert, select, table, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from appeal import installation
from appeal.models.search import TipIndex

TOKEN_BYTES = 6
LARGEST = 2**63 - 1
MOST_NEEDLES = 400
ASK_SQLITE = text(
    "SELECT rowid FROM tip_tokens WHERE tip_tokens MATCH :wanted AND rowid < :before ORDER BY rowid DESC LIMIT :limit"
)

PUT_SQLITE = text("INSERT INTO tip_tokens (rowid, tokens) VALUES (:number, :tokens)")
PUT_POSTGRES = text("INSERT INTO tip_tokens (number, tokens) VALUES (:number, CAST(:tokens AS bigint[]))")

# What a token speaks of. One letter each, so that equal texts of two kinds never get one hash.
WORD, START, COARSE, FINE, HOUR, PICTURE, LINK = "w", "s", "c", "f", "h", "p", "l"
BAND, SENDER, APPEAL, SOURCE, LANGUAGE, NAME, SKELETON = "b", "u", "a", "o", "i", "n", "g"
MEANING, DAY, PLATE = "m", "d", "k"
# An appeal, a coarse cell and some hours or a day in one: what happened about there and then is found by one token.
THERE_THEN = "t"
# Another number has every tip indexed again: for when what is indexed changes.
EDITION = b"4"
# The value under which every tip that names a place on the map is found, beside its cells.
ANYWHERE = "anywhere"


@dataclass(frozen=True)
class Question:
    """Groups of tokens of each of which a tip must have one."""

    groups: Sequence[Sequence[str]]


def key_id() -> str:
    """By which it is known under which search key a tip was indexed; tells nothing of the key."""
    return hashlib.blake2b(b"key id" + EDITION, key=_key(), digest_size=8).hexdigest()


def token(kind: str, value: object) -> str:
    """The keyed hash of one term, in hex."""
    raw = f"{kind}{value}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(raw, key=_key(), digest_size=TOKEN_BYTES).hexdigest()


def put(session: Session, tip_id: int, tokens: Iterable[str], now: datetime) -> None:
    """Index a tip anew: the old tokens go, the new ones are kept sealed beside the index."""
    put_many(session, {tip_id: tokens}, now)


def put_many(session: Session, wanted: Mapping[int, Iterable[str]], now: datetime) -> None:
    """The same for several tips, in the order in which they are given."""
    seal, own = installation.current().keys.seal, key_id()
    sorted_tokens = {tip_id: sorted(set(tokens)) for tip_id, tokens in wanted.items()}
    sealed = {tip_id: seal("".join(tokens).encode()) for tip_id, tokens in sorted_tokens.items()}
    known = {row.tip_id: row for row in session.scalars(select(TipIndex).where(TipIndex.tip_id.in_(wanted)))}
    for tip_id, row in known.items():
        _take_out(session, row)
        row.key_id, row.sealed_tokens, row.indexed_at = own, sealed[tip_id], now
    new = [tip_id for tip_id in wanted if tip_id not in known]
    about = {"key_id": own, "indexed_at": now}
    rows = [{"tip_id": tip_id, "sealed_tokens": sealed[tip_id], **about} for tip_id in new]
    if rows:
        session.execute(insert(TipIndex), rows)
    numbers = session.execute(select(TipIndex.tip_id, TipIndex.number).where(TipIndex.tip_id.in_(wanted)))
    _put_in(session, {number: sorted_tokens[tip_id] for tip_id, number in numbers})


def remove(session: Session, tip_id: int) -> bool:
    """Take a tip out of the index; whether it was in it."""
    row = session.scalar(select(TipIndex).where(TipIndex.tip_id == tip_id))
    if row is None:
        return False
    _take_out(session, row)
    session.execute(delete(TipIndex).where(TipIndex.number == row.number))
    return True


def matches(
    session: Session, groups: Sequence[Sequence[str]], *, limit: int, before: int | None = None
) -> list[tuple[int, int]]:
    """(index number, tip id) of the newest tips that fit, with numbers below `before` when it is given."""
    if not groups or not all(groups):
        return []
    numbers = _numbers(session, groups, limit, before)
    if not numbers:
        return []
    found = session.execute(select(TipIndex.number, TipIndex.tip_id).where(TipIndex.number.in_(numbers)))
    return sorted(((number, tip_id) for number, tip_id in found), reverse=True)


def proposed(session: Session, questions: Sequence[Question], *, limit: int) -> list[int]:
    """The tips that fit any of these, the newest so many of each, the newest first: one statement for all of them."""
    asked = [one for one in questions if one.groups and all(one.groups)]
    if not asked:
        return []
    dialect = session.get_bind().dialect.name
    values: dict[str, Any] = {"limit": limit}
    for place, one in enumerate(asked):
        if dialect == "sqlite":
            values[f"q{place}"] = _phrase(one)
            continue
        values |= {f"q{place}_{at}": _integers(group) for at, group in enumerate(one.groups)}
    return list(session.scalars(_asking(dialect, tuple(len(one.groups) for one in asked)), values))


def stale(limit: int) -> Any:
    """The ids of tips that were indexed under another search key."""
    own = key_id()
    other = (TipIndex.key_id < own) | (TipIndex.key_id > own)
    return select(TipIndex.tip_id).where(other).limit(limit)


def _numbers(session: Session, groups: Sequence[Sequence[str]], limit: int, before: int | None) -> list[int]:
    """Index numbers, the newest first; `before` is the largest possible number when it is not given."""
    values: dict[str, Any] = {"limit": limit, "before": LARGEST if before is None else before}
    if session.get_bind().dialect.name == "sqlite":
        values["wanted"] = _phrase(Question(groups))
        return list(session.scalars(ASK_SQLITE, values))
    asked = [column("tokens").op("&&")(cast(_integers(group), ARRAY(BigInteger))) for group in groups]
    query: Select[Any] = (
        select(column("number")).select_from(table("tip_tokens")).where(*asked, column("number") < values["before"])
    )
    return list(session.scalars(query.order_by(column("number").desc()).limit(limit)))


@lru_cache(maxsize=64)
def _asking(dialect: str, sizes: tuple[int, ...]) -> TextClause:
    """The statement for questions with so many groups each."""
    parts = []
    for place, size in enumerate(sizes):
        if dialect == "sqlite":
            fits = f"tip_tokens MATCH :q{place}"
        else:
            fits = " AND ".join(f"tokens && CAST(:q{place}_{at} AS bigint[])" for at in range(size))
        name = "rowid" if dialect == "sqlite" else "number"
        part = f"SELECT {name} FROM tip_tokens WHERE {fits} ORDER BY {name} DESC LIMIT :limit"  # noqa: S608 ours alone
        parts.append(f"SELECT * FROM ({part}) q{place}")  # noqa: S608
    found = " UNION ".join(parts)
    return text(f"SELECT tip_id FROM tip_indexes WHERE number IN ({found}) ORDER BY number DESC")  # noqa: S608


def _phrase(one: Question) -> str:
    """A question as FTS5 reads it."""
    return " AND ".join(f"({' OR '.join(_quoted(group))})" for group in one.groups)


def _integers(group: Sequence[str]) -> list[int]:
    return [int(one, 16) for one in group[:MOST_NEEDLES]]


def _quoted(group: Sequence[str]) -> list[str]:
    return [f'"{one}"' for one in group[:MOST_NEEDLES]]


def _put_in(session: Session, rows: Mapping[int, Sequence[str]]) -> None:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    values: list[dict[str, Any]] = [
        {"number": number, "tokens": " ".join(tokens) if is_sqlite else [int(one, 16) for one in tokens]}
        for number, tokens in rows.items()
    ]
    if values:
        order = PUT_SQLITE if is_sqlite else PUT_POSTGRES
        session.execute(order, values)


def _take_out(session: Session, row: TipIndex) -> None:
    """FTS5 without content forgets a row only if it is told every token that the row had."""
    if session.get_bind().dialect.name == "sqlite":
        width = 2 * TOKEN_BYTES
        joined = installation.current().desk_keys.open(row.sealed_tokens).decode()
        old = " ".join(joined[at : at + width] for at in range(0, len(joined), width))
        order = "INSERT INTO tip_tokens (tip_tokens, rowid, tokens) VALUES ('delete', :number, :old)"
        session.execute(text(order), {"number": row.number, "old": old})
        return
    session.execute(text("DELETE FROM tip_tokens WHERE number = :number"), {"number": row.number})


def _key() -> bytes:
    return _derived(installation.current().desk_keys.search_key)


@lru_cache(maxsize=4)
def _derived(search_key: bytes) -> bytes:
    return hashlib.blake2b(b"blind index", key=search_key[:64], digest_size=32).digest()
