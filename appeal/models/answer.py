"""What people wrote under our posts for everybody to see: what it lays open and whether it is hidden there."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from appeal.db import Base

IS_OPEN = text("is_flagged AND hidden_at IS NULL AND gone_at IS NULL")


class PublicAnswer(Base):
    """One message of a tip that stands in public; its words and its author are in the sealed content only."""

    __tablename__ = "public_answers"
    __table_args__ = (Index("ix_public_answers_open", "noted_at", postgresql_where=IS_OPEN, sqlite_where=IS_OPEN),)

    message_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("messages.id"), primary_key=True, autoincrement=False
    )
    tip_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tips.id"), index=True)
    appeal_id: Mapped[int | None] = mapped_column(ForeignKey("appeals.id"), index=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    flags: Mapped[list[str]] = mapped_column(JSON, default=list)
    is_flagged: Mapped[bool] = mapped_column(default=False)
    noted_at: Mapped[datetime]
    hidden_at: Mapped[datetime | None]
    hidden_by_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    gone_at: Mapped[datetime | None]


class BarredName(Base):
    """A name that nobody is to read under the posts of an appeal, sealed."""

    __tablename__ = "barred_names"

    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeals.id"), index=True)
    sealed_name: Mapped[bytes] = mapped_column(LargeBinary)
    barred_by_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    barred_at: Mapped[datetime]
