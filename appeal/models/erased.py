"""What stays of tips that were erased: that they were there, nothing that anybody said."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from appeal.db import Base


class ErasedTip(Base):
    """That there was a tip, what was decided on it, and why and when it was erased; for counts and for disclosure."""

    __tablename__ = "erased_tips"

    tip_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    appeal_id: Mapped[int | None] = mapped_column(ForeignKey("appeals.id"), index=True)
    source: Mapped[str] = mapped_column(String(20))
    received_at: Mapped[datetime]
    decision: Mapped[str] = mapped_column(String(20))
    message_count: Mapped[int]
    file_count: Mapped[int]
    cause: Mapped[str] = mapped_column(String(12))
    erased_at: Mapped[datetime]


class ErasedMessage(Base):
    """The keyed hash by which a platform's list is known not to bring an erased message back."""

    __tablename__ = "erased_messages"

    intake_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    erased_at: Mapped[datetime]


class DoomedFile(Base):
    """A file that no row speaks of any more, until it is gone from the file store too."""

    __tablename__ = "doomed_files"

    file: Mapped[str] = mapped_column(String(64), primary_key=True)
