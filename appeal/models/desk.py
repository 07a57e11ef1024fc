"""What the desk keeps beside its tips: how they were first read, notes, actions, second readings, views, bulk acts."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from appeal.db import Base

IS_OPEN = text("read_at IS NULL")


class FirstReading(Base):
    """Why a tip stood where it stood when the machine and then a person first read it; never written again.

    `place` is the place in the queue when it was first opened, counted no further than a cap; `is_drawn` says that it
    was handed out from below.
    """

    __tablename__ = "first_readings"
    __table_args__ = (Index("ix_first_readings_drawn", "opened_at", sqlite_where=text("is_drawn")),)

    tip_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tips.id"), primary_key=True, autoincrement=False)
    weights: Mapped[str] = mapped_column(String(20))
    lane: Mapped[str] = mapped_column(String(12))
    score: Mapped[int]
    reasons: Mapped[list[str]] = mapped_column(JSON)
    read_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    place: Mapped[int | None]
    is_drawn: Mapped[bool] = mapped_column(default=False)


class BulkAct(Base):
    """Several tips decided with one press, and whether that was undone."""

    __tablename__ = "bulk_acts"

    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    before: Mapped[list[dict[str, object]]] = mapped_column(JSON)
    done_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class TipNote(Base):
    """A note or a task on a tip, sealed; a task is done at some time."""

    __tablename__ = "tip_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    tip_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tips.id"), index=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    is_task: Mapped[bool] = mapped_column(default=False)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    written_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class TipAction(Base):
    """To whom a tip was passed, sealed, and what came of it later."""

    __tablename__ = "tip_actions"

    id: Mapped[int] = mapped_column(primary_key=True)
    tip_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tips.id"), index=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    sealed_unit: Mapped[bytes] = mapped_column(LargeBinary)
    passed_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(20), default="")
    outcome_at: Mapped[datetime | None]


class Rereading(Base):
    """That a closed tip is to be read by somebody else than who closed it, and what they made of it."""

    __tablename__ = "rereadings"
    __table_args__ = (Index("ix_rereadings_open", "asked_at", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tip_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tips.id"), index=True)
    closed_by_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    why: Mapped[str] = mapped_column(String(20))
    asked_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    read_by_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    is_agreed: Mapped[bool | None]


class SavedView(Base):
    """Filters of the queue that an officer gave a name."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("officer_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    name: Mapped[str] = mapped_column(String(60))
    filters: Mapped[dict[str, str]] = mapped_column(JSON)


class KeyChoice(Base):
    """An officer's own single keys: whether they work at all, and which were changed."""

    __tablename__ = "key_choices"

    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"), primary_key=True)
    is_on: Mapped[bool] = mapped_column(default=False)
    keys: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)


class TipReader(Base):
    """Who may read a restricted tip (`is_barred` False), or may not read a tip that concerns them (True)."""

    __tablename__ = "tip_readers"

    tip_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tips.id"), primary_key=True, autoincrement=False)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"), primary_key=True)
    is_barred: Mapped[bool] = mapped_column(default=False)


class NameGiven(Base):
    """A name that a tip gives for the person sought, as a keyed hash, and the name itself sealed."""

    __tablename__ = "names_given"
    __table_args__ = (UniqueConstraint("tip_id", "name_hash"), Index(None, "appeal_id", "name_hash"))

    id: Mapped[int] = mapped_column(primary_key=True)
    tip_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tips.id"))
    appeal_id: Mapped[int | None] = mapped_column(ForeignKey("appeals.id"))
    name_hash: Mapped[str] = mapped_column(String(16))
    sealed_name: Mapped[bytes] = mapped_column(LargeBinary)
    given_at: Mapped[datetime]
