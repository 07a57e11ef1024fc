"""The blind index: keyed hashes of what can be looked for, and the same sealed beside it for when they must go again.

`tip_tokens` is no table of the models: FTS5 without content on SQLite, an array with a GIN index on PostgreSQL.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import BigInteger, Connection, ForeignKey, Integer, LargeBinary, String, event
from sqlalchemy.orm import Mapped, mapped_column

from appeal.db import Base
from appeal.models.tip import Tip

TOKENS = "tip_tokens"
CREATE: Mapping[str, Sequence[str]] = {
    "sqlite": (
        f"CREATE VIRTUAL TABLE {TOKENS} USING fts5(tokens, content='', detail=none, columnsize=0, tokenize='ascii')",
    ),
    "postgresql": (
        f"CREATE TABLE {TOKENS} (number bigint PRIMARY KEY, tokens bigint[] NOT NULL)",
        f"CREATE INDEX ix_{TOKENS} ON {TOKENS} USING gin (tokens)",
    ),
}


class TipIndex(Base):
    """A tip's place in the blind index: `number` is its row there, in the order in which tips were read."""

    __tablename__ = "tip_indexes"
    __table_args__ = {"sqlite_autoincrement": True}

    number: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tip_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Tip.id), unique=True)
    key_id: Mapped[str] = mapped_column(String(16), index=True)
    sealed_tokens: Mapped[bytes] = mapped_column(LargeBinary)
    indexed_at: Mapped[datetime]


@event.listens_for(TipIndex.__table__, "after_create")
def _create_tokens(target: object, connection: Connection, **more: object) -> None:
    del target, more
    for order in CREATE[connection.dialect.name]:
        connection.exec_driver_sql(order)
