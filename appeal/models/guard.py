"""What protects people from a file: the lock on suspected abuse material, and passing on what cannot be borne."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from appeal.db import Base

IS_LOCKED = text("lifted_at IS NULL")


class FileLock(Base):
    """A file that is suspected to show the abuse of a child; two named officers, and nobody alone, lift the lock.

    `sealed_why` is the reason of the first of the two.
    """

    __tablename__ = "file_locks"
    __table_args__ = (Index("ix_file_locks_open", "locked_at", sqlite_where=IS_LOCKED, postgresql_where=IS_LOCKED),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tip_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tips.id"), index=True)
    message_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("messages.id"))
    position: Mapped[int]
    locked_by_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    locked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    asked_at: Mapped[datetime | None]
    sealed_why: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    lifted_at: Mapped[datetime | None]


class FilePass(Base):
    """That an officer passed the pictures of a tip to another, because they could not be borne."""

    __tablename__ = "file_passes"

    id: Mapped[int] = mapped_column(primary_key=True)
    tip_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tips.id"), index=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    passed_at: Mapped[datetime]
