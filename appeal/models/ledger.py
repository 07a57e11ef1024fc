"""The append-only record of who did what; texts lie beside it, sealed and erasable."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from appeal.db import Base

WITHOUT_PLACE = text("place IS NULL")


class LedgerEntry(Base):
    """One act. It gets its place in the chain, its hash and its signature later, by one job under a lock."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        Index("ix_ledger_without_place", "id", postgresql_where=WITHOUT_PLACE, sqlite_where=WITHOUT_PLACE),
        Index("ix_ledger_target", "target", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(60))
    action: Mapped[str] = mapped_column(String(60))
    target: Mapped[str] = mapped_column(String(60))
    fields: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    reason_code: Mapped[str] = mapped_column(String(40), default="")
    text_sha256: Mapped[str] = mapped_column(String(64), default="")
    place: Mapped[int | None] = mapped_column(unique=True)
    previous: Mapped[str] = mapped_column(String(64), default="")
    sha256: Mapped[str] = mapped_column(String(64), default="")
    signature: Mapped[str] = mapped_column(String(128), default="")


class LedgerText(Base):
    """The sealed words that belong to an entry; erasing a row breaks nothing and shows as erased."""

    __tablename__ = "ledger_texts"

    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entries.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class LedgerLock(Base):
    """One row that the chaining job locks, so that only one machine gives places."""

    __tablename__ = "ledger_lock"

    id: Mapped[int] = mapped_column(primary_key=True)
    holder: Mapped[str] = mapped_column(String(80), default="")
