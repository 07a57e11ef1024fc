"""What was kept of a post before it was taken down: what its platform showed, sealed, or why there is nothing."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from appeal.db import Base, Said

IS_OPEN = text("ended_at IS NULL")


class Capture(Base):
    """One for each removal from a place; `file` is the key of the sealed record in the file store, empty for none.

    `waits_for_answers`: the answers of its channel are fetched first, `answers_at` is when they were. `waits_for_post`:
    the platform is asked what it shows first. `is_as_sent`: it shows nothing to us, so that what was sent is kept.
    `problem` says what could not be kept.
    """

    __tablename__ = "captures"
    __table_args__ = (Index("ix_captures_open", "began_at", postgresql_where=IS_OPEN, sqlite_where=IS_OPEN),)

    removal_id: Mapped[int] = mapped_column(ForeignKey("copies.id"), primary_key=True, autoincrement=False)
    copy_id: Mapped[int] = mapped_column(ForeignKey("copies.id"))
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeals.id"), index=True)
    planned_at: Mapped[datetime]
    waits_for_answers: Mapped[bool] = mapped_column(default=False)
    answers_at: Mapped[datetime | None]
    waits_for_post: Mapped[bool] = mapped_column(default=False)
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    is_as_sent: Mapped[bool] = mapped_column(default=False)
    comments: Mapped[int] = mapped_column(default=0)
    file: Mapped[str] = mapped_column(String(64), default="")
    problem: Mapped[str] = mapped_column(Said(300), default="")
